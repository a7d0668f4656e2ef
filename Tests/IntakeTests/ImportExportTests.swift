import Columns
import EventStore
import Foundation
import Logging
import Model
import People
import Testing
import Worlds

@testable import Intake

@Suite("Export")
struct ImportExportTests {
    static func bytes(_ snapshot: StoreSnapshot, _ format: ExportFormat) -> [UInt8] {
        var out: [UInt8] = []
        var export = EventExport(snapshot, format: format)
        while let piece = export.next() { out += piece }
        return out
    }

    @Test("Importing an export into an empty store and exporting it again gives equal bytes", arguments: ExportFormat.allCases)
    func isTheIdentity(format: ExportFormat) async throws {
        let world = try IntakeWorld()
        world.clock.set("2026-11-01T00:00:00Z")
        let shop = TeaShop(seed: 9, people: 120, days: 40, end: LocalDate(daysSinceEpoch: 20_632))
        for batch in shop.batches(of: 700) { _ = try await world.intake.take(lines: batch.lines, source: world.source) }
        // Calls that came live: with a skewed clock, without a time, with odd texts and numbers.
        try await world.take(
            #"{"batch":[{"type":"track","event":"a,\"b\"\n茶","userId":"u,1","timestamp":"2026-03-01T12:00:00.123456Z","properties":{"z":1.0,"a":[1,{"k":"\u0000"}],"big":123456789012345678901234567890,"n":{"x":{},"y":null}}},{"type":"alias","userId":"u2","previousId":"a1"},{"type":"group","userId":"u2","groupId":"g","traits":{"name":"G"}},{"type":"screen","name":" s ","anonymousId":"\"","context":{"ip":"1.2.3.4"}}],"sentAt":"2026-10-31T23:00:00Z"}"#,
            .batch)
        let first = Self.bytes(world.store.snapshot(), format)
        let file = try ImportFolder()
        let path = try file.write("export.\(format.rawValue)", first)
        let other = try IntakeWorld()
        other.clock.set("2026-11-02T00:00:00Z")
        let summary = try await FileImporter.open(path, options: utcOptions).run(
            into: IntakeSink(intake: other.intake, source: other.source))
        #expect(summary.refused == 0 && summary.taken == summary.rowCount && summary.taken == world.store.snapshot().eventCount)
        #expect(Self.bytes(other.store.snapshot(), format) == first)
        try await other.store.flush()
        #expect(Self.bytes(other.store.snapshot(), format) == first)
        await world.close()
        await other.close()
    }

    @Test("The people of an export are those of the view, one a row")
    func people() async throws {
        let folder = try ImportFolder()
        let shop = TeaShop(seed: 9, people: 200, days: 30, end: LocalDate(daysSinceEpoch: 20_632))
        let people = PeopleStore(settings: PeopleSettings(calendar: ZoneCalendar(zone: shop.zone), currency: .cny))
        let store = try WorkspaceStore.open(directory: folder.path("store"), observer: people, logger: Logger(label: "test"))
        let intake = Intake(
            store: store, identities: IdentityRules(), rejections: ListSink(), clock: FixedClock("2026-11-01T00:00:00Z"),
            logger: Logger(label: "test"))
        let source = IntakeSource(id: SourceID(text: "src_a"), isTrusted: true, allowsHistory: true)
        for batch in shop.batches(of: 700) { _ = try await intake.take(lines: batch.lines, source: source) }
        let view = people.view(of: store, now: Instant(rfc3339: "2026-06-28T15:59:59Z") ?? .epoch)
        var lines: [UInt8] = []
        var export = PeopleExport(view, format: .ndjson)
        while let piece = try export.next() { lines += piece }
        let rows = try lines.split(separator: 10).map { try JSONSerialization.jsonObject(with: Data($0)) as? [String: Any] }
        #expect(rows.count == view.everybody && rows.count == shop.truth.people.count)
        #expect(Set(rows.compactMap { $0?["id"] as? String }).count == rows.count)
        try Self.exports(view)
        await store.close()
    }

    /// Somebody's export has each call once and ends, also where the memberships alone are larger than a piece.
    private static func exports(_ view: PeopleView) throws {
        let person = try #require(try view.people(limit: 1).rows.first).person
        for size in [0, 10, EventExport.pieceBytes, 3 * EventExport.pieceBytes] {
            let membership: JSONValue = ["note": .string(String(repeating: "x", count: size))]
            var export = try #require(try PersonExport(view, of: person, memberships: [membership]))
            var (bytes, pieces) = ([UInt8](), 0)
            while let piece = export.next(), pieces < 1_000 { (bytes, pieces) = (bytes + piece, pieces + 1) }
            let whole = try JSONParser.parse(bytes)
            #expect(whole["memberships"]?.arrayValue == [membership], "\(size)")
            #expect(export.callCount > 0 && whole["calls"]?.arrayValue?.count == export.callCount, "\(size)")
        }
    }

    @Test("What the engine says of the tea shop is what was simulated")
    func engineAgreesWithTruth() async throws {
        let folder = try ImportFolder()
        let shop = TeaShop(seed: 21, people: 800, days: 120, end: LocalDate(daysSinceEpoch: 20_632))
        let people = PeopleStore(settings: PeopleSettings(calendar: ZoneCalendar(zone: shop.zone), currency: .cny))
        let store = try WorkspaceStore.open(directory: folder.path("store"), observer: people, logger: Logger(label: "test"))
        let intake = Intake(
            store: store, identities: IdentityRules(), rejections: ListSink(), clock: FixedClock("2026-11-01T00:00:00Z"),
            logger: Logger(label: "test"))
        let source = IntakeSource(id: SourceID(text: "src_a"), isTrusted: true, allowsHistory: true)
        var batches = shop.batches(of: 700)
        while let batch = batches.next() { _ = try await intake.take(lines: batch.lines, source: source) }
        let truth = try #require(batches.truth)
        for point in truth.totals["overview"]?["points"]?.arrayValue ?? [] {
            let cut = try #require(Instant(rfc3339: point["at"]?.stringValue ?? ""))
            let overview = people.view(of: store, asOf: cut, now: cut).overview()
            let cells: JSONValue = [
                "everybody": .int(Int64(overview.everybody)), "user_only": .int(Int64(overview.userOnly)),
                "customer_only": .int(Int64(overview.customerOnly)), "both": .int(Int64(overview.both)),
                "neither": .int(Int64(overview.neither)),
            ]
            #expect(cells == point["asOf"], "as of \(cut.rfc3339)")
        }
        let end = try #require(Instant(rfc3339: truth.totals["end"]?.stringValue ?? ""))
        let view = people.view(of: store, now: end.advanced(byMicroseconds: -1))
        #expect(view.overview().orders == truth.totals["orders"]?["paid"]?.intValue.map(Int.init))
        #expect(view.overview().revenue.first?.minorUnits == truth.totals["orders"]?["revenue"]?.intValue)
        #expect(view.overview().refunds.first?.minorUnits == truth.totals["orders"]?["refunded"]?.intValue)
        for person in truth.people {
            let identity = try #require(person.identities.first)
            let id = try #require(view.person(of: identity))
            #expect(person.identities.allSatisfy { view.person(of: $0) == id }, "\(person.identities)")
            let profile = try #require(view.profile(id))
            #expect(profile.visitCount == person.visitCount && profile.eventCount == person.eventCount, "\(person.identities)")
        }
        await store.close()
    }
}
