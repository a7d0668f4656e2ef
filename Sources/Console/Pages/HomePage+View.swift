import Model

extension HomePage {
    /// After so many days without an event the page would answer with noughts alone.
    private static let quietDays = 30

    /// Puts `facts` into words and figures.
    init(_ facts: HomeFacts, _ words: Words, _ formats: Formats) {
        isEmpty = facts.eventCount == 0
        isToday = facts.date == facts.today
        date = facts.date.text
        earliest = facts.earliest.text
        today = facts.today.text
        intro =
            isEmpty
            ? words(\.home.introEmpty)
            : isToday ? words(\.home.introToday) : words(\.home.introThen, ["date": formats.date(facts.date)])
        let isQuiet = !isEmpty && facts.latest.advanced(byDays: HomePage.quietDays) < facts.date
        quiet =
            isQuiet
            ? Quiet(
                text: words(\.home.quietSince, ["date": formats.date(facts.latest)]), url: "/?on=" + facts.latest.text)
            : nil
        let writer = HomeWriter(
            facts: facts, words: words, formats: formats,
            figures: HomeFigures(words: words, formats: formats, on: isToday ? nil : facts.date.text))
        questions = isEmpty ? [] : [writer.who(), writer.come(), writer.active(), writer.pays(), writer.say()]
    }
}

/// Writes the five answers.
private struct HomeWriter {
    let facts: HomeFacts
    let words: Words
    let formats: Formats
    let figures: HomeFigures

    func who() -> HomePage.Question {
        let roles = facts.roles
        let answer = words(
            \.home.whoAnswer,
            [
                "all": words(\.common.people, count: roles.everybody), "users": formats.number(roles.users),
                "customers": formats.number(roles.customers), "both": formats.number(roles.both),
            ])
        func cell(
            _ style: ChartStyle, _ name: KeyPath<Catalogue, Text>, _ hint: KeyPath<Catalogue, Text>, _ count: Int, _ cell: String
        )
            -> HomePage.Cell
        {
            HomePage.Cell(
                styleClass: style.rawValue, name: words(name), hint: words(hint), count: formats.number(count),
                share: formats.percent(count, of: roles.everybody), url: SiteURL.people(cell: cell))
        }
        let cells = [
            cell(.user, \.common.userOnly, \.home.userOnlyHint, roles.userOnly, "user_only"),
            cell(.both, \.common.both, \.home.bothHint, roles.both, "both"),
            cell(.customer, \.common.customerOnly, \.home.customerOnlyHint, roles.customerOnly, "customer_only"),
            cell(.quiet, \.common.neither, \.home.neitherHint, roles.neither, "neither"),
        ]
        return HomePage.Question(
            order: 1, title: words(\.home.who), answer: answer,
            heart: HomePage.Heart(figure: figures.euler(roles), cells: cells, everybody: formats.number(roles.everybody)),
            links: [PageLink(url: SiteURL.people(), label: words(\.home.allPeople))])
    }

    func come() -> HomePage.Question {
        let new = words(\.common.people, count: facts.newThisWeek)
        let answer =
            facts.medianDaysToPay.map {
                words(\.home.comeAnswer, ["new": new, "days": formats.duration(seconds: $0 * 86_400)])
            } ?? words(\.home.comeAnswerShort, ["new": new])
        var shown = facts.newByWeek.isEmpty ? [] : [figures.newPeople(facts.newByWeek)]
        var links: [PageLink] = []
        if let funnel = facts.funnel {
            shown.append(figures.funnel(funnel.steps))
            links.append(PageLink(url: SiteURL.opened(funnel.question), label: words(\.home.openFunnel)))
        }
        let missing =
            facts.funnel == nil
            ? HomePage.Missing(text: words(\.home.funnelMissing), code: SampleCalls.viewAndOrder(currency: facts.currency)) : nil
        return HomePage.Question(
            order: 2, title: words(\.home.come), answer: answer, figures: shown, missing: missing, links: links)
    }

