import Model
import Records

@testable import Console
@testable import Loyalty

/// Pages of the loyalty program with fixed content.
extension Fixtures {
    private static let member = ProgramMemberID(number: 7_654_321)
    private static let hostile = "<script>alert(1)</script>"

    private var currency: PointCurrency {
        var currency = PointCurrency(key: "points")
        currency.name = chinese ? "茶叶积分" : "Leaves"
        return currency
    }

    private var programSettings: ProgramSettings {
        var stars = PointCurrency(key: "stars")
        (stars.name, stars.scale, stars.expiry) = (Self.hostile, 2, .never)
        return ProgramSettings(name: chinese ? "山水会员" : "Shanshui Club", currencies: [currency, stars])
    }

    private var pointWriter: PointWriter {
        PointWriter(
            words: words, formats: formats, calendar: Fixtures.calendar, currency: currency,
            names: ["mem_a": chinese ? "陆羽" : "Lu Yu", "key_a": "<b>till</b>"])
    }

    private func day(_ days: Int64) -> Instant { Fixtures.now.advanced(byMicroseconds: days * .microsecondsPerDay) }

    private func programTabs(_ current: Int) -> [ProgramTab] {
        let all: [(String, KeyPath<Catalogue, Text>)] = [
            ("/program", \.program.tabSettings), ("/points", \.program.tabPoints), ("/points/books", \.program.tabBooks),
            ("/points/approvals", \.program.tabApprovals),
        ]
        return all.enumerated().map { ProgramTab(url: $1.0, label: words($1.1), current: $0 == current) }
    }

    private var currencyFilters: [PeopleListPage.Filter] {
        programSettings.currencies.enumerated().map {
            .init(url: SiteURL.points(currency: $1.key), label: $1.name, styleClass: nil, count: nil, current: $0 == 0)
        }
    }

    // MARK: - Settings

    private func programPage(_ form: ProgramForm, isNew: Bool) -> ProgramPage {
        ProgramPage(
            tabs: programTabs(0),
            stats: isNew
                ? []
                : [
                    Stat(label: words(\.program.members), value: formats.number(12_480)),
                    Stat(label: words(\.program.version), value: "3", note: Self.hostile),
                ], hasProgram: !isNew, problem: nil, mayChange: true, version: isNew ? "0" : "3", fields: form.head,
            currencies: form.currencies(), another: form.another, isAnotherOpen: form.isAnotherOpen,
            button: words(isNew ? \.program.setUp : \.program.save))
    }

    var program: ProgramPage {
        var form = ProgramForm(
            programSettings, sent: ["name": Self.hostile, "c0_expiry": "many", "c1_hold_days": "999"], workspaceName: "",
            money: .cny,
            words: words)
        _ = form.settings()
        return programPage(form, isNew: false)
    }

    var newProgram: ProgramPage {
        programPage(
            ProgramForm(nil, workspaceName: chinese ? "山水茶行" : "Shanshui Tea", money: .cny, words: words), isNew: true)
    }

    var noProgram: NoProgramPage { NoProgramPage(title: words(\.points.title), tabs: programTabs(1), mayStart: true) }

    // MARK: - Points

