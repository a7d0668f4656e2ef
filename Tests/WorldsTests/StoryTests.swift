import Foundation
import Model
import OrderedCollections
import Testing
import Worlds

@Suite("The small worlds")
struct StoryTests {
    static let names = WorldListing.all.map(\.name).filter { $0 != TeaShop.name }

    private func world(_ name: String, seed: UInt64 = 1, people: Int = 300, days: Int = 70) throws -> any World {
        try #require(WorldListing.named(name)).world(
            WorldShape(seed: seed, people: people, days: days, end: TeaShopTests.end))
    }

    private func figures(_ name: String) throws -> [JSONValue] {
        try #require(try world(name, people: 600, days: 120).truth.totals["figures"]?.arrayValue).map { $0["is"] ?? .null }
    }

    @Test("The same seed makes the same bytes and truth, whatever the size of the batches; another one others", arguments: names)
    func isDeterministic(name: String) throws {
        let world = try world(name)
        var one = world.batches(of: 500)
        var bytes: [UInt8] = []
        while let batch = one.next() { bytes += batch.lines }
        #expect(bytes == world.batches(of: 7).flatMap(\.lines))
        #expect(one.truth?.totals == world.truth.totals)
        #expect(one.truth?.people == world.truth.people)
        #expect(try self.world(name, seed: 2).batches(of: 500).flatMap(\.lines) != bytes)
    }

    @Test("The truth equals a slow recount of the calls, which come in the order of time", arguments: names, [UInt64(1), 2])
    func truthEqualsRecount(name: String, seed: UInt64) throws {
        let world = try world(name, seed: seed)
        let calls = try SimpleCall.all(of: world)
        #expect(zip(calls, calls.dropFirst()).allSatisfy { $0.time <= $1.time })
        #expect(Set(calls.map(\.messageID)).count == calls.count)
        let end = ZoneCalendar(zone: world.zone).start(of: TeaShopTests.end.advanced(byDays: 1))
        try Recount(calls: calls, zone: world.zone).expect(world.truth, end: end)
    }

    @Test("Small and short worlds are worlds, too", arguments: names, [1, 20])
    func small(name: String, people: Int) throws {
        let truth = try world(name, people: people, days: 7).truth
        #expect(truth.totals["humans"] == .int(Int64(people)))
    }

    @Test("Figures are those of people who are there, not of an empty world", arguments: names)
    func figuresAreMany(name: String) throws {
        let figures = try figures(name)
        #expect(figures.count >= 4)
        #expect(figures.count { $0.intValue == 0 } <= 1)
        #expect(figures.allSatisfy { $0.arrayValue?.contains { $0.intValue ?? 0 > 0 } ?? true })
    }

    /// The truth's totals, and its cells at the end.
    private func told(_ name: String) throws -> (totals: JSONValue, cells: [String: Int64]) {
        let totals = try world(name, people: 600, days: 120).truth.totals
        let cells = totals["overview"]?["atEnd"]?.objectValue ?? [:]
        return (totals, Dictionary(uniqueKeysWithValues: cells.map { ($0.key, $0.value.intValue ?? 0) }))
    }

    @Test("Search: users and customers are two sets of people without a common member")
    func search() throws {
        let cells = try told("search").cells
        #expect(cells["both"] == 0)
        #expect(try #require(cells["user_only"]) > 50 && #require(cells["customer_only"]) > 20)
    }

    @Test("Messenger: customers are a part of the users")
    func messenger() throws {
        let cells = try told("messenger").cells
        #expect(cells["customer_only"] == 0)
        #expect(try #require(cells["user_only"]) > 50 && #require(cells["both"]) > 20)
    }

    @Test("Software: firms whose contract lapsed had fallen silent some days before")
    func software() throws {
        let told = try told("software")
        let lapsed = try #require(told.totals["firms"]?.arrayValue).filter { $0["lapsed"]?.isNull == false }
        #expect(lapsed.count >= 3)
        for firm in lapsed {
            let lastUse = try #require(LocalDate(text: firm["lastUse"]?.stringValue ?? ""))
            let lapse = try #require(LocalDate(text: firm["lapsed"]?.stringValue ?? ""))
            #expect(lapse.daysSinceEpoch - lastUse.daysSinceEpoch >= 7)
        }
        #expect(told.cells["both"] == 0)
    }

    @Test("Formula: who drinks never pays, and everybody who pays does it for somebody else")
    func formula() throws {
        let told = try told("formula")
        let orders = try #require(told.totals["orders"])
        #expect(orders["gifts"] == orders["paid"])
        #expect(told.totals["relationships"]?["payer"]?["holders"] == orders["payers"])
        #expect(try #require(told.totals["relationships"]?["guardian"]?["ties"]?.intValue) > 100)
    }

    @Test("Publisher: some customers are users, and some are not")
    func publisher() throws {
        let cells = try told("publisher").cells
        for cell in ["user_only", "customer_only", "both", "neither"] { #expect(try #require(cells[cell]) > 10, "\(cell)") }
    }

    @Test("Writing: users and customers overlap")
    func writing() throws {
        let cells = try told("writing").cells
        for cell in ["user_only", "customer_only", "both"] { #expect(try #require(cells[cell]) > 50, "\(cell)") }
    }

    @Test("Phone: for months there are users and no customers")
    func phone() throws {
        let points = try #require(try told("phone").totals["overview"]?["points"]?.arrayValue).map { $0["asOf"] }
        let early = points.prefix(8)
        #expect(early.allSatisfy { $0?["both"] == 0 && $0?["customer_only"] == 0 })
        #expect(try #require(early.last??["user_only"]?.intValue) > 50)
        #expect(try #require(points.last??["both"]?.intValue) > 50)
    }

    @Test("Appliance: who uses has paid nothing, and each code was sold before it was registered")
    func appliance() throws {
        let told = try told("appliance")
        #expect(told.cells["both"] == 0)
        let registrations = try #require(told.totals["registrations"]?.arrayValue)
        #expect(Set(registrations.map { $0["code"] }).count == registrations.count)
        #expect(try #require(told.totals["unitsSold"]?.intValue) >= registrations.count)
    }

    @Test("Apps: some customers still use, some have gone")
    func apps() throws {
        let cells = try told("apps").cells
        for cell in ["user_only", "customer_only", "both", "neither"] { #expect(try #require(cells[cell]) > 10, "\(cell)") }
    }
}
