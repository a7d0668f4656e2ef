import Model
import Records
import TestSupport

@testable import Loyalty

/// A program with the benefit `lounge`, monthly in UTC, and the members `ann` and `bob`.
struct BenefitProgram {
    let program: TestProgram
    let reader: ProgramReader

    var clock: TestClock { program.clock }

    static var lounge: Benefit { lounge(.metered) }

    private static func lounge(_ kind: Benefit.Kind) -> Benefit {
        var benefit = Benefit(key: "lounge", name: Sample.name, kind: kind)
        benefit.period = BenefitPeriod(.month, in: .utc)
        benefit.quota = 5
        benefit.combination = .sum
        return benefit
    }

    init(_ engine: RecordsEngine, kind: Benefit.Kind = .metered, _ change: (inout Benefit) -> Void = { _ in }) async throws {
        try await self.init(over: engine.open(), kind: kind, change)
    }

    init(
        over engine: any SQLEngine, kind: Benefit.Kind = .metered, _ change: (inout Benefit) -> Void = { _ in }
    ) async throws {
        program = try await TestProgram(engine)
        reader = ProgramReader(workspace: program.workspace, records: program.records)
        var benefit = BenefitProgram.lounge(kind)
        change(&benefit)
        _ = try await program.perform("define", DefineBenefit(benefit))
        for name in ["ann", "bob"] {
            _ = try await program.perform("enrol-\(name)", EnrolMember(Identity(type: .userID, value: name)))
        }
    }

    func perform(_ id: String, _ command: any ProgramCommand) async throws -> ProgramAnswer {
        try await program.perform(id, command)
    }

    func grant(_ id: String, _ amount: Int64?, _ name: String, _ source: BenefitSource? = nil) async throws -> ProgramAnswer {
        var command = GrantBenefit("lounge", to: TestProgram.member(name), for: source ?? .init(.compensation, id: id))
        command.amount = amount
        return try await perform(id, command)
    }

    func use(_ id: String, _ deed: UseBenefit.Deed, _ amount: Int64, _ name: String) async throws -> ProgramAnswer {
        var command = UseBenefit(deed, of: "lounge", by: TestProgram.member(name))
        command.amount = amount
        return try await perform(id, command)
    }

    func settle(_ id: String, _ deed: SettleBenefitUse.Deed, _ use: String) async throws -> ProgramAnswer {
        try await perform(id, SettleBenefitUse(deed, of: .init(use)))
    }

    func gift(_ id: String, _ deed: MoveGift.Deed, _ gift: String) async throws -> ProgramAnswer {
        try await perform(id, MoveGift(deed, of: .init(gift)))
    }

    func pool(_ id: String, _ deed: ChangePool.Deed, _ party: String) async throws -> ProgramAnswer {
        try await perform(
            id, ChangePool(deed, of: "lounge", ownedBy: TestProgram.member("ann"), by: TestProgram.member(party)))
    }

    func check(_ name: String) async throws -> BenefitAnswer? {
        try await reader.check([BenefitQuestion("lounge", of: TestProgram.member(name))], at: clock.now).first ?? nil
    }
}
