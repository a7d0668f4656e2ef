import HTTPTypes
import Loyalty
import Model
import People
import Records
import Workspaces

/// One member's points: the statement, and what an owner can do.
extension Desk {
    private static let linesPerPage = 30
    private static let noteMax = 500
    private static let monthLinesMax = 1_000
    private static let fileLinesMax = 50_000
    private static let monthsMax = 60
    private static let sharesMax = 3

    /// What can be done with a member's points.
    private enum Deed: String {
        case adjust, burn, convert, freeze, release, giveBack = "give-back", takeBack = "take-back"
        case reverseDonation = "reverse-donation"
        /// Of an account: its part of what its people's orders earn.
        case share
    }

    /// A form that was not taken, and what is wrong with it.
    private struct Refused {
        let deed: Deed
        let mistakes: FormMistakes

        /// What is wrong at a field of the form; nil where nothing is, and in any other form.
        func error(_ deed: Deed, _ field: String) -> String? { self.deed == deed ? mistakes.errors[field] : nil }

        /// The form of a line: open, and as it was typed, when it is the one that was not taken.
        func reopened(_ action: PointsPage.LineAction, _ typed: [String: String]) -> PointsPage.LineAction {
            guard action.deed == deed.rawValue, action.hidden.allSatisfy({ $0.value == typed[$0.name] ?? "" }) else {
                return action
            }
            var action = action
            action.isOpen = true
            action.amount?.value = typed["amount"] ?? ""
            action.amount?.error = mistakes.errors["amount"]
            return action
        }

        /// What stands at no field, as the page shows none of the form's fields or it is about none.
        func problem(isShown: Bool) -> Said? {
            mistakes.problem ?? (isShown ? nil : Said(text: mistakes.errors.values.sorted().joined(separator: " ")))
        }
    }

    func memberPoints(_ visitor: Visitor) async throws(Problem) -> Reply { try await memberReply(visitor, nil) }

