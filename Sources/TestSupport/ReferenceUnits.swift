import Model
import Questions

extension ReferenceQuestion {
    /// The same question in which sessions or accounts take the place of the people who count.
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
        }
        owned.sort(by: Event.precedes)
        return ReferenceQuestion(
            reference: reference, question: question, events: owned, range: range, instant: instant, units: units.sorted(),
            personOfUnit: personOfUnit, standing: standing)
    }
}
