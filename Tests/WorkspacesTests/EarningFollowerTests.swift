import Loyalty
import Model
import Records
import Testing

@testable import Workspaces

@Suite("What arrives becomes points") struct EarningFollowerTests {
    @Test("Orders earn once: sent again, before their refund or after it, and after a restart")
    func orders() async throws {
        var club = try await Club(try await DirectoryFixtures())
        let before = club.order("Order Completed", "m0", "old", 9)
        club.fixtures.clock.advance(seconds: 60)
        try await club.collect(before)
        await club.directory.followEvents()
        try await club.start()
        await club.directory.followEvents()
        #expect(try await club.balance() == nil, "what happened before any version decided earns nothing")

        // The refund of one of four comes first.
        try await club.collect(club.order("Order Refunded", "m2", "o1", 1, seconds: 5))
        await club.directory.followEvents()
        #expect(try await club.balance() == nil)
        let order = club.order("Order Completed", "m1", "o1", 4, seconds: -20)
        try await club.collect(order)
        await club.directory.followEvents()
        #expect(try await club.balance() == 90)
        // Told again by the same message, and by another one.
        try await club.collect(order, order.replacing("\"m1\"", with: "\"m3\""))
        await club.directory.followEvents()
        #expect(try await club.balance() == 90)

        // Taken but not followed when the server ends.
        try await club.collect(club.order("Order Completed", "m4", "o2", 2))
        club = try await club.reopened()
        #expect(try await club.balance() == 90)
        await club.directory.followEvents()
        #expect(try await club.balance() == 150)
        club = try await club.reopened()
        await club.directory.followEvents()
        #expect(try await club.balance() == 150)
        try await club.collect(club.order("Order Cancelled", "m5", "o2", 0))
        await club.directory.followEvents()
        #expect(try await club.balance() == 90)
        await club.directory.close()
    }

    @Test("Orders with ids beyond all bounds earn nothing and stop nothing; message ids of any length and kind earn")
    func longIDs() async throws {
        let club = try await Club(try await DirectoryFixtures())
        try await club.start()
        let long = String(repeating: "x", count: 1_001)
        try await club.collect(
            club.order("Order Completed", "m1", long, 1), club.order("Order Completed", "m2", "o1", 1),
            club.line("Product Reviewed", String(repeating: "茶", count: 80), "{}"), club.line("Product Reviewed", "m3", "{}"))
        await club.directory.followEvents()
        #expect(try await club.balance() == 50)
        try await club.collect(club.order("Order Cancelled", "m4", long, 1), club.order("Order Completed", "m5", "o2", 2))
        await club.directory.followEvents()
        #expect(try await club.balance() == 110)
        await club.directory.close()
    }