    func active() -> HomePage.Question {
        let isToday = facts.date == facts.today
        let answer = words(
            isToday ? \.home.activeAnswerToday : \.home.activeAnswer,
            [
                "day": words(\.common.people, count: facts.activeToday), "week": formats.number(facts.active7Days),
                "month": formats.number(facts.active30Days),
            ])
        var stats = [
            Stat(label: words(\.home.usersNow), value: formats.number(facts.roles.users)),
            Stat(label: words(\.home.formerUsers), value: formats.number(facts.formerUsers)),
        ]
        // Today is not over: its share of the month would look like a loss until the evening.
        if let day = facts.activeByDay.last(where: { $0.date < facts.today }) {
            stats.append(Stat(label: words(\.home.stickiness), value: formats.percent(day.day, of: day.month)))
        }
        return HomePage.Question(
            order: 3, title: words(\.home.active), answer: answer, stats: stats,
            figures: (facts.activeByDay.isEmpty ? [] : [figures.active(facts.activeByDay)])
                + (facts.activeByHour.isEmpty ? [] : [figures.hours(facts.activeByHour)]),
            links: facts.activeQuestion.isEmpty
                ? [] : [PageLink(url: SiteURL.opened(facts.activeQuestion), label: words(\.home.openTrend))])
    }

    func pays() -> HomePage.Question {
        guard facts.orders > 0 else {
            return HomePage.Question(
                order: 4, title: words(\.home.pays),
                missing: HomePage.Missing(text: words(\.home.paysMissing), code: SampleCalls.order(currency: facts.currency)))
        }
        let roles = facts.roles
        let answer = words(
            \.home.paysAnswer,
            [
                "both": formats.number(roles.both), "customers": formats.number(roles.customers),
                "usersPaid": formats.percent(roles.both, of: roles.users),
            ])
        let main = facts.revenue.max { $0.minorUnits < $1.minorUnits }
        var stats = [Stat(label: words(\.home.orders), value: formats.number(facts.orders))]
        stats += facts.revenue.map { Stat(label: words(\.home.revenue), value: formats.money($0)) }
        if let main, roles.customers > 0 {
            let each = Money(minorUnits: main.minorUnits / Int64(roles.customers), currency: main.currency)
            stats.append(Stat(label: words(\.home.perCustomer), value: formats.money(each)))
        }
        stats += facts.refunds.filter { $0.minorUnits != 0 }.map { Stat(label: words(\.home.refunds), value: formats.money($0)) }
        if facts.usersEver > 0 {
            stats.append(Stat(label: words(\.home.paidUsers), value: formats.percent(facts.usersWhoPaid, of: facts.usersEver)))
        }
        return HomePage.Question(
            order: 4, title: words(\.home.pays), answer: answer, stats: stats,
            figures: facts.revenueByWeek.isEmpty ? [] : [figures.revenue(facts.revenueByWeek, facts.currency)],
            links: [
                PageLink(url: SiteURL.people(cell: "customer_only"), label: words(\.home.customersOnlyLink)),
                PageLink(url: SiteURL.people(cell: "user_only"), label: words(\.home.usersOnlyLink)),
            ])
    }

    func say() -> HomePage.Question {
        guard let voice = facts.voice else {
            return HomePage.Question(
                order: 5, title: words(\.home.say),
                missing: HomePage.Missing(text: words(\.home.sayMissing), code: SampleCalls.review))
        }
        let answer = voice.average.map { words(\.home.sayAnswer, ["average": formats.decimal($0, digits: 2)], count: voice.count) }
        return HomePage.Question(
            order: 5, title: words(\.home.say), answer: answer,
            figures: voice.ratings.contains { $0 > 0 } ? [figures.ratings(voice.ratings)] : [],
            quotes: voice.quotes.map { quote in
                HomePage.Quote(
                    text: quote.text, rating: quote.rating.map { words(\.home.rating, ["stars": String($0)]) }, name: quote.name,
                    url: quote.personURL, when: quote.when)
            })
    }
}
