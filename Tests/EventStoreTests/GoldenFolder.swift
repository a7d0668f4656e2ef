import Columns
import Disks
import Foundation
import Model
import OrderedCollections
import TestSupport
import Testing

@testable import EventStore

/// A store's folder as one version wrote it, and beside it in plain text what it holds.
///
/// `calls.ndjson` has a line for each call by arrival, deleted ones too; `decisions.ndjson` one for each decision.
struct GoldenFolder {
    struct Line {
        let text: String
        let messageID: String
        let payloadHash: UInt64
        let isDropped: Bool
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
    private static let dropped = "Product Viewed"

    private let folder: URL
    let calls: [Line]
    let decisions: [String]

    init(_ name: String) throws {
        folder = GoldenFolder.root.appending(path: name)
        calls = try GoldenFolder.lines(folder, "calls.ndjson").map(Line.init)
        decisions = try GoldenFolder.lines(folder, "decisions.ndjson")
    }

    private static func lines(_ folder: URL, _ name: String) throws -> [String] {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8).split(separator: "\n").map(String.init)
    }

    /// The lines of the calls that are not deleted.
    var kept: [String] { calls.filter { !$0.isDropped }.map(\.text) }

    /// Every call again, with the payload that it had.
    var repeats: CallBatch { batch { $0.payloadHash } }

    /// Every call again, with another payload.
    var conflicts: CallBatch { batch { ~$0.payloadHash } }

    private func batch(_ payloadHash: (Line) -> UInt64) -> CallBatch {
        var encoder = CallEncoder()
        for line in calls {
            let call = Call(
                type: .track, messageID: line.messageID, timestamp: .distantPast, receivedAt: .distantPast,
                source: SourceID(text: "src_web"))
            encoder.append(call, identities: [], payloadHash: payloadHash(line))
        }
        return encoder.finish()
    }

    /// Puts the folder's files where a test opens its store.
    func place(on disk: MemoryDisk) throws {
        for path in ["MANIFEST"] + (try names("log")) + (try names("parts")) {
            let bytes = [UInt8](try Data(contentsOf: folder.appending(path: path)))
            let file = try disk.open("/data/ws/" + path)
            try file.write(bytes, at: 0)
            try file.sync()
        }
    }

