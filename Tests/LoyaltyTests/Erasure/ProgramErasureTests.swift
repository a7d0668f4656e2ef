import Model
import Records
import TestSupport
import Testing

@testable import Loyalty

/// Who is erased is nowhere in the program any more, and the books go on.
@Suite("Erasure in the program") struct ProgramErasureTests {
    static let names = [Identity(type: .userID, value: "customer-1"), Identity(type: .userID, value: "42")]

    @Test("Nothing names them in any table, nor is anything left of what was noted of them", arguments: RecordsEngine.here, names)
    func gone(engine: RecordsEngine, ann: Identity) async throws {
        let erased = try await ErasedMember(try await engine.open(), ann)
        let expected = [
            "loyalty_identities.value", "loyalty_commands.id", "loyalty_commands.content", "loyalty_commands.answer",
            "program_facts.fact", "point_lots.source", "point_lots.line", "point_lots.rule", "point_earnings.source",
            "point_entries.command", "point_adjustments.note", "point_adjustments.id", "earning_orders.order_id",
            "earning_order_facts.order_id", "earning_order_facts.properties", "earning_order_facts.message_id",
            "earning_order_lines.product", "earning_order_coupons.code", "coupon_redemptions.order_id",
            "coupon_reservations.order_id", "benefit_grants.id", "benefit_grants.source", "benefit_uses.id", "benefit_uses.parts",
            "benefit_gifts.id",
        ]
        // A short id within a longer word is found where it is known whose row it is.
        let before = Set(try await erased.places() + (ann.value == "42" ? ["benefit_uses.id", "benefit_gifts.id"] : []))
        #expect(Set(expected).subtracting(before) == [], "the test plants it everywhere")
        let scrubbed = try await erased.erase()
        #expect(scrubbed.memberCount == 1 && scrubbed.commandCount > 15)
        #expect(try await erased.places() == [])
        let left = try await erased.everything()
        for word in [
            "customer-1", "user_id:42", "birthday", "Tea Street", "ring twice", "192.0.2.1", "engraving", "asked", "moved away",
        ] {
            #expect(left.filter { $0.contains(word) } == [], "\(word)")
        }
        #expect(left.contains { $0.hasPrefix("loyalty_identities") && $0.contains("user_id bob") }, "others are who they were")
        #expect(try await erased.erase() == RecordStore.Scrubbed(), "twice is once")
    }

    @Test("Every step of the audit's walk still verifies, and a change of what was sealed shows", arguments: RecordsEngine.here)
    func chains(engine: RecordsEngine) async throws {
        let erased = try await ErasedMember(try await engine.open(), Self.names[0])
        let program = erased.program
        program.clock.now = Instant(rfc3339: "2026-04-02T00:00:00Z") ?? .epoch
        let march = try #require(PointMonth(text: "2026-03"))
        let closed = try await program.perform("close", CloseMonth(march, of: "points"))
        #expect(!closed.isRefused, "\(closed.body)")
        let closings = try await erased.reader.closings(of: "points")
        let before = try AuditWalk(try await AuditWalk.export(program))
        #expect(before.brokenRow == nil && before.sealCount == 0)
        _ = try await erased.erase()
        let after = try AuditWalk(try await AuditWalk.export(program))
        #expect(after.brokenRow == nil && after.sealCount > 0)
        let april = Instant(rfc3339: "2026-04-01T00:00:00Z") ?? .epoch
        #expect(after.digest(until: april) == closed.body["digest"]?.stringValue, "what was written down still holds")
        #expect(before.rows.map { $0[11] + $0[12] } == after.rows.map { $0[11] + $0[12] }, "amounts and hashes stay")
        #expect(try await erased.reader.check("points").isWhole)
        let entries = try await program.records.audit(workspace: program.workspace, AuditQuery(), limit: 99)
        let sealing = try #require(entries.first { $0.entry.action == "points.sealed" })
        #expect(sealing.entry.detail == "\(after.sealCount) entries: \(after.sealsDigest)")
        #expect(try await program.records.checkAudit(of: program.workspace).firstBroken == nil)
        for index in after.rows.indices {
            for column in [1, 3, 4, 5, 7, 9, 10, 11] {
                var changed = after
                changed.rows[index][column] += "1"
                #expect(changed.brokenRow == index, "row \(index), column \(column)")
            }
        }
        // The closed month says what it said.
        #expect(try await erased.reader.closings(of: "points") == closings)
    }

