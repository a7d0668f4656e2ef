import Model

/// What people are at one instant: values, each with those who have it; nobody has two.
struct Standing: Sendable {
    private(set) var values: [(value: JSONValue, people: PersonSet)] = []

    /// nil for a breakdown that asks no standing of people.
    init?(
        _ breakdown: Question.Breakdown, of executor: Executor, at present: Present, asOf: Instant?, scanned: inout Int
    ) throws(Problem) {
        switch breakdown {
        case .property, .trait: return nil
        case .role: self = try Standing(cellsOf: executor, at: present, asOf: asOf)
        case .stage: self = try Standing(stagesOf: executor, at: present, asOf: asOf, scanned: &scanned)
        }
    }

    /// The cells of users and customers.
    init(cellsOf executor: Executor, at present: Present, asOf: Instant?) throws(Problem) {
        var judge = ExpressionJudge(executor, at: present, asOf: asOf)
        for cell in RoleCell.allCases {
            let isUser: Expression = cell == .both || cell == .userOnly ? .role("user") : .not(.role("user"))
            let isCustomer: Expression = cell == .both || cell == .customerOnly ? .role("customer") : .not(.role("customer"))
            values.append((.string(cell.rawValue), try judge.members(of: .all([isUser, isCustomer]))))
        }
    }

    /// The stages of the life cycle; those not yet seen have none.
    init(stagesOf executor: Executor, at present: Present, asOf: Instant?, scanned: inout Int) throws(Problem) {
        var judge = ExpressionJudge(executor, at: present, asOf: asOf)
        let sets = try judge.stageMembers()
        scanned += judge.scanned
        values = zip(executor.stages.names, sets).map { (.string($0), $1) }
    }

    /// nil for somebody who has none.
    func value(of person: UInt32) -> JSONValue? { values.first { $0.people.contains(person) }?.value }
}
