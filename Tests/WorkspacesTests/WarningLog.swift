import Logging
import Synchronization

/// Hears what is logged as a warning or worse.
final class WarningLog: Sendable {
    private let list = Mutex<[String]>([])

    var messages: [String] { list.withLock { $0 } }
    var handler: any LogHandler { Handler(log: self) }

    private struct Handler: LogHandler {
        let log: WarningLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.warning

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { log.list.withLock { $0.append("\(event.message)") } }
    }
}