    private func names(_ directory: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: directory).path).map { "\(directory)/\($0)" }
    }

    // MARK: - As text

    /// The lines of the calls of a store, by arrival.
    static func lines(_ snapshot: StoreSnapshot) -> [String] {
        var owners: [UInt64: String] = [:]
        for part in snapshot.parts {
            for place in 0 ..< part.ownerCount where part.owner(at: place) != Part.nobody {
                let identity = snapshot.identities.identity(part.owner(at: place))
                for row in part.rows(ofOwnerAt: place) { owners[part.arrival(at: row)] = "\(identity.type.text) \(identity.value)" }
            }
        }
        return snapshot.callsByArrival.sorted { $0.key < $1.key }.map { line($0.value, arrival: $0.key, owner: owners[$0.key]) }
    }

    private static func line(_ call: Call, arrival: UInt64, owner: String?, isDropped: Bool = false) -> String {
        var members: OrderedDictionary<String, JSONValue> = ["arrival": .int(Int64(arrival)), "messageId": .string(call.messageID)]
        members["payloadHash"] = .string(String(RandomCalls.payloadHash(call)))
        if isDropped {
            members["dropped"] = true
            return JSONValue.object(members).text
        }
        members["type"] = .string(call.type.text)
        for (key, instant) in [
            ("timestamp", call.timestamp), ("receivedAt", call.receivedAt), ("originalTimestamp", call.originalTimestamp),
            ("sentAt", call.sentAt),
        ] { members[key] = instant.map { .int($0.microseconds) } }
        for (key, text) in [
            ("owner", owner), ("userId", call.userID), ("anonymousId", call.anonymousID), ("previousId", call.previousID),
            ("groupId", call.groupID), ("event", call.event), ("name", call.name), ("category", call.category),
            ("source", call.source.text),
        ] { members[key] = text.map { .string($0) } }
        members["flags"] = .int(Int64(call.flags.rawValue))
        for (key, object) in [
            ("properties", call.properties), ("traits", call.traits), ("context", call.context),
            ("integrations", call.integrations),
        ] { members[key] = object }
        return JSONValue.object(members).text
    }

    static func line(_ decision: Decision) -> String {
        let numbers =
            [Int64(decision.arrival), decision.receivedAt.microseconds]
            + [decision.kind, decision.rule, decision.reason].map(Int64.init)
            + [decision.a, decision.b, decision.c].map(Int64.init)
        return JSONValue.array(numbers.map { .int($0) }).text
    }

    // MARK: - Writing

    /// Writes a folder with two parts, deleted calls and a log.
    static func write(to folder: URL) async throws {
        var random = RandomCalls(seed: 20_261_128)
        let disk = MemoryDisk()
        var store = try TestStore.open(disk, observer: RecordingObserver())
        var sent: [Call] = []
        for (count, visits) in [(200, 30), (40, 4), (20, 2), (20, 2)] {
            let entries = random.entries(count) + random.visits(visits)
            _ = try await store.append(entries.batch)
            sent += entries.map(\.call)
            if count >= 40 { try await store.flush() }
            if count == 40 { _ = try await store.drop(events: [dropped], before: Instant(microseconds: 1_700_000_009_000_000)) }
            await store.close()
            store = try TestStore.open(disk, observer: RecordingObserver())
        }
        let kept = store.snapshot().callsByArrival
        let keptLines = Dictionary(uniqueKeysWithValues: zip(kept.keys.sorted(), lines(store.snapshot())))
        let all = sent.enumerated().map { index, call in
            keptLines[UInt64(index) + 1] ?? line(call, arrival: UInt64(index) + 1, owner: nil, isDropped: true)
        }
        let decisions = store.snapshot().decisions.map(line)
        await store.close()
        for path in disk.paths where !path.hasSuffix("LOCK") {
            let target = folder.appending(path: path.replacing("/data/ws/", with: ""))
            try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            guard let region = try disk.map(path) else { continue }
            try Data(region.bytes).write(to: target)
        }
        try Data((all.joined(separator: "\n") + "\n").utf8).write(to: folder.appending(path: "calls.ndjson"))
        try Data((decisions.joined(separator: "\n") + "\n").utf8).write(to: folder.appending(path: "decisions.ndjson"))
    }
}

extension GoldenFolder.Line {
    fileprivate init(_ text: String) throws {
        let json = try JSONParser.parse(Array(text.utf8))
        self.text = text
        messageID = try #require(json["messageId"]?.stringValue)
        payloadHash = try #require(json["payloadHash"]?.stringValue.flatMap(UInt64.init))
        isDropped = json["dropped"] == true
    }
}

extension RandomCalls {
    /// Visits as a shop has them: times that climb in little steps, prices in cents, one channel a person.
    fileprivate mutating func visits(_ count: Int) -> [Entry] {
        (0 ..< count).flatMap { visit -> [Entry] in
            let person = Int.random(in: 0 ..< 20, using: &random)
            var time = 1_700_000_000_000_000 + Int64.random(in: 0 ..< 90 * 86_400_000, using: &random) * 1_000
            return (0 ..< Int.random(in: 3 ... 20, using: &random)).map { step in
                nextID += 1
                time += Int64.random(in: 500 ..< 90_000, using: &random) * 1_000
                var call = Call(
                    type: .track, messageID: "visit-\(nextID)", timestamp: Instant(microseconds: time),
                    receivedAt: Instant(microseconds: time + 250_000), source: SourceID(text: "src_web"))
                call.event = step % 4 == 3 ? "Order Completed" : "Product Clicked"
                call.properties = [
                    "channel": .string(["search", "email", "friend"][person % 3]), "price": .double(Double(900 + step * 137) / 100),
                    "quantity": .int(Int64(step % 3 + 1)), "visit": .int(Int64(visit)),
                ]
                call.properties = call.properties.canonical
                call.userID = "drinker-\(person)"
                return (call, [Identity(type: .userID, value: "drinker-\(person)")])
            }
        }
    }
}
