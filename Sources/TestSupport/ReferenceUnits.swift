import Model
import Questions

extension ReferenceQuestion {
    /// The same question in which sessions, accounts, payers or beneficiaries take the place of the people who count.
    func by(_ unit: Question.Unit) throws(Problem) -> ReferenceQuestion {
        let people = try people()
        var owned: [Event] = []
        var personOfUnit: [UInt32: UInt32] = [:]
        var units: Set<UInt32> = []
        func give(_ event: Event, to unit: UInt32) {
            var copy = event
            copy.person = unit
            owned.append(copy)
            units.insert(unit)
        }
        switch unit {
        case .session:
            var number: UInt32 = 0
            for person in people {
                var last: Int64?
                for event in events(of: person) {
                    if let last, event.timestamp - last > 1_800_000_000 { number += 1 }
                    last = event.timestamp
                    personOfUnit[number] = person
                    give(event, to: number)
                }
                number += 1
            }
            owned += events.filter { $0.person == nil && question.who == nil }
        case .account:
            var numbers: [String: UInt32] = [:]
            for event in events {
                guard event.person.map({ people.contains($0) }) ?? (question.who == nil) else { continue }
                var accounts = event.person.map { reference.population.accounts(of: $0) } ?? []
                if let own = event.call.context["groupId"]?.stringValue { accounts = [own] }
                for account in accounts {
                    let number = numbers[account] ?? UInt32(numbers.count)
                    numbers[account] = number
                    give(event, to: number)
                }
            }
        case .payer, .beneficiary:
            for person in people {
                for taker in try takers(of: person, unit) {
                    personOfUnit[taker] = taker
                    for event in events(of: person) { give(event, to: taker) }
                }
            }
        }
        owned.sort(by: Event.precedes)
        return ReferenceQuestion(
            reference: reference, question: question, events: owned, range: range, instant: instant, units: units.sorted(),
            personOfUnit: personOfUnit, standing: standing)
    }

    /// The payers, or beneficiaries, for whom what a person does counts.
    func takers(of person: UInt32, _ unit: Question.Unit) throws(Problem) -> [UInt32] {
        let ties = reference.population.ties(ofRole: .payer, at: instant)
        let paying = unit == .payer ? ties.map(\.holder) : ties.map(\.other)
        let isCustomer = try reference.population.members(ofRole: "customer", at: instant)?.contains(person) ?? false
        var takers: Set<UInt32> = isCustomer || paying.contains(person) ? [person] : []
        for tie in ties {
            if unit == .payer, tie.other == person { takers.insert(tie.holder) }
            if unit == .beneficiary, tie.holder == person { takers.insert(tie.other) }
        }
        return takers.sorted()
    }
}
