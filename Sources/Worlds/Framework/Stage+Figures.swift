import Model
import OrderedCollections

extension Stage {
    /// The instant at which the last day ends.
    var end: String { clock.rfc3339(atEndOf: clock.dayCount - 1) }

    /// Milliseconds UTC.
    func instant(daysBeforeEnd days: Int) -> Int64 { clock.dayStarts[clock.dayCount] - Int64(days) * 86_400_000 }

    /// The start of a day, as a date for questions.
    func date(_ day: Int) -> JSONValue { .string(clock.date(ofDay: day).text) }

    /// Users and customers at the end of the world.
    var cells: TruthCells { keeper.cells(atEndOf: clock.dayCount - 1) }

    func deeds(_ event: String) -> StageDeeds { deeds[event] ?? StageDeeds(weekCount: clock.weekCount) }

    /// How many people, at the end of the world or at that of an earlier day.
    func people(_ says: String, _ who: JSONValue, _ count: Int, atEndOf day: Int? = nil) -> WorldFigure {
        let to = day.map { clock.rfc3339(atEndOf: $0) } ?? end
        return WorldFigure(
            says: says, question: ["kind": "count", "who": who, "range": ["from": "1971-01-01T00:00:00Z", "to": .string(to)]],
            value: .int(Int64(count)))
    }

    /// A figure for each week.
    func weekly(
        _ says: String, _ selector: JSONValue, measure: JSONValue = "persons", by: String? = nil, _ values: [Int]
    ) -> WorldFigure {
        var question: OrderedDictionary<String, JSONValue> = [
            "kind": "trend", "interval": "week", "series": [["selector": selector, "measure": measure]],
            "range": ["from": .string(clock.firstMonday.text), "to": .string(end)],
        ]
        question["by"] = by.map { .string($0) }
        return WorldFigure(says: says, question: .object(question), value: .array(values.map { .int(Int64($0)) }))
    }

    /// What orders of a shelf brought, week by week.
    func income(_ says: String, _ category: String) -> WorldFigure {
        weekly(
            says, Ask.order(of: category), measure: ["sum": "total"],
            incomeByWeek[category] ?? Array(repeating: 0, count: clock.weekCount))
    }

    /// What humans are to each other and to accounts: a role's holders, and the ties that they hold.
    ///
    /// A tie to somebody who was never seen is none.
    var relationships: JSONValue {
        var holders: OrderedDictionary<RelationshipRole, Set<Int>> = [:]
        var counts: [RelationshipRole: Int] = [:]
        for tie in ties.elements + seats where isSeen(tie.to) {
            holders[tie.role, default: []].insert(tie.holder)
            counts[tie.role, default: 0] += 1
        }
        return .object(
            .init(
                uniqueKeysWithValues: holders.map { role, humans in
                    (role.rawValue, ["holders": .int(Int64(humans.count)), "ties": .int(Int64(counts[role] ?? 0))])
                }))
    }

    /// Whoever used an account and did not pay is a user to those who did, and they are payers to them; few enough have to pay.
    private var seats: [StageTie] {
        var payers: [String: Set<Int>] = [:]
        var users: [String: Set<Int>] = [:]
        for (event, deed) in deeds {
            for human in deed.humans {
                guard let account = humans[human].account else { continue }
                if event == "Order Completed" {
                    payers[account, default: []].insert(human)
                } else {
                    users[account, default: []].insert(human)
                }
            }
        }
        return payers.filter { $0.value.count <= 10 }.flatMap { account, payers in
            payers.sorted().flatMap { payer in
                (users[account] ?? []).subtracting(payers).sorted().flatMap { user in
                    [
                        StageTie(holder: user, role: .user, to: .human(payer), isDeclared: false),
                        StageTie(holder: payer, role: .payer, to: .human(user), isDeclared: false),
                    ]
                }
            }
        }
    }

    private func isSeen(_ party: StageTie.Party) -> Bool {
        if case .human(let human) = party { humans[human].person >= 0 } else { true }
    }

    /// Whom somebody is something to.
    func others(of role: RelationshipRole) -> [Int: Set<Int>] {
        var others: [Int: Set<Int>] = [:]
        for tie in ties where tie.role == role {
            if case .human(let human) = tie.to { others[tie.holder, default: []].insert(human) }
        }
        return others
    }
}
