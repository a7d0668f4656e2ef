import Model
import Testing

@testable import People

@Suite("Search for people") struct SearchTests {
    let view: PeopleView = {
        var bench = PeopleBench(rowsPerPart: 3)
        bench.identify(
            user: "amy-1", anonymous: "b-1", at: "2026-03-01T10:00:00Z",
            ["name": "Amy Li", "email": "Amy@Tea.example", "vip": true])
        bench.identify(user: "bob", at: "2026-03-01T10:00:00Z", ["name": "Bob", "city": "Amyville"])
        bench.identify(user: "bob", at: "2026-03-02T10:00:00Z", ["city": "Wuhan", "phone": "138 0013 8000"])
        bench.identify(user: "王五", at: "2026-03-02T10:00:00Z", ["name": "王五", "address": ["street": "长安街"]])
        bench.track("Order Completed", user: "bob", at: "2026-03-03T10:00:00Z", ["total": 5])
        return bench.view(now: "2026-03-08T00:00:00Z")
    }()

    private func found(_ query: PeopleQuery) throws -> [String] { try view.people(query).rows.map(\.name) }

    @Test(
        "By part of any identity or current trait, case ignored",
        arguments: [
            ("", ["王五", "Bob", "Amy Li"]), ("AMY", ["Amy Li"]), ("tea.EXAMPLE", ["Amy Li"]), ("b-1", ["Amy Li"]),
            ("wuhan", ["Bob"]),
            ("amyville", []), ("13800138000", ["Bob"]), ("138 0013 8000", ["Bob"]), ("安街", ["王五"]), ("王", ["王五"]),
            ("p_0", ["Amy Li"]),
            ("nobody at all", []), ("  bob ", ["Bob"]),
        ])
    func text(text: String, names: [String]) throws { #expect(try found(PeopleQuery(text: text)) == names) }

    @Test("Filters by cell, role and trait")
    func filters() throws {
        #expect(try found(PeopleQuery(cell: .customerOnly)) == ["Bob"])
        #expect(try found(PeopleQuery(role: "customer")) == ["Bob"])
        #expect(try found(PeopleQuery(trait: "vip")) == ["Amy Li"])
        #expect(try found(PeopleQuery(text: "bob", cell: .neither)) == [])
        #expect(throws: Problem.self) { try view.people(PeopleQuery(role: "king")) }
        #expect(throws: Problem.self) { try view.people(cursor: "3") }
    }

    @Test("Pages follow one another and end")
    func pages() throws {
        let first = try view.people(limit: 2)
        #expect(first.rows.map(\.name) == ["王五", "Bob"])
        #expect(first.total == 3)
        let second = try view.people(cursor: first.next, limit: 2)
        #expect(second.rows.map(\.name) == ["Amy Li"])
        #expect(second.next == nil)
        #expect(try view.people(limit: 3).next == nil)
    }

    @Test("A row tells who they are and what they brought")
    func row() throws {
        let row = try #require(try view.people(PeopleQuery(text: "bob")).rows.first)
        #expect(row.identities.map(\.value) == ["bob", "+8613800138000"])
        #expect(row.revenue == [Money(minorUnits: 500, currency: .cny)])
        #expect(row.orders == 1)
        #expect(row.eventCount == 1)
        #expect(row.lastSeen == instant("2026-03-03T10:00:00Z"))
    }
}
