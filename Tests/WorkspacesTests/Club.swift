import EventStore
import Intake
import Loyalty
import Model
import Records
import Testing

@testable import Workspaces

/// A shop whose orders earn a point a yuan.
struct Club {
    let fixtures: DirectoryFixtures
    let created: CreatedWorkspace

    static let rules: JSONValue = [
        "id": "club", "name": "Tea club", "points": "points", "currency": "CNY",
        "rules": [
            [
                "id": "spend", "name": "A point a yuan", "trigger": ["event": "Order Completed"],
                "base": ["points": 1, "per": "money", "amount": "1.00"],
            ],
            [
                "id": "review", "name": "Ten for a review", "trigger": ["event": "Product Reviewed"],
                "base": ["points": 10, "per": "event"],
            ],
            [
                "id": "vip", "name": "Five for tea people", "trigger": ["event": "Tea Tasted"], "when": ["tags": ["tea"]],
                "base": ["points": 5, "per": "event"],
            ],
            [
                "id": "loop", "name": "Points for points", "trigger": ["event": "Points Earned"],
                "base": ["points": 1, "per": "event"],
            ],
        ],
    ]

    init(_ fixtures: DirectoryFixtures) async throws {
        self.fixtures = fixtures
        created = try await fixtures.create()
        try await perform(
            "program",
            SetProgram(ProgramSettings(name: "Tea club", currencies: [PointCurrency(key: "points", rules: PointRules())])))
        try await perform("draft", ChangeEarning(.draft(try EarningProgram(json: Self.rules)), of: "club"))
        try await perform("review", ChangeEarning(.review(1), of: "club"))
    }

    init(_ fixtures: DirectoryFixtures, _ created: CreatedWorkspace) {
        self.fixtures = fixtures
        self.created = created
    }

    /// After a restart.
    func reopened() async throws -> Club { Club(try await fixtures.reopened(), created) }

    var directory: WorkspaceDirectory { fixtures.directory }
    var open: OpenWorkspace { get async throws { try await directory.workspace(created.workspace.id) } }

    func perform(_ id: String, _ command: any ProgramCommand) async throws {
        let answer = try await directory.perform(command, id: id, in: created.workspace.id, by: .commandLine)
        #expect(!answer.isRefused, "\(answer.body.text)")
    }

    /// Lets the rules decide from now on.
    func start() async throws {
        try await perform("schedule", ChangeEarning(.schedule(1, from: nil), of: "club"))
        fixtures.clock.advance(seconds: 60)
    }

    /// An event of Ann's, `seconds` after now.
    func line(_ event: String, _ message: String, _ properties: String, seconds: Int64 = 0, who: String = "ann") -> String {
        let at = fixtures.clock.now.advanced(byMicroseconds: seconds * .microsecondsPerSecond).rfc3339
        return """
            {"type":"track","event":"\(event)","messageId":"\(message)","userId":"\(who)","timestamp":"\(at)","properties":\(properties)}
            """
    }

    func order(
        _ event: String, _ message: String, _ order: String, _ quantity: Int, seconds: Int64 = 0, who: String = "ann"
    ) -> String {
        line(
            event, message, #"{"order_id":"\#(order)","products":[{"product_id":"tea","price":30,"quantity":\#(quantity)}]}"#,
            seconds: seconds, who: who)
    }

    func collect(_ lines: String...) async throws {
        fixtures.clock.advance(seconds: 10)
        let source = IntakeSource(id: created.source.id, isTrusted: true, allowsHistory: true)
        let answer = try await open.intake.take(
            lines: Array(lines.map { $0 + "\n" }.joined().utf8), source: source, options: CollectOptions())
        #expect(answer.rejected.isEmpty, "\(answer.rejected)")
    }

    func balance(_ who: String = "ann") async throws -> Int64? {
        let reader = directory.programReader(of: created.workspace.id)
        let currency = PointCurrency(key: "points", rules: PointRules())
        let wish = MemberWish(.identity(Identity(type: .userID, value: who)))
        return try await reader.balances(of: [wish], in: currency, at: fixtures.clock.now).first??.balance.available
    }

    /// What the events say of points, by arrival.
    func told() async throws -> [String] {
        let parts = try await open.store.snapshot().parts
        let calls = parts.flatMap { part in (0 ..< part.rowCount).map { (part.arrival(at: $0), part.call(at: $0)) } }
        return calls.sorted { $0.0 < $1.0 }.map(\.1).filter { ProgramFact.names.contains($0.event ?? "") }.map { call in
            "\(call.event ?? "") \(call.properties["amount"]?.text ?? "") \(call.properties["balance_after"]?.text ?? "")"
        }
    }
}
