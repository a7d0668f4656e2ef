import Columns
import Loyalty
import Model
import Records
import Workspaces
import Worlds

/// The loyalty program of the demo's tea shop: points for its orders, some of them spent, and for those that come.
struct DemoProgram {
    /// An order of somebody who is known to the shop.
    struct Order: Sendable {
        let id: String
        let customer: Identity
        /// In hundredths, a point each hundred.
        let total: Int64
        let completedAt: Instant
    }

    private static let together = 256
    private static let currency = "points"
    private static let spentEach: Int64 = 100
    /// What its orders earn from when the demo was made on, as those before did.
    private static let rules: JSONValue = [
        "id": "orders", "name": "A leaf a yuan", "points": .string(currency), "currency": "CNY",
        "rules": [
            [
                "id": "spend", "name": "A leaf for each yuan", "trigger": ["event": "Order Completed"],
                "base": ["points": 1, "per": "money", "amount": "1.00"],
            ]
        ],
    ]

    let directory: WorkspaceDirectory
    let workspace: WorkspaceID

    /// The orders among calls as they are sent.
    static func orders(in batch: WorldBatch) -> [Order] {
        batch.lines.split(separator: UInt8(ascii: "\n")).compactMap { line in
            guard String(decoding: line, as: UTF8.self).contains("\"Order Completed\"") else { return nil }
            return order(Array(line))
        }
    }

    private static func order(_ line: [UInt8]) -> Order? {
        guard let call = Self.json(line), let properties = call["properties"], let user = call["userId"]?.stringValue,
            let id = properties["order_id"]?.stringValue, let total = properties["total"]?.doubleValue,
            let instant = call["timestamp"]?.stringValue.flatMap({ Instant(rfc3339: $0) })
        else { return nil }
        return Order(
            id: id, customer: Identity(type: .userID, value: user), total: Int64((total * 100).rounded()), completedAt: instant)
    }

    private static func json(_ line: [UInt8]) -> JSONValue? {
        do { return try JSONParser.parse(line) } catch {
            // The world writes JSON: what is none is no order.
            return nil
        }
    }

    /// Starts the program and gives points for orders; done once, however often it is tried.
    func start(named name: String, _ orders: [Order]) async throws {
        var leaves = PointCurrency(key: DemoProgram.currency)
        leaves.name = "Leaves"
        leaves.approvalAbove = 2_000
        leaves.expiry = .monthEnd(afterMonths: 12)
        try await perform(SetProgram(ProgramSettings(name: name, currencies: [leaves])), "demo-program")
        let bar = ProgressBar("Giving points", unit: "orders")
        var done = 0
        for start in stride(from: 0, to: orders.count, by: DemoProgram.together) {
            let chunk = orders[start ..< min(start + DemoProgram.together, orders.count)]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for order in chunk where order.total >= 100 { group.addTask { try await earn(order) } }
                try await group.waitForAll()
            }
            done += chunk.count
            bar.update(fraction: Double(done) / Double(orders.count), count: done)
        }
        bar.finish(count: done)
        // Every seventh order was paid for in part with points that came before.
        for order in orders.enumerated().filter({ $0.offset % 7 == 6 }).map(\.element).prefix(400) {
            let burn = SpendPoints(
                .burn(DemoProgram.spentEach, place: nil), of: DemoProgram.currency, by: MemberWish(.identity(order.customer)))
            _ = try await directory.perform(burn, id: "demo-burn-\(order.id)", in: workspace, by: .commandLine)
        }
        try await letOrdersEarn()
        guard let last = orders.last else { return }
        let wish = AdjustPoints(
            2_500, of: DemoProgram.currency, for: MemberWish(.identity(last.customer)), reason: .goodwill,
            note: "The tin of \(last.id) arrived broken")
        _ = try await directory.perform(wish, id: "demo-adjustment", in: workspace, by: .commandLine)
    }

    private func letOrdersEarn() async throws {
        let program = try EarningProgram(json: DemoProgram.rules)
        try await perform(ChangeEarning(.draft(program), of: program.id), "demo-earning")
        try await perform(ChangeEarning(.review(1), of: program.id), "demo-earning-review")
        try await perform(ChangeEarning(.schedule(1, from: nil), of: program.id), "demo-earning-schedule")
    }

    private func earn(_ order: Order) async throws {
        var points = EarnPoints(
            order.total / 100, of: DemoProgram.currency, to: MemberWish(.identity(order.customer)), for: PointSource(id: order.id))
        points.earnedAt = min(order.completedAt, directory.clock.now)
        try await perform(points, "demo-order-\(order.id)")
    }

    /// - Throws: ``Problem`` when the rules refuse it, which they have no reason to.
    private func perform(_ command: any ProgramCommand, _ id: String) async throws {
        let answer = try await directory.perform(command, id: id, in: workspace, by: .commandLine)
        guard !answer.isRefused else {
            throw Problem(.badRequest, "The demo's own program was refused: \(answer.body.text.prefix(300))")
        }
    }
}