    /// What a member did in three months, booked as it would be.
    private var story: (book: PointBook, lines: [PointStatementLine]) {
        var book = PointBook(owner: Self.member)
        var commands: [String] = []
        func name(_ command: String) { while commands.count < book.entries.count { commands.append(command) } }
        func earn(_ amount: Int64, _ order: String, _ days: Int64, pending: Bool = false) {
            var points = NewPoints(
                amount, for: PointSource(id: order, line: "2", rule: "base"), earnedAt: day(days), vintage: 202_611)
            points.expiresAt = day(days + 120)
            if pending { points.activation = .at(day(14)) }
            _ = try? book.earn(points, at: day(days))
            name("earn")
        }
        earn(1_200, "o-4711", -90)
        earn(340, Self.hostile, -60)
        _ = try? book.burn(1_000, at: nil, now: day(-40))
        name("burn")
        _ = try? book.hold(120, at: nil, until: day(2), now: day(-3))
        name("hold")
        _ = try? book.deduct(40, now: day(-2))
        name("take")
        earn(95, "o-4712", -1, pending: true)
        var entries: [(member: ProgramMemberID, entry: ChainedPointEntry)] = []
        for (index, entry) in book.entries.enumerated() {
            entries.append(
                (
                    Self.member,
                    ChainedPointEntry(
                        position: Int64(index + 1), command: commands[index], recordedAt: entry.effectiveAt, entry: entry, hash: "")
                ))
        }
        var lines = PointStatementLine.lines(entries.reversed())
        var balance = book.booked.available
        for index in lines.indices {
            lines[index].balance = balance
            balance -= lines[index].change
            let line = lines[index]
            lines[index].source = line.lot.flatMap { book.lots[$0]?.source }
            lines[index].actor = line.kind == .adjusted ? "mem_a" : "key_a"
            if line.kind == .captured { lines[index].spending = book.spendings.values.first }
            if line.kind == .adjusted { lines[index].adjustment = adjustment("a", -40, decided: true) }
        }
        return (book, lines)
    }

    private func adjustment(_ id: String, _ amount: Int64, decided: Bool) -> PointAdjustment {
        var adjustment = PointAdjustment(
            id: id, member: Self.member, currency: "points", amount: amount, reason: .goodwill,
            note: chinese ? "茶罐破损" : "The tin arrived broken", corrects: nil, askedBy: "mem_a", askedAt: day(-2))
        if decided { adjustment.decide(true, by: "mem_a", at: day(-2)) }
        return adjustment
    }

    var points: PointsPage {
        PointsPage(
            tabs: programTabs(1), currencies: currencyFilters, hasCurrencies: true,
            stats: [
                Stat(label: words(\.points.members), value: formats.number(12_480)),
                Stat(
                    label: words(\.points.owed), value: "1,204,331",
                    note: words(\.points.worth, ["money": formats.money(Money(minorUnits: 1_204_331, currency: .cny))])),
                Stat(label: words(\.points.waiting), value: "2"),
            ], typed: Self.hostile, problem: nil,
            found: [
                .init(
                    name: "Ana", detail: Self.member.text, personURL: "/people/p_1", memberURL: "/points/members/m_1",
                    balance: "540", identity: nil, command: "c-0"),
                .init(
                    name: Self.hostile, detail: "user_id:x", personURL: "/people/p_2", memberURL: nil, balance: nil,
                    identity: "user_id:x", command: "c-1"),
            ], hasFound: true, nobodyTitle: nil, lines: story.lines.map { pointWriter.line($0) }, hasLines: true,
            importURL: SiteURL.opening(), openURL: SiteURL.openPoints())
    }

    var noPoints: PointsPage {
        PointsPage(
            tabs: programTabs(1), currencies: [], hasCurrencies: false, stats: [], typed: Self.hostile, problem: nil, found: [],
            hasFound: false, nobodyTitle: words(\.points.nobodyTitle, ["text": Self.hostile]), lines: [], hasLines: false,
            importURL: SiteURL.opening(), openURL: SiteURL.openPoints())
    }

