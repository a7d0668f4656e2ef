import EventStore
import Foundation
import Intake
import Logging
import Model
import People
import Records
import Synchronization
import Testing

/// A clock that shows what a test says.
final class FixedClock: WallClock {
    private let instant: Mutex<Instant>
    init(_ text: String) { instant = Mutex(Instant(rfc3339: text) ?? .epoch) }
    var now: Instant { instant.withLock { $0 } }
    func set(_ text: String) { instant.withLock { $0 = Instant(rfc3339: text) ?? .epoch } }
    func advance(seconds: Int64) { instant.withLock { $0 = $0.advanced(byMicroseconds: seconds * .microsecondsPerSecond) } }
}

/// A sink that remembers.
final class ListSink: RejectionSink {
    private let list = Mutex<[KeptRejection]>([])
    var all: [KeptRejection] { list.withLock { $0 } }
    func keep(_ rejections: [KeptRejection]) async { list.withLock { $0 += rejections } }
}

/// One intake over a store of its own in a temporary folder.
final class IntakeWorld: Sendable {
    static let now = "2026-03-10T09:00:00Z"
    let folder: URL
    let store: WorkspaceStore
    let sink = ListSink()
    let clock = FixedClock(IntakeWorld.now)
    let live = LiveFeed()
    let intake: Intake
    let source: IntakeSource

    init(_ change: (inout IntakeSource) -> Void = { _ in }) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "teahouse-intake-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        store = try WorkspaceStore.open(directory: folder.path, logger: Logger(label: "test"))
        intake = Intake(
            store: store, identities: IdentityRules(), rejections: sink, live: live, clock: clock, logger: Logger(label: "test"))
        var source = IntakeSource(id: SourceID(text: "src_test"), isTrusted: true, allowsHistory: true)
        change(&source)
        self.source = source
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Closes the store; call it at the end of a test.
    func close() async { await store.close() }

    /// All calls taken, in order of arrival.
    var calls: [Call] {
        var numbered: [(UInt64, Call)] = []
        for part in store.snapshot().parts {
            for row in 0 ..< part.rowCount { numbered.append((part.arrival(at: row), part.call(at: row))) }
        }
        return numbered.sorted { $0.0 < $1.0 }.map(\.1)
    }

    @discardableResult func take(
        _ body: String, _ shape: CollectShape = .single(.track), _ options: CollectOptions = CollectOptions()
    ) async throws -> IntakeAnswer {
        try await intake.take(Array(body.utf8), shape: shape, source: source, options: options)
    }

    @discardableResult func take(
        bytes: [UInt8], _ shape: CollectShape = .single(.track), _ options: CollectOptions = CollectOptions()
    ) async throws -> IntakeAnswer {
        try await intake.take(bytes, shape: shape, source: source, options: options)
    }

    @discardableResult func batch(_ items: String..., options: CollectOptions = CollectOptions()) async throws -> IntakeAnswer {
        try await take("{\"batch\":[\(items.joined(separator: ","))]}", .batch, options)
    }

    /// The code with which one track call is refused; nil when it is taken.
    func refusal(_ body: String, _ type: CallType = .track) async -> String? {
        do throws(Problem) {
            return try await intake.take(Array(body.utf8), shape: .single(type), source: source).rejected.first?.code.text
        } catch {
            return "body:" + error.code.text
        }
    }
}

/// Runs a test in a world of its own.
func withWorld(_ body: (IntakeWorld) async throws -> Void) async throws { try await run(IntakeWorld(), body) }

/// The same for a source with one setting of its own.
func withWorld<Value>(
    _ setting: WritableKeyPath<IntakeSource, Value>, _ value: Value, _ body: (IntakeWorld) async throws -> Void
) async throws {
    try await run(IntakeWorld { $0[keyPath: setting] = value }, body)
}

private func run(_ world: IntakeWorld, _ body: (IntakeWorld) async throws -> Void) async throws {
    do {
        try await body(world)
    } catch {
        await world.close()
        throw error
    }
    await world.close()
}

/// A track call with some members of its own.
func track(_ members: String = "", id: String? = nil) -> String {
    let rest = members.isEmpty ? "" : "," + members
    let id = id.map { ",\"messageId\":\"\($0)\"" } ?? ""
    return "{\"type\":\"track\",\"event\":\"e\",\"userId\":\"u\"\(id)\(rest)}"
}
