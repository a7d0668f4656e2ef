internal import Model
internal import OrderedCollections

/// Reads the members of a body's object; what is unknown, missing or of another type is refused with its pointer.
struct BodyReader {
    private var members: OrderedDictionary<String, JSONValue>
    private let known: [String]
    /// The pointer to the object.
    private let place: String

    /// - Parameters:
    ///   - known: The members that may stand there.
    ///   - place: The pointer to an object within the body.
    init(_ value: JSONValue, known: [String], place: String = "") throws(Problem) {
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
                "There is no member \"\(key.prefix(60))\" here. Known are \(known.joined(separator: ", ")).",
                place: place + "/" + BodyReader.escaped(key))
        }
        self.members = members
        self.known = known
        self.place = place
    }

    func text(_ key: String) throws(Problem) -> String? {
        guard let value = present(key) else { return nil }
        guard let text = value.stringValue else { throw wrong(key, "text", value) }
        return text
    }

    func requiredText(_ key: String) throws(Problem) -> String {
        guard let text = try text(key) else {
            throw Problem(Problem.Code("missing_member"), "\"\(key)\" is missing.", place: "\(place)/\(key)")
        }
        return text
    }

    func count(_ key: String) throws(Problem) -> Int? {
        guard let value = present(key) else { return nil }
        guard let count = value.intValue else { throw wrong(key, "a whole number", value) }
        return Int(count)
    }

    func flag(_ key: String) throws(Problem) -> Bool? {
        guard let value = present(key) else { return nil }
        guard let flag = value.boolValue else { throw wrong(key, "true or false", value) }
        return flag
    }

    func word<Word: RawRepresentable & CaseIterable>(_ key: String, _ type: Word.Type = Word.self) throws(Problem) -> Word?
    where Word.RawValue == String {
        guard let text = try text(key) else { return nil }
        guard let word = Word(rawValue: text) else {
            throw Problem(
                .badRequest, "\"\(key)\" is one of \(Word.allCases.map(\.rawValue).joined(separator: ", ")).",
                place: "\(place)/\(key)")
        }
        return word
    }

    func texts(_ key: String) throws(Problem) -> [String]? {
        guard let value = present(key) else { return nil }
        guard let elements = value.arrayValue else { throw wrong(key, "a list of texts", value) }
        let texts = elements.compactMap(\.stringValue)
        guard texts.count == elements.count else { throw wrong(key, "a list of texts", value) }
        return texts
    }

    /// A member that is present and not null.
    func present(_ key: String) -> JSONValue? { members[key].flatMap { $0.isNull ? nil : $0 } }

    /// Whether the member stands there, even as null.
    func mentions(_ key: String) -> Bool { members[key] != nil }

    private func wrong(_ key: String, _ expected: String, _ value: JSONValue) -> Problem {
        Problem(.badRequest, "\"\(key)\" is \(expected), not \(value.kindName).", place: "\(place)/\(key)")
    }

    private static func escaped(_ key: String) -> String {
        key.split(separator: "~", omittingEmptySubsequences: false).joined(separator: "~0")
            .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
    }
}
