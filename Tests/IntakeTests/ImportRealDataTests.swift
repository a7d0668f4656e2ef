import Columns
import EventStore
import Foundation
import Logging
import Model
import People
import TestSupport
import Testing

@testable import Intake

/// A workspace's store, people and intake, without the rest.
private struct Shop {
    let folder: ImportFolder
    let people: PeopleStore
    let store: WorkspaceStore
    let intake: Intake
    let calendar: ZoneCalendar
    let source = IntakeSource(id: SourceID(text: "src_import"), isTrusted: true, allowsHistory: true)

    init(zone: String, currency: Currency) throws {
        folder = try ImportFolder()
        calendar = ZoneCalendar(zone: try TimeZoneTable(identifier: zone))
        people = PeopleStore(settings: PeopleSettings(calendar: calendar, currency: currency))
        store = try WorkspaceStore.open(directory: folder.path("store"), observer: people, logger: Logger(label: "test"))
        intake = Intake(
            store: store, identities: IdentityRules(), rejections: ListSink(), clock: FixedClock("2026-11-01T00:00:00Z"),
            logger: Logger(label: "test"))
    }

    /// Imports a shared file with the proposed mapping as it is.
    func read(_ file: String) async throws -> (FileImporter, ImportSummary) {
        var options = ImportOptions(calendar: calendar)
        options.rejectedPath = folder.path("rejected.csv")
        let importer = try FileImporter.open(SharedFiles.path(file), options: options)
        return (importer, try await importer.run(into: IntakeSink(intake: intake, source: source)))
    }

    func count(_ event: String) -> Int {
        store.snapshot().parts.reduce(0) { sum, part in part.nameCode(of: event).map { sum + part.rows(named: $0).count } ?? sum }
    }

    var view: PeopleView { people.view(of: store, now: Instant(rfc3339: "2026-11-01T00:00:00Z") ?? .epoch) }
}

private func oracle(_ name: String) throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data(try SharedFiles.bytes("oracles/\(name).json"))) as? [String: Any] ?? [:]
}

private let isContinuousIntegration = ProcessInfo.processInfo.environment["CI"] != nil

@Suite(
    "Real files against what others computed from them",
    .enabled(if: SharedFiles.areHere || isContinuousIntegration, "needs ../shared"))
struct ImportRealDataTests {
    @Test("cdnow: every purchase of every person, a day's purchases being one order")
    func cdnow() async throws {
        let shop = try Shop(zone: "UTC", currency: .usd)
        let (importer, summary) = try await shop.read("data/cdnow/CDNOW_master.txt.gz")
        let expected = try #require(try oracle("rfm_kmeans")["cdnow_master"] as? [String: Any])
        #expect(importer.mapping.orderRows == .samePersonAndDay)
        #expect(summary.rowCount == 69_659 && summary.taken == 69_659 && summary.refused == 0)
        #expect(shop.count("Order Completed") == expected["sum_orders"] as? Int)
        let view = shop.view
        #expect(view.everybody == expected["customers"] as? Int)
        #expect(view.overview().revenue.first?.decimalText == "2500315.63")
        #expect(Double(view.overview().revenue.first?.decimalText ?? "") == expected["sum_monetary"] as? Double)
        let (_, again) = try await shop.read("data/cdnow/CDNOW_master.txt.gz")
        #expect(again.taken == 0 && again.duplicates == 69_659)
        await shop.store.close()
    }

    @Test("online_retail_A: customers, orders and what they paid; rows of nobody are refused and counted")
    func onlineRetail() async throws {
        let shop = try Shop(zone: "Europe/London", currency: try #require(Currency(code: "GBP")))
        let (importer, summary) = try await shop.read("data/online_retail_A/online_retail_A.csv.gz")
        let facts = try #require(try oracle("loyalty_segments")["online_retail_A"] as? [String: Any])
        let expected = try #require(try oracle("rfm_kmeans")["online_retail_A"] as? [String: Any])
        #expect(importer.mapping.order == "InvoiceNo" && importer.mapping.person == "CustomerID")
        #expect(summary.rowCount == facts["rows"] as? Int)
        #expect(summary.refusedByCode == ["missing_identity": facts["rows_without_customer"] as? Int ?? -1])
        #expect(summary.taken + summary.duplicates + summary.refused == summary.rowCount && summary.duplicates == 0)
        #expect(shop.count("Order Completed") == expected["sum_orders"] as? Int)
        let overview = shop.view.overview()
        #expect(overview.everybody == facts["customers"] as? Int)
        #expect(overview.customerOnly + overview.both == expected["customers"] as? Int)
        #expect(Double(overview.revenue.first?.decimalText ?? "") == expected["sum_monetary"] as? Double)
        await shop.store.close()
    }

    @Test("rete_ecom: every event, its exact duplicates too, and every user")
    func reteEcom() async throws {
        let shop = try Shop(zone: "UTC", currency: .usd)
        let (importer, summary) = try await shop.read("data/rete_ecom/ecom.csv.gz")
        let expected = try #require(try oracle("retention_funnel")["ecom"] as? [String: Any])
        #expect(importer.mapping.kind == .events && importer.mapping.event == "event")
        #expect(summary.taken == expected["events"] as? Int && summary.refused == 0 && summary.duplicates == 0)
        #expect(shop.store.snapshot().eventCount == expected["events"] as? Int)
        #expect(shop.view.everybody == expected["users"] as? Int)
        await shop.store.close()
    }

    @Test("gharchive_h00: nested Unicode events by their own ids")
    func githubEvents() async throws {
        let shop = try Shop(zone: "UTC", currency: .usd)
        let (importer, summary) = try await shop.read("data/gharchive_h00/github_events.ndjson.gz")
        #expect(importer.mapping.person == "actor.id" && importer.mapping.event == "type" && importer.mapping.messageID == "id")
        #expect(summary.rowCount == 7_702 && summary.taken == 7_702 && summary.refused == 0)
        #expect(shop.view.everybody == 3_648)
        await shop.store.close()
    }
}
