import Model
import Records
import TestSupport
import Testing

@testable import Loyalty

/// The instants that an earn names: points that nobody could ever spend are not given.
@Suite("Instants of an earn") struct EarnTimeTests {
    private static func instant(_ text: String) -> Instant { Instant(rfc3339: text + "T00:00:00Z") ?? .epoch }

    /// What is named, and why it is refused; the books are at 2026-03-01.
    private static let table: [(name: String, change: @Sendable (inout EarnPoints) -> Void, codes: [String])] = [
        ("an end of the past", { $0.expiresAt = instant("2026-02-01") }, ["OPENING_LOT_OVER"]),
        ("an end of now", { $0.expiresAt = instant("2026-03-01") }, ["OPENING_LOT_OVER"]),
        ("a later end", { $0.expiresAt = instant("2026-03-02") }, []),
        (
            "a start after the end",
            { ($0.start, $0.expiresAt) = (.at(instant("2026-05-01")), instant("2026-04-01")) }, ["LOT_NEVER_ACTIVE"]
        ),
        (
            "a start at the end",
            { ($0.start, $0.expiresAt) = (.at(instant("2026-04-01")), instant("2026-04-01")) }, ["LOT_NEVER_ACTIVE"]
        ),
        ("a start before the end", { ($0.start, $0.expiresAt) = (.at(instant("2026-03-31")), instant("2026-04-01")) }, []),
        (
            "a wait beyond the end, which may be over before",
            { ($0.start, $0.expiresAt) = (.awaited(until: instant("2026-05-01")), instant("2026-04-01")) }, []
        ),
        ("a purchase of tomorrow", { $0.earnedAt = instant("2026-03-02") }, ["EFFECTIVE_IN_FUTURE"]),
        ("a purchase of the end of time", { $0.earnedAt = instant("9999-12-31") }, ["EFFECTIVE_IN_FUTURE"]),
        (
            "a purchase of tomorrow that ended yesterday",
            { ($0.earnedAt, $0.expiresAt) = (instant("2026-03-02"), instant("2026-02-28")) },
            ["EFFECTIVE_IN_FUTURE", "OPENING_LOT_OVER"]
        ),
        ("a purchase of now", { $0.earnedAt = instant("2026-03-01") }, []),
        (
            "what came and was over before it is told",
            {
                $0.effectiveAt = instant("2026-02-01")
                $0.expiresAt = instant("2026-02-10")
            }, []
        ),
        (
            "what was over before it came",
            {
                $0.effectiveAt = instant("2026-02-01")
                $0.expiresAt = instant("2026-02-01")
            }, ["OPENING_LOT_OVER"]
        ),
    ]

    @Test("every instant is taken or refused, with all reasons", arguments: table.indices, RecordsEngine.here)
    func instants(row: Int, engine: RecordsEngine) async throws {
        let (name, change, codes) = Self.table[row]
        let program = try await TestProgram(try await engine.open())
        let answer = try await program.earn("e", 10, "ann", change)
        #expect(answer.codes == codes, "\(name): \(answer.body.text)")
        let balances = try await program.reader.balances(
            of: [TestProgram.member("ann")], in: TestProgram.settings.currencies[0], at: program.clock.now)
        if !codes.isEmpty { #expect(balances.first??.balance.available ?? 0 == 0, "\(name)") }
        #expect(try await program.reader.check("points").isWhole)
    }

    @Test("a purchase long ago may be over by what the currency says: that is nobody's mistake")
    func old() async throws {
        let program = try await TestProgram()
        let answer = try await program.earn("e", 10, "ann") { $0.earnedAt = Self.instant("2020-01-01") }
        #expect(!answer.isRefused && answer.available == 0, "\(answer.body.text)")
    }
}
