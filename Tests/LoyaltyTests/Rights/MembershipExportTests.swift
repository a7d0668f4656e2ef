import Model
import TestSupport
import Testing

@testable import Loyalty

/// A person gets everything that the program knows of them, and nothing of others.
struct MembershipExportTests {
    @Test("points, orders, coupons, benefits, notes and what was asked for", arguments: RecordsEngine.here)
    func everything(engine: RecordsEngine) async throws {
        let erased = try await ErasedMember(try await engine.open(), Identity(type: .userID, value: "customer-1"))
        for (id, viewer, member) in [("let bob", erased.bob, erased.wish), ("let ann", erased.wish, erased.bob)] {
            #expect(try await !erased.program.perform(id, AllowBenefitView(true, to: viewer, by: member)).isRefused)
        }
        let now = erased.program.clock.now
        let mail = Identity(type: .email, value: "ann@example.com")
        let told = try await erased.reader.everything(of: [mail, erased.ann, erased.ann], at: now)
        #expect(told.count == 1)
        let member = try #require(told.first)
        #expect(member["member"]?.stringValue == (try await erased.member())?.text)
        #expect(member["identities"] == ["user_id:customer-1"] && member["state"] == "open")
        let points = try #require(member["points"]?.arrayValue?.first { $0["currency"] == "points" })
        #expect(points["balance"]?["available"] == 735)
        let lots = points["lots"]?.arrayValue ?? []
        func sum(_ name: String) -> Int64 { lots.reduce(0) { $0 + ($1[name]?.intValue ?? 0) } }
        #expect(lots.count == 6 && sum("remaining") == 735 && sum("spent") == 50 && sum("original") == 785)
        #expect(points["entries"]?.arrayValue?.count == 8)
        #expect(member["adjustments"]?.arrayValue?.map { $0["note"] } == ["her birthday"])
        #expect(member["orders"]?.arrayValue?.map { $0["properties"]?["address"] } == ["Tea Street 1"])
        let coupons = member["coupons"]?.arrayValue ?? []
        #expect(coupons.count == 2 && coupons.contains { $0["redemptions"]?.arrayValue?.count == 1 })
        #expect(coupons.contains { $0["reason"] == "she asked" })
        let benefits = try #require(member["benefits"]?.arrayValue?.first)
        #expect(benefits["grants"]?.arrayValue?.count == 2 && benefits["uses"]?.arrayValue?.count == 1)
        #expect(benefits["gifts"]?.arrayValue?.map { $0["state"] } == ["reserved"])
        let bob = try #require(try await erased.reader.member(erased.bob)?.member.id.text)
        let consents = member["view_consents"]
        #expect(consents?["viewers"]?.arrayValue?.map { $0["viewer"]?.stringValue } == [bob])
        #expect(consents?["sees"]?.arrayValue?.map { $0["member"]?.stringValue } == [bob])
        #expect(consents?["viewers"]?.arrayValue?.first?["given_at"]?.stringValue?.hasPrefix("2026-03-") == true)
        let commands = member["commands"]?.arrayValue ?? []
        let ids = commands.compactMap { $0["id"]?.stringValue }
        #expect(
            Set(ids).isSuperset(of: ["welcome-user_id:customer-1", "plain", "spent", "adjust", "event/club/m1", "taken", "end"]))
        #expect(Set(ids).isDisjoint(with: ["bobs", "by-number", "note", "kept", "event/club/m2"]), "those are bob's: \(ids)")
        #expect(try await erased.reader.everything(of: [mail], at: now) == [])
        // Of a tombstone nobody can ask.
        _ = try await erased.erase()
        #expect(try await erased.reader.everything(of: [erased.ann], at: now) == [])
        let others = try await erased.reader.everything(of: [Identity(type: .userID, value: "bob")], at: now).first
        #expect(others?["view_consents"] == ["viewers": [], "sees": []], "no consent outlives who gave it or was given it")
    }
}
