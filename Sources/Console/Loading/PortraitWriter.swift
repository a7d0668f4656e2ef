import Model
import OrderedCollections
import People
import Questions
import Workspaces

/// Puts one person's profile and a page of their timeline into words and figures.
struct PortraitWriter {
    let profile: Profile
    /// The first ``relationshipsMax`` of them, each with the name of the other person or the account.
    let relationships: [(relationship: Relationship, name: String)]
    let relationshipCount: Int
    /// nil where it could not be told in time, or nobody is known.
    private(set) var stages: StageHistory?
    /// Whether the stages' rules ask for more than a page can wait for.
    private(set) var stagesAreLate = false
    /// The calls that moved the person, by number of arrival.
    var stageCalls: [UInt64: Call] = [:]
    /// Those to or of the first ``RelationshipGraph/nodesMax`` others, and how many others there are.
    var circle: [(relationship: Relationship, name: String)] = []
    var circleCount = 0
    let timeline: TimelinePage
    let cursor: String?
    let now: Instant
    let calendar: ZoneCalendar
    let words: Words
    let formats: Formats

    private var id: String { profile.person.text }
    private var events: EventWords { EventWords(words: words) }

    func page() -> PortraitPage {
        let name = profile.shownName(words)
        let hidden = Set(profile.computedTraits.map(\.trait.key))
        let traits = profile.traits.filter { !hidden.contains($0.key) }.flatMap { trait -> [PortraitPage.Fact] in
            let value: JSONValue = [trait.key: trait.value]
            return EventWords.facts(value, limit: 40).facts
        }
        return PortraitPage(
            name: name, initial: name.first.map { String($0).uppercased() } ?? "·", sealKind: sealKind,
            roleTags: roleTags, stats: stats, figures: figures, sessions: timeline.sessions.map(session),
            newerURL: cursor == nil ? nil : SiteURL.person(id), olderURL: timeline.next.map { SiteURL.person(id, cursor: $0) },
            identities: profile.identities.map(identity) + profile.refusals.prefix(10).map(refusal),
            identityURL: SiteURL.identity(person: id), roles: roles, stage: stage,
            stageProblem: stagesAreLate ? words(\.stages.takesTooLong) : nil,
            accounts: profile.accounts.map { account in
                PortraitPage.Account(
                    url: SiteURL.account(account.account), name: account.account,
                    why: words(\.portrait.accountSince, ["date": formats.date(calendar.date(at: account.since))]))
            }, hasAccounts: !profile.accounts.isEmpty,
            relationships: relationships.map(relationship),
            hasRelationships: !relationships.isEmpty,
            moreRelationships: relationshipCount > relationships.count
                ? words(\.portrait.moreRelationships, count: relationshipCount - relationships.count) : nil,
            traits: Array(traits.prefix(120)), hasTraits: !traits.isEmpty,
            exportURL: SiteURL.export(profile.person.text), eraseURL: SiteURL.erase(profile.person.text),
            computedTraits: profile.computedTraits.map(computed), hasComputedTraits: !profile.computedTraits.isEmpty)
    }

    /// Looks up where the person stands and how they came there, and the calls that moved them.
    ///
    /// - Parameter limit: After so long the portrait says that it does without.
    mutating func findStages(
        of person: PersonID, in view: PeopleView, of workspace: OpenWorkspace, limit: Duration = .seconds(2)
    ) throws(Problem) {
        do throws(Problem) {
            stages = try workspace.stageHistory(of: person, in: view, limit: limit)
        } catch {
            guard error.code == .timeLimit else { throw error }
            stagesAreLate = true
        }
        for move in stages?.moves.suffix(PortraitWriter.stageMovesMax) ?? [] {
            for arrival in move.arrivals { stageCalls[arrival] = view.call(arrival: arrival, of: person) }
        }
    }

    private func computed(_ fact: ComputedTraitFact) -> PortraitPage.ComputedTrait {
        let writer = ComputedTraitWords(words: words, formats: formats)
        return .init(key: fact.trait.key, value: writer.value(fact.value), rule: writer.rule(fact.trait))
    }

    private var sealKind: String {
        switch profile.cell {
        case .userOnly: ""
        case .both, .customerOnly: "customer"
        case .neither: "neither"
        }
    }

    private var roleTags: [TagItem] {
        let tags = PeopleListPage.tags(profile.cell, profile.roles.contains { $0.role == .formerUser }, words)
        return tags.isEmpty ? [TagItem(kind: "", label: words(\.common.neitherRole))] : tags
    }

