import Model
import Records
import TestSupport
import Testing

@testable import Loyalty

@Suite("What happened to one order") struct DisputeTests {
    @Test("commands about it, refused ones too, what they booked, and nothing of others", arguments: RecordsEngine.here)
    func story(engine: RecordsEngine) async throws {
        let program = try await TestProgram(engine.open())
        let reader = ProgramReader(workspace: program.workspace, records: program.records)
        let (ann, bob) = (TestProgram.member("ann"), TestProgram.member("bob"))
        func earn(_ id: String, _ who: MemberWish, _ source: String) async throws {
            _ = try await program.perform(id, EarnPoints(100, of: "points", to: who, for: PointSource(id: source)))
            program.clock.advance(.microsecondsPerSecond)
        }
        try await earn("e1", ann, #"o_1"%"#)
        try await earn("e2", ann, "o-1")
        try await earn("e3", bob, #"o_1"%"#)
        _ = try await program.perform("t", TakeBackPoints(.returned(units: 1), of: "points", earnedFor: PointSource(id: #"o_1"%"#)))
        let file = try await reader.dispute(about: #"o_1"%"#, in: ["points", "stars"])
        #expect(file.commands.map(\.id) == ["e1", "e3", "t"] && !file.isCut)
        #expect(file.commands.map(\.answer.isRefused) == [false, true, false])
        #expect(file.entries.map(\.entry.entry.kind) == [.earned, .revoked])
        #expect(Set(file.entries.map(\.member)) == Set(file.commands[0].members))
        #expect(try await reader.dispute(about: "e2", in: ["points"]).commands.map(\.id) == ["e2"])
        let none = try await reader.dispute(about: "O_1", in: ["points"])
        #expect(none.commands.isEmpty && none.entries.isEmpty)
    }

    @Test(
        "Commands are found by an index of what they name, a coupon by those that answered with it", arguments: RecordsEngine.here)
    func byIndex(engine: RecordsEngine) async throws {
        let shop = try await CouponDeskTests.Shop(engine)
        let coupon = try await shop.grant("g")
        _ = try await shop.reserve("r", [coupon], for: "o1")
        _ = try await shop.reserve("r2", ["c_none"], for: "o2")
        let long = String(repeating: "order ", count: 1_000)
        _ = try await shop.change("c", .cancel, of: long)
        #expect(try await shop.reader.dispute(about: coupon, in: []).commands.map(\.id) == ["g", "r"])
        #expect(try await shop.reader.dispute(about: "o1", in: []).commands.map(\.id) == ["r"])
        #expect(try await shop.reader.dispute(about: "c_none", in: []).commands.map(\.answer.isRefused) == [true])
        #expect(try await shop.reader.dispute(about: long, in: []).commands.map(\.id) == ["c"])
        guard engine == .sqlite else { return }
        let plan = try await shop.reader.read { tables throws(Problem) in
            try tables.connection.rows("EXPLAIN QUERY PLAN " + ProgramTables.commandsNaming, tables.namingValues("o1", 9))
        }
        let steps = plan.map { "\($0.values)" }
        #expect(steps.contains { $0.contains("loyalty_mentions") } && !steps.contains { $0.contains("SCAN loyalty") }, "\(steps)")
    }

    @Test(
        "A printed code is looked for as it stands, however it is typed, with who failed to claim it", arguments: RecordsEngine.here
    )
    func byCode(engine: RecordsEngine) async throws {
        let shop = try await CouponDeskTests.Shop(engine)
        _ = try await shop.program.perform("b", MakeCouponBatch(3, of: "spring"))
        let secret = try await shop.program.records.secret(
            CouponCodeCipher.secretName(of: shop.program.workspace), fresh: [UInt8](repeating: 7, count: 32))
        let cipher = CouponCodeCipher(secret: secret)
        func claim(_ id: String, _ index: UInt64, _ name: String) async throws {
            shop.program.clock.advance(.microsecondsPerSecond)
            _ = try await shop.program.perform(
                id, GrantCoupon(.code(.init(batch: 1, index: index)), to: TestProgram.member(name)))
        }
        try await claim("k1", 0, "ann")
        try await claim("k2", 0, "bob")
        try await claim("k3", 1, "bob")
        shop.program.clock.advance(.microsecondsPerSecond)
        _ = try await shop.reserve("r", ["b1_0"], for: "o")
        func found(_ typed: String) async throws -> [String] {
            try await shop.reader.dispute(about: typed, in: []).commands.map(\.id)
        }
        let code = try #require(cipher.code(.init(batch: 1, index: 0))).text
        #expect(try await found(code) == ["k1", "k2", "r"])
        #expect(try await found(code.lowercased().filter { $0 != "-" }) == ["k1", "k2", "r"])
        #expect(try await found("b1_0") == ["k1", "k2", "r"])
        #expect(try await found(try #require(cipher.code(.init(batch: 1, index: 2))).text) == [])
        let beyond = try #require(cipher.code(.init(batch: 1, index: 3))).text
        try await claim("k4", 3, "bob")
        #expect(try await found(beyond) == [], "there is no such code")
    }
}