    @Test("Coupons of orders are used without an earning program; what came before one is given back after it began")
    func couponsAlone() async throws {
        var club = try await Club(try await DirectoryFixtures())
        let workspace = club.created.workspace.id
        func order(_ event: String, _ message: String, _ order: String, _ coupon: String? = nil, seconds: Int64 = 0) -> String {
            let code = coupon.map { #""coupon":"\#($0)","# } ?? ""
            return club.line(
                event, message, #"{"order_id":"\#(order)",\#(code)"products":[{"product_id":"tea","price":30}]}"#, seconds: seconds)
        }
        func used() async throws -> Int64? {
            try await club.directory.programReader(of: workspace).limit(Limit.Key(name: "all"))?.used
        }
        func commands(_ order: String) async throws -> [String] {
            try await club.directory.programReader(of: workspace).dispute(about: order, in: []).commands.map(\.id)
        }
        try await club.perform("enrol", EnrolMember(Identity(type: .userID, value: "ann")))
        try await club.collect(order("Order Completed", "m0", "o0", "none"))
        var template = CouponTemplate(
            key: .init(name: "spring", version: 1), currency: .cny, zone: "UTC", effect: .amount(1_000, on: .order))
        template.limits = [CouponLimit("all", .uses, max: 9)]
        try await club.perform("template", SetCouponTemplate(template))
        let wish = MemberWish(.identity(Identity(type: .userID, value: "ann")))
        var coupons: [String] = []
        for number in 0 ..< 2 {
            let grant = GrantCoupon(.template("spring"), to: wish)
            let given = try await club.directory.perform(grant, id: "g\(number)", in: workspace, by: .commandLine)
            coupons.append(try #require(given.body["coupon"]?.stringValue, "\(given.body.text)"))
        }
        club.fixtures.clock.advance(seconds: 60)
        try await club.collect(order("Order Completed", "m1", "o1", coupons[0]))
        await club.directory.followEvents()
        #expect(try await used() == 1)
        #expect(try await club.directory.records.earningCursor(of: "", in: workspace) > 0, "it is not followed again and again")
        // All of it came back before it was told.
        try await club.collect(order("Order Refunded", "m2", "o2", seconds: 5))
        await club.directory.followEvents()
        try await club.collect(order("Order Completed", "m3", "o2", coupons[1], seconds: -5))
        club = try await club.reopened()
        await club.directory.followEvents()
        #expect(try await used() == 1)
        #expect(try await commands("o2") == ["coupons/m2", "coupons/m3"])
        #expect(try await commands("o0") == [], "there were no coupons")

        try await club.start()
        try await club.collect(order("Order Completed", "m4", "o3", coupons[1]))
        await club.directory.followEvents()
        #expect(try await used() == 2)
        #expect(try await commands("o3") == ["event/club/m4"], "the program takes it with its coupon")
        try await club.collect(order("Order Cancelled", "m5", "o1"))
        await club.directory.followEvents()
        #expect(try await used() == 1)
        await club.directory.close()
    }

    @Test("Orders dated ahead earn as of when they came; a clock that is set back lets them wait, and loses none")
    func clock() async throws {
        let club = try await Club(try await DirectoryFixtures())
        try await club.start()
        // Five hours ahead, as no clock of the server's is.
        try await club.collect(
            club.order("Order Completed", "m1", "o1", 1, seconds: 18_000),
            club.line("Product Reviewed", "m2", "{}", seconds: 18_000))
        await club.directory.followEvents()
        #expect(try await club.balance() == 40)
        club.fixtures.clock.advance(seconds: 7_200)
        try await club.collect(
            club.order("Order Completed", "m3", "o2", 1), club.line("Product Reviewed", "m4", "{}"),
            club.order("Order Completed", "m5", "o3", 2, seconds: -5_000))
        club.fixtures.clock.advance(seconds: -3_600)
        await club.directory.followEvents()
        #expect(try await club.balance() == 40)
        club.fixtures.clock.advance(seconds: 7_200)
        await club.directory.followEvents()
        #expect(try await club.balance() == 140)
        await club.directory.followEvents()
        #expect(try await club.balance() == 140)
        await club.directory.close()
    }

    @Test("Ids with line breaks are followed as others are, each once")
    func lineBreaks() async throws {
        var club = try await Club(try await DirectoryFixtures())
        try await club.start()
        let orders = ["m", #"m\n1"#, #"m\r\n1"#].enumerated().map { club.order("Order Completed", $1, #"o\n\#($0)"#, 1) }
        for order in orders { try await club.collect(order) }
        await club.directory.followEvents()
        #expect(try await club.balance() == 90)
        try await club.directory.records.setEarningCursor(0, of: "club", in: club.created.workspace.id)
        club = try await club.reopened()
        await club.directory.followEvents()
        #expect(try await club.balance() == 90)
        try await club.collect(club.order("Order Cancelled", #"m\n2"#, #"o\n1"#, 0))
        await club.directory.followEvents()
        #expect(try await club.balance() == 60)
        await club.directory.close()
    }

    @Test("A crash between the commands and the cursor gives nothing twice")
    func crash() async throws {
        var club = try await Club(try await DirectoryFixtures())
        try await club.start()
        try await club.collect(
            club.order("Order Completed", "m1", "o1", 1), club.order("Order Completed", "m2", "o2", 1),
            club.line("Product Reviewed", "m3", "{}"))
        await club.directory.followEvents()
        #expect(try await club.balance() == 70)
        try await club.directory.records.setEarningCursor(0, of: "club", in: club.created.workspace.id)
        club = try await club.reopened()
        await club.directory.followEvents()
        #expect(try await club.balance() == 70)
        await club.directory.close()
    }

    @Test("More calls than are taken at once are all followed, of many people")
    func many() async throws {
        let club = try await Club(try await DirectoryFixtures())
        try await club.start()
        for start in stride(from: 0, to: 600, by: 200) {
            let lines = (start ..< start + 200).map { club.line("Product Reviewed", "m\($0)", "{}", who: "p\($0 % 50)") }
            try await club.collect(lines.joined(separator: "\n"))
        }
        await club.directory.followEvents()
        for who in ["p0", "p17", "p49"] { #expect(try await club.balance(who) == 120) }
        await club.directory.close()
    }

    @Test("What is booked is told to the events once, and earns nothing itself")
    func facts() async throws {
        var club = try await Club(try await DirectoryFixtures())
        try await club.start()
        try await club.collect(club.order("Order Completed", "m1", "o1", 2))
        await club.directory.followEvents()
        try await club.collect(club.order("Order Refunded", "m2", "o1", 1, seconds: 1))
        await club.directory.followEvents()
        #expect(try await club.told() == [])
        // They wait in the records, and a restart finds them.
        club = try await club.reopened()
        await club.directory.sendFacts()
        let told = ["Points Earned 60 60", "Points Taken Back 30 30"]
        #expect(try await club.told() == told)
        await club.directory.sendFacts()
        await club.directory.followEvents()
        await club.directory.sendFacts()
        #expect(try await club.told() == told)
        #expect(try await club.balance() == 30, "the rule for Points Earned never counts")
        await club.directory.close()
    }

    @Test("Rules ask for the tags that people had when it happened")
    func tags() async throws {
        let club = try await Club(try await DirectoryFixtures())
        try await club.start()
        try await club.collect(club.line("Product Reviewed", "m0", "{}"), club.line("Tea Tasted", "m1", "{}"))
        let at = club.fixtures.clock.now.advanced(byMicroseconds: 60 * .microsecondsPerSecond).rfc3339
        club.fixtures.clock.advance(seconds: 120)
        try await club.collect(
            #"{"type":"identify","userId":"ann","messageId":"i1","timestamp":"\#(at)","traits":{"tags":["tea","hangzhou"]}}"#,
            club.line("Tea Tasted", "m2", "{}"))
        await club.directory.followEvents()
        #expect(try await club.balance() == 15, "before the tag it counts for nothing, though it is followed after it")
        await club.directory.close()
    }

    @Test("Holders hear once that a coupon ends soon, after a restart too; its order uses it and tells so")
    func coupons() async throws {
        var club = try await Club(try await DirectoryFixtures())
        try await club.start()
        var template = CouponTemplate(
            key: .init(name: "spring", version: 1), currency: .cny, zone: "Asia/Shanghai", effect: .amount(500, on: .order))
        template.validity.days = 3
        try await club.perform("template", SetCouponTemplate(template))
        try await club.perform("enrol", EnrolMember(Identity(type: .userID, value: "ann")))
        let ann = MemberWish(.identity(Identity(type: .userID, value: "ann")))
        try await club.perform("grant", GrantCoupon(.template("spring"), to: ann))
        await club.directory.remindOfCoupons()
        await club.directory.sendFacts()
        #expect(try await club.told() == ["Coupon Granted  "])
        club.fixtures.clock.advance(seconds: 3 * 86_400)
        club = try await club.reopened()
        for _ in 0 ..< 2 {
            await club.directory.remindOfCoupons()
            await club.directory.sendFacts()
        }
        #expect(try await club.told() == ["Coupon Granted  ", "Coupon Expiring  "])

        let member = try #require(try await club.directory.programReader(of: club.created.workspace.id).member(ann)).member
        let reader = club.directory.programReader(of: club.created.workspace.id)
        let coupon = try #require(try await reader.coupons(of: member.id).first).coupon.id
        try await club.collect(
            club.line(
                "Order Completed", "m1",
                #"{"order_id":"o1","coupon":"\#(coupon)","products":[{"product_id":"tea","price":30,"quantity":2}]}"#))
        await club.directory.followEvents()
        await club.directory.sendFacts()
        let told = try await club.told().map { String($0.prefix { $0 != " " }) }.sorted()
        #expect(told == ["Coupon", "Coupon", "Coupon", "Points"])
        #expect(try await reader.coupon(coupon)?.coupon.usesLeft == 0)
        #expect(try await club.balance() == 60)
        await club.directory.close()
    }

    @Test("What keeps events from a program is told once a minute, and at once when the reason is another")
    func troubles() {
        let (troubles, workspace) = (FollowingTroubles(), WorkspaceID(text: "ws_0000000000000000"))
        let start = Instant(microseconds: 0)
        func isNew(_ code: Problem.Code, _ seconds: Int64, _ place: WorkspaceID?) -> Bool {
            troubles.isNew(code, of: place, at: start.advanced(byMicroseconds: seconds * .microsecondsPerSecond))
        }
        #expect(isNew(.diskFull, 0, workspace) && isNew(.diskFull, 0, nil))
        #expect(!isNew(.diskFull, 59, workspace))
        #expect(isNew(.exists, 59, workspace))
        #expect(isNew(.exists, 119, workspace))
    }

    @Test("The duties of the directory follow and tell by themselves")
    func duty() async throws {
        let club = try await Club(try await DirectoryFixtures())
        try await club.start()
        let duties = Task { await club.directory.run() }
        try await club.collect(club.order("Order Completed", "m1", "o1", 2))
        for _ in 0 ..< 600 {
            if try await !club.told().isEmpty { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(try await club.told() == ["Points Earned 60 60"])
        duties.cancel()
        await duties.value
        await club.directory.close()
    }
}