    private var stats: [Stat] {
        var stats: [Stat] = []
        if profile.value.orders > 0 {
            stats += profile.value.revenue.filter { $0.minorUnits != 0 }.map { money in
                let back = profile.value.refunds.first { $0.currency == money.currency && $0.minorUnits != 0 }
                return Stat(
                    label: words(\.portrait.spent), value: formats.money(money),
                    note: back.map { words(\.portrait.refunded, ["amount": formats.money($0)]) })
            }
            stats.append(Stat(label: words(\.portrait.orders), value: formats.number(profile.value.orders)))
        }
        stats.append(Stat(label: words(\.portrait.visits), value: formats.number(profile.visitCount)))
        stats.append(Stat(label: words(\.portrait.events), value: formats.number(profile.eventCount)))
        if let first = profile.firstSeen {
            stats.append(Stat(label: words(\.portrait.firstSeen), value: formats.date(calendar.date(at: first))))
        }
        if let last = profile.lastSeen {
            stats.append(Stat(label: words(\.portrait.lastSeen), value: formats.ago(last, now: now, calendar)))
        }
        return stats
    }

    private var figures: [Figure] {
        let maker = PortraitFigures(words: words, formats: formats, person: id)
        var figures = [maker.weeks(profile.weeks.map { ($0.monday, $0.events, $0.visits) })]
        let orders = profile.roles.first { $0.role == .customer }?.orders ?? []
        let visits = profile.weeks.filter { $0.visits > 0 }.map { week in
            (
                at: calendar.start(of: week.monday),
                title: words(\.common.weekOf, ["date": formats.date(week.monday)]) + "\n"
                    + words(\.portrait.visitsInWeek, count: week.visits)
            )
        }
        if !circle.isEmpty {
            figures.append(
                RelationshipFigure(
                    person: profile.person, name: profile.shownName(words), cell: profile.cell, relationships: circle,
                    otherCount: circleCount, now: now, calendar: calendar, words: words, formats: formats
                ).figure)
        }
        guard !orders.isEmpty, let firstWeek = profile.weeks.first else { return figures }
        let start = min(calendar.start(of: firstWeek.monday), orders.map(\.paidAt).min() ?? now)
        figures.append(
            maker.life(
                visits: visits,
                orders: orders.map { ($0.paidAt, formats.date(calendar.date(at: $0.paidAt)) + "\n" + formats.money($0.amount)) },
                start: start, end: now, calendar: calendar))
        return figures
    }

    private func session(_ session: TimelineSession) -> PortraitPage.Session {
        let day = calendar.date(at: session.start)
        let length = Double(session.end.microseconds(since: session.start)) / 1e6
        let summary = [
            words(\.portrait.eventsCount, count: session.callCount), length >= 1 ? formats.duration(seconds: length) : nil,
        ].compactMap(\.self).joined(separator: " · ")
        return PortraitPage.Session(
            start: session.start.rfc3339,
            head: "\(formats.date(day)), \(formats.weekday(day)) \(formats.time(session.start, calendar))", summary: summary,
            events: events.events(session.entries.map { ($0.call, $0.arrival) }, person: id, formats, calendar))
    }

    private func identity(_ known: KnownIdentity) -> PortraitPage.IdentityItem {
        let date = formats.date(calendar.date(at: known.how?.receivedAt ?? known.firstReceivedAt))
        let path: KeyPath<Catalogue, Text> =
            switch known.how?.reason {
            case .identify: \.portrait.whyIdentify
            case .alias: \.portrait.whyAlias
            case .sameCall: \.portrait.whyShared
            case .command: \.portrait.whyByHand
            case .firstSeen: \.portrait.whyArrived
            default: \.portrait.whyFirst
            }
        return .init(kind: events.kind(known.identity.type), value: known.identity.value, why: words(path, ["date": date]))
    }

    private func refusal(_ how: KnownIdentity.How) -> PortraitPage.IdentityItem {
        let other = how.other ?? how.identity
        return .init(
            kind: events.kind(other.type), value: other.value, why: words(\.portrait.whyRefused, ["reason": reason(how.reason)]))
    }

    private func reason(_ reason: Resolution.Reason) -> String {
        switch reason {
        case .alreadyIdentified: words(\.portrait.refusedKnown)
        case .userSwitch: words(\.portrait.refusedSwitch)
        case .limitExceeded: words(\.portrait.refusedLimit)
        case .uniqueConflict: words(\.portrait.refusedUnique)
        case .mergeCap: words(\.portrait.refusedCap)
        case .keptApart: words(\.portrait.refusedApart)
        case .blockedValue: words(\.portrait.refusedBlocked)
        case .command: words(\.portrait.refusedByHand)
        case .firstSeen, .sameCall, .identify, .alias: reason.text
        }
    }

    static let relationshipsMax = 30

