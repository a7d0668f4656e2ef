import Model
import Records
import TestSupport

@testable import Loyalty

/// A program in which `ann` and `bob` have something of everything, and what erasing one of them leaves.
struct ErasedMember {
    let program: TestProgram
    let reader: ProgramReader
    /// Whose value stands in every column that can hold one.
    let ann: Identity

    var wish: MemberWish { MemberWish(.identity(ann)) }
    var bob: MemberWish { TestProgram.member("bob") }

    init(_ engine: any SQLEngine, _ ann: Identity) async throws {
        program = try await TestProgram(engine)
        reader = ProgramReader(workspace: program.workspace, records: program.records)
        self.ann = ann
        try await program.earns(by: OrderTests.program)
        try await plantMembers()
        try await plantPoints()
        try await plantOrders()
        try await plantCoupons()
        try await plantBenefits()
    }

    func member() async throws -> ProgramMemberID? { try await reader.member(wish)?.member.id }

    private func perform(_ id: String, _ command: any ProgramCommand) async throws {
        let answer = try await program.perform(id, command)
        guard !answer.isRefused else { throw Problem(.badRequest, "\(id): \(answer.body.text)") }
        program.clock.advance(.microsecondsPerHour)
    }

    private func plantMembers() async throws {
        try await perform("welcome-\(ann.typed)", EnrolMember(ann))
        try await perform("enrol-bob", EnrolMember(Identity(type: .userID, value: "bob")))
    }

    private func plantPoints() async throws {
        var earn = EarnPoints(
            500, of: "points", to: wish, for: PointSource(id: "order-of-\(ann.typed)", line: ann.typed, rule: "for \(ann.typed)"))
        earn.expiresAt = Instant(rfc3339: "2026-05-01T00:00:00Z")
        try await perform("earn-\(ann.typed)", earn)
        try await perform("plain", EarnPoints(100, of: "points", to: wish, for: PointSource(id: "order-1")))
        try await perform("bobs", EarnPoints(300, of: "points", to: bob, for: PointSource(id: "order-2")))
        try await perform("spent", SpendPoints(.burn(50, place: nil), of: "points", by: wish))
        try await perform("gift for \(ann.typed)", TransferPoints(20, of: "points", from: bob, to: wish))
        guard let id = try await member() else { return }
        try await perform("by-number", TransferPoints(10, of: "points", from: bob, to: MemberWish(.id(id))))
        try await perform(
            "adjust", AdjustPoints(5, of: "points", for: MemberWish(.id(id)), reason: .goodwill, note: "her birthday"))
        try await perform("note", AdjustPoints(5, of: "points", for: bob, reason: .goodwill, note: "for \(ann.typed)"))
        try await perform(
            "adjust \(ann.typed)", AdjustPoints(5, of: "points", for: bob, reason: .goodwill, note: ""))
    }

    private func plantOrders() async throws {
        let lines: JSONValue = [["product_id": "tea", "price": 50, "quantity": 3, "engraving": "for Ann"]]
        let fact = try OrderFact(
            event: "Order Completed", messageID: "m1", at: program.clock.now,
            properties: ["order_id": "o1", "products": lines, "address": "Tea Street 1", "note": "ring twice"],
            context: ["ip": "192.0.2.1"], standard: .cny)
        if let fact { try await perform("event/club/m1", TakeOrder(fact, of: wish, in: "club")) }
        let gift = try OrderFact(
            event: "Order Completed", messageID: "m2 \(ann.typed)", at: program.clock.now,
            properties: [
                "order_id": .string("o2 \(ann.typed)"), "recipient": .string(ann.value), "card": .string("To \(ann.typed)"),
                "coupon": .string("FOR \(ann.typed)"),
                "products": [["product_id": .string("mug of \(ann.typed)"), "price": 10, "quantity": 1]],
            ], standard: .cny)
        if let gift { try await perform("event/club/m2", TakeOrder(gift, of: bob, in: "club")) }
    }

