import Model
import Testing

@testable import People

@Suite("Roles") struct RolesTests {
    @Test("Two visits in one ISO week make a user, from the second visit on")
    func twoVisits() throws {
        var bench = PeopleBench()
        bench.track("View", user: "u", at: "2026-03-02T10:00:00Z")
        bench.track("View", user: "u", at: "2026-03-04T10:00:00Z")
        let role = try #require(bench.view(now: "2026-03-05T00:00:00Z").profile(user: "u")?.roles.first)
        #expect(role.role == .user)
        #expect(role.since == instant("2026-03-04T10:00:00Z"))
        #expect(role.week == LocalDate(text: "2026-03-02"))
        #expect(role.visits == [instant("2026-03-02T10:00:00Z"), instant("2026-03-04T10:00:00Z")])
        #expect(bench.view(now: "2026-03-04T09:59:59Z").overview().users == 0)
        #expect(bench.view(now: "2026-03-04T10:00:00Z").overview().users == 1)
    }

    @Test("A visit ends with a pause of more than 30 minutes", arguments: [(30, 0), (31, 1)])
    func gap(minutes: Int, users: Int) {
        var bench = PeopleBench()
        bench.track("View", user: "u", at: "2026-03-02T10:00:00Z")
        bench.track("View", user: "u", at: "2026-03-02T10:\(minutes):00Z")
        #expect(bench.view(now: "2026-03-02T12:00:00Z").overview().users == users)
    }

    @Test("identify, group and alias are no visits")
    func notEvents() {
        var bench = PeopleBench()
        bench.track("View", user: "u", at: "2026-03-02T10:00:00Z")
        bench.identify(user: "u", at: "2026-03-03T10:00:00Z")
        bench.group(user: "u", account: "g", at: "2026-03-04T10:00:00Z")
        let overview = bench.view(now: "2026-03-05T12:00:00Z").overview()
        #expect(overview.users == 0)
        #expect(overview.everybody == 1)
    }

    @Test("The week is that of the workspace's zone", arguments: [("UTC", 0), ("Asia/Shanghai", 1)])
    func zone(zone: String, users: Int) {
        var bench = PeopleBench(zone: zone)
        // Sunday 20:00 UTC is Monday 04:00 in Shanghai.
        bench.track("View", user: "u", at: "2026-03-08T20:00:00Z")
        bench.track("View", user: "u", at: "2026-03-09T20:00:00Z")
        #expect(bench.view(now: "2026-03-10T12:00:00Z").overview().users == users)
    }

    @Test("A user whose weeks stay empty is a former user four weeks after the last one ended")
    func formerUser() throws {
        var bench = PeopleBench()
        bench.track("View", user: "u", at: "2026-03-02T10:00:00Z")
        bench.track("View", user: "u", at: "2026-03-04T10:00:00Z")
        #expect(bench.view(now: "2026-04-05T23:59:59Z").overview().users == 1)
        let later = bench.view(now: "2026-04-06T00:00:00Z")
        #expect(later.overview().users == 0)
        #expect(later.overview().formerUsers == 1)
        let role = try #require(later.profile(user: "u")?.roles.first)
        #expect(role.role == .formerUser)
        #expect(role.since == instant("2026-04-06T00:00:00Z"))
    }

    @Test("Who paid is a customer, and not a user without visits")
    func customer() throws {
        var bench = PeopleBench()
        bench.track("Order Completed", user: "c", at: "2026-03-02T10:00:00Z", ["order_id": "o1", "total": 12.3])
        let view = bench.view(now: "2026-03-05T12:00:00Z")
        #expect(view.overview().customerOnly == 1)
        #expect(view.overview().revenue == [Money(minorUnits: 1_230, currency: .cny)])
        let role = try #require(view.profile(user: "c")?.roles.first)
        #expect(role.role == .customer)
        #expect(role.orders.map(\.orderID) == ["o1"])
        #expect(view.profile(user: "c")?.cell == .customerOnly)
    }

    @Test("Nothing paid makes no customer", arguments: [["total": 0], ["revenue": "free"], [:], ["products": []]] as [JSONValue])
    func unpaid(properties: JSONValue) {
        var bench = PeopleBench()
        bench.track("Order Completed", user: "c", at: "2026-03-02T10:00:00Z", properties)
        let overview = bench.view(now: "2026-03-05T12:00:00Z").overview()
        #expect(overview.customers == 0)
        #expect(overview.orders == 0)
    }

    @Test(
        "An amount is the total, else the revenue, else the sum of price times quantity",
        arguments: [
            (["total": 10, "revenue": 9, "products": [["price": 5, "quantity": 3]]], 1_000),
            (["revenue": "9.99", "products": [["price": 5, "quantity": 3]]], 999),
            (["products": [["price": "5.55", "quantity": 3], ["price": 1]]], 1_765),
            (["total": nil, "revenue": 0.1], 10),
            (
                [
                    "products": [
                        ["price": 60, "quantity": 0.5], ["price": "12.34", "quantity": "1.5"], ["price": 1, "quantity": "1,5"],
                    ]
                ], 4_951
            ),
        ] as [(JSONValue, Int64)])
    func amounts(properties: JSONValue, units: Int64) {
        var bench = PeopleBench()
        bench.track("Order Completed", user: "c", at: "2026-03-02T10:00:00Z", properties)
        #expect(bench.view(now: "2026-03-05T12:00:00Z").overview().revenue == [Money(minorUnits: units, currency: .cny)])
    }

