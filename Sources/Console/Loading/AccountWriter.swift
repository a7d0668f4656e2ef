import Model
import People

/// Puts accounts into words and figures.
struct AccountWriter {
    let now: Instant
    let calendar: ZoneCalendar
    let currency: Currency
    let words: Words
    let formats: Formats

    private var rule: String {
        words(
            \.accounts.rule,
            ["paid": String(AccountRow.paidDays), "silent": String(AccountRow.silentDays)])
    }

    // MARK: - The list

    /// - Parameter problem: of a cursor that leads nowhere any more.
    func list(_ found: AccountPage, search: String, onlySilent: Bool, cursor: String?, all: Int) -> AccountsPage {
        let wanted = search.isEmpty ? nil : search
        func filter(_ silent: Bool, _ label: KeyPath<Catalogue, Text>, _ count: Int) -> AccountsPage.Filter {
            .init(
                url: SiteURL.accounts(search: wanted, onlySilent: silent), label: words(label), count: formats.number(count),
                current: silent == onlySilent)
        }
        return AccountsPage(
            search: search, onlySilent: onlySilent,
            filters: [filter(false, \.accounts.all, all), filter(true, \.accounts.silent, found.silent)],
            rule: rule, problem: nil, found: words(\.accounts.found, count: found.total), rows: found.rows.map(row),
            hasRows: !found.rows.isEmpty,
            firstURL: cursor == nil ? nil : SiteURL.accounts(search: wanted, onlySilent: onlySilent),
            nextURL: found.next.map { SiteURL.accounts(search: wanted, onlySilent: onlySilent, cursor: $0) },
            emptyTitle: words(all == 0 ? \.accounts.noneYet : \.accounts.noneFound),
            emptyText: all == 0
                ? words(\.accounts.noneYetHow)
                : wanted.map { words(\.accounts.noneFoundHow, ["search": $0]) } ?? words(\.accounts.noneSilent),
            code: all == 0 ? SampleCalls.account : nil)
    }

    private func row(_ row: AccountRow) -> AccountsPage.Row {
        let whoPays = [
            row.customers > 0 ? words(\.accounts.customersCount, count: row.customers) : nil,
            row.payers > 0 ? words(\.accounts.payersCount, count: row.payers) : nil,
        ].compactMap(\.self)
        return AccountsPage.Row(
            url: SiteURL.account(row.id), name: row.name ?? row.id, id: row.name.map { _ in row.id }, isSilent: row.isSilent,
            people: formats.number(row.people), users: formats.number(row.users),
            whoPays: whoPays.isEmpty ? words(\.accounts.nobody) : whoPays.joined(separator: " · "), revenue: revenue(row),
            lastUse: ago(row.lastUse), lastPayment: ago(row.lastPayment))
    }

    private func revenue(_ row: AccountRow) -> String {
        let sums = row.revenue.filter { $0.minorUnits != 0 }.map(formats.money)
        return sums.isEmpty ? "–" : sums.joined(separator: " + ")
    }

    private func ago(_ instant: Instant?) -> String { instant.map { formats.ago($0, now: now, calendar) } ?? words(\.common.never) }

    // MARK: - One account

    func page(_ portrait: AccountPortrait) -> AccountPortraitPage {
        let row = portrait.row
        let traits = portrait.traits.flatMap { trait in
            EventWords.facts([trait.key: trait.value], limit: 40).facts
        }
        return AccountPortraitPage(
            name: row.name ?? row.id, id: row.id, isSilent: row.isSilent, rule: rule, stats: stats(row),
            figures: [use(portrait)] + (row.orders > 0 ? [paid(portrait)] : []),
            missing: row.orders > 0 ? nil : .init(text: words(\.accounts.noOrders), code: SampleCalls.order(currency: currency)),
            members: portrait.members.map(member),
            membersShown: portrait.memberCount > portrait.members.count
                ? words(
                    \.accounts.membersShown,
                    ["shown": formats.number(portrait.members.count), "count": formats.number(portrait.memberCount)]) : nil,
            traits: Array(traits.prefix(120)), hasTraits: !traits.isEmpty)
    }

