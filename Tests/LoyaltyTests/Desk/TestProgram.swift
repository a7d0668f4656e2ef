import Model
import Records
import RecordsSQLite
import Synchronization

@testable import Loyalty

/// A clock that stands until it is set.
final class TestClock: WallClock {
    private let instant: Mutex<Instant>

    init(_ instant: Instant = Instant(rfc3339: "2026-03-01T00:00:00Z") ?? .epoch) { self.instant = Mutex(instant) }

    var now: Instant {
        get { instant.withLock { $0 } }
        set { instant.withLock { $0 = newValue } }
    }

    func advance(_ microseconds: Int64) { instant.withLock { $0 = $0.advanced(byMicroseconds: microseconds) } }
}

/// A workspace with a program, over a database of its own.
struct TestProgram {
    let records: RecordStore
    let clock: TestClock
    let desk: ProgramDesk
    let workspace: WorkspaceID

    static let settings = ProgramSettings(
        name: "Tea club",
        currencies: [currency("points"), currency("stars")])

    private static func currency(_ key: String) -> PointCurrency {
        var currency = PointCurrency(key: key, rules: rules)
        currency.transfers.countPerMonth = 1_000
        return currency
    }

    private static var rules: PointRules {
        var rules = PointRules()
        rules.holdMax = 7 * .microsecondsPerDay
        return rules
    }

    init(_ engine: (any SQLEngine)? = nil, settings: ProgramSettings = settings, clock: TestClock = TestClock()) async throws {
        let records = try await RecordStore.open(engine ?? SQLiteEngine.inMemory(), now: clock.now)
        try await self.init(
            records: records, workspace: WorkspaceID(text: "ws_0000000000000000"), settings: settings, clock: clock)
    }

    init(
        records: RecordStore, workspace: WorkspaceID, settings: ProgramSettings = settings, clock: TestClock
    ) async throws {
        self.records = records
        self.workspace = workspace
        self.clock = clock
        let engine = records.engine
        _ = try await engine.write { connection throws(Problem) in
            try connection.execute(
                """
                INSERT INTO workspaces (id, name, timezone, currency, language, region, created_at)
                VALUES (?, 'Shop', 'UTC', 'CNY', 'en', 'CN', 0) ON CONFLICT (id) DO NOTHING
                """, [.text(workspace.text)])
        }
        desk = ProgramDesk(workspace: workspace, records: records, clock: clock)
        _ = try await perform("program", SetProgram(settings))
    }

    func perform(_ id: String, _ command: any ProgramCommand) async throws -> ProgramAnswer {
        try await desk.perform(ProgramRequest(id: id, actor: .server, command: command))
    }

    static func member(_ name: String) -> MemberWish { MemberWish(.identity(Identity(type: .userID, value: name))) }

    func earn(
        _ id: String, _ amount: Int64, _ name: String, _ change: (inout EarnPoints) -> Void = { _ in }
    ) async throws
        -> ProgramAnswer
    {
        var command = EarnPoints(amount, of: "points", to: TestProgram.member(name), for: PointSource(id: id))
        change(&command)
        return try await perform(id, command)
    }

    func spend(_ id: String, _ deed: SpendPoints.Deed, _ name: String) async throws -> ProgramAnswer {
        try await perform(id, SpendPoints(deed, of: "points", by: TestProgram.member(name)))
    }
}

extension ProgramAnswer {
    var codes: [String] { body["reasons"]?.arrayValue?.compactMap { $0["code"]?.stringValue } ?? [] }
    var available: Int64? { body["balance"]?["available"]?.intValue }
}