    @Test("Points of a tombstone are owed until they expire, and what comes back is taken off", arguments: RecordsEngine.here)
    func liability(engine: RecordsEngine) async throws {
        let erased = try await ErasedMember(try await engine.open(), Self.names[0])
        let program = erased.program
        let member = try #require(try await erased.member())
        let wish = MemberWish(.id(member))
        let currency = try #require(TestProgram.settings.currency("points"))
        func balance() async throws -> PointBook.Balance? {
            try await erased.reader.balances(of: [wish], in: currency, at: program.clock.now.advanced(byMicroseconds: 60_000_000))
                .first??.balance
        }
        let before = try await balance()
        let coupon = try #require(try await erased.reader.coupons(of: member).first).coupon.id
        _ = try await erased.erase()
        #expect(try await balance() == before)
        #expect(try await erased.reader.member(wish)?.member.state == .erased)
        let offer = PlanOffer(
            key: "gold", name: Sample.name, terms: PaidPlanTerms(fee: 3_000, zone: .utc),
            parts: [.init("mug", amount: nil, listPrice: 1_000)])
        #expect(try await !program.perform("plan", DefinePlan(offer)).isRefused)
        for (id, command) in [
            ("n1", SpendPoints(.burn(1, place: nil), of: "points", by: wish) as any ProgramCommand),
            ("n2", EarnPoints(1, of: "points", to: wish, for: PointSource(id: "x"))),
            ("n3", GrantCoupon(.template("spring"), to: wish)),
            ("m1", TransferPoints(1, of: "points", from: wish, to: erased.bob)),
            ("m2", TransferPoints(1, of: "points", from: erased.bob, to: wish)),
            ("m3", GrantBenefit("mug", to: wish, for: .init(.gift, id: "new"))),
            ("m4", UseBenefit(.consume(.hard), of: "mug", by: wish)),
            ("m5", BuyPlan("gold", for: wish, paidBy: erased.bob)), ("m6", BuyPlan("gold", for: erased.bob, paidBy: wish)),
            ("n5", ReserveCoupons([coupon], for: "o9", by: wish, .of([9_000]))),
            ("n6", ChangeCoupon(.transfer(from: wish, to: erased.bob), coupon)),
        ] {
            #expect(try await program.perform(id, command).codes == ["MEMBER_ERASED"])
        }
        #expect(try await program.perform("n4", CloseMember(wish, closes: false)).codes == ["MEMBER_UNKNOWN"])
        // Two of three teas come back, by an event that tells more than is to be kept.
        let refund = try #require(
            try OrderFact(
                event: "Order Refunded", messageID: "m9", at: program.clock.now,
                properties: [
                    "order_id": "o1", "products": [["product_id": "tea", "quantity": 2]], "address": "Tea Street 1",
                ], standard: .cny))
        let back = try await program.perform("event/club/m9", TakeOrder(refund, of: nil, in: "club"))
        #expect(back.body["points"] == 50, "\(back.body.text)")
        #expect(try await balance()?.available == (before?.available ?? 0) - 100)
        let kept = try await erased.everything().filter { $0.hasPrefix("earning_order_facts") }.joined()
        #expect(!kept.contains("Tea Street"))
        program.clock.now = Instant(rfc3339: "2026-05-02T00:00:00Z") ?? .epoch
        #expect(try await program.desk.settle() > 0)
        let entries = try await erased.reader.entries(of: member, in: "points", limit: 99)
        #expect(entries.contains { $0.entry.kind == .expired })
        #expect(try await erased.reader.check("points").isWhole)
        // Nobody is reminded of coupons in their name.
        _ = try await program.perform("remind", RemindCoupons())
        let facts = try await program.records.facts(of: program.workspace, limit: 999)
        #expect(facts.filter { $0.member == member.number }.allSatisfy { $0.fact.contains("Points") })
    }

    @Test(
        "An order of a tombstone that becomes less takes back what was earned for the rest; none gives more",
        arguments: RecordsEngine.here)
    func changedOrder(engine: RecordsEngine) async throws {
        let erased = try await ErasedMember(try await engine.open(), Self.names[0])
        let program = erased.program
        _ = try await erased.erase()
        func tell(_ id: String, _ kind: OrderFact.Kind, _ count: Int64) async throws -> ProgramAnswer {
            program.clock.advance(.microsecondsPerHour)
            let teas: JSONValue = [["product_id": "tea", "price": 50, "quantity": .int(count)]]
            let fact = try OrderFact(
                event: kind.rawValue, messageID: id, at: program.clock.now,
                properties: ["order_id": "o1", "products": teas, "note": "ring twice"], standard: .cny)
            return try await program.perform("event/club/\(id)", TakeOrder(try #require(fact), of: nil, in: "club"))
        }
        let more = try await tell("u1", .updated, 4)
        #expect(more.body["points"] == 150 && more.body["done"] == [], "\(more.body.text)")
        let less = try await tell("u2", .updated, 1)
        #expect(less.body["points"] == 50, "\(less.body.text)")
        #expect(less.body["done"]?.arrayValue?.first?["units_in_all"] == 2)
        #expect(try await tell("u3", .updated, 4).body["points"] == 50, "what was taken back is not given again")
        #expect(try await tell("u4", .cancelled, 1).body["points"] == 0)
        #expect(try await erased.reader.check("points").isWhole)
        let kept = try await erased.everything().filter { $0.hasPrefix("earning_order_facts") }.joined()
        #expect(!kept.isEmpty && !kept.contains("ring twice"))
    }

    @Test(
        "What is told again of a tombstone's order counts once, and of its command what is counted by is kept",
        arguments: RecordsEngine.here)
    func toldAgain(engine: RecordsEngine) async throws {
        let erased = try await ErasedMember(try await engine.open(), Self.names[0])
        let (program, at) = (erased.program, erased.program.clock.now)
        let member = try #require(try await erased.member())
        func refund(_ message: String, _ count: Int64 = 1, note: JSONValue = "ring twice") throws -> OrderFact {
            let tea: JSONValue = ["product_id": "tea", "quantity": .int(count), "engraving": "for Ann"]
            let fact = try OrderFact(
                event: "Order Refunded", messageID: message, at: at,
                properties: ["order_id": "o1", "products": [tea], "address": "Tea Street 1", "note": note],
                context: ["ip": "192.0.2.1"], standard: .cny)
            return try #require(fact)
        }
        func tell(_ id: String, _ fact: OrderFact) async throws -> ProgramAnswer {
            try await program.perform(id, TakeOrder(fact, of: TestProgram.member("customer-1"), in: "club"))
        }
        #expect(try await tell("r1", refund("r1")).body["points"] == 100)
        _ = try await erased.erase()
        // Under the same message id, and under another.
        for (id, message) in [("r2", "r1"), ("r3", "m-again")] {
            let again = try await tell(id, refund(message))
            #expect(!again.isRefused && again.body["new"] == false && again.body["done"] == [], "\(again.body.text)")
            #expect(again.body["points"] == 100)
        }
        let next = try await tell("r4", refund("r4", 2))
        #expect(next.body["new"] == true && next.body["points"] == 0)
        let ordered = try OrderFact(
            event: "Order Completed", messageID: "n", at: at,
            properties: ["order_id": "new", "products": [["product_id": "tea", "price": 5]], "address": "Tea Street 1"],
            standard: .cny)
        let refused = TakeOrder(try #require(ordered), of: MemberWish(.id(member)), in: "club")
        #expect(try await program.perform("r5", refused).codes == ["MEMBER_ERASED"])
        let kept = try await erased.everything().filter { $0.hasPrefix("loyalty_commands") }.joined()
        #expect(kept.contains("m-again") && kept.contains("MEMBER_ERASED"))
        for word in ["customer-1", "Tea Street", "ring twice", "for Ann", "192.0.2.1"] { #expect(!kept.contains(word), "\(word)") }
        let replayed = try await tell("r4", refund("r4", 2))
        #expect(replayed.isReplayed && replayed.body == next.body)
        #expect(try await program.perform("r5", refused).codes == ["MEMBER_ERASED"])
        let other = try await tell("r4", refund("r4", 1))
        #expect(other.codes == ["IDEMPOTENCY_CONFLICT"])
        #expect(other.body["reasons"]?.arrayValue?.first?["params"]?["field"] == "properties")
    }

    @Test("A repeated command is refused without a name, and a new one takes in somebody new", arguments: RecordsEngine.here, names)
    func again(engine: RecordsEngine, ann: Identity) async throws {
        let erased = try await ErasedMember(try await engine.open(), ann)
        let program = erased.program
        let old = try #require(try await erased.member())
        _ = try await erased.erase()
        for id in ["welcome-\(ann.typed)", "earn-\(ann.typed)", "plain", "spent", "adjust", "event/club/m1", "grant-2", "use"] {
            for command in [
                EnrolMember(ann) as any ProgramCommand, SpendPoints(.burn(1, place: nil), of: "points", by: erased.wish),
            ] {
                let answer = try await program.perform(id, command)
                #expect(answer.codes == ["COMMAND_ERASED"] && answer.isReplayed && answer.isRefused, "\(id)")
                #expect(!answer.body.text.contains(ann.value))
            }
        }
        // What bob gave her by number is his, and is answered as before.
        let gift = try await program.perform(
            "by-number", TransferPoints(10, of: "points", from: erased.bob, to: MemberWish(.id(old))))
        #expect(gift.isReplayed && !gift.isRefused)
        #expect(try await erased.places() == [])
        let new = try await program.perform("back", EnrolMember(ann))
        #expect(new.body["enrolled"] == true && new.body["member"]?.stringValue != old.text)
        let earned = try await program.perform(
            "first", EarnPoints(7, of: "points", to: erased.wish, for: PointSource(id: "new order")))
        #expect(earned.available == 7)
        #expect(try await erased.coupons(of: erased.wish) == [])
        await #expect(throws: Problem.self) { try await program.perform("(erased) 1", EnrolMember(ann)) }
    }

    @Test("Whoever is known by somebody else's identity, too, stays; those who were merged go together")
    func shared() async throws {
        let program = try await TestProgram()
        let (mail, other) = (Identity(type: .email, value: "ann@example.com"), Identity(type: .userID, value: "shared-1"))
        for (id, identity) in [("1", mail), ("2", other), ("3", Identity(type: .userID, value: "single-1"))] {
            _ = try await program.perform(id, EnrolMember(identity))
        }
        _ = try await program.perform("m", MergeMembers(MemberWish(.identity(mail)), into: MemberWish(.identity(other))))
        let reader = ProgramReader(workspace: program.workspace, records: program.records)
        func erase(_ identities: Set<Identity>) async throws -> RecordStore.Scrubbed {
            let erasure = PendingErasure(
                workspace: program.workspace, id: "e", person: nil, actor: .server, suppresses: false, reason: "",
                startedAt: program.clock.now, ordinals: [], identities: identities, texts: Set(identities.map(\.value)))
            return try await program.records.scrub(erasure, beside: ProgramErasure.carryOut)
        }
        #expect(try await erase([mail]).memberCount == 0)
        #expect(try await reader.member(MemberWish(.identity(mail))) == nil)
        #expect(try await reader.member(MemberWish(.identity(other)))?.member.state == .open)
        #expect(try await erase([other]).memberCount == 2)
        #expect(try await reader.memberCount() == 1)
    }
}
