public import Logging
import Model
import OrderedCollections

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Writes each log record as one JSON object a line on standard error.
public struct JSONLogHandler: LogHandler {
    public var logLevel: Logger.Level = .info
    public var metadata: Logger.Metadata = [:]
    private let label: String

    public init(label: String) { self.label = label }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var line: JSONValue = [
            "time": .string(SystemClock().now.rfc3339), "level": .string(event.level.rawValue), "logger": .string(label),
            "message": .string(event.message.description),
        ]
        let all = metadata.merging(event.metadata ?? [:]) { _, given in given }
        if case .object(var members) = line {
            for (key, value) in all.sorted(by: { $0.key < $1.key }) where members[key] == nil {
                members[key] = .string(value.description)
            }
            line = .object(members)
        }
        var bytes = line.utf8
        bytes.append(UInt8(ascii: "\n"))
        // One write a line keeps lines of several threads whole.
        bytes.withUnsafeBytes { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