    private func plantCoupons() async throws {
        let template = CouponTemplate(
            key: .init(name: "spring", version: 1), currency: .cny, zone: "UTC", effect: .amount(1_000, on: .order))
        try await perform("template", SetCouponTemplate(template))
        for (id, wish) in [("c1 \(ann.typed)", wish), ("c2", wish), ("c3", bob)] {
            try await perform(id, GrantCoupon(.template("spring"), to: wish))
        }
        let coupons = try await coupons(of: wish)
        var use = ReserveCoupons([coupons[0]], for: "order of \(ann.typed)", by: wish, CouponCart.of([5_000, 5_000]))
        use.commits = true
        try await perform("use", use)
        try await perform("taken", ChangeCoupon(.revoke(reason: "she asked"), coupons[1]))
        let bobs = try await self.coupons(of: bob)
        try await perform(
            "kept", ReserveCoupons(bobs, for: "gift to \(ann.typed)", by: bob, CouponCart.of([5_000, 5_000])))
    }

    func coupons(of wish: MemberWish) async throws -> [String] {
        guard let member = try await reader.member(wish)?.member.id else { return [] }
        return try await reader.coupons(of: member).map(\.coupon.id)
    }

    private func plantBenefits() async throws {
        var mug = Benefit(key: "mug", name: Sample.name, kind: .physicalGift(stock: "mugs"))
        mug.quota = 5
        try await perform("define", DefineBenefit(mug))
        try await perform("stock", StockGifts(9, into: "mugs"))
        try await perform(
            "grant \(ann.typed)", GrantBenefit("mug", to: wish, for: .init(.gift, id: "of \(ann.typed)")))
        try await perform("grant-2", GrantBenefit("mug", to: wish, for: .init(.campaign, id: "spring")))
        try await perform("mug-for-\(ann.typed)", UseBenefit(.reserve(seconds: 86_400), of: "mug", by: wish))
        let gift = BenefitID("mug-for-\(ann.typed)")
        try await perform("pack-1", MoveGift(.addressConsent(true), of: gift))
        try await perform("pack-2", MoveGift(.step(.reserve), of: gift))
        try await perform("end", EndBenefit(.revoke(BenefitID("grant-2"), reason: "she moved away")))
    }

    // MARK: - Erasing

    var erasure: PendingErasure {
        PendingErasure(
            workspace: program.workspace, id: "e", person: nil, actor: .commandLine, suppresses: false, reason: "",
            startedAt: program.clock.now, ordinals: [], identities: [ann], texts: [ann.value])
    }

    func erase() async throws -> RecordStore.Scrubbed {
        try await program.desk.alone { () async throws(Problem) in
            try await program.records.scrub(erasure, beside: ProgramErasure.carryOut)
        }
    }

    func places() async throws -> [String] {
        try await program.records.places(of: [ann], texts: [ann.value], in: program.workspace)
    }

    /// All that the tables of the program hold, a line a row.
    func everything() async throws -> [String] {
        let tables = [
            "loyalty_identities", "loyalty_members", "loyalty_commands", "program_facts", "point_books", "point_lots",
            "point_entries", "point_earnings", "point_adjustments", "point_holds", "point_spendings", "earning_orders",
            "earning_order_facts", "earning_order_lines", "earning_order_coupons", "loyalty_limits", "loyalty_limit_slices",
            "coupons",
            "coupon_orders", "loyalty_mentions", "point_offers", "point_openings", "paid_plans", "gifted_plans",
            "coupon_reservations", "coupon_redemptions", "benefit_grants", "benefit_uses", "benefit_gifts", "benefit_caps",
            "benefit_pools", "benefit_purchases", "benefit_viewers",
        ]
        return try await program.records.engine.read { connection throws(Problem) in
            var lines: [String] = []
            for table in tables {
                for row in try connection.rows("SELECT * FROM \(table)", []) {
                    lines.append("\(table): " + row.values.map(Self.text).joined(separator: " "))
                }
            }
            return lines.sorted()
        }
    }

    private static func text(_ value: SQLValue) -> String {
        switch value {
        case .null: "-"
        case .integer(let number): String(number)
        case .text(let text): text
        }
    }
}
