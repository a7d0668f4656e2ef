import Model
import TestSupport
import Testing

@testable import Loyalty

@Suite("Who holds a benefit") struct BenefitHolderTests {
    @Test("holders are counted while they hold it, and listed by number with how it stands", arguments: RecordsEngine.here)
    func holders(engine: RecordsEngine) async throws {
        let program = try await BenefitProgram(engine)
        _ = try await program.grant("g1", 3, "ann")
        _ = try await program.grant("g2", 2, "ann")
        _ = try await program.grant("g3", nil, "bob")
        _ = try await program.use("u", .consume(.hard), 1, "ann")
        program.clock.advance(.microsecondsPerSecond)
        #expect(try await program.reader.benefitHolders(at: program.clock.now) == ["lounge": 2])
        let all = try #require(try await program.reader.holders(of: "lounge", after: nil, limit: 10, at: program.clock.now))
        #expect(all.version == 1 && all.holders.count == 2 && all.holders[0].member < all.holders[1].member)
        #expect(Set(all.holders.map(\.statement.answer.remaining)) == [4, 5])
        let rest = try await program.reader.holders(
            of: "lounge", after: all.holders[0].member, limit: 10, at: program.clock.now)
        #expect(rest?.holders.map(\.member) == [all.holders[1].member])
        _ = try await program.perform("r", EndBenefit(.revoke(BenefitID("g3"), reason: "by mistake")))
        program.clock.advance(.microsecondsPerSecond)
        #expect(try await program.reader.benefitHolders(at: program.clock.now) == ["lounge": 1])
        let spa = try await program.reader.holders(of: "spa", after: nil, limit: 1, at: program.clock.now)
        #expect(spa == nil)
    }
}
