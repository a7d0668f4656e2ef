import EventStore
import Logging
import Model
import Questions
import TestSupport
import Testing

@testable import People

@Suite("People after new events") struct ChangeTests {
    private func store(_ people: PeopleStore, in folder: TestFolder) throws -> WorkspaceStore {
        var options = StoreOptions()
        // Parts of a few calls, soon merged: what is kept by part has to outlive its part.
        (options.flushCalls, options.sealCalls, options.mergeFanIn) = (40, 6, 2)
        return try WorkspaceStore.open(directory: folder.path, options: options, observer: people, logger: Logger(label: "test"))
    }

    private func batch(_ calls: ArraySlice<(call: Call, identities: [Identity])>) -> CallBatch {
        var encoder = CallEncoder()
        for (call, identities) in calls { encoder.append(call, identities: identities, payloadHash: 1) }
        return encoder.finish()
    }

    @Test("A view that follows new events is the one that is made at once", arguments: UInt64(0) ..< 40)
    func advancing(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let bench = PeopleBench.busyShop(using: &random)
        let people = PeopleStore(settings: bench.settings)
        let folder = try TestFolder()
        let store = try store(people, in: folder)
        let now = instant("2026-04-20T12:00:00Z")
        var sent = 0
        while sent < bench.calls.count {
            let next = min(sent + Int.random(in: 1 ..< 25, using: &random), bench.calls.count)
            _ = try await store.append(batch(bench.calls[sent ..< next]))
            sent = next
            // Not everything is looked at each time, so that steps of several lengths are taken.
            if Int.random(in: 0 ..< 3, using: &random) == 0 { continue }
            let view = people.view(of: store, now: now)
            if Bool.random(using: &random) { _ = view.facts.orders }
            if Bool.random(using: &random) { _ = view.facts.activity }
            if Int.random(in: 0 ..< 3, using: &random) == 0 {
                var earlier = bench
                earlier.calls = Array(bench.calls[..<sent])
                try expectEqual(view, earlier.view(now: now.rfc3339))
            }
        }
        try expectEqual(people.view(of: store, now: now), bench.view(now: now.rfc3339))
        await store.close()
    }

    private func expectEqual(_ view: PeopleView, _ whole: PeopleView) throws {
        #expect(view.overview() == whole.overview())
        let earlier = instant("2026-03-20T00:00:00Z")
        #expect(view.overview(at: earlier) == whole.overview(at: earlier))
        #expect(try view.people(limit: 200) == whole.people(limit: 200))
        #expect(view.roleMoves(from: earlier, to: view.instant) == whole.roleMoves(from: earlier, to: view.instant))
        #expect(view.newPeople(weeks: 12, through: view.instant) == whole.newPeople(weeks: 12, through: view.instant))
        #expect(
            view.weeklyRevenue(weeks: 12, through: view.instant, currency: .cny)
                == whole.weeklyRevenue(weeks: 12, through: view.instant, currency: .cny))
        for person in whole.population.persons {
            let profile = view.profile(PersonID(ordinal: person))
            #expect(profile == whole.profile(PersonID(ordinal: person)))
            #expect(profile?.accounts.map(\.account) == view.population.accounts(of: person))
        }
    }

    @Test("Those who are not named by a change have the same calls and identities before and after", arguments: UInt64(0) ..< 24)
    func others(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let bench = PeopleBench.busyShop(using: &random)
        let people = PeopleStore(settings: bench.settings)
        let folder = try TestFolder()
        let store = try store(people, in: folder)
        let now = instant("2026-04-20T12:00:00Z")
        let half = Int.random(in: 1 ..< bench.calls.count, using: &random)
        _ = try await store.append(batch(bench.calls[..<half]))
        let before = people.view(of: store, now: now)
        _ = try await store.append(batch(bench.calls[half ..< min(half + 5, bench.calls.count)]))
        if seed % 2 == 0 { try await store.mergeAll() }
        let after = people.view(of: store, now: now)
        let change = try #require(after.change(since: before))
        #expect(change.after.count <= 10)
        func others(_ view: PeopleView, _ named: [UInt32]) -> [UInt32: [UInt64]] {
            var out: [UInt32: [UInt64]] = [:]
            for person in view.facts.everyone where !named.contains(person) {
                out[person] = view.facts.places(of: person).map(\.arrival) + [UInt64(view.graph.identityCount(of: person))]
            }
            return out
        }
        #expect(others(before, change.before) == others(after, change.after))
        #expect(after.change(since: after)?.after == [])
        #expect(before.change(since: after) == nil)
        let asOf = people.view(of: store, asOf: now, now: now)
        #expect(asOf.change(since: before) == nil && after.change(since: asOf) == nil)
        people.update(settings: bench.settings)
        #expect(people.view(of: store, now: now).change(since: after) == nil)
        await store.close()
    }

    @Test("A late order takes up the refund that came before it, and a payer who becomes known the order")
    func lateOrders() async throws {
        var bench = PeopleBench()
        bench.track("Order Refunded", user: "shop", at: "2026-03-05T10:00:00Z", ["order_id": "1", "total": 5])
        bench.track("Order Completed", user: "a", at: "2026-03-02T10:00:00Z", ["order_id": "2", "total": 7, "payer": "b@x.org"])
        bench.track("Order Completed", user: "a", at: "2026-03-01T10:00:00Z", ["order_id": "1", "total": 5])
        bench.identify(user: "b", at: "2026-03-06T10:00:00Z", ["email": "B@x.org"])
        let people = PeopleStore(settings: bench.settings)
        let folder = try TestFolder()
        let store = try store(people, in: folder)
        let now = instant("2026-03-08T00:00:00Z")
        var overviews: [Overview] = []
        for index in [2, 3, 4] {
            _ = try await store.append(batch(bench.calls[(index == 2 ? 0 : index - 1) ..< index]))
            overviews.append(people.view(of: store, now: now).overview())
        }
        #expect(overviews.map(\.orders) == [1, 2, 2])
        #expect(overviews.map(\.customers) == [0, 0, 1])
        #expect(overviews.map(\.ordersOfUnknownPayers) == [1, 1, 0])
        #expect(overviews.map { $0.refunds.first?.minorUnits } == [500, 500, 500])
        await store.close()
    }
}

