import OrderedCollections

/// Reads the members of an object of a body or of settings; what is unknown, missing or of another type is refused with its pointer.
package struct ObjectReader {
    private let members: OrderedDictionary<String, JSONValue>
    private let known: [String]
    /// The pointer to the object.
    private let place: String

    /// - Parameters:
    ///   - known: The members that may stand there.
    ///   - place: The pointer to an object within the body.
    package init(_ value: JSONValue, known: [String], place: String = "") throws(Problem) {
        guard let members = value.objectValue else {
            throw Problem(
                .badRequest,
                place.isEmpty
                    ? "The body is a JSON object, not \(value.kindName)." : "This is a JSON object, not \(value.kindName).",
                place: place)
        }
        for key in members.keys where !known.contains(key) {
            throw Problem(
                Problem.Code("unknown_member"),
                "There is no field \"\(key.prefix(60))\" here. Known are \(known.joined(separator: ", ")).",
                place: place + "/" + ObjectReader.escaped(key))
        }
        self.members = members
        self.known = known
        self.place = place
    }

    package func text(_ key: String) throws(Problem) -> String? {
        guard let value = present(key) else { return nil }
        guard let text = value.stringValue else { throw wrong(key, "text", value) }
        return text
    }

    package func requiredText(_ key: String) throws(Problem) -> String {
        guard let text = try text(key) else { throw missing(key) }
        return text
    }

    /// That a member has to be there.
    package func missing(_ key: String) -> Problem {
        Problem(Problem.Code("missing_member"), "\"\(key)\" is missing.", place: "\(place)/\(key)")
    }

    package func count(_ key: String) throws(Problem) -> Int? {
        guard let value = present(key) else { return nil }
        guard let count = value.intValue else { throw wrong(key, "a whole number", value) }
        return Int(count)
    }

    /// A whole number within bounds.
    package func number(_ key: String, in range: ClosedRange<Int64>) throws(Problem) -> Int64? {
        guard let value = present(key) else { return nil }
        guard let number = value.intValue, range.contains(number) else { throw notCounted(key, value, range) }
        return number
    }

    /// A whole number that should not be below `least`; what is below all the same is the rules' to refuse.
    package func amount(_ key: String, least: Int64 = 1) throws(Problem) -> Int64? {
        guard let value = present(key) else { return nil }
        guard let number = value.intValue else { throw notCounted(key, value, least ... .max) }
        return number
    }

    /// An amount of money in minor units; what is below 0 is the rules' to refuse.
    package func money(_ key: String) throws(Problem) -> Int64? {
        guard let value = present(key) else { return nil }
        guard let number = value.intValue else {
            throw refused(
                key, "\"\(key)\" is a whole number of minor units, such as 6000 for CNY 60.00, and at least 0, not \(value.found).")
        }
        return number
    }

    private func notCounted(_ key: String, _ value: JSONValue, _ range: ClosedRange<Int64>) -> Problem {
        let found = value.found
        return switch (range.lowerBound, range.upperBound) {
        case (.min, .max): refused(key, "\"\(key)\" is a whole number, not \(found).")
        case (let least, .max): refused(key, "\"\(key)\" is a whole number of at least \(least), not \(found).")
        case (let least, let most): refused(key, "\"\(key)\" is a whole number from \(least) to \(most), not \(found).")
        }
    }

    /// The objects of a list, each with its pointer.
    package func objects(_ key: String, known: [String]) throws(Problem) -> [ObjectReader]? {
        guard let value = present(key) else { return nil }
        guard let elements = value.arrayValue else { throw wrong(key, "a list", value) }
        var readers: [ObjectReader] = []
        for (index, element) in elements.enumerated() {
            readers.append(try ObjectReader(element, known: known, place: "\(place)/\(key)/\(index)"))
        }
        return readers
    }

    /// An object within this one.
    package func object(_ key: String, known: [String]) throws(Problem) -> ObjectReader? {
        guard let value = present(key) else { return nil }
        return try ObjectReader(value, known: known, place: "\(place)/\(key)")
    }

    /// What is wrong with a member.
    package func refused(_ key: String, _ message: Wording) -> Problem {
        Problem(.badRequest, message, place: "\(place)/\(key)")
    }

    package func flag(_ key: String) throws(Problem) -> Bool? {
        guard let value = present(key) else { return nil }
        guard let flag = value.boolValue else { throw wrong(key, "true or false", value) }
        return flag
    }

    package func word<Word: RawRepresentable & CaseIterable>(_ key: String, _ type: Word.Type = Word.self) throws(Problem) -> Word?
    where Word.RawValue == String {
        guard let text = try text(key) else { return nil }
        guard let word = Word(rawValue: text) else {
            throw Problem(
                .badRequest, "\"\(key)\" is one of \(Word.allCases.map(\.rawValue).joined(separator: ", ")).",
                place: "\(place)/\(key)")
        }
        return word
    }

    package func requiredWord<Word: RawRepresentable & CaseIterable>(
        _ key: String, _ type: Word.Type = Word.self
    ) throws(Problem) -> Word where Word.RawValue == String {
        guard let word = try word(key, type) else {
            throw Problem(
                Problem.Code("missing_member"),
                "\"\(key)\" is missing. It is one of \(Word.allCases.map(\.rawValue).joined(separator: ", ")).",
                place: "\(place)/\(key)")
        }
        return word
    }

    package func texts(_ key: String) throws(Problem) -> [String]? {
        guard let value = present(key) else { return nil }
        guard let elements = value.arrayValue else { throw wrong(key, "a list of texts", value) }
        let texts = elements.compactMap(\.stringValue)
        guard texts.count == elements.count else { throw wrong(key, "a list of texts", value) }
        return texts
    }

    /// A member that is present and not null.
    package func present(_ key: String) -> JSONValue? {
        guard let value = members[key], !value.isNull else { return Optional.none }
        return value
    }

    /// Whether the member stands there, even as null.
    package func mentions(_ key: String) -> Bool { members[key] != nil }

    private func wrong(_ key: String, _ expected: String, _ value: JSONValue) -> Problem {
        Problem(.badRequest, "\"\(key)\" is \(expected), not \(value.kindName).", place: "\(place)/\(key)")
    }

    /// A key as it stands in a pointer.
    package static func escaped(_ key: String) -> String {
        key.split(separator: "~", omittingEmptySubsequences: false).joined(separator: "~0")
            .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
    }
}
