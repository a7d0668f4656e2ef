public import Model
import OrderedCollections

extension Problem.Code {
    /// An earning program that cannot be; the place is the JSON pointer of what was refused.
    public static let badEarningProgram = Problem.Code("bad_earning_program")
}

/// One place in the JSON of an earning program.
typealias EarningReader = SettingsReader<EarningSettings>

enum EarningSettings: ReadSettings {
    static var code: Problem.Code { .badEarningProgram }
    static let listMax = 1_000
    static let nameBytesMax = 1_000
}

extension SettingsReader where Settings == EarningSettings {
    func text() throws(Problem) -> String { try text("Text") }

    /// A text of 1 to 1,000 bytes.
    func name(_ what: Wording = "A name") throws(Problem) -> String {
        try text(what, bytes: 1 ... Settings.nameBytesMax)
    }

    /// A name that the books write in a line of theirs.
    func line() throws(Problem) -> String {
        let text = try name()
        guard text.isOneLine else { throw refused("A name has 1 to \(Settings.nameBytesMax) bytes in one line.") }
        return text
    }

    func names(_ key: String) throws(Problem) -> Set<String> {
        Set(try list(key) { element throws(Problem) in try element.name() })
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