extension PeopleBench {
    /// A random shop whose orders come in pieces, name parties in every way, are refunded before they come, and whose visitors sign in late.
    static func busyShop(using random: inout SplitMix64) -> PeopleBench {
        var bench = PeopleBench.random(using: &random)
        let start = instant("2026-03-01T00:00:00Z").microseconds
        func one<T>(_ choices: [T]) -> T { choices[Int.random(in: 0 ..< choices.count, using: &random)] }
        for number in 0 ..< Int.random(in: 10 ..< 80, using: &random) {
            let at = Instant(microseconds: start + Int64.random(in: 0 ..< 40 * 24, using: &random) * .microsecondsPerHour)
            var call = Call(
                type: .track, messageID: "x\(number)", timestamp: at, receivedAt: at, userID: one([nil, "u1", "u4", "u9"]),
                anonymousID: one([nil, "a1", "a7", "a12", "a13"]), event: "View", source: source)
            let orderID: JSONValue = .string("p\(Int.random(in: 1 ..< 8, using: &random))")
            let party: JSONValue = one([
                "u2", "u9", "u11", "b@x.org", "13800138000", ["type": "anonymous_id", "id": "a13"], ["id": "u5"],
            ])
            switch Int.random(in: 0 ..< 7, using: &random) {
            case 0:
                let line: JSONValue = [
                    "product_id": .string(one(["t1", "t2"])), "quantity": .int(one([1, 2, 3])), "price": 2, "payer": party,
                ]
                call.event = "Order Completed"
                call.properties = ["order_id": orderID, "products": .array([line, ["sku": "t3", "price": 1]])]
            case 1:
                call.event = "Order Completed"
                call.properties = [
                    "total": 3, one(["payer", "recipient", "beneficiary"]): party, "currency": one(["CNY", "USD"]),
                ]
            case 2:
                call.event = "Order Completed"
                call.properties = ["order_id": orderID, "total": .int(one([0, 4, 9])), "recipient": party]
            case 3:
                call.event = "Order Refunded"
                call.properties = [
                    "order_id": orderID, "products": [["product_id": .string(one(["t1", "t2"])), "quantity": 1]],
                ]
            case 4:
                call.event = "Order Refunded"
                call.properties = Bool.random(using: &random) ? ["order_id": orderID] : ["total": 1]
            case 5:
                (call.type, call.event, call.groupID) = (.group, nil, one(["g1", "g2", "g3"]))
            default:
                call.type = .identify
                call.event = nil
                call.traits = ["email": .string(one(["b@x.org", "c@x.org"])), "phone": .string(one(["13800138000", ""]))]
            }
            let place = Int.random(in: 0 ... bench.calls.count, using: &random)
            bench.calls.insert(bench.taken(call), at: place)
        }
        return bench
    }
}