    var memberPoints: MemberPointsPage {
        let (book, lines) = story
        let writer = pointWriter
        var amount = FormField("amount", id: "adjust-amount", words(\.points.amount), value: Self.hostile, autocomplete: "off")
        amount.error = words(\.points.badAmount)
        return MemberPointsPage(
            tabs: programTabs(1), number: Self.member.text, name: "Ana " + Self.hostile, personURL: "/people/p_1",
            note: words(\.points.since, ["date": formats.date(Fixtures.today)]),
            standing: TagItem(kind: "", label: words(\.points.closed)),
            identities: [.init(key: "user_id", value: Self.hostile)], currency: "points", currencies: currencyFilters,
            hasCurrencies: true, stats: writer.stats(book.booked), problem: nil,
            lines: lines.map { writer.line($0, actions: writer.actions($0, Self.member, "page", "points")) }, hasLines: true,
            newerURL: "/points/members/m_1", olderURL: "/points/members/m_1?cursor=3",
            lots: book.openLots.map { writer.lot($0, action: "/points/members/m_1", command: "page") }, hasLots: true,
            holds: book.openHolds.map {
                .init(
                    amount: writer.points($0.amount), until: words(\.points.holdUntil, ["date": writer.when($0.until)]),
                    action: "/points/members/m_1", number: $0.id.description, command: "page-hold-\($0.id)")
            }, hasHolds: true,
            forms: [
                .init(
                    title: words(\.points.adjust), intro: words(\.points.adjustIntro, ["limit": "10,000"]),
                    action: "/points/members/m_1", deed: "adjust", command: "page-adjust", fields: [amount],
                    button: words(\.points.adjust), isOpen: true)
            ], monthOptions: [.init(value: "2026-11", label: formats.month(Fixtures.today), selected: true)],
            sums: [Stat(label: words(\.points.opening), value: "0"), Stat(label: words(\.points.closing), value: "1,200")],
            hasSums: true, cut: words(\.points.cut, count: 1_000), csvURL: "/points/members/m_1?csv=statement",
            rights: .init(
                coupons: [
                    .init(
                        head: Self.hostile, url: SiteURL.couponTemplate(Self.hostile),
                        tag: TagItem(kind: "user", label: words(\.coupons.stateGranted)), detail: Self.hostile)
                ], hasCoupons: true, allCoupons: PageLink(url: "/coupons", label: words(\.points.allCoupons, count: 3)),
                benefits: [.init(head: Self.hostile, url: SiteURL.benefit("lounge"), tag: nil, detail: Self.hostile)],
                hasBenefits: true, plans: [], hasPlans: false),
            card: .init(url: "/m/ws_a.m_1.c", action: "/points/members/m_1/card"),
            viewers: [
                .init(
                    number: "m_9", url: "/points/members/m_9",
                    since: words(\.memberCard.viewerSince, ["date": formats.date(Fixtures.today)]),
                    action: "/points/members/m_1/viewers", command: "page-viewer-m_9")
            ], hasViewers: true, mayChange: true)
    }

    // MARK: - Books

    private var bookWriter: BookWriter { BookWriter(points: pointWriter, money: .cny) }

    private var report: PointMonthReport {
        var own = PointRollForward()
        (own.opening, own.issued, own.redeemed, own.expired, own.closing) = (820_000, 96_400, 41_200, 12_000, 863_200)
        var partner = PointRollForward()
        (partner.issued, partner.closing) = (5_000, 5_000)
        return PointMonthReport(
            currency: "points", month: PointMonth(holding: Fixtures.today),
            rows: [
                .init(vintage: 202_610, fundedBy: nil, figures: own),
                .init(vintage: 202_611, fundedBy: Self.hostile, figures: partner),
            ])
    }

    var books: BooksPage {
        let writer = bookWriter
        let liability = [
            PointLiability(vintage: 202_609, points: 401_200, worth: 401_200),
            PointLiability(vintage: 202_610, points: 462_000, worth: 462_000),
            PointLiability(vintage: 202_611, points: 5_000, worth: 2_500),
        ]
        let (heads, rows) = writer.table(report)
        let month = PointMonth(holding: Fixtures.today)
        let closing = PointClosing(
            month: PointMonth(holding: Fixtures.today.advanced(byMonths: -1)), end: day(-22), report: "",
            digest: String(repeating: "ab", count: 32), actor: "mem_a", closedAt: day(-20))
        return BooksPage(
            tabs: programTabs(2), currencies: currencyFilters, hasCurrencies: true, problem: nil, isEmpty: false,
            stats: writer.stats(liability), figures: [writer.figure(liability, csvURL: SiteURL.books(csv: "liability"))],
            currency: "points", month: month.text,
            monthOptions: [.init(value: month.text, label: writer.month(month), selected: true)],
            rollTitle: words(\.books.roll, ["month": writer.month(month)]), state: words(\.books.openMonth), isStateBad: false,
            terms: writer.terms(report.total), check: writer.check(report), heads: heads, rows: rows, hasRows: true,
            closings: [writer.closing(closing, currency: "points")], hasClosings: true,
            close: PageLink(
                url: SiteURL.bookClosing(currency: "points", month: month.text),
                label: words(\.books.closeMonth, ["month": writer.month(month)])), closesLater: nil,
            checkURL: SiteURL.books(check: true),
            findings: writer.findings(
                PointCheck(entryCount: 12, bookCount: 3, firstBroken: (Self.member, 4), sum: 5, unequalBooks: 1)),
            exportURL: SiteURL.bookEntries(currency: "points"))
    }

