import EventStore
import Foundation
import Model
import Testing
import Worlds

@testable import Intake

/// Archives that are added to calls that are there.
@Suite("Archives among other calls")
struct ImportArchiveTests {
    /// What came live beside the shop: odd texts and numbers, calls of nobody's device, aliases, groups.
    private static let live =
        #"{"batch":[{"type":"track","event":"a,\"b\"\n茶","userId":"u,1","messageId":"live-1","timestamp":"2026-03-01T12:00:00.123456Z","properties":{"z":1.0,"a":[1,{"k":"\u0000"}],"big":123456789012345678901234567890,"n":{"x":{},"y":null}}},{"type":"alias","messageId":"live-2","userId":"u2","previousId":"a1"},{"type":"group","messageId":"live-3","userId":"u2","groupId":"g","traits":{"name":"G"}},{"type":"identify","messageId":"live-4","userId":"u2","traits":{"email":"U2@Example.com"},"context":{"device":{"id":"d1"}}},{"type":"screen","messageId":"live-5","name":" s ","anonymousId":"\"","context":{"ip":"1.2.3.4"}}],"sentAt":"2026-10-31T23:00:00Z"}"#

    private static func filled() async throws -> IntakeWorld {
        let world = try IntakeWorld()
        world.clock.set("2026-11-01T00:00:00Z")
        let shop = TeaShop(seed: 9, people: 60, days: 30, end: LocalDate(daysSinceEpoch: 20_632))
        for batch in shop.batches(of: 700) { _ = try await world.intake.take(lines: batch.lines, source: world.source) }
        try await world.store.flush()
        try await world.take(live, .batch)
        return world
    }

    private static func archive(of world: IntakeWorld, in folder: ImportFolder) throws -> EventArchive {
        var bytes: [UInt8] = []
        var writer = world.store.archive()
        while let piece = writer.next() { bytes += piece }
        let path = try folder.write("shop.teahouse", bytes)
        return try #require(try EventArchive.open(ifIn: path))
    }

    private static func ndjson(_ world: IntakeWorld) -> [UInt8] { ImportExportTests.bytes(world.store.snapshot(), .ndjson) }

    @Test("Added to other calls they come behind these as they were; added again they are duplicates")
    func behindOthers() async throws {
        let (world, folder) = (try await ImportArchiveTests.filled(), try ImportFolder())
        let archive = try ImportArchiveTests.archive(of: world, in: folder)
        let other = try IntakeWorld { source in
            source.id = SourceID(text: "src_other")
            source.isTrusted = false
        }
        try await other.take(track(#""timestamp":"2026-01-01T00:00:00Z""#, id: "first"))
        let first = ImportArchiveTests.ndjson(other)
        let summary = try await other.intake.take(archive)
        #expect(summary.taken == archive.callCount && summary.rowCount == summary.taken && summary.refused == 0)
        #expect(ImportArchiveTests.ndjson(other) == first + ImportArchiveTests.ndjson(world))
        #expect(Array(other.calls.dropFirst()) == world.calls)
        let identities = other.store.snapshot().identities
        for ordinal in 0 ..< UInt32(world.store.snapshot().identities.count) {
            let identity = world.store.snapshot().identities.identity(ordinal)
            #expect(identities.ordinal(of: identity) != nil, "\(identity)")
        }
        let again = try await other.intake.take(archive)
        #expect(again.taken == 0 && again.duplicates == archive.callCount && again.refused == 0)
        #expect(ImportArchiveTests.ndjson(other) == first + ImportArchiveTests.ndjson(world))
        // What was sent to the first comes to the second a little later.
        let answer = try await other.take(ImportArchiveTests.live, .batch)
        #expect(answer.taken == 0 && answer.duplicates == 5)
        await world.close()
        await other.close()
    }

    @Test("Where some are there only the others are taken", arguments: 0 ..< 4 as Range<UInt64>)
    func overlap(seed: UInt64) async throws {
        let (world, folder) = (try await ImportArchiveTests.filled(), try ImportFolder())
        let archive = try ImportArchiveTests.archive(of: world, in: folder)
        let other = try IntakeWorld()
        other.clock.set("2026-11-01T00:00:00Z")
        var random = SplitMix64(seed: seed)
        let shop = TeaShop(seed: 9, people: 60, days: 30, end: LocalDate(daysSinceEpoch: 20_632))
        for batch in shop.batches(of: 20) where Int.random(in: 0 ..< 3, using: &random) == 0 {
            _ = try await other.intake.take(lines: batch.lines, source: other.source)
        }
        // In memory and in a part they are known alike.
        if seed % 2 == 0 { try await other.store.flush() }
        let known = other.store.snapshot().eventCount
        let summary = try await other.intake.take(archive)
        #expect(known > 0 && summary.duplicates == known && summary.taken == archive.callCount - known && summary.refused == 0)
        func ids(_ world: IntakeWorld) -> [String] { world.calls.map(\.messageID).sorted() }
        #expect(ids(other) == ids(world))
        await world.close()
        await other.close()
    }

    @Test("A call whose messageId has another payload there is refused, counted and listed")
    func conflict() async throws {
        let (world, folder) = (try await ImportArchiveTests.filled(), try ImportFolder())
        let archive = try ImportArchiveTests.archive(of: world, in: folder)
        let other = try IntakeWorld()
        try await other.take(track(#""properties":{"other":1}"#, id: "live-3"))
        let summary = try await other.intake.take(archive)
        #expect(summary.refused == 1 && summary.refusedByCode == ["message_id_conflict": 1])
        #expect(summary.rowCount == summary.taken + summary.duplicates + summary.refused)
        #expect(folder.text("shop.teahouse.rejected.csv")?.contains("\(archive.callCount - 2),message_id_conflict,") == true)
        await world.close()
        await other.close()
    }

    @Test("A file is an archive by its first bytes or its name; one that is none is named, and rows are rows")
    func byNameOrBytes() async throws {
        let (world, folder) = (try await ImportArchiveTests.filled(), try ImportFolder())
        var bytes: [UInt8] = []
        var writer = world.store.archive()
        while let piece = writer.next() { bytes += piece }
        await world.close()
        #expect(try EventArchive.open(ifIn: folder.write("events", bytes))?.callCount == writer.callCount)
        #expect(try EventArchive.open(ifIn: folder.write("rows.csv", "a,b\n1,2\n".utf8)) == nil)
        #expect(try EventArchive.open(ifIn: folder.write("short.csv", "a".utf8)) == nil)
        for (name, content) in [
            ("rows.teahouse", Array("a,b\n1,2\n".utf8)), ("empty.teahouse", []), ("cut.teahouse", Array(bytes[..<99])),
        ] {
            let problem = #expect(throws: Problem.self) { _ = try EventArchive.open(ifIn: folder.write(name, content)) }
            #expect(problem?.code == .damaged && problem?.place?.contains(name) == true)
        }
        #expect(throws: Problem.self) { _ = try EventArchive.open(ifIn: folder.path("missing.teahouse")) }
    }
}