    private func memberReply(_ visitor: Visitor, _ refused: Refused?) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let reader = directory.programReader(of: workspace.id)
        guard let settings = try await reader.program().settings, let currency = currency(settings, visitor),
            let wanted = ProgramMemberID(text: visitor.parameters["member"] ?? ""),
            let (member, identities) = try await reader.member(MemberWish(.id(wanted)))
        else { throw Desk.notFound }
        // The number of a member who was merged leads to the one who remains.
        if member.id != wanted, !visitor.isPost { return .redirect(SiteURL.pointMember(member.id.text)) }
        let (words, now) = (visitor.words, now)
        let writer = try await pointWriter(visitor, workspace, currency)
        let person = try await workspace.look(now: now) { view in
            identities.lazy.compactMap { view.person(of: $0) }.first.map { (id: $0, name: view.displayName(of: $0)) }
        }
        if let person { await note(Reading(.profile, of: [person.id], "program"), visitor) }
        let cursor = visitor.isPost ? nil : visitor.query["cursor"].flatMap { Int64($0) }
        let month = visitor.isPost ? nil : visitor.query["month"].flatMap { PointMonth(text: $0) }
        let times = month?.bounds(in: workspace.calendar)
        if visitor.query["csv"] == "statement", !visitor.isPost {
            let all = try await MemberStatement(
                of: member.id, in: currency, within: times, linesMax: Desk.fileLinesMax, reader, at: now)
            return .csv(
                "points-\(member.id.text)" + (month.map { "-" + $0.text } ?? ""), writer.table(all.lines).csv)
        }
        var monthly: MemberStatement?
        if let times {
            monthly = try await MemberStatement(
                of: member.id, in: currency, within: times, linesMax: Desk.monthLinesMax, reader, at: now)
        }
        let newest = try await reader.statement(
            of: member.id, in: currency, before: cursor, limit: Desk.linesPerPage, at: now)
        let (lines, next) = (monthly?.lines ?? newest.lines, monthly == nil ? newest.next : nil)
        let book = try await reader.book(of: member.id, in: currency, at: now)
        let mayChange = visitor.isOwner && member.state == .open
        let action = mayChange ? SiteURL.pointMember(member.id.text) : nil
        let page = Team.anonymousToken()
        let shownKey = settings.currencies.first?.key == currency.key ? nil : currency.key
        func url(cursor: Int64? = nil, currency key: String? = nil) -> String {
            SiteURL.pointMember(member.id.text, currency: key ?? shownKey, cursor: cursor.map { String($0) })
        }
        let isDormant = try await reader.dormancy(of: member.id, in: currency.key) != nil
        let lots = book.openLots
        let holds = book.openHolds
        let standing: TagItem? =
            switch member.state {
            case .open: nil
            case .closed: TagItem(kind: "", label: words(\.points.closed))
            case .erased: TagItem(kind: "bad", label: words(\.points.erased))
            }
        let card = member.state == .open ? SiteURL.memberCard(try await directory.cardToken(of: member.id, in: workspace.id)) : nil
        let viewers = try await viewers(of: member.id, page, workspace, visitor)
        let shares = try await member.kind == .account ? reader.earningAgreements(of: member.id) : nil
        let events = EventWords(words: words)
        let actions = lines.map { line in
            let actions = mayChange ? writer.actions(line, member.id, page, currency.key) : []
            return refused.map { refused in actions.map { refused.reopened($0, visitor.form) } } ?? actions
        }
        let offered =
            action.map {
                forms($0, writer, visitor, refused, page, shares)
                    + (isDormant ? conversion($0, writer, visitor, refused, page) : [])
            } ?? []
        let isShown = offered.contains(where: \.isOpen) || actions.joined().contains(where: \.isOpen)
        let model = MemberPointsPage(
            tabs: programTabs(visitor, .points), number: member.id.text, name: person?.name ?? identities.first?.value,
            personURL: person.map { SiteURL.person($0.id.text) },
            note: words(\.points.since, ["date": visitor.formats.date(workspace.calendar.date(at: member.enrolledAt))]),
            standing: standing,
            identities: identities.map { PortraitPage.Fact(key: events.kind($0.type), value: $0.value) }, currency: currency.key,
            currencies: currencyFilters(settings, currency) { url(currency: $0) }, hasCurrencies: settings.currencies.count > 1,
            stats: writer.stats(book.balance(at: now)), problem: refused?.problem(isShown: isShown),
            lines: zip(lines, actions).map { writer.line($0, actions: $1) }, hasLines: !lines.isEmpty,
            newerURL: cursor == nil && month == nil ? nil : url(),
            olderURL: next.map { url(cursor: $0) }, lots: lots.map { writer.lot($0, action: action, command: page) },
            hasLots: !lots.isEmpty,
            holds: holds.map {
                .init(
                    amount: writer.points($0.amount), until: words(\.points.holdUntil, ["date": writer.when($0.until)]),
                    action: action, number: $0.id.description, command: "\(page)-hold-\($0.id)")
            }, hasHolds: !holds.isEmpty,
            forms: offered,
            monthOptions: months(since: member.enrolledAt, workspace.calendar, visitor, chosen: month),
            sums: monthly.map { statement in
                [
                    Stat(label: words(\.points.opening), value: writer.points(statement.opening)),
                    Stat(label: words(\.points.closing), value: writer.points(statement.closing)),
                ]
            } ?? [], hasSums: monthly != nil,
            cut: monthly?.isCut == true ? words(\.points.cut, count: Desk.monthLinesMax) : nil,
            csvURL: SiteURL.pointMember(member.id.text, currency: shownKey, month: month?.text, csv: "statement"),
            rights: try await memberRights(of: member.id, visitor, workspace),
            card: card.map { .init(url: $0, action: mayChange ? SiteURL.pointMember(member.id.text) + "/card" : nil) },
            viewers: viewers, hasViewers: !viewers.isEmpty, mayChange: visitor.isOwner)
        var frame = visitor.frame(person?.name ?? member.id.text, .program)
        let done: KeyPath<Catalogue, Text>? =
            switch visitor.query["done"] {
            case "done": \.points.doneGiven
            case "waiting": \.points.doneWaiting
            case "enrolled": \.points.enrolled
            case "shared": \.points.doneShared
            case "renewed": \.points.doneRenewed
            case "unseen": \.points.doneUnseen
            default: nil
            }
        if let done { frame.notice = .init(kind: "", text: words(done)) }
        return .page(model, frame, status: refused == nil ? .ok : .unprocessableContent)
    }

    /// The months of a membership, the newest first, after the choice of all.
    private func months(
        since start: Instant, _ calendar: ZoneCalendar, _ visitor: Visitor, chosen: PointMonth?
    ) -> [FormField.Option] {
        let (first, last) = (PointMonth(holding: calendar.date(at: start)), PointMonth(holding: calendar.date(at: now)))
        var months = [first]
        while let month = months.last, month < last { months.append(month.next) }
        return [.init(value: "", label: visitor.words(\.points.allMonths), selected: chosen == nil)]
            + months.reversed().prefix(Desk.monthsMax).map { month in
                .init(value: month.text, label: visitor.formats.month(month.firstDate), selected: month == chosen)
            }
    }

    /// - Parameter shares: What an account has agreed on with its people; nil for a person.
    private func forms(
        _ action: String, _ writer: PointWriter, _ visitor: Visitor, _ refused: Refused?, _ page: String,
        _ shares: [EarningAgreement]?
    ) -> [MemberPointsPage.Form] {
        let words = visitor.words
        func field(_ deed: Deed, _ name: String, _ label: KeyPath<Catalogue, Text>, _ hint: KeyPath<Catalogue, Text>?) -> FormField
        {
            var field = FormField(
                name, id: "\(deed.rawValue)-\(name)", words(label), value: refused?.deed == deed ? visitor.form[name] ?? "" : "",
                hint: hint.map { words($0) }, autocomplete: "off")
            field.error = refused?.error(deed, name)
            return field
        }
        func select(_ name: String, _ label: KeyPath<Catalogue, Text>, _ options: [(String, String)]) -> FormField {
            let chosen = refused?.deed == .adjust ? visitor.form[name] : nil
            return FormField(
                name, id: "adjust-\(name)", words(label),
                options: options.map { .init(value: $0.0, label: $0.1, selected: $0.0 == chosen) })
        }
        var place = field(.burn, "place", \.points.place, \.points.placeHint)
        var from = field(.share, "from", \.earning.from, \.earning.fromHint)
        (place.required, from.required) = (false, false)
        let share = MemberPointsPage.Form(
            title: words(\.points.share), intro: shareIntro(shares ?? [], writer), action: action, deed: Deed.share.rawValue,
            command: page + "-share", fields: [field(.share, "share", \.points.sharePart, \.points.shareHint), from],
            button: words(\.points.share), isOpen: refused?.deed == .share)
        return [
            MemberPointsPage.Form(
                title: words(\.points.adjust),
                intro: words(\.points.adjustIntro, ["limit": writer.points(writer.currency.approvalAbove)]), action: action,
                deed: Deed.adjust.rawValue, command: page + "-adjust",
                fields: [
                    select(
                        "direction", \.points.direction, [("give", words(\.points.give)), ("take", words(\.points.take))]),
                    field(.adjust, "amount", \.points.amount, nil),
                    select("reason", \.points.reason, AdjustPoints.Reason.allCases.map { ($0.rawValue, writer.reason($0)) }),
                    field(.adjust, "note", \.points.note, \.points.noteHint),
                ], button: words(\.points.adjust), isOpen: refused?.deed == .adjust),
            MemberPointsPage.Form(
                title: words(\.points.burn), intro: words(\.points.burnIntro), action: action, deed: Deed.burn.rawValue,
                command: page + "-burn", fields: [field(.burn, "amount", \.points.amount, nil), place],
                button: words(\.points.spend), isOpen: refused?.deed == .burn),
        ] + (shares == nil ? [] : [share])
    }

    /// What sharing means, and the latest shares with their beginnings.
    private func shareIntro(_ shares: [EarningAgreement], _ writer: PointWriter) -> String {
        let words = writer.words
        let said = shares.suffix(Desk.sharesMax).map { agreement in
            // Ten-thousandths are hundredths of a per cent.
            let share = EarningForm.typed(thousandths: agreement.share * 10)
            return words(\.points.shareSince, ["share": share, "when": writer.when(agreement.from)])
        }
        return ([words(\.points.shareIntro)] + said).joined(separator: words.language == .chinese ? "" : " ")
    }

    /// The form that turns dormant points into a coupon, where the currency's rules name one.
    private func conversion(
        _ action: String, _ writer: PointWriter, _ visitor: Visitor, _ refused: Refused?, _ page: String
    ) -> [MemberPointsPage.Form] {
        guard let conversion = writer.currency.dormancy?.conversion else { return [] }
        let words = visitor.words
        return [
            MemberPointsPage.Form(
                title: words(\.points.convert),
                intro: words(
                    \.points.convertIntro, ["points": writer.points(conversion.points), "coupon": conversion.template]),
                action: action, deed: Deed.convert.rawValue, command: page + "-convert", fields: [],
                button: words(\.points.convertButton), isOpen: refused?.deed == .convert)
        ]
    }

    // MARK: - Deeds

    func changePoints(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let settings = try await directory.programReader(of: workspace.id).program().settings
        let currency = try changedCurrency(settings, visitor)
        guard let member = ProgramMemberID(text: visitor.parameters["member"] ?? ""),
            let deed = Deed(rawValue: visitor.form["deed"] ?? "")
        else { throw Desk.notFound }
        if deed == .share { return try await shareEarnings(visitor, workspace, member) }
        let amount = Formats.units(visitor.form["amount"] ?? "", digits: currency.scale).flatMap { $0 > 0 ? $0 : nil }
        let wrong = mistakes(deed, amount, visitor)
        guard wrong.isEmpty else { return try await memberReply(visitor, Refused(deed: deed, mistakes: wrong)) }
        guard let command = command(deed, amount ?? 0, currency.key, MemberWish(.id(member)), visitor.form) else {
            throw Desk.unknownForm
        }
        let answer = try await directory.perform(command, id: commandID(visitor), in: workspace.id, by: actor(visitor))
        let refused = mistakes(answer, visitor, workspace.calendar, scale: currency.scale) { reason in
            switch reason["code"]?.stringValue {
            case "INSUFFICIENT_POINTS", "OVERFLOW", "ZERO_VALUE", "EXCEEDS_ORIGINAL":
                Desk.amountDeeds.contains(deed) ? "amount" : nil
            case "COLOUR_MISMATCH": deed == .burn ? "place" : nil
            default: nil
            }
        }
        if let refused { return try await memberReply(visitor, Refused(deed: deed, mistakes: refused)) }
        return .redirect(
            SiteURL.pointMember(
                member.text, currency: settings?.currencies.first?.key == currency.key ? nil : currency.key,
                done: answer.body["state"]?.stringValue == "waiting" ? "waiting" : "done"))
    }

    /// Those with a field for an amount.
    private static let amountDeeds: Set<Deed> = [.adjust, .burn, .giveBack, .takeBack]

    /// What is wrong with what was typed, all of it.
    private func mistakes(_ deed: Deed, _ amount: Int64?, _ visitor: Visitor) -> FormMistakes {
        var mistakes = FormMistakes()
        if Desk.amountDeeds.contains(deed), amount == nil { mistakes.errors["amount"] = visitor.words(\.points.badAmount) }
        let note = visitor.form["note"] ?? ""
        if deed == .adjust, !(1 ... Desk.noteMax).contains(note.count) || note.allSatisfy(\.isWhitespace) {
            mistakes.errors["note"] = visitor.words(\.points.noteMissing)
        }
        return mistakes
    }

    private func command(
        _ deed: Deed, _ amount: Int64, _ currency: String, _ member: MemberWish, _ form: [String: String]
    ) -> (any ProgramCommand)? {
        let number = form["number"].flatMap { Int64($0) }.map { PointID($0) }
        switch deed {
        case .adjust:
            guard let reason = AdjustPoints.Reason(rawValue: form["reason"] ?? ""),
                let sign: Int64 = ["give": 1, "take": -1][form["direction"] ?? ""]
            else { return nil }
            return AdjustPoints(sign * amount, of: currency, for: member, reason: reason, note: form["note"] ?? "")
        case .burn:
            let place = form["place"].flatMap { $0.isEmpty ? nil : $0 }
            return SpendPoints(.burn(amount, place: place), of: currency, by: member)
        case .freeze: return number.map { SpendPoints(.freeze($0, form["frozen"] == "1"), of: currency, by: member) }
        case .release: return number.map { SpendPoints(.release($0), of: currency, by: member) }
        case .giveBack: return number.map { SpendPoints(.giveBack($0, amount), of: currency, by: member) }
        case .takeBack:
            let source = PointSource(id: form["source"] ?? "", line: form["line"] ?? "", rule: form["rule"] ?? "")
            return TakeBackPoints(.disputed(amount), of: currency, earnedFor: source)
        case .convert: return ConvertPoints(of: currency, by: member)
        case .reverseDonation: return ReverseDonation(form["receipt"] ?? "", of: currency)
        case .share: return nil
        }
    }

    /// Says what part an account has of the points of its people's orders, from a day on or from now.
    private func shareEarnings(
        _ visitor: Visitor, _ workspace: OpenWorkspace, _ member: ProgramMemberID
    ) async throws(Problem) -> Reply {
        let (words, day) = (visitor.words, (visitor.form["from"] ?? "").trimmed)
        var wrong = FormMistakes()
        // Hundredths of a per cent are ten-thousandths.
        let share = Formats.units(visitor.form["share"] ?? "", digits: 2).flatMap { $0 <= EarningSplit.whole ? $0 : nil }
        if share == nil { wrong.errors["share"] = words(\.points.badShare) }
        let first = LocalDate(text: day)
        if first == nil, !day.isEmpty { wrong.errors["from"] = words(\.earning.badDay) }
        guard let share, wrong.isEmpty else { return try await memberReply(visitor, Refused(deed: .share, mistakes: wrong)) }
        let command = SetEarningSplit(
            share, of: MemberWish(.id(member)), from: first.map { workspace.calendar.start(of: $0) })
        let answer = try await directory.perform(command, id: commandID(visitor), in: workspace.id, by: actor(visitor))
        let refused = mistakes(answer, visitor, workspace.calendar, scale: 0) { reason in
            reason["code"] == "SPLIT_RETROACTIVE" ? "from" : nil
        }
        if let refused { return try await memberReply(visitor, Refused(deed: .share, mistakes: refused)) }
        return .redirect(SiteURL.pointMember(member.text, done: "shared"))
    }

    /// What somebody has as a member; nil for who is none.
    func portraitPoints(_ identities: [Identity], _ visitor: Visitor) async throws(Problem) -> PortraitPage.Points? {
        guard let membership = visitor.membership, let first = identities.first else { return nil }
        let reader = directory.programReader(of: membership.workspace)
        guard let settings = try await reader.program().settings else { return nil }
        let wish = MemberWish(.identity(first), others: Array(identities.dropFirst()))
        var points: (number: String, balances: [PortraitPage.Fact])?
        for currency in settings.currencies {
            guard let found = try await reader.balances(of: [wish], in: currency, at: now).first ?? nil else { return nil }
            let amount = visitor.formats.points(found.balance.available, scale: currency.scale)
            points = (found.member.text, (points?.balances ?? []) + [.init(key: currency.name, value: amount)])
        }
        return points.map { .init(number: $0.number, url: SiteURL.pointMember($0.number), balances: $0.balances) }
    }

    func renewMemberCard(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        guard let member = ProgramMemberID(text: visitor.parameters["member"] ?? ""),
            try await directory.programReader(of: workspace.id).member(MemberWish(.id(member))) != nil
        else { throw Desk.notFound }
        try await directory.renewCard(of: member, in: workspace.id, by: actor(visitor))
        return .redirect(SiteURL.pointMember(member.text, done: "renewed"))
    }
}

