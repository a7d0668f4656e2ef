import Loyalty
import Model

/// Puts what happened to one thing into words: commands with their answers, and what was booked.
struct DisputeWriter {
    let points: PointWriter
    let currencies: [PointCurrency]
    private var words: Words { points.words }

    init(points: PointWriter, currencies: [PointCurrency]) {
        self.points = points
        self.currencies = currencies
    }

    /// All lines in the order of time; what a command booked stands behind it.
    func lines(_ file: DisputeFile, refusal: (ProgramAnswer) -> Said?) -> [DisputesPage.Line] {
        var lines: [(at: Instant, rank: Int, line: DisputesPage.Line)] = []
        for command in file.commands { lines.append((command.recordedAt, 0, line(command, refusal(command.answer)))) }
        for entry in file.entries { lines.append((entry.entry.recordedAt, 1, line(entry))) }
        let ordered = lines.enumerated().sorted {
            ($0.element.at, $0.element.rank, $0.offset) < ($1.element.at, $1.element.rank, $1.offset)
        }
        return ordered.map(\.element.line)
    }

    private func line(_ command: DisputeFile.Command, _ refusal: Said?) -> DisputesPage.Line {
        DisputesPage.Line(
            when: points.when(command.recordedAt), timestamp: command.recordedAt.rfc3339, what: what(command.content),
            facts: facts(command), by: points.actor(command.actor),
            outcome: refusal == nil
                ? TagItem(kind: "user", label: words(\.disputes.done)) : TagItem(kind: "bad", label: words(\.disputes.refused)),
            reasons: refusal, members: command.members.map(link))
    }

    private func line(_ entry: DisputeFile.Entry) -> DisputesPage.Line {
        let (booked, currency) = (entry.entry, currencies.first { $0.key == entry.currency })
        let amount = points.formats.points(booked.entry.amount, scale: currency?.scale ?? 0)
        var facts = "\(amount) \(currency?.name ?? entry.currency)"
        if booked.entry.effectiveAt != booked.recordedAt {
            facts += " · " + words(\.disputes.counts, ["when": points.when(booked.entry.effectiveAt)])
        }
        return DisputesPage.Line(
            when: points.when(booked.recordedAt), timestamp: booked.recordedAt.rfc3339, what: points.what(booked.entry.kind),
            facts: facts,
            by: nil, outcome: TagItem(kind: "", label: words(\.disputes.booked)), reasons: nil, members: [link(entry.member)])
    }

    private func link(_ member: ProgramMemberID) -> PageLink {
        PageLink(url: SiteURL.pointMember(member.text), label: member.text)
    }

    /// What was sent, as far as it is a plain word or number, and the id under which it was sent.
    private func facts(_ command: DisputeFile.Command) -> String {
        let shown = [
            "amount", "currency", "source", "line", "units", "order", "event", "coupon", "benefit", "use", "grant", "reason",
        ]
        let sent = shown.compactMap { name -> String? in
            guard let value = command.content[name] else { return nil }
            if let text = value.stringValue { return text.isEmpty ? nil : "\(name) \(text.prefix(100))" }
            return value.intValue.map { "\(name) \($0)" }
        }
        return (sent + [command.id]).joined(separator: " · ")
    }

    private func what(_ content: JSONValue) -> String {
        let word = content["command"]?.stringValue ?? ""
        let text: KeyPath<Catalogue, Text> =
            switch word {
            case "earn": \.disputes.earn
            case "burn", "hold", "capture", "release", "give_back", "activate", "freeze", "donate", "reverse_donation", "convert":
                \.disputes.spend
            case "take_back": \.disputes.takeBack
            case "transfer": \.disputes.transfer
            case "adjust", "decide_adjustment", "reinstate": \.disputes.adjust
            case "award": \.disputes.award
            case "order": \.disputes.order
            case "reserve_coupons": \.disputes.reserveCoupons
            case "change_coupon_order": \.disputes.couponOrder
            case "grant_coupon": \.disputes.grantCoupon
            case "change_coupon": \.disputes.changeCoupon
            case "grant_benefit", "change_benefit_payer": \.disputes.grantBenefit
            case "end_benefit": \.disputes.endBenefit
            case "consume_benefit", "reserve_benefit": \.disputes.useBenefit
            case "confirm_benefit", "cancel_benefit", "refund_benefit": \.disputes.settleBenefit
            case "move_gift", "stock_gifts": \.disputes.gift
            case "change_pool", "cap_benefit": \.disputes.pool
            case "merge": \.disputes.merge
            default: \.disputes.other
            }
        return "\(words(text)) (\(word))"
    }
}