    private func stats(_ row: AccountRow) -> [Stat] {
        func stat(_ label: KeyPath<Catalogue, Text>, _ value: String) -> Stat { Stat(label: words(label), value: value) }
        var stats = [
            stat(\.accounts.people, formats.number(row.people)), stat(\.accounts.users, formats.number(row.users)),
            stat(\.accounts.customers, formats.number(row.customers)),
        ]
        if row.payers > 0 { stats.append(stat(\.accounts.payers, formats.number(row.payers))) }
        stats += row.revenue.filter { $0.minorUnits != 0 }.map { stat(\.accounts.revenue, formats.money($0)) }
        if row.orders > 0 { stats.append(stat(\.accounts.orders, formats.number(row.orders))) }
        stats += [stat(\.accounts.lastUse, ago(row.lastUse)), stat(\.accounts.lastPayment, ago(row.lastPayment))]
        if let until = row.contractUntil {
            let day = calendar.date(at: until.advanced(byMicroseconds: -1))
            stats.append(stat(\.accounts.contract, formats.date(day)))
        }
        return stats
    }

    private func use(_ portrait: AccountPortrait) -> Figure {
        let weeks = portrait.weeks
        let title = words(\.accounts.useByWeek)
        let chart = BarChart(
            series: [.init(name: title, values: weeks.map { Double($0.active) }, style: .user)],
            labels: weeks.map { formats.shortDate($0.monday) },
            heads: weeks.map { words(\.common.weekOf, ["date": formats.date($0.monday)]) }, axisText: formats.compact,
            valueText: { formats.number(Int($0)) }, plotHeight: 96)
        let summary = words(\.accounts.useSummary, count: weeks.count)
        return Figure(
            id: "use", title: title, summary: summary, svg: chart.svg(summary: summary),
            table: FigureTable(
                headers: [(words(\.common.week), false), (words(\.accounts.people), true), (words(\.accounts.events), true)],
                rows: weeks.map { [week($0.monday), number($0.active), number($0.events)] }),
            csvURL: SiteURL.account(portrait.row.id, csv: "use"))
    }

    private func paid(_ portrait: AccountPortrait) -> Figure {
        let weeks = portrait.weeks
        let title = words(\.accounts.paidByWeek)
        let chart = BarChart(
            series: [.init(name: title, values: weeks.map { Double($0.paid.minorUnits) }, style: .customer)],
            labels: weeks.map { formats.shortDate($0.monday) },
            heads: weeks.map { words(\.common.weekOf, ["date": formats.date($0.monday)]) },
            axisText: { formats.compactMoney($0, currency) },
            valueText: { formats.money(Money(minorUnits: Int64($0), currency: currency)) }, plotHeight: 96, wholeNumbers: false)
        let summary = words(\.accounts.paidSummary, count: weeks.count)
        return Figure(
            id: "paid", title: title, summary: summary, svg: chart.svg(summary: summary),
            table: FigureTable(
                headers: [(words(\.common.week), false), (title, true)],
                rows: weeks.map { [week($0.monday), .init(formats.money($0.paid), raw: $0.paid.decimalText, numeric: true)] }),
            csvURL: SiteURL.account(portrait.row.id, csv: "paid"))
    }

    private func week(_ monday: LocalDate) -> FigureTable.Cell { .init(formats.date(monday), raw: monday.text, numeric: false) }

    private func number(_ count: Int) -> FigureTable.Cell { .init(formats.number(count), raw: String(count), numeric: true) }

    private func member(_ member: AccountPortrait.Member) -> AccountPortraitPage.Member {
        let held = member.roles.map { words(PortraitWriter.word($0)) }
        return AccountPortraitPage.Member(
            url: SiteURL.person(member.person.text), name: member.name,
            roles: PeopleListPage.tags(member.cell, member.isFormerUser, words),
            here: (held.isEmpty ? [words(\.accounts.member)] : held).joined(separator: " · "),
            since: member.since.map { formats.date(calendar.date(at: $0)) } ?? "–", lastSeen: ago(member.lastSeen))
    }
}
