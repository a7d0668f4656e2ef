import Model
import Testing

@testable import People

@Suite("Accounts") struct AccountTests {
    private static let now = "2026-03-15T12:00:00Z"

    /// Six accounts, of which three pay and nobody uses them.
    private func bench(rowsPerPart: Int = .max) -> PeopleBench {
        var bench = PeopleBench(rowsPerPart: rowsPerPart)
        func pay(_ user: String, at: String) {
            bench.track("Order Completed", user: user, at: at, ["order_id": .string("o\(bench.calls.count)"), "total": 10])
        }
        bench.group(user: "ann", account: "acme", at: "2026-01-02T10:00:00Z", ["name": "Acme old"])
        bench.group(user: "ann", account: "acme", at: "2026-01-03T10:00:00Z", ["name": "Acme", "plan": "team", "seats": 3])
        bench.track("View", user: "ann", at: "2026-01-05T10:00:00Z")
        pay("ann", at: "2026-03-10T10:00:00Z")
        bench.group(user: "bob", account: "globex", at: "2026-01-02T10:00:00Z")
        bench.track("View", user: "bob", at: "2026-03-09T10:00:00Z")
        bench.track("View", user: "bob", at: "2026-03-11T10:00:00Z")
        pay("bob", at: "2026-03-12T10:00:00Z")
        bench.group(user: "cai", account: "initech", at: "2025-06-01T10:00:00Z", ["contract_until": "2026-03-15"])
        pay("cai", at: "2025-06-02T10:00:00Z")
        bench.group(user: "dan", account: "hooli", at: "2026-01-02T10:00:00Z")
        bench.track("View", user: "dan", at: "2026-02-01T10:00:00Z")
        bench.track("View", user: "eve", at: "2026-03-14T10:00:00Z")
        bench.declare("eve", "payer", to: ["account": "hooli"], at: "2026-02-01T10:00:00Z")
        bench.declare("dan", "technical_decider", to: ["account": "hooli"], at: "2026-02-01T10:00:00Z")
        pay("eve", at: "2026-03-01T10:00:00Z")
        bench.group(user: "flo", account: "umbrella", at: "2025-01-02T10:00:00Z", ["contract_until": "2026-03-14"])
        pay("flo", at: "2025-01-03T10:00:00Z")
        bench.group(user: "gil", account: "vandelay", at: "2026-03-01T10:00:00Z")
        return bench
    }

    @Test("Accounts that pay while nobody uses come first, those longest without use at the head", arguments: [Int.max, 3, 1])
    func silence(rowsPerPart: Int) throws {
        let page = try bench(rowsPerPart: rowsPerPart).view(now: Self.now).accounts()
        #expect(page.rows.map(\.id) == ["initech", "acme", "hooli", "globex", "umbrella", "vandelay"])
        #expect(page.rows.map(\.isSilent) == [true, true, true, false, false, false])
        #expect(page.total == 6 && page.silent == 3 && page.next == nil)
        let acme = page.rows[1]
        #expect(acme.name == "Acme" && acme.people == 1 && acme.customers == 1 && acme.users == 0 && acme.orders == 1)
        #expect(acme.lastUse == instant("2026-01-05T10:00:00Z"), "an order is no use")
        #expect(acme.lastPayment == instant("2026-03-10T10:00:00Z"))
        #expect(acme.revenue == [Money(minorUnits: 1_000, currency: .cny)])
        let hooli = page.rows[2]
        #expect(hooli.payers == 1 && hooli.customers == 0 && hooli.orders == 1, "a payer need not be a member")
        #expect(page.rows[0].lastUse == nil && page.rows[0].contractUntil == instant("2026-03-16T00:00:00Z"))
        #expect(page.rows[5].revenue.isEmpty && page.rows[5].lastPayment == nil)
    }

    @Test("As of an earlier instant of receipt, and after a wholly returned order, an account is what it was then")
    func earlier() throws {
        var bench = bench()
        bench.track("Order Refunded", user: "ann", at: "2026-03-13T10:00:00Z", ["order_id": .string("o3")])
        let ids = try bench.view(now: Self.now).accounts(onlySilent: true).rows.map(\.id)
        #expect(ids == ["initech", "hooli"], "the money went back")
        let then = try bench.view(now: Self.now, asOf: instant("2026-03-13T00:00:00Z")).accounts(onlySilent: true)
        #expect(then.rows.map(\.id) == ["initech", "umbrella", "acme", "hooli"], "its contract ran until the 14th")
    }

    @Test("A list is searched by name and id and read page by page; a place that is gone is refused")
    func pages() throws {
        let view = bench().view(now: Self.now)
        #expect(try view.accounts(text: "CME").rows.map(\.id) == ["acme"])
        #expect(try view.accounts(text: "oo").rows.map(\.id) == ["hooli"])
        #expect(try view.accounts(text: "nothing").rows.isEmpty)
        var ids: [String] = []
        var cursor: String?
        repeat {
            let page = try view.accounts(cursor: cursor, limit: 4)
            ids += page.rows.map(\.id)
            cursor = page.next
        } while cursor != nil
        #expect(ids == ["initech", "acme", "hooli", "globex", "umbrella", "vandelay"])
        #expect(throws: Problem.self) { try view.accounts(text: "oo", cursor: "acme") }
    }

    @Test("One account shows its people with what they are to it, its newest traits, and use apart from payment")
    func portrait() throws {
        let view = bench().view(now: Self.now)
        let hooli = try #require(view.account("hooli"))
        #expect(hooli.members.map(\.name) == ["eve", "dan"])
        #expect(hooli.members.map(\.roles) == [[.payer], [.technicalDecider]])
        #expect(hooli.members[0].since == nil && hooli.members[1].since == instant("2026-01-02T10:00:00Z"))
        let acme = try #require(view.account("acme"))
        #expect(acme.traits.map(\.key) == ["name", "plan", "seats"] && acme.traits.map(\.value) == ["Acme", "team", 3])
        #expect(acme.weeks.count == 26)
        #expect(acme.weeks.filter { $0.active > 0 }.map(\.monday.text) == ["2026-01-05"])
        #expect(acme.weeks.filter { $0.paid.minorUnits > 0 }.map(\.monday.text) == ["2026-03-09"])
        let globex = try #require(view.account("globex"))
        #expect(globex.weeks.last.map { [$0.active, $0.events] } == [1, 2])
        #expect(view.account("nothing") == nil)
    }
}
