import Model
import OrderedCollections

/// A kind of settings that people write as JSON: with which code it is refused, and how much may stand in it.
protocol ReadSettings: Sendable {
    static var code: Problem.Code { get }
    /// The most elements of a list.
    static var listMax: Int { get }
}

/// One place in the JSON of settings: the value, where it stands, and how deep; what cannot be is refused with its pointer.
///
/// ``ObjectReader`` reads bodies, whose members it has at once; settings are nested, and each place knows its own.
struct SettingsReader<Settings: ReadSettings> {
    let value: JSONValue
    let pointer: String
    let depth: Int

    /// Deeper values are refused, so that nothing runs out of stack.
    private static var depthMax: Int { 60 }
    /// More of anything is a mistake.
    static var countMax: Int64 { 1_000_000_000_000 }

    init(_ value: JSONValue, pointer: String = "", depth: Int = 0) {
        self.value = value
        self.pointer = pointer
        self.depth = depth
    }

    static func refused(_ wording: Wording, _ place: String) -> Problem { Problem(Settings.code, wording, place: place) }

    /// A refusal of this place in words of its own.
    func refused(_ wording: Wording) -> Problem { SettingsReader.refused(wording, pointer) }

    /// A refusal of this place: what was expected and what stood there.
    func expected(_ what: Wording) -> Problem {
        refused("\(what) was expected, not \(value.found).")
    }

    func child(_ key: String, _ value: JSONValue) -> SettingsReader {
        let escaped = key.prefix(60).map { $0 == "~" ? "~0" : $0 == "/" ? "~1" : String($0) }.joined()
        return SettingsReader(value, pointer: pointer + "/" + escaped, depth: depth + 1)
    }

    // MARK: - Objects and lists

    /// Checks that an object stands here, with no members but these.
    func allow(_ keys: [String], of what: Wording = "this object") throws(Problem) {
        guard depth <= SettingsReader.depthMax else { throw tooDeep }
        guard let members = value.objectValue else { throw expected("An object with \(keys.joined(separator: ", "))") }
        for (key, member) in members where !keys.contains(key) {
            throw child(key, member).refused(
                "\"\(key.prefix(60))\" is not a key of \(what). Known keys: \(keys.joined(separator: ", ")).")
        }
    }

    /// The member, or nil when it is missing or null.
    func optional(_ key: String) -> SettingsReader? {
        value[key].flatMap { $0.isNull ? nil : child(key, $0) }
    }

    func required(_ key: String) throws(Problem) -> SettingsReader {
        guard value.objectValue != nil else { throw expected("An object") }
        guard let member = optional(key) else { throw child(key, .null).refused("\"\(key)\" is missing.") }
        return member
    }

    func required(_ key: String, _ what: Wording) throws(Problem) -> SettingsReader {
        guard let member = optional(key) else {
            throw child(key, .null).refused("\(what) was expected, but \"\(key)\" is missing.")
        }
        return member
    }

    /// What a member is read to; the default when it is missing.
    func read<Part>(
        _ key: String, default missing: Part, _ body: (SettingsReader) throws(Problem) -> Part
    ) throws(Problem) -> Part {
        guard let member = optional(key) else { return missing }
        return try body(member)
    }

    /// The elements of a list.
    func list() throws(Problem) -> [SettingsReader] {
        guard depth <= SettingsReader.depthMax else { throw tooDeep }
        guard let elements = value.arrayValue else { throw expected("A list") }
        guard elements.count <= Settings.listMax else {
            throw refused("At most \(Settings.listMax) can stand here, not \(elements.count).")
        }
        return elements.enumerated().map { child(String($0.offset), $0.element) }
    }

    /// Each element of a list; none when the member is missing.
    func list<Part>(_ key: String, _ body: (SettingsReader) throws(Problem) -> Part) throws(Problem) -> [Part] {
        try optional(key)?.elements(body) ?? []
    }

    func elements<Part>(_ body: (SettingsReader) throws(Problem) -> Part) throws(Problem) -> [Part] {
        var parts: [Part] = []
        for element in try list() { parts.append(try body(element)) }
        return parts
    }

    private var tooDeep: Problem { refused("This is nested too deep. Make it flatter.") }

    // MARK: - Values

    func text(_ what: Wording) throws(Problem) -> String {
        guard let text = value.stringValue else { throw expected(what) }
        return text
    }

    /// A text of so many bytes.
    func text(_ what: Wording, bytes: ClosedRange<Int>) throws(Problem) -> String {
        let text = try text(what)
        guard bytes.contains(text.utf8.count) else { throw expected(what) }
        return text
    }

    func flag() throws(Problem) -> Bool {
        guard let flag = value.boolValue else { throw expected("true or false") }
        return flag
    }

    func integer(_ range: ClosedRange<Int64>) throws(Problem) -> Int64 {
        guard let number = value.intValue, range.contains(number) else {
            throw refused("A whole number from \(range.lowerBound) to \(range.upperBound) was expected.")
        }
        return number
    }

    func integer(_ range: ClosedRange<Int64>, _ what: Wording) throws(Problem) -> Int64 {
        guard let number = value.intValue, range.contains(number) else {
            throw expected("\(what) from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func choice<Choice: RawRepresentable & CaseIterable>(_ type: Choice.Type = Choice.self) throws(Problem) -> Choice
    where Choice.RawValue == String {
        if let text = value.stringValue, let choice = Choice(rawValue: text) { return choice }
        throw expected("One of \(Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))")
    }
}
