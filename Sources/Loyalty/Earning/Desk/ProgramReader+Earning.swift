public import Model
import Records

extension ProgramReader {
    /// The ids of the earning programs.
    public func earningPrograms() async throws(Problem) -> [String] {
        try await read { tables throws(Problem) in try tables.earningPrograms() }
    }

    /// All versions of an earning program; none when there is no such program.
    public func earningVersions(_ program: String) async throws(Problem) -> EarningVersions {
        try await read { tables throws(Problem) in try tables.earningVersions(program) }
    }

    /// The budgets of a version with what is taken of them: over all versions, which share them.
    public func earningBudgets(of program: EarningProgram) async throws(Problem) -> [EarningBudget] {
        let budgets = program.budgets
        return try await read { tables throws(Problem) in
            let taken = try tables.earningLimits(budgets.map(\.limit.key), of: program.points)
            return budgets.map { EarningBudget(rule: $0.rule, limit: taken.current($0.limit)) }
        }
    }

    /// What an event would earn now: by the same function as ``AwardEvent``, and nothing is changed by it.
    ///
    /// - Parameters:
    ///   - settings: Those of the workspace's program, with the currencies.
    ///   - calendar: Of the workspace's zone.
    /// - Returns: nil when no version was live when it happened, or the program's currency is gone.
    /// - Throws: ``ProgramFailure``: `OVERFLOW`, or that the records cannot be read.
    public func preview(
        _ wish: EventWish, _ settings: ProgramSettings, _ calendar: ZoneCalendar
    ) async throws(ProgramFailure) -> EarningPlan? {
        let found: (EarningProgram, EarningMember, EarningFrame, EarningLimits)?
        do throws(Problem) { found = try await ground(of: wish, settings, calendar) } catch { throw .failed(error) }
        guard let (program, facts, frame, limits) = found else { return nil }
        do throws(Refusal) {
            return try program.plan(for: wish.event, of: facts, limits: limits, in: frame)
        } catch {
            throw .refused(error)
        }
    }

    /// What an event is judged by, within one state of the records.
    private func ground(
        of wish: EventWish, _ settings: ProgramSettings, _ calendar: ZoneCalendar
    ) async throws(Problem) -> (EarningProgram, EarningMember, EarningFrame, EarningLimits)? {
        try await read { tables throws(Problem) in
            guard let program = try tables.earningVersions(wish.program).live(at: wish.event.at),
                let points = settings.currency(program.points)
            else { return nil }
            var member: ProgramMemberID?
            if let name = wish.member { member = try tables.find(name)?.id }
            let (frame, facts) = (EarningFrame(points: points, calendar: calendar), wish.facts(member))
            let limits = try tables.earningLimits(
                program.limits(for: wish.event, of: facts, in: frame).map(\.key), of: points.key)
            return (program, facts, frame, limits)
        }
    }
}