    var bookClosing: BookClosingPage {
        let writer = bookWriter
        return BookClosingPage(
            title: words(\.books.confirmTitle, ["month": writer.month(report.month)]),
            problem: words("The month \("2026-11") is not over yet."), terms: writer.terms(report.total),
            check: writer.check(report), currency: "points", month: report.month.text, command: "c",
            backURL: SiteURL.books(currency: "points"))
    }

    var approvals: ApprovalsPage {
        func item(_ isWaiting: Bool, isMine: Bool) -> ApprovalsPage.Item {
            ApprovalsPage.Item(
                amount: formats.change(isWaiting ? 25_000 : -300, scale: 0), currency: Self.hostile, member: Self.member.text,
                memberURL: "/points/members/m_1", reason: pointWriter.reason(.missingPoints) + ": " + Self.hostile,
                asked: words(\.books.askedBy, ["who": "Lu Yu", "when": formats.dateTime(day(-1), Fixtures.calendar)]),
                id: isWaiting && !isMine ? "adj" : nil, command: "c", why: isMine ? words(\.books.ownRequest) : nil,
                tag: isWaiting ? nil : TagItem(kind: "bad", label: words(\.books.refused)),
                decision: isWaiting
                    ? nil : words(\.books.decidedBy, ["who": "Lu Yu", "when": formats.dateTime(day(0), Fixtures.calendar)]))
        }
        return ApprovalsPage(
            tabs: programTabs(3), problem: nil, mayChange: true, waiting: [item(true, isMine: false), item(true, isMine: true)],
            hasWaiting: true, decided: [item(false, isMine: false)], hasDecided: true)
    }

    var noApprovals: ApprovalsPage {
        ApprovalsPage(
            tabs: programTabs(3), problem: nil, mayChange: false, waiting: [], hasWaiting: false, decided: [], hasDecided: false)
    }

    // MARK: - Card

    var memberCard: MemberCardPage {
        let (book, lines) = story
        return MemberCardPage(
            title: Self.hostile, member: words(\.memberCard.member, ["number": Self.member.text]),
            currencies: [
                pointWriter.card(book.booked, book.openLots, lotsMax: 6)
            ], rights: cardRights(pointWriter.events(PointStatement(lines: lines, next: nil))),
            languages: Language.allCases.map {
                Frame.Choice(
                    url: "/m/a?lang=\($0.rawValue)", value: $0.rawValue, label: $0.ownName, lang: $0.tag, current: $0 == language)
            }, problem: nil)
    }

    /// The card of somebody who has nothing yet.
    var emptyMemberCard: MemberCardPage {
        let book = PointBook(owner: Self.member)
        return MemberCardPage(
            title: "Tea club", member: words(\.memberCard.member, ["number": Self.member.text]),
            currencies: [pointWriter.card(book.booked, book.openLots, lotsMax: 6)],
            rights: .init(
                statuses: [], hasStatuses: false, coupons: [], hasCoupons: false, moreCoupons: nil, benefits: [],
                hasBenefits: false, viewers: [], hasViewers: false, history: [], hasHistory: false),
            languages: [], problem: nil)
    }
}
