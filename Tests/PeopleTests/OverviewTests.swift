import Model
import Testing

@testable import People

@Suite("Overview") struct OverviewTests {
    /// The overview without what the slow model does not count.
    private func plain(_ overview: Overview) -> Overview {
        var out = overview
        out.conversion = Conversion()
        return out
    }

    @Test("The overview is what the plain reading says, now and at earlier instants", arguments: UInt64(0) ..< 48)
    func againstTheModel(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let bench = PeopleBench.random(using: &random)
        let model = SlowPeople(bench)
        let now = "2026-04-20T12:00:00Z"
        let view = bench.view(now: now)
        #expect(plain(view.overview()) == model.overview(at: instant(now), countsEverybody: true))
        for _ in 0 ..< 5 {
            let at = Instant(
                microseconds: instant("2026-02-10T00:00:00Z").microseconds
                    + Int64.random(in: 0 ..< 80 * 24, using: &random) * .microsecondsPerHour)
            let overview = view.overview(at: at)
            #expect(plain(overview) == model.overview(at: at, countsEverybody: false), "at \(at.rfc3339)")
            // P1
            #expect(overview.userOnly + overview.customerOnly + overview.both + overview.neither == overview.everybody)
            for cell in RoleCell.allCases {
                let page = try view.people(in: cell, at: at, limit: 200)
                #expect(page.rows.count == overview.count(in: cell) && page.total == page.rows.count)
            }
            let point = view.roleSeries(at: [at])[0]
            #expect(point.both == overview.both && point.neither == overview.neither && point.everybody == overview.everybody)
        }
    }

    @Test("P2: as of an instant only what was received before it counts", arguments: Seeds.slices(200))
    func asOf(seeds: Seeds) {
        for seed in seeds { asOf(seed: seed) }
    }

    private func asOf(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let bench = PeopleBench.random(using: &random)
        let now = "2026-04-20T12:00:00Z"
        for _ in 0 ..< 4 {
            let asOf = Instant(
                microseconds: instant("2026-02-20T00:00:00Z").microseconds
                    + Int64.random(in: 0 ..< 60 * 24, using: &random) * .microsecondsPerHour)
            let view = bench.view(now: now, asOf: asOf)
            let model = SlowPeople(bench, asOf: asOf)
            #expect(view.everybody == model.people.count, "seed \(seed)")
            let last = asOf.advanced(byMicroseconds: -1)
            #expect(
                plain(view.overview()) == model.overview(at: last, countsEverybody: true), "seed \(seed), as of \(asOf.rfc3339)")
            var shorter = bench
            shorter.calls.removeAll { $0.call.receivedAt >= asOf }
            #expect(shorter.view(now: last.rfc3339).overview() == view.overview(), "seed \(seed)")
        }
    }

    @Test("The portrait stands in the cell that the overview counts", arguments: UInt64(0) ..< 16)
    func portraitsSumUp(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let view = PeopleBench.random(using: &random).view(now: "2026-04-20T12:00:00Z")
        var counts: [RoleCell: Int] = [:]
        var revenue: Int64 = 0
        for cell in RoleCell.allCases {
            let page = try view.people(PeopleQuery(cell: cell), limit: 200)
            #expect(page.total == view.overview().count(in: cell))
            for row in page.rows {
                let profile = try #require(view.profile(row.person))
                #expect(profile.cell == cell)
                #expect(profile.eventCount == row.eventCount)
                #expect(profile.lastSeen.map { $0 >= row.lastSeen ?? .distantPast } ?? true)
                #expect(profile.weeks.count == 26)
                counts[profile.cell, default: 0] += 1
                revenue += profile.value.revenue.first?.minorUnits ?? 0
            }
        }
        for cell in RoleCell.allCases { #expect(counts[cell] ?? 0 == view.overview().count(in: cell)) }
        if view.overview().ordersOfUnknownPayers == 0 { #expect(view.overview().revenue.first?.minorUnits == revenue) }
    }

    @Test("How users became customers")
    func conversion() {
        var bench = PeopleBench()
        // A user for a week, then a customer; a buyer at first sight; a payer without any visit.
        bench.track("View", user: "a", at: "2026-03-02T10:00:00Z")
        bench.track("View", user: "a", at: "2026-03-03T10:00:00Z")
        bench.track("Order Completed", user: "a", at: "2026-03-05T10:00:00Z", ["order_id": "1", "total": 5])
        bench.track("Order Completed", user: "b", at: "2026-03-05T10:00:00Z", ["order_id": "2", "total": 5])
        bench.identify(user: "c", at: "2026-03-05T09:00:00Z")
        bench.track("Order Completed", user: "d", at: "2026-03-05T10:00:00Z", ["order_id": "3", "total": 5, "payer": "c"])
        let conversion = bench.view(now: "2026-03-06T00:00:00Z").overview().conversion
        #expect(conversion.customers == 3)
        #expect(conversion.afterVisits == 1)
        #expect(conversion.withoutVisits == 2)
        #expect(conversion.medianDays == 3)
        #expect(conversion.within7Days == 1)
        #expect(conversion.usersEver == 1)
        #expect(conversion.usersFirst == 1)
        #expect(conversion.userToCustomer == 1)
    }

    @Test("Moves between the cells add up")
    func moves() {
        var bench = PeopleBench()
        bench.track("View", user: "a", at: "2026-03-02T10:00:00Z")
        bench.track("View", user: "a", at: "2026-03-03T10:00:00Z")
        bench.track("Order Completed", user: "a", at: "2026-03-12T10:00:00Z", ["order_id": "1", "total": 5])
        bench.track("View", user: "b", at: "2026-03-12T10:00:00Z")
        let view = bench.view(now: "2026-03-13T00:00:00Z")
        #expect(
            view.roleMoves(from: instant("2026-03-09T00:00:00Z"), to: instant("2026-03-13T00:00:00Z")) == [
                RoleMove(from: nil, to: .neither, count: 1), RoleMove(from: .userOnly, to: .both, count: 1),
            ])
        #expect(view.weekEnds(2) == [instant("2026-03-08T23:59:59.999999Z"), instant("2026-03-13T00:00:00Z")])
    }
}
