import Columns
import Model
import OrderedCollections

/// The configuration file: one JSON object with any of `data`, `records`, `listen`, `log`, `admin_token`,
/// `trust_proxy`, `question_memory` and `question_memory_total`.
///
/// What is unknown or of another type is refused, because a setting that is silently passed over is one that its writer relies on.
struct SettingsFile: Sendable, Hashable {
    private static let known = [
        "data", "records", "listen", "log", "admin_token", "trust_proxy", "question_memory", "question_memory_total",
    ]

    private(set) var data: String?
    private(set) var records: String?
    private(set) var listen: String?
    private(set) var log: String?
    private(set) var adminToken: String?
    private(set) var trustsProxy: Bool?
    private(set) var questionMebibytes: Int?
    private(set) var questionMebibytesTotal: Int?

    /// - Throws: ``Problem`` with code `bad_settings` whose place is the file.
    init(path: String) throws(Problem) {
        let members = try SettingsFile.members(of: path)
        for key in members.keys where !SettingsFile.known.contains(key) {
            let known = SettingsFile.known.joined(separator: ", ")
            throw Problem(.badSettings, "There is no setting \"\(key.prefix(60))\". There are \(known).", place: path)
        }
        data = try SettingsFile.text("data", members, path)
        records = try SettingsFile.text("records", members, path)
        listen = try SettingsFile.text("listen", members, path)
        if let listen { _ = try SettingsFile.placed(path) { () throws(Problem) in try ServerSettings.address(listen) } }
        log = try SettingsFile.text("log", members, path)
        if let log, ServerSettings.LogFormat(rawValue: log) == nil {
            throw Problem(.badSettings, "log is \"\(log.prefix(60))\". Use text or json.", place: path)
        }
        adminToken = try SettingsFile.text("admin_token", members, path)
        if let value = members["trust_proxy"] {
            guard let flag = value.boolValue else { throw SettingsFile.wrong("trust_proxy", "true or false", value, path) }
            trustsProxy = flag
        }
        questionMebibytes = try SettingsFile.mebibytes("question_memory", members, path)
        questionMebibytesTotal = try SettingsFile.mebibytes("question_memory_total", members, path)
    }

    private static func mebibytes(
        _ key: String, _ members: OrderedDictionary<String, JSONValue>, _ path: String
    ) throws(Problem) -> Int? {
        guard let value = members[key] else { return nil }
        guard let number = value.intValue else { throw wrong(key, "a whole number of MiB", value, path) }
        do throws(Problem) {
            return try ServerSettings.mebibytes(Int(number), key)
        } catch {
            throw Problem(.badSettings, error.wording, place: path)
        }
    }

    private static func members(of path: String) throws(Problem) -> OrderedDictionary<String, JSONValue> {
        let value: JSONValue
        do throws(Problem) {
            value = try JSONParser.parse(try FileText.read(path))
        } catch {
            throw Problem(.badSettings, "The configuration file is one JSON object. \(error.wording)", place: path)
        }
        guard let members = value.objectValue else {
            throw Problem(.badSettings, "The configuration file is one JSON object, not \(value.kindName).", place: path)
        }
        return members
    }

    private static func text(
        _ key: String, _ members: OrderedDictionary<String, JSONValue>, _ path: String
    ) throws(Problem) -> String? {
        guard let value = members[key] else { return nil }
        guard let text = value.stringValue else { throw wrong(key, "text", value, path) }
        return text
    }

    private static func wrong(_ key: String, _ expected: String, _ value: JSONValue, _ path: String) -> Problem {
        Problem(.badSettings, "\(key) is \(expected), not \(value.kindName). Write it so, or leave it out.", place: path)
    }

    private static func placed<Value>(_ path: String, _ read: () throws(Problem) -> Value) throws(Problem) -> Value {
        do throws(Problem) {
            return try read()
        } catch {
            throw Problem(.badSettings, "listen: \(error.wording)", place: path)
        }
    }
}
