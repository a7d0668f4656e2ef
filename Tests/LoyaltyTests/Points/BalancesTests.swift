import Model
import TestSupport
import Testing

@testable import Loyalty

/// What many members have, asked for in one call.
@Suite("Balances of many at once") struct BalancesTests {
    /// Forty members with points that last, that end and that were moved, of whom some were merged, and one who has none.
    private struct Club {
        let program: TestProgram
        let reader: ProgramReader
        var wishes: [MemberWish] = []

        init(_ engine: RecordsEngine) async throws {
            program = try await TestProgram(try await engine.open())
            reader = ProgramReader(workspace: program.workspace, records: program.records)
            for number in 0 ..< 40 {
                let earned = try await program.earn("e-\(number)", Int64(100 + number), "m\(number)") { command in
                    if number % 3 == 0 { command.expiresAt = program.clock.now.advanced(byMicroseconds: .microsecondsPerDay) }
                    if number % 5 == 0 { command.currency = "stars" }
                }
                let id = try #require(earned.body["member"]?.stringValue.flatMap { ProgramMemberID(text: $0) })
                wishes += [TestProgram.member("m\(number)"), MemberWish(.id(id))]
            }
            for (name, heir) in [("m1", "m2"), ("m2", "m4"), ("m5", "m7")] {
                let merged = try await program.perform(
                    "merge-\(name)", MergeMembers(TestProgram.member(name), into: TestProgram.member(heir)))
                #expect(!merged.isRefused, "\(merged.codes)")
            }
            let enrolled = try await program.perform("enrol", EnrolMember(TestProgram.member("new")))
            #expect(!enrolled.isRefused, "\(enrolled.codes)")
            wishes += [TestProgram.member("new"), TestProgram.member("nobody"), TestProgram.member("")]
        }

        /// By the book of the one member.
        func balance(of wish: MemberWish, in currency: PointCurrency) async throws -> (ProgramMemberID, PointBook.Balance)? {
            guard let member = try await reader.member(wish)?.member.id else { return nil }
            return (member, try await reader.book(of: member, in: currency, at: program.clock.now).balance(at: program.clock.now))
        }
    }

    @Test("Each is what the member's book says, whoever else is asked for, and however many", arguments: RecordsEngine.here)
    func many(engine: RecordsEngine) async throws {
        let club = try await Club(engine)
        var random = SplitMix64(seed: 20_261_129)
        for day in 0 ..< 2 {
            club.program.clock.advance(Int64(day) * 2 * .microsecondsPerDay)
            for key in ["points", "stars"] {
                let currency = try #require(TestProgram.settings.currencies.first { $0.key == key })
                for count in [0, 1, 2, 16, 17, 128, 129, 300] {
                    let wishes = (0 ..< count).compactMap { _ in club.wishes.randomElement(using: &random) }
                    let found = try await club.reader.balances(of: wishes, in: currency, at: club.program.clock.now)
                    try #require(found.count == count)
                    for (wish, one) in zip(wishes, found) {
                        let expected = try await club.balance(of: wish, in: currency)
                        #expect(
                            one?.member == expected?.0 && one?.balance == expected?.1,
                            "day \(day), \(key), \(count): \(wish) has \(String(describing: one)), not \(String(describing: expected))"
                        )
                    }
                }
            }
        }
    }
}
