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

        /// What each of the wishes has, by the book of the one member.
        func balances(in currency: PointCurrency) async throws -> [(ProgramMemberID, PointBook.Balance)?] {
            let now = program.clock.now
            var balances: [(ProgramMemberID, PointBook.Balance)?] = []
            for wish in wishes {
                if let member = try await reader.member(wish)?.member.id {
                    balances.append((member, try await reader.book(of: member, in: currency, at: now).balance(at: now)))
                } else {
                    balances.append(nil)
                }
            }
            return balances
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
                let expected = try await club.balances(in: currency)
                for count in [0, 1, 2, 16, 17, 128, 129, 300] {
                    let places = (0 ..< count).map { _ in Int.random(in: 0 ..< expected.count, using: &random) }
                    let found = try await club.reader.balances(
                        of: places.map { club.wishes[$0] }, in: currency, at: club.program.clock.now)
                    try #require(found.count == count)
                    for (place, one) in zip(places, found) {
                        #expect(
                            one?.member == expected[place]?.0 && one?.balance == expected[place]?.1,
                            "day \(day), \(key), \(count): \(club.wishes[place])")
                    }
                }
            }
        }
    }
}
