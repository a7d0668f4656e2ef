import Foundation
import Model
import OrderedCollections
import Testing
import Worlds

@Suite("The tea shop")
struct TeaShopTests {
    static let end = LocalDate(daysSinceEpoch: 20_632)  // 2026-06-28, a Sunday

    @Test("The same seed makes the same bytes, whatever the size of the batches")
    func isDeterministic() {
        let shop = TeaShop(seed: 7, people: 300, days: 40, end: Self.end)
        var one: [UInt8] = []
        for batch in shop.batches(of: 500) { one += batch.lines }
        var other: [UInt8] = []
        for batch in shop.batches(of: 7) { other += batch.lines }
        #expect(one == other)
        #expect(!one.isEmpty)
    }

    @Test("Another seed makes another shop")
    func seedsDiffer() {
        let one = TeaShop(seed: 1, people: 50, days: 20, end: Self.end).batches(of: 10_000).map(\.lines)
        let other = TeaShop(seed: 2, people: 50, days: 20, end: Self.end).batches(of: 10_000).map(\.lines)
        #expect(one != other)
    }

    @Test("The truth does not depend on whether the calls are written")
    func truthIsTheSame() {
        let shop = TeaShop(seed: 3, people: 400, days: 60, end: Self.end)
        var batches = shop.batches(of: 100)
        while batches.next() != nil {}
        #expect(batches.truth?.totals == shop.truth.totals)
        #expect(batches.truth?.people == shop.truth.people)
    }

    @Test("A batch's body is a JSON object with as many calls as it says, numbered through")
    func batchesAreBodies() throws {
        let shop = TeaShop(seed: 4, people: 60, days: 15, end: Self.end)
        var index = 0
        for batch in shop.batches(of: 64) {
            #expect(batch.firstIndex == index)
            let body = try #require(try JSONSerialization.jsonObject(with: Data(batch.body)) as? [String: Any])
            let calls = try #require(body["batch"] as? [[String: Any]])
            #expect(calls.count == batch.count)
            index += batch.count
        }
        #expect(shop.truth.totals["calls"] == .int(Int64(index)))
    }

    @Test("Times ascend, message ids are unique, and all lies in the asked days")
    func streamIsOrdered() throws {
        let shop = TeaShop(seed: 5, people: 200, days: 30, end: Self.end)
        let calls = try SimpleCall.all(of: shop)
        #expect(zip(calls, calls.dropFirst()).allSatisfy { $0.time <= $1.time })
        #expect(Set(calls.map(\.messageID)).count == calls.count)
        let calendar = ZoneCalendar(zone: shop.zone)
        let dates = calls.map { calendar.date(at: $0.time) }
        #expect(dates.allSatisfy { $0 <= Self.end && $0 > Self.end.advanced(byDays: -30) })
    }

    @Test("The truth equals a slow recount of the calls", arguments: [UInt64(1), 2, 3], [150, 900])
    func truthEqualsRecount(seed: UInt64, people: Int) throws {
        let shop = TeaShop(seed: seed, people: people, days: 100, end: Self.end)
        let truth = shop.truth
        let recount = Recount(calls: try SimpleCall.all(of: shop), zone: shop.zone)
        let end = ZoneCalendar(zone: shop.zone).start(of: Self.end.advanced(byDays: 1))

        try recount.expect(truth, end: end)
        #expect(truth.totals["funnel"]?["steps"]?.arrayValue?.map { $0["count"] } == recount.funnel.map { .int(Int64($0)) })
    }

    @Test("The cells of earlier days are right, with the identities of the end and with those of then")
    func earlierCells() throws {
        let shop = TeaShop(seed: 11, people: 500, days: 90, end: Self.end)
        let calls = try SimpleCall.all(of: shop)
        let whole = Recount(calls: calls, zone: shop.zone)
        for point in shop.truth.totals["overview"]?["points"]?.arrayValue ?? [] {
            let instant = try #require(Instant(rfc3339: point["at"]?.stringValue ?? ""))
            let then = Recount(calls: calls.filter { $0.time < instant }, zone: shop.zone)
            #expect(point["cells"] == whole.cells(at: instant))
            #expect(point["asOf"] == then.cells(at: instant))
        }
    }

    @Test("Every kind of behaviour that the demo promises is there")
    func hasEverything() throws {
        let shop = TeaShop(seed: 1, people: 2_000, days: 180, end: Self.end)
        let truth = shop.truth
        let cells = try #require(truth.totals["overview"]?["atEnd"])
        for cell in ["user_only", "customer_only", "both", "neither"] { #expect((cells[cell]?.intValue ?? 0) > 10, "\(cell)") }
        for (name, count) in truth.totals["eventsByName"]?.objectValue ?? [:] { #expect((count.intValue ?? 0) > 0, "\(name)") }
        #expect(Set(truth.people.map(\.kind)).count == 10)
        #expect((truth.totals["orders"]?["gifts"]?.intValue ?? 0) > 20)
        #expect(truth.people.contains { $0.kind == "parent" && $0.orderCount > 0 })
        #expect(truth.people.contains { $0.kind == "child" && $0.orderCount == 0 && $0.use == "user" })
        #expect(truth.people.allSatisfy { $0.kind != "telephone" || ($0.isCustomer && $0.use == "never") })
        #expect(truth.people.contains { $0.identities.count { $0.type == .anonymousID } > 1 })
        #expect(truth.people.contains { $0.use == "former_user" })
    }
}