    @Test(
        "The payer is the customer; the recipient receives",
        arguments: [
            "mum", ["type": "user_id", "id": "mum"], ["type": "email", "id": " MUM@example.com"], "mum@example.com",
        ] as [JSONValue])
    func payer(payer: JSONValue) throws {
        var bench = PeopleBench()
        bench.identify(user: "mum", at: "2026-03-01T10:00:00Z", ["email": "mum@example.com"])
        bench.track("View", user: "kid", at: "2026-03-01T10:00:00Z")
        bench.track(
            "Order Completed", user: "kid", at: "2026-03-02T10:00:00Z",
            ["order_id": "o1", "total": 20, "payer": payer, "recipient": "kid"])
        let view = bench.view(now: "2026-03-05T12:00:00Z")
        let mum = try #require(view.profile(user: "mum"))
        #expect(mum.cell == .customerOnly)
        #expect(mum.value.paidForOthers == 1)
        let kid = try #require(view.profile(user: "kid"))
        #expect(!kid.roles.contains { $0.role == .customer })
        #expect(kid.value.received == 1)
        #expect(kid.value.orders == 0)
    }

    @Test("A line with a payer of its own is that person's purchase")
    func linePayer() throws {
        var bench = PeopleBench()
        bench.track("View", user: "friend", at: "2026-03-01T10:00:00Z")
        bench.track(
            "Order Completed", user: "c", at: "2026-03-02T10:00:00Z",
            [
                "order_id": "o1", "total": 30,
                "products": [["sku": "a", "price": 10], ["sku": "b", "price": 20, "payer": "friend"]],
            ])
        let view = bench.view(now: "2026-03-05T12:00:00Z")
        #expect(view.profile(user: "c")?.value.revenue.first?.minorUnits == 1_000)
        #expect(view.profile(user: "friend")?.value.revenue.first?.minorUnits == 2_000)
        #expect(view.overview().customers == 2)
    }

    @Test("An unknown payer leaves the order without a customer")
    func unknownPayer() {
        var bench = PeopleBench()
        bench.track("Order Completed", user: "c", at: "2026-03-02T10:00:00Z", ["total": 30, "payer": "nobody we know"])
        let overview = bench.view(now: "2026-03-05T12:00:00Z").overview()
        #expect(overview.customers == 0)
        #expect(overview.orders == 1)
        #expect(overview.ordersOfUnknownPayers == 1)
    }

    @Test("An order is unreturned while any unit is")
    func returns() throws {
        var bench = PeopleBench()
        // The first refund arrives before its order.
        bench.track(
            "Order Refunded", user: "c", at: "2026-03-03T10:00:00Z", ["order_id": "o1", "products": [["sku": "a", "quantity": 1]]])
        bench.track(
            "Order Completed", user: "c", at: "2026-03-02T10:00:00Z",
            ["order_id": "o1", "total": 30, "products": [["sku": "a", "price": 10, "quantity": 2], ["sku": "b", "price": 10]]])
        bench.track(
            "Order Refunded", user: "c", at: "2026-03-04T10:00:00Z",
            [
                "order_id": "o1", "products": [["sku": "a", "quantity": 1], ["sku": "b"]], "total": 15,
            ])
        let view = bench.view(now: "2026-03-05T12:00:00Z")
        #expect(view.overview(at: instant("2026-03-03T12:00:00Z")).customers == 1)
        #expect(view.overview(at: instant("2026-03-03T12:00:00Z")).refunds.first?.minorUnits == 1_000)
        #expect(view.overview().customers == 0)
        #expect(view.overview().refunds.first?.minorUnits == 2_500)
        let value = try #require(view.profile(user: "c")?.value)
        #expect(value.returnedOrders == 1)
        #expect(value.orders == 1)
        #expect(value.average == Money(minorUnits: 3_000, currency: .cny))
    }

    @Test("Parts of a unit come back as parts, and the order is returned once all are back")
    func returnedParts() {
        var bench = PeopleBench()
        bench.track(
            "Order Completed", user: "c", at: "2026-03-02T10:00:00Z",
            ["order_id": "o1", "products": [["sku": "a", "price": 60, "quantity": 1.5]]])
        for hour in 1 ... 3 {
            bench.track(
                "Order Refunded", user: "c", at: "2026-03-03T1\(hour):00:00Z",
                ["order_id": "o1", "products": [["sku": "a", "quantity": "0.5"]]])
        }
        let view = bench.view(now: "2026-03-05T12:00:00Z")
        let (after, last) = (view.overview(at: instant("2026-03-03T12:30:00Z")), view.overview())
        #expect(after.refunds.first?.minorUnits == 6_000 && after.customers == 1)
        #expect(last.refunds.first?.minorUnits == 9_000 && last.customers == 0)
    }

