import Configuration
public import Model
import Questions

/// Where a server keeps its data, where it listens, how it logs and what questions may hold.
///
/// Each setting comes from the command line, else the environment, else the configuration file, else its default.
public struct ServerSettings: Sendable, Hashable {
    /// How log lines are written to standard error.
    public enum LogFormat: String, Sendable, CaseIterable {
        /// For people: one short line.
        case text
        /// For machines: one JSON object a line.
        case json
    }

    /// The data folder; made when it is missing.
    public var data: String
    public var records: RecordsPlace
    public var host: String
    /// 0 lets the system choose; the ready line then names the port.
    public var port: Int
    public var log: LogFormat
    /// With it set, `POST /api/v1/workspaces` answers to this bearer token.
    public var adminToken: String?
    /// Whether `X-Forwarded-Proto` is believed: only behind a proxy that sets it.
    public var trustsProxy: Bool
    /// What one question may hold, in MiB; nil is ``Questions/QuestionMemory``'s default.
    public var questionMebibytes: Int?
    /// What all questions together may hold, in MiB; nil is the default, or what one may hold if that is more.
    public var questionMebibytesTotal: Int?

    /// The default of `--listen`.
    public static let defaultListen = "127.0.0.1:8080"

    public init(
        data: String, records: RecordsPlace = .folder, listen: String, log: LogFormat = .text, adminToken: String? = nil,
        trustsProxy: Bool = false,
        questionMebibytes: Int? = nil, questionMebibytesTotal: Int? = nil
    ) throws(Problem) {
        let (host, port) = try ServerSettings.address(listen)
        self.data = data
        self.records = records
        self.host = host
        self.port = port
        self.log = log
        self.adminToken = adminToken.flatMap { $0.isEmpty ? nil : $0 }
        self.trustsProxy = trustsProxy
        self.questionMebibytes = try ServerSettings.mebibytes(questionMebibytes, "question_memory")
        self.questionMebibytesTotal = try ServerSettings.mebibytes(questionMebibytesTotal, "question_memory_total")
        if let one = questionMebibytes, let all = questionMebibytesTotal, one > all {
            throw Problem(
                .badSettings, "One question may hold \(one) MiB, but all together only \(all). Give question_memory_total more.",
                place: "question_memory")
        }
    }

    /// Reads the environment (`TEAHOUSE_DATA`, `TEAHOUSE_LISTEN`, …) and `file` (see ``SettingsFile``) under what the command line gave.
    ///
    /// - Throws: ``Problem`` with code `bad_settings` that names the setting.
    public static func load(
        data: String?, listen: String?, log: String?, trustsProxy: Bool, questionMebibytes: Int? = nil,
        questionMebibytesTotal: Int? = nil, file: String?
    ) async throws(Problem) -> ServerSettings {
        let environment = ConfigReader(provider: EnvironmentVariablesProvider().prefixKeys(with: "teahouse"))
        let file = try file.map { path throws(Problem) in try SettingsFile(path: path) }
        let logText = log ?? environment.string(forKey: "log") ?? file?.log ?? LogFormat.text.rawValue
        guard let format = LogFormat(rawValue: logText) else {
            throw Problem(.badSettings, "The log format is \"\(logText)\". Use text or json.", place: "log")
        }
        let one = try mebibytes(environment.string(forKey: "question.memory"), "TEAHOUSE_QUESTION_MEMORY")
        let all = try mebibytes(environment.string(forKey: "question.memory.total"), "TEAHOUSE_QUESTION_MEMORY_TOTAL")
        return try ServerSettings(
            data: data ?? environment.string(forKey: "data") ?? file?.data ?? "data",
            records: try RecordsPlace(environment.string(forKey: "records", isSecret: true) ?? file?.records),
            listen: listen ?? environment.string(forKey: "listen") ?? file?.listen ?? defaultListen, log: format,
            adminToken: environment.string(forKey: "admin.token", isSecret: true) ?? file?.adminToken,
            trustsProxy: trustsProxy || (environment.bool(forKey: "trust.proxy") ?? file?.trustsProxy ?? false),
            questionMebibytes: questionMebibytes ?? one ?? file?.questionMebibytes,
            questionMebibytesTotal: questionMebibytesTotal ?? all ?? file?.questionMebibytesTotal)
    }

    /// A number of MiB as the environment gives it.
    private static func mebibytes(_ text: String?, _ name: String) throws(Problem) -> Int? {
        guard let text, !text.isEmpty else { return nil }
        return try mebibytes(Int(text) ?? -1, name)
    }

    static func mebibytes(_ number: Int?, _ name: String) throws(Problem) -> Int? {
        guard let number, !mebibytesRange.contains(number) else { return number }
        let (least, most) = (mebibytesRange.lowerBound, mebibytesRange.upperBound)
        throw Problem(.badSettings, "\(name) is a whole number of MiB from \(least) to \(most), such as 512.", place: name)
    }

    private static let mebibytesRange = 16 ... 1 << 24

    /// What questions may hold under these settings.
    var questionMemory: QuestionMemory {
        let question = questionMebibytes.map { $0 << 20 } ?? QuestionMemory.questionBytesDefault
        let total = questionMebibytesTotal.map { $0 << 20 }
        return QuestionMemory(
            questionBytes: question,
            totalBytes: total ?? max(QuestionMemory.totalBytesDefault, questionMebibytes == nil ? 0 : question))
    }

    /// `HOST:PORT`, `[::1]:8080`, or `:8080` for every address.
    static func address(_ text: String) throws(Problem) -> (host: String, port: Int) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), (0 ... 65_535).contains(port)
        else {
            throw Problem(
                .badSettings, "\"\(text)\" is no address to listen on. Give HOST:PORT, such as 127.0.0.1:8080.", place: "listen")
        }
        let host = text[..<colon].trimmingPrefix("[")
        let bare = host.hasSuffix("]") ? host.dropLast() : host
        return (bare.isEmpty ? "0.0.0.0" : String(bare), port)
    }
}

extension Problem.Code {
    /// A setting of the server that cannot be used.
    public static let badSettings = Problem.Code("bad_settings")
}
