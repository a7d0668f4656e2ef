import Logging
import Synchronization

/// Hears what is logged as a warning or worse, or from another level on.
final class WarningLog: Sendable {
    private let list = Mutex<[String]>([])
    private let level: Logger.Level

    init(from level: Logger.Level = .warning) { self.level = level }

    var messages: [String] { list.withLock { $0 } }
    var handler: any LogHandler { Handler(log: self, logLevel: level) }

    private struct Handler: LogHandler {
        let log: WarningLog
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { log.list.withLock { $0.append("\(event.message)") } }
    }
}
