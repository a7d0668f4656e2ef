import Columns
import EventStore
import Model
import OrderedCollections
import Questions
import Workspaces

/// The questions of the first board of a workspace, made from the events that are really there.
struct StarterBoard {
    /// The event names with the number of their events.
    let names: [(name: String, count: Int)]
    /// Where the amount of an order stands; nil where there are no orders.
    let value: OrderValue?
    let today: LocalDate
    /// The day of the newest event.
    let latest: LocalDate
    let words: Words

    init(_ parts: [Part], today: LocalDate, calendar: ZoneCalendar, words: Words) {
        var counts: OrderedDictionary<String, Int> = [:]
        for part in parts {
            for (code, name) in part.eventNames.enumerated() { counts[name, default: 0] += part.rows(named: code).count }
        }
        let newest = parts.map(\.maxTimestamp).max().map { calendar.date(at: Instant(microseconds: $0)) } ?? today
        self.init(
            names: counts.map { ($0.key, $0.value) }, value: OrderValue(parts), today: today, latest: min(newest, today),
            words: words)
    }

    init(names: [(name: String, count: Int)], value: OrderValue?, today: LocalDate, latest: LocalDate, words: Words) {
        self.names = names
        self.value = value
        self.today = today
        self.latest = latest
        self.words = words
    }

    /// The cards, each a question that its page's form makes.
    var cards: [NewCard] {
        let days = range(days: 30)
        let weeks = range(weeks: 12)
        let anybody: JSONValue = ["any": true]
        func trend(_ measure: JSONValue, _ interval: JSONValue, _ range: JSONValue) -> JSONValue {
            ["kind": "trend", "series": [["selector": anybody, "measure": measure]], "interval": interval, "range": range]
        }
        var cards = [
            NewCard(title: words(\.boards.starterEvents), question: trend("total", "day", days), page: "trends"),
            NewCard(title: words(\.boards.starterPeopleByDay), question: trend("persons", "day", days), page: "trends"),
            NewCard(title: words(\.boards.starterPeopleByWeek), question: trend("persons", "week", weeks), page: "trends"),
        ]
        if let value {
            cards.append(NewCard(title: words(\.boards.starterRevenue), question: value.question(weeks), page: "trends"))
        }
        if let funnel { cards.append(funnel) }
        cards.append(
            NewCard(
                title: words(\.boards.starterLifecycle),
                question: ["kind": "lifecycle", "selector": anybody, "interval": "week", "range": weeks], page: "lifecycle"))
        cards.append(
            NewCard(
                title: words(\.boards.starterRetention),
                question: [
                    "kind": "retention", "start": anybody, "return": anybody, "interval": "week", "periods": 8, "mode": "firstTime",
                    "criterion": "on", "anchor": "calendar", "range": weeks,
                ], page: "retention"))
        return cards
    }

    private var funnel: NewCard? {
        guard case .object(var question)? = DefaultFunnel.question(for: names) else { return nil }
        question["range"] = range(days: 30)
        let steps = (question["steps"]?.arrayValue ?? []).compactMap { $0["event"]?.stringValue }
        let answer: JSONValue = [
            "kind": "funnel", "steps": .array(steps.map { ["label": .string($0)] }), "question": .object(question),
        ]
        return NewCard(title: CardTitle(answer: answer, words: words).text, question: .object(question), page: "funnels")
    }

    /// The last days up to now, or where events ended longer ago, up to their last day.
    private func range(days: Int) -> JSONValue {
        latest >= today.advanced(byDays: 1 - days) ? ["last": .string("\(days)d")] : fixed(from: latest.advanced(byDays: 1 - days))
    }

    private func range(weeks: Int) -> JSONValue {
        let first = 7 * (1 - weeks)
        return latest >= today.monday.advanced(byDays: first)
            ? ["last": .string("\(weeks)w")] : fixed(from: latest.monday.advanced(byDays: first))
    }

    private func fixed(from first: LocalDate) -> JSONValue {
        ["from": .string(first.text), "to": .string(latest.advanced(byDays: 1).text)]
    }
}
