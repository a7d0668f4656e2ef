import Configuration
public import Model
import OrderedCollections
import SystemPackage

/// Where a server keeps its data, where it listens and how it logs.
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
    public var host: String
    /// 0 lets the system choose; the ready line then names the port.
    public var port: Int
    public var log: LogFormat
    /// With it set, `POST /api/v1/workspaces` answers to this bearer token.
    public var adminToken: String?
    /// Whether `X-Forwarded-Proto` is believed: only behind a proxy that sets it.
    public var trustsProxy: Bool

    /// The default of `--listen`.
    public static let defaultListen = "127.0.0.1:8080"

    public init(
        data: String, listen: String, log: LogFormat = .text, adminToken: String? = nil, trustsProxy: Bool = false
    ) throws(Problem) {
        let (host, port) = try ServerSettings.address(listen)
        self.data = data
        self.host = host
        self.port = port
        self.log = log
        self.adminToken = adminToken.flatMap { $0.isEmpty ? nil : $0 }
        self.trustsProxy = trustsProxy
    }

    /// Reads the environment (`TEAHOUSE_DATA`, `TEAHOUSE_LISTEN`, …) and `file`, a JSON object with the keys `data`, `listen`, `log`,
    /// `admin_token`, `trust_proxy`, under what the command line gave.
    ///
    /// - Throws: ``Problem`` with code `bad_settings` that names the setting.
    public static func load(
        data: String?, listen: String?, log: String?, trustsProxy: Bool, file: String?
    ) async throws(Problem) -> ServerSettings {
        var providers: [any ConfigProvider] = [EnvironmentVariablesProvider().prefixKeys(with: "teahouse")]
        if let file {
            try checkFile(file)
            do {
                providers.append(try await FileProvider<JSONSnapshot>(filePath: FilePath(file)))
            } catch {
                throw Problem(.badSettings, "The configuration file cannot be read: \(error)", place: file)
            }
        }
        let reader = ConfigReader(providers: providers)
        let logText = log ?? reader.string(forKey: "log") ?? LogFormat.text.rawValue
        guard let format = LogFormat(rawValue: logText) else {
            throw Problem(.badSettings, "The log format is \"\(logText)\". Use text or json.", place: "log")
        }
        return try ServerSettings(
            data: data ?? reader.string(forKey: "data") ?? "data",
            listen: listen ?? reader.string(forKey: "listen") ?? defaultListen, log: format,
            adminToken: reader.string(forKey: "admin.token", isSecret: true)
                ?? reader.string(forKey: "admin_token", isSecret: true),
            trustsProxy: trustsProxy || reader.bool(forKey: "trust.proxy", default: false)
                || reader.bool(forKey: "trust_proxy", default: false))
    }

    /// A misspelt setting must not pass for one that was not given.
    private static func checkFile(_ file: String) throws(Problem) {
        let json = try FileText.json(file)
        guard let members = json.objectValue else {
            throw Problem(.badSettings, "A configuration file is one JSON object, but this is \(json.kindName).", place: file)
        }
        for (key, value) in members {
            guard fileKeys.contains(key) else {
                let known = fileKeys.joined(separator: ", ")
                throw Problem(.badSettings, "There is no setting \"\(key.prefix(60))\". There are: \(known).", place: file)
            }
            let isRight = key == "trust_proxy" ? value.boolValue != nil : value.stringValue != nil
            if !isRight {
                let wanted = key == "trust_proxy" ? "true or false" : "text"
                throw Problem(.badSettings, "\"\(key)\" is \(wanted), not \(value.kindName).", place: file)
            }
        }
    }

    private static let fileKeys = ["data", "listen", "log", "admin_token", "trust_proxy"]

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
