import EventStore
import Model
import People
import Questions
import Records

/// Gathers what the home page says from one consistent view of the people and their events.
struct HomeLoader {
    let view: PeopleView
    let workspace: Workspace
    let counts: CountMemory
    let calendar: ZoneCalendar
    let now: Instant
    let words: Words
    let formats: Formats

    /// The facts as of the end of `date`, or as of now when that is today.
    func facts(on date: LocalDate) throws(Problem) -> HomeFacts {
        let today = calendar.date(at: now)
        let snapshot = view.snapshot
        let earliest = snapshot.parts.map(\.minTimestamp).min().map { calendar.date(at: Instant(microseconds: $0)) } ?? today
        let latest = snapshot.parts.map(\.maxTimestamp).max().map { calendar.date(at: Instant(microseconds: $0)) } ?? today
        let at = date < today ? calendar.start(of: date.advanced(byDays: 1)).advanced(byMicroseconds: -1) : nil
        var facts = HomeFacts(
            date: date, today: today, earliest: min(max(earliest, today.advanced(byDays: -36_500)), today),
            latest: min(latest, today), eventCount: snapshot.eventCount)
        guard facts.eventCount > 0 else { return facts }
        let currency = workspace.currency
        facts.currency = currency
        take(view.overview(at: at), into: &facts)
        let moment = at ?? now
        facts.newByWeek = newByWeek(through: date, moment)
        facts.revenueByWeek = view.weeklyRevenue(weeks: 16, through: moment, currency: currency).map {
            .init(week: $0.monday, fromUsers: $0.fromUsers, fromOthers: $0.fromOthers)
        }
        if facts.revenueByWeek.allSatisfy({ $0.fromUsers == 0 && $0.fromOthers == 0 }) { facts.revenueByWeek = [] }
        try loadActive(on: date, into: &facts)
        facts.activeByHour = try activeByHour(on: date)
        facts.funnel = try funnel(on: date)
        facts.voice = VoiceLoader(loader: self).voice(before: moment)
        return facts
    }

    private func take(_ overview: Overview, into facts: inout HomeFacts) {
        facts.roles = RoleCounts(
            userOnly: overview.userOnly, customerOnly: overview.customerOnly, both: overview.both, neither: overview.neither)
        facts.formerUsers = overview.formerUsers
        facts.activeToday = overview.activeToday
        facts.active7Days = overview.activeLast7Days
        facts.active30Days = overview.activeLast30Days
        facts.orders = overview.orders
        facts.revenue = overview.revenue.filter { $0.minorUnits != 0 }
        facts.refunds = overview.refunds
        facts.medianDaysToPay = overview.conversion.medianDays
        facts.usersEver = overview.conversion.usersEver
        facts.usersWhoPaid = overview.conversion.usersWhoPay
        facts.newThisWeek = overview.newThisWeek
    }

    private func newByWeek(through date: LocalDate, _ moment: Instant) -> [(week: LocalDate, count: Int)] {
        view.newPeople(weeks: 16, through: moment).map { ($0.monday, $0.count) }
    }

    private func loadActive(on date: LocalDate, into facts: inout HomeFacts) throws(Problem) {
        let range: JSONValue = [
            "from": .string(date.advanced(byDays: -59).text), "to": .string(date.advanced(byDays: 1).text),
        ]
        func series(_ measure: String) -> JSONValue { ["selector": ["any": true], "measure": .string(measure)] }
        let question: JSONValue = [
            "kind": "trend", "series": [series("dau"), series("wau"), series("mau")], "interval": "day", "range": range,
        ]
        facts.activeQuestion = question.text
        let table = try table(question)
        facts.activeByDay = zip(table.labels, table.counts).compactMap { label, counts in
            // A day's label is its first instant.
            guard let start = Instant(rfc3339: label), counts.count == 3 else { return nil }
            return HomeFacts.Active(date: calendar.date(at: start), day: counts[0], week: counts[1], month: counts[2])
        }
    }

    /// Means of the four weeks that end with `date`.
    private func activeByHour(on date: LocalDate) throws(Problem) -> [[Double]] {
        let question: JSONValue = [
            "kind": "trend", "series": [["selector": ["any": true], "measure": "persons"]], "interval": "hour",
            "range": ["from": .string(date.advanced(byDays: -27).text), "to": .string(date.advanced(byDays: 1).text)],
        ]
        var sums = [[Double]](repeating: [Double](repeating: 0, count: 24), count: 7)
        let table = try table(question)
        for (label, counts) in zip(table.labels, table.counts) {
            guard let instant = Instant(rfc3339: label), let count = counts.first else { continue }
            let day = calendar.date(at: instant)
            let hour = Int(instant.microseconds(since: calendar.start(of: day)) / .microsecondsPerHour)
            sums[Int(day.daysSinceEpoch - day.monday.daysSinceEpoch)][min(hour, 23)] += Double(count) / 4
        }
        return sums.joined().contains { $0 > 0 } ? sums : []
    }

    /// The way to the first order, from the well-known events that the data has.
    private func funnel(on date: LocalDate) throws(Problem) -> HomeFacts.Funnel? {
        let names = Set(view.snapshot.parts.flatMap(\.eventNames))
        let steps = HomeLoader.funnelSteps(names)
        guard steps.count >= 2 else { return nil }
        let question: JSONValue = [
            "kind": "funnel", "steps": .array(steps.map { ["event": .string($0)] }), "window": "14d",
            "range": ["from": .string(date.advanced(byDays: -29).text), "to": .string(date.advanced(byDays: 1).text)],
        ]
        let counts = try table(question).counts.compactMap(\.first)
        guard counts.count == steps.count, counts.contains(where: { $0 > 0 }) else { return nil }
        return .init(steps: zip(steps.map(label), counts).map { ($0, $1) }, question: question.text)
    }

    /// Names of the Segment commerce specification in the order in which people go through them.
    static func funnelSteps(_ names: Set<String>) -> [String] {
        let ways = [
            ["page", "screen"], ["Product Viewed", "Product Clicked"], ["Product Added", "Cart Viewed"], ["Checkout Started"],
            ["Order Completed", "Subscription Started", "Payment Completed"],
        ]
        return ways.compactMap { way in way.first { names.contains($0) } }
    }

    private func label(_ event: String) -> String {
        event == "page" ? words(\.portrait.viewedPage) : event == "screen" ? words(\.portrait.viewedScreen) : event
    }

    /// The numbers of a question whose range is fixed and whose numbers add up over people.
    private func table(_ question: JSONValue) throws(Problem) -> CountTable {
        let key = CountMemory.Key(workspace: workspace, question: question.text)
        let question = try Question(json: question)
        return try counts.table(key, view, now: now) { view, only throws(Problem) in
            var executor = Executor(
                snapshot: view.snapshot, population: view.population, calendar: calendar, now: now, threads: 2)
            executor.only = only
            return CountTable(try executor.answer(question).json)
        }
    }
}
