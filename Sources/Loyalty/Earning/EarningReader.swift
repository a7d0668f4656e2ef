public import Model
import OrderedCollections

extension Problem.Code {
    /// An earning program that cannot be; the place is the JSON pointer of what was refused.
    public static let badEarningProgram = Problem.Code("bad_earning_program")
}

/// One place in the JSON of an earning program: the value, where it stands, and how deep.
struct EarningReader {
    let value: JSONValue
    let pointer: String
    let depth: Int

    /// Deeper conditions are refused, so that nothing runs out of stack.
    private static let depthMax = 60
    private static let countMax = 1_000
    private static let bytesMax = 1_000

    init(_ value: JSONValue, pointer: String = "", depth: Int = 0) {
        self.value = value
        self.pointer = pointer
        self.depth = depth
    }

    /// A refusal of this place in words of its own.
    func refused(_ wording: Wording) -> Problem { Problem(.badEarningProgram, wording, place: pointer) }

    /// A refusal of this place: what was expected and what stood there.
    func expected(_ what: Wording) -> Problem {
        let found: Wording =
            switch value {
            case .string(let text): "the text \"\(text.prefix(60))\""
            case .int, .double, .bigNumber: "the number \(value.text.prefix(40))"
            default: value.kindName
            }
        return refused("\(what) was expected, not \(found).")
    }

    func child(_ key: String, _ value: JSONValue) -> EarningReader {
        let escaped = key.prefix(60).map { $0 == "~" ? "~0" : $0 == "/" ? "~1" : String($0) }.joined()
        return EarningReader(value, pointer: pointer + "/" + escaped, depth: depth + 1)
    }

    // MARK: - Objects and lists

    /// Checks that an object stands here, with no members but these.
    func allow(_ keys: [String], of what: Wording) throws(Problem) {
        guard depth <= EarningReader.depthMax else { throw refused("This is nested too deep. Make it flatter.") }
        guard let members = value.objectValue else { throw expected("An object with \(keys.joined(separator: ", "))") }
        for (key, member) in members where !keys.contains(key) {
            throw child(key, member).refused(
                "\"\(key.prefix(60))\" is not a key of \(what). Known keys: \(keys.joined(separator: ", ")).")
        }
    }

    /// The member, or nil when it is missing or null.
    func optional(_ key: String) -> EarningReader? {
        value[key].flatMap { $0.isNull ? nil : child(key, $0) }
    }

    func required(_ key: String, _ what: Wording) throws(Problem) -> EarningReader {
        guard let member = optional(key) else {
            throw child(key, .null).refused("\(what) was expected, but \"\(key)\" is missing.")
        }
        return member
    }

    /// What a member is read to; the default when it is missing.
    func read<Part>(
        _ key: String, default missing: Part, _ body: (EarningReader) throws(Problem) -> Part
    ) throws(Problem) -> Part {
        guard let member = optional(key) else { return missing }
        return try body(member)
    }

    /// Each element of a list; none when the member is missing.
    func list<Part>(_ key: String, _ body: (EarningReader) throws(Problem) -> Part) throws(Problem) -> [Part] {
        guard let member = optional(key) else { return [] }
        return try member.elements(body)
    }

    func elements<Part>(_ body: (EarningReader) throws(Problem) -> Part) throws(Problem) -> [Part] {
        guard depth <= EarningReader.depthMax else { throw refused("This is nested too deep. Make it flatter.") }
        guard let elements = value.arrayValue else { throw expected("A list") }
        guard elements.count <= EarningReader.countMax else {
            throw refused("A list has at most \(EarningReader.countMax) elements, not \(elements.count).")
        }
        var parts: [Part] = []
        for (index, element) in elements.enumerated() { parts.append(try body(child(String(index), element))) }
        return parts
    }

    // MARK: - Values

    func text(_ what: Wording = "Text") throws(Problem) -> String {
        guard let text = value.stringValue else { throw expected(what) }
        return text
    }

    /// A text of 1 to 1,000 bytes.
    func name(_ what: Wording = "A name") throws(Problem) -> String {
        let text = try text(what)
        guard (1 ... EarningReader.bytesMax).contains(text.utf8.count) else { throw expected(what) }
        return text
    }

    func names(_ key: String) throws(Problem) -> Set<String> {
        Set(try list(key) { element throws(Problem) in try element.name() })
    }

    func flag() throws(Problem) -> Bool {
        guard let flag = value.boolValue else { throw expected("true or false") }
        return flag
    }

    func integer(_ range: ClosedRange<Int64>, _ what: Wording) throws(Problem) -> Int64 {
        guard let number = value.intValue, range.contains(number) else {
            throw expected("\(what) from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func choice<Choice: RawRepresentable & CaseIterable>(_ type: Choice.Type) throws(Problem) -> Choice
    where Choice.RawValue == String {
        if let text = value.stringValue, let choice = Choice(rawValue: text) { return choice }
        throw expected("One of \(Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))")
    }
}

/// Members of an object in order, those without a value left out.
struct EarningWriter {
    private(set) var members: OrderedDictionary<String, JSONValue> = [:]

    var json: JSONValue { .object(members) }

    mutating func put(_ key: String, _ value: JSONValue?) {
        if let value { members[key] = value }
    }

    /// Sorted, and left out when there are none.
    mutating func put(_ key: String, _ names: Set<String>) {
        if !names.isEmpty { members[key] = .array(names.sorted().map { .string($0) }) }
    }

    /// Left out when there are none.
    mutating func put(_ key: String, _ list: [JSONValue]) {
        if !list.isEmpty { members[key] = .array(list) }
    }
}
