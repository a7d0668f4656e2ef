public import Model
import OrderedCollections

extension Problem.Code {
    /// A question that cannot be understood; `place` points at the part.
    public static let badQuestion = Problem.Code("bad_question")
}

/// One place in a question's JSON: the value, where it stands, and how deep.
struct QuestionReader {
    let value: JSONValue
    let pointer: String
    let depth: Int

    /// Deeper questions are refused, so that no reader or executor runs out of stack.
    static let depthMax = 100

    init(_ value: JSONValue, pointer: String = "", depth: Int = 0) {
        self.value = value
        self.pointer = pointer
        self.depth = depth
    }

    /// A refusal of this place: what was expected and what stood there.
    func expected(_ what: Wording) -> Problem {
        Problem(.badQuestion, "\(what) was expected, not \(found).", place: pointer)
    }

    /// A refusal of this place in words of its own.
    func refused(_ wording: Wording) -> Problem { Problem(.badQuestion, wording, place: pointer) }

    /// A form of the language that this version does not answer yet.
    func notBuilt(_ what: Wording) -> Problem {
        Problem(.notBuilt, "\(what) is not built yet in this version.", place: pointer)
    }

    private var found: Wording {
        switch value {
        case .string(let text): "the text \"\(text.prefix(60))\""
        case .int, .double, .bigNumber: "the number \(value.text.prefix(40))"
        case .bool(let flag): "\(flag)"
        default: value.kindName
        }
    }

    func child(_ key: String, _ value: JSONValue) -> QuestionReader {
        let escaped = key.contains { $0 == "~" || $0 == "/" } ? QuestionReader.escape(key) : key
        return QuestionReader(value, pointer: pointer + "/" + escaped, depth: depth + 1)
    }

    private static func escape(_ key: String) -> String {
        var out = ""
        for character in key {
            switch character {
            case "~": out += "~0"
            case "/": out += "~1"
            default: out.append(character)
            }
        }
        return out
    }

    func object(_ what: Wording) throws(Problem) -> OrderedDictionary<String, JSONValue> {
        guard depth <= QuestionReader.depthMax else {
            throw refused("The question is nested more than \(QuestionReader.depthMax) levels deep. Make it flatter.")
        }
        guard case .object(let members) = value else { throw expected(what) }
        return members
    }

    /// Refuses every member whose key is not among `keys`.
    func allow(_ keys: [String], of what: Wording) throws(Problem) {
        guard case .object(let members) = value else { return }
        for (key, member) in members where !keys.contains(key) {
            throw child(key, member).refused(
                "\"\(key.prefix(60))\" is not a key of \(what). Known keys: \(keys.joined(separator: ", ")).")
        }
    }

    /// The member, or nil when it is missing.
    func optional(_ key: String) -> QuestionReader? { value[key].map { child(key, $0) } }

    func required(_ key: String, _ what: Wording) throws(Problem) -> QuestionReader {
        guard let member = optional(key) else {
            throw Problem(.badQuestion, "\(what) was expected, but \"\(key)\" is missing.", place: child(key, .null).pointer)
        }
        return member
    }

    func list(_ what: Wording) throws(Problem) -> [QuestionReader] {
        guard depth <= QuestionReader.depthMax else {
            throw refused("The question is nested more than \(QuestionReader.depthMax) levels deep. Make it flatter.")
        }
        guard case .array(let elements) = value else { throw expected(what) }
        return elements.enumerated().map { child(String($0.offset), $0.element) }
    }

    func text(_ what: Wording) throws(Problem) -> String {
        guard case .string(let text) = value else { throw expected(what) }
        return text
    }

    /// A text that is not empty and at most 1,000 bytes long: names of events, properties, traits.
    func name(_ what: Wording) throws(Problem) -> String {
        let text = try text(what)
        guard !text.isEmpty, text.utf8.count <= 1_000 else { throw expected(what) }
        return text
    }

    func flag() throws(Problem) -> Bool {
        guard case .bool(let flag) = value else { throw expected("true or false") }
        return flag
    }

    func integer(_ range: ClosedRange<Int>, _ what: Wording) throws(Problem) -> Int {
        let whole: Int64?
        switch value {
        case .int(let number): whole = number
        case .double(let number): whole = Int64(exactly: number)
        default: whole = nil
        }
        guard let whole, let number = Int(exactly: whole), range.contains(number) else { throw expected(what) }
        return number
    }

    func number(_ what: Wording) throws(Problem) -> JSONValue {
        switch value {
        case .int, .double, .bigNumber: return value
        default: throw expected(what)
        }
    }

    func choice<Choice: RawRepresentable & CaseIterable>(_ type: Choice.Type) throws(Problem) -> Choice
    where Choice.RawValue == String {
        if case .string(let text) = value, let choice = Choice(rawValue: text) { return choice }
        throw expected("One of \(Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))")
    }

    func span(_ what: Wording = "A duration such as \"14d\", \"30m\" or \"PT30M\"") throws(Problem) -> TimeSpan {
        guard case .string(let text) = value, let span = TimeSpan(text: text) else { throw expected(what) }
        return span
    }
}

/// Members of an object, written in order, those without a value left out.
struct ObjectWriter {
    private(set) var members: OrderedDictionary<String, JSONValue> = [:]

    mutating func put(_ key: String, _ value: JSONValue?) {
        if let value { members[key] = value }
    }

    var json: JSONValue { .object(members) }
}
