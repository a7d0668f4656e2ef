import Model
import TestSupport
import Testing

@testable import Loyalty

/// Who is meant by a command, and what of that makes it another command.
@Suite("Members as commands name them") struct MemberWishTests {
    private static func person(_ number: UInt32, _ names: String...) -> MemberWish {
        MemberWish(.person(PersonID(ordinal: number)), others: names.map { Identity(type: .userID, value: $0) })
    }

    @Test("A command about a person is the same whatever is known of them by then", arguments: RecordsEngine.here)
    func personsStay(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        func earn(_ id: String, _ wish: MemberWish) async throws -> ProgramAnswer {
            try await program.perform(id, EarnPoints(5, of: "points", to: wish, for: PointSource(id: "o")))
        }
        let first = try await earn("e", Self.person(7, "bob"))
        #expect(!first.isRefused)
        // Bob turned out to be Ann, whose id was seen first.
        for wish in [Self.person(7, "ann", "bob"), Self.person(7)] {
            let again = try await earn("e", wish)
            #expect(again.isReplayed && again.body == first.body, "\(again.codes)")
        }
        #expect(try await earn("e", Self.person(8, "bob")).codes == ["IDEMPOTENCY_CONFLICT"])
        #expect(try await earn("f", Self.person(7)).codes == ["MEMBER_UNKNOWN"])
    }

    @Test("An enrolment is told from another by whom it names, not by what is known of them", arguments: RecordsEngine.here)
    func enrolments(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        let first = try await program.perform("e", EnrolMember(Self.person(7, "bob")))
        #expect(first.body["enrolled"] == true)
        let again = try await program.perform("e", EnrolMember(Self.person(7, "ann", "bob")))
        #expect(again.isReplayed && again.body == first.body)
        #expect(try await program.perform("e", EnrolMember(Self.person(8, "bob"))).codes == ["IDEMPOTENCY_CONFLICT"])
        #expect(
            try await program.perform("e", EnrolMember(Self.person(7, "bob"), kind: .account)).codes == ["IDEMPOTENCY_CONFLICT"])
        // Who is found by another identity is known by the first one from then on.
        let known = try await program.perform("f", EnrolMember(Self.person(7, "ann", "bob")))
        #expect(known.body["enrolled"] == false && known.body["member"] == first.body["member"])
        #expect(try await program.earn("g", 1, "ann").body["member"] == first.body["member"])
        #expect(
            try await program.perform("h", EnrolMember(MemberWish(.id(ProgramMemberID(number: 1))))).codes == ["MEMBER_UNKNOWN"])
    }
}