    private func relationship(_ relationship: Relationship, _ name: String) -> PortraitPage.RelationshipItem {
        func date(_ instant: Instant) -> String { formats.date(calendar.date(at: instant)) }
        let isHolder = relationship.holder == profile.person
        let url =
            switch relationship.to {
            case _ where !isHolder: SiteURL.person(relationship.holder.text)
            case .person(let other): SiteURL.person(other.text)
            case .account(let account): SiteURL.account(account)
            }
        let why = [
            words(\.portrait.since, ["date": date(relationship.since)]),
            relationship.until.map { words(\.portrait.until, ["date": date($0)]) },
            words.origin(of: relationship),
        ]
        return .init(
            kind: words(
                isHolder ? \.portrait.relatedTo : \.portrait.relatedFrom, ["role": words(PortraitWriter.word(relationship.role))]),
            name: name, url: url, why: why.compactMap(\.self).joined(separator: " · "),
            evidence: relationship.evidence.compactMap { shown in
                shown.person.map { person in
                    PageLink(url: SiteURL.event(person.text, arrival: shown.arrival), label: words(\.portrait.raw))
                }
            })
    }

    static func word(_ role: RelationshipRole) -> KeyPath<Catalogue, Text> {
        switch role {
        case .payer: \.portrait.payer
        case .decider: \.portrait.decider
        case .technicalDecider: \.portrait.technicalDecider
        case .approver: \.portrait.approver
        case .buyer: \.portrait.buyer
        case .influencer: \.portrait.influencer
        case .user: \.portrait.accountUser
        case .beneficiary: \.portrait.beneficiary
        case .guardian: \.portrait.guardian
        case .recipient: \.portrait.recipient
        case .householdMember: \.portrait.householdMember
        case .referrer: \.portrait.referrer
        case .reseller: \.portrait.reseller
        case .employee: \.portrait.employee
        case .giftGiver: \.portrait.giftGiver
        }
    }

    /// The moves that a portrait lists.
    static let stageMovesMax = 6

    private var stage: PortraitPage.Stage? {
        guard let stages, let current = stages.current else { return nil }
        func date(_ instant: Instant) -> String { formats.date(calendar.date(at: instant)) }
        func name(_ stage: String?) -> String {
            stage.map { StandingWords(answer: .null, words: words).stage($0) } ?? words(\.stages.none)
        }
        let moves = stages.moves.suffix(PortraitWriter.stageMovesMax).reversed().map { move in
            let arrival = move.arrivals.first { stageCalls[$0] != nil }
            let call = arrival.flatMap { stageCalls[$0] }
            return PortraitPage.Stage.Move(
                to: name(move.to), date: date(move.at),
                why: call.map { events.title($0) } ?? words(move.arrivals.isEmpty ? \.stages.byTime : \.stages.byOthers),
                url: arrival.map { SiteURL.event(id, arrival: $0) })
        }
        return PortraitPage.Stage(
            name: name(current.stage), since: words(\.portrait.since, ["date": date(current.since)]), moves: Array(moves))
    }

    private var roles: [PortraitPage.RoleItem] {
        let items = profile.roles.map(role)
        return items.isEmpty
            ? [.init(kind: "", label: words(\.common.neitherRole), evidence: [words(\.portrait.neitherWhy)])] : items
    }

    private func role(_ role: RoleEvidence) -> PortraitPage.RoleItem {
        func date(_ instant: Instant) -> String { formats.date(calendar.date(at: instant)) }
        let since = words(\.portrait.since, ["date": date(role.since)])
        switch role.role {
        case .user:
            let week = role.week.map {
                words(\.portrait.userWhy, ["date": formats.shortDate($0)], count: role.visits.count)
            }
            return .init(kind: "user", label: words(\.common.user), evidence: [since, week].compactMap(\.self))
        case .formerUser:
            let week = role.week.map { words(\.portrait.formerUserWhy, ["date": formats.date($0)]) }
            return .init(
                kind: "", label: words(\.common.formerUser),
                evidence: [week, role.until.map { words(\.portrait.until, ["date": date($0)]) }].compactMap(\.self))
        case .customer:
            let first = role.orders.first.map { order in
                [words(\.portrait.customerWhy, ["date": date(order.paidAt)]), order.orderID, formats.money(order.amount)]
                    .compactMap(\.self).joined(separator: " · ")
            }
            return .init(kind: "customer", label: words(\.common.customer), evidence: [first ?? since])
        }
    }
}

extension Words {
    /// How a relationship is known.
    func origin(of relationship: Relationship) -> String {
        if let account = relationship.account { return self(\.portrait.seatRelationship, ["account": account]) }
        return self(relationship.origin == .declared ? \.portrait.declaredRelationship : \.portrait.derivedRelationship)
    }
}

extension Profile {
    /// What pages call the person: their name, or that of nobody known where it would be the bare id of a browser.
    func shownName(_ words: Words) -> String {
        let isAnonymous = identities.allSatisfy { $0.identity.type == .anonymousID || $0.identity.type == .deviceID }
        let isBare = identities.contains { $0.identity.value == name }
        return isAnonymous && isBare ? words(\.people.unnamed) : name
    }
}
