import Model

@testable import Console
@testable import People

/// The pages of accounts with fixed content.
extension Fixtures {
    private var writer: AccountWriter {
        AccountWriter(now: Fixtures.now, calendar: Fixtures.calendar, currency: .cny, words: words, formats: formats)
    }

    private func row(_ id: String, _ name: String?, silent: Bool, orders: Int) -> AccountRow {
        let day = 24 * Int64.microsecondsPerHour
        return AccountRow(
            id: id, name: name, people: 12, users: silent ? 0 : 7, customers: orders > 0 ? 2 : 0, payers: silent ? 1 : 0,
            orders: orders, revenue: orders > 0 ? [Money(minorUnits: 1_288_000, currency: .cny)] : [],
            lastUse: silent ? Fixtures.now.advanced(byMicroseconds: -40 * day) : Fixtures.now.advanced(byMicroseconds: -day),
            lastPayment: orders > 0 ? Fixtures.now.advanced(byMicroseconds: -12 * day) : nil,
            contractUntil: silent ? Fixtures.now.advanced(byMicroseconds: 100 * day) : nil, isSilent: silent)
    }

    var accounts: AccountsPage {
        let rows = [
            row("acme", language == .chinese ? "山水科技" : "Shanshui Tech", silent: true, orders: 4),
            row("<img src=x onerror=alert(1)>", "\u{202E}drawkcab", silent: false, orders: 2),
            row("new-one", nil, silent: false, orders: 0),
        ]
        return writer.list(
            AccountPage(rows: rows, next: "new-one", total: 1_204, silent: 1), search: "", onlySilent: false, cursor: nil,
            all: 1_204)
    }

    var noAccounts: AccountsPage {
        writer.list(AccountPage(rows: [], next: nil, total: 0, silent: 0), search: "", onlySilent: false, cursor: nil, all: 0)
    }

    var account: AccountPortraitPage {
        let member = AccountPortrait.Member(
            person: PersonID(ordinal: 42), name: "苏小小", cell: .both, isFormerUser: false, since: Fixtures.now,
            lastSeen: Fixtures.now.advanced(byMicroseconds: -3 * .microsecondsPerHour), roles: [.decider, .technicalDecider])
        let other = AccountPortrait.Member(
            person: PersonID(ordinal: 43), name: "<script>alert(1)</script>", cell: .neither, isFormerUser: true, since: nil,
            lastSeen: nil, roles: [])
        let weeks = (0 ..< 26).map { week in
            AccountPortrait.Week(
                monday: Fixtures.today.monday.advanced(byDays: 7 * (week - 25)), active: week < 20 ? 3 + week % 5 : 0,
                events: week < 20 ? 40 + week : 0, paid: Money(minorUnits: week % 4 == 0 ? 322_000 : 0, currency: .cny))
        }
        return writer.page(
            AccountPortrait(
                row: row("acme", language == .chinese ? "山水科技" : "Shanshui Tech", silent: true, orders: 4),
                members: [member, other], memberCount: 412,
                traits: [
                    .init(key: "name", value: "Shanshui"), .init(key: "contract_until", value: "2027-03-01"),
                    .init(key: "<b>\u{202E}key", value: "</script>"),
                ], weeks: weeks))
    }
}