    @Test("A refund without products is of the whole order, or of the money it names")
    func wholeRefund() {
        var bench = PeopleBench()
        bench.track("Order Completed", user: "c", at: "2026-03-02T10:00:00Z", ["order_id": "o1", "total": 30])
        bench.track("Order Completed", user: "d", at: "2026-03-02T10:00:00Z", ["order_id": "o2", "total": 30])
        bench.track("Order Refunded", user: "c", at: "2026-03-03T10:00:00Z", ["order_id": "o1"])
        bench.track("Order Refunded", user: "d", at: "2026-03-03T10:00:00Z", ["order_id": "o2", "total": 29])
        let overview = bench.view(now: "2026-03-05T12:00:00Z").overview()
        #expect(overview.customers == 1)
        #expect(overview.refunds.first?.minorUnits == 5_900)
    }

    @Test("A line that is back already, or was never bought, brings nothing more back, unless money is said to")
    func returnedAgain() {
        var bench = PeopleBench()
        for (order, user) in [("o1", "c"), ("o2", "d")] {
            bench.track(
                "Order Completed", user: user, at: "2026-03-02T10:00:00Z",
                ["order_id": .string(order), "total": 30, "products": [["sku": "a", "price": 10], ["sku": "b", "price": 20]]])
            for day in 3 ... 4 {
                bench.track(
                    "Order Refunded", user: user, at: "2026-03-0\(day)T10:00:00Z",
                    ["order_id": .string(order), "products": [["sku": "a"]]])
            }
            bench.track(
                "Order Refunded", user: user, at: "2026-03-05T10:00:00Z",
                ["order_id": .string(order), "products": [["sku": "z"]]])
        }
        bench.track(
            "Order Refunded", user: "d", at: "2026-03-06T10:00:00Z",
            ["order_id": "o2", "products": [["sku": "a"]], "total": 5])
        let overview = bench.view(now: "2026-03-07T12:00:00Z").overview()
        #expect(overview.customers == 2)
        #expect(overview.refunds.first?.minorUnits == 2_500)
    }

    @Test("Calls with one order id are one order whose amounts add up")
    func linesAsEvents() {
        var bench = PeopleBench()
        bench.track("Order Completed", user: "c", at: "2026-03-02T10:00:00Z", ["order_id": "o1", "revenue": 30])
        bench.track("Order Completed", user: "c", at: "2026-03-02T10:00:00Z", ["order_id": "o1", "revenue": 12.5])
        bench.track("Order Completed", user: "c", at: "2026-03-02T11:00:00Z", ["revenue": 1])
        let overview = bench.view(now: "2026-03-05T12:00:00Z").overview()
        #expect(overview.orders == 2)
        #expect(overview.revenue.first?.minorUnits == 4_350)
    }

    @Test("Amounts of several currencies stay apart")
    func currencies() {
        var bench = PeopleBench()
        bench.track("Order Completed", user: "c", at: "2026-03-02T10:00:00Z", ["order_id": "o1", "total": 30])
        bench.track("Order Completed", user: "c", at: "2026-03-02T10:00:00Z", ["order_id": "o2", "total": 500, "currency": "jpy"])
        let revenue = bench.view(now: "2026-03-05T12:00:00Z").overview().revenue
        #expect(revenue.map(\.decimalText) == ["30.00", "500"])
        #expect(revenue.map(\.currency.code) == ["CNY", "JPY"])
    }

    @Test("Revenue by cell holds every order of the range, by what its payer is at the end")
    func revenueByCell() {
        var bench = PeopleBench()
        bench.track("View", user: "both", at: "2026-03-02T10:00:00Z")
        bench.track("View", user: "both", at: "2026-03-04T10:00:00Z")
        for (order, user, day) in [("o1", "both", 3), ("o2", "both", 9), ("o3", "pays", 9), ("o4", "pays", 20)] {
            bench.track(
                "Order Completed", user: user, at: "2026-03-\(day < 10 ? "0" : "")\(day)T10:00:00Z",
                ["order_id": .string(order), "total": 5])
        }
        bench.track(
            "Order Completed", user: "clerk", at: "2026-03-09T11:00:00Z",
            ["order_id": "o5", "total": 7, "payer": ["type": "email", "id": "nobody@example.com"]])
        let found = bench.view(now: "2026-03-25T00:00:00Z")
            .revenueByCell(from: instant("2026-03-04T00:00:00Z"), through: instant("2026-03-12T00:00:00Z"))
        #expect(found.map(\.cell) == [.customerOnly, .both, nil])
        #expect(found.map(\.orders) == [1, 1, 1])
        #expect(found.map { $0.revenue[0].minorUnits } == [500, 500, 700])
    }
}
