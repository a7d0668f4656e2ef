import Model
import Records
import Testing

@testable import Loyalty

/// Time is booked by a job, whenever it runs, and no balance depends on it.
struct SettleBooksTests {
    @Test("balances and entries are the same whether the job ran never, late or all the time", arguments: UInt64(0) ..< 4)
    func whenever(seed: UInt64) async throws {
        let (often, never) = (try await TestProgram(), try await TestProgram())
        var random = SplitMix64(seed: seed)
        let names = (0 ..< 6).map { "member-\($0)" }
        for step in 0 ..< 40 {
            let (name, kind) = (names[Int(random.below(6))], random.below(4))
            let (span, delay) = (Int64(random.below(2_000)), Int64(20 + random.below(300)))
            let settles = random.below(2) == 0
            for program in [often, never] {
                let now = program.clock.now
                switch kind {
                case 0: _ = try await program.spend("s\(step)", .burn(1 + Int64(step % 7), place: nil), name)
                case 1: _ = try await program.spend("h\(step)", .hold(2, place: nil, seconds: 1), name)
                default:
                    _ = try await program.earn("e\(step)", 10, name) {
                        $0.expiresAt = now.advanced(byMicroseconds: 1 + span)
                        if kind == 3 { $0.start = .at(now.advanced(byMicroseconds: span / 2)) }
                    }
                }
                program.clock.advance(delay)
            }
            if settles { _ = try await often.desk.settle() }
            // The job's commands take their microseconds, too.
            for program in [often, never] { program.clock.advance(20) }
            let balances = (try await often.balances(names), try await never.balances(names))
            #expect(balances.0 == balances.1)
        }
        for program in [often, never] { program.clock.advance(2_000_000) }
        let late = try await never.desk.settle()
        _ = try await often.desk.settle()
        #expect(late > 0)
        #expect(try await often.desk.settle() == 0)
        #expect(try await never.desk.settle() == 0)
        for name in names {
            let entries = (try await often.entries(name), try await never.entries(name))
            #expect(entries.0 == entries.1)
        }
    }

    @Test("many books are settled slice by slice, while other commands are carried out")
    func slices() async throws {
        let program = try await TestProgram()
        let end = program.clock.now.advanced(byMicroseconds: .microsecondsPerHour)
        for number in 0 ..< 450 { _ = try await program.earn("e\(number)", 5, "m\(number)") { $0.expiresAt = end } }
        program.clock.now = end
        async let settled = program.desk.settle()
        let other = try await program.earn("late", 7, "m3")
        #expect(other.available == 7)
        // The other command may have settled its own book.
        let count = try await settled
        #expect((449 ... 450).contains(count))
        #expect(try await program.balances(["m0", "m3", "m449"]).map(\.available) == [0, 7, 0])
        let entries = try await program.entries("m449")
        #expect(entries.map(\.kind) == [.expired, .earned] && entries.first?.effectiveAt == end)
    }
}

extension TestProgram {
    fileprivate func balances(_ names: [String]) async throws -> [PointBook.Balance] {
        try await reader.balances(
            of: names.map(TestProgram.member), in: TestProgram.settings.currencies[0], at: clock.now
        ).map { $0?.balance ?? PointBook.Balance() }
    }

    fileprivate func entries(_ name: String) async throws -> [PointEntry] {
        guard let found = try await reader.member(TestProgram.member(name)) else { return [] }
        return try await reader.entries(of: found.member.id, in: "points", limit: 1_000).map(\.entry)
    }
}