extension PointWriter {
    /// What can be undone of a line: spent points given back, earned points and donations taken back.
    func actions(
        _ line: PointStatementLine, _ member: ProgramMemberID, _ page: String, _ currency: String
    ) -> [PointsPage.LineAction] {
        guard let position = line.position else { return [] }
        func action(_ deed: String, _ hidden: [(String, String)], _ amount: Int64?, _ button: String) -> PointsPage.LineAction {
            PointsPage.LineAction(
                action: SiteURL.pointMember(member.text), deed: deed,
                hidden: hidden.map { FormField($0.0, id: "\(position)-\($0.0)", "", type: "hidden", value: $0.1) },
                amount: amount.map {
                    FormField(
                        "amount", id: "\(position)-amount", words(\.points.amount),
                        value: Formats.decimalText($0, digits: self.currency.scale), autocomplete: "off")
                },
                button: button, command: "\(page)-line-\(position)")
        }
        if let spending = line.spending, spending.amount > spending.returned {
            return [
                action(
                    "give-back", [("number", spending.id.description)], spending.amount - spending.returned,
                    words(\.points.giveBack))
            ]
        }
        if let donation = line.donation, donation.isReversible {
            return [action("reverse-donation", [("receipt", donation.receipt)], nil, words(\.points.reverseDonation))]
        }
        if line.kind == .earned, let source = line.source {
            return [
                action(
                    "take-back", [("source", source.id), ("line", source.line), ("rule", source.rule)], line.amount,
                    words(\.points.takeBack))
            ]
        }
        return []
    }
}
