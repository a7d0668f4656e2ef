import Model
import People

/// Puts decisions about identities, and what a command would change, into words.
struct IdentityWriter {
    let words: Words
    let formats: Formats
    let calendar: ZoneCalendar

    private var events: EventWords { EventWords(words: words) }

    func page(
        _ found: DecisionPage, kind: DecisionKind, person: (id: String, name: String)?, cursor: String?,
        form: (left: String, right: String), problem: Said?
    ) -> IdentityPage {
        let kinds: [(DecisionKind, KeyPath<Catalogue, Text>)] = [
            (.all, \.identity.kindAll), (.merged, \.identity.kindMerged), (.attached, \.identity.kindAttached),
            (.refused, \.identity.kindRefused), (.command, \.identity.kindCommand),
        ]
        return IdentityPage(
            filters: kinds.map { one, name in
                PeopleListPage.Filter(
                    url: SiteURL.identity(kind: one, person: person?.id), label: words(name), styleClass: nil, count: nil,
                    current: one == kind)
            },
            person: person.map { words(\.identity.ofPerson, ["name": $0.name]) }, allURL: SiteURL.identity(kind: kind),
            problem: problem, left: form.left, right: form.right, rows: found.decisions.map(row),
            hasRows: !found.decisions.isEmpty,
            nextURL: found.next.map { SiteURL.identity(kind: kind, person: person?.id, cursor: $0) },
            firstURL: cursor == nil ? nil : SiteURL.identity(kind: kind, person: person?.id),
            emptyTitle: words(\.identity.noneTitle),
            emptyText: words(kind == .all && person == nil ? \.identity.noneText : \.identity.noneOfKind))
    }

    private func row(_ entry: DecisionEntry) -> IdentityPage.Row {
        let isOne = entry.person != nil && entry.person == entry.otherPerson
        let pair = entry.other.map { (IdentityWriter.text(entry.subject), IdentityWriter.text($0)) }
        var change: (url: String, word: String)?
        if let pair, entry.outcome != .ignored {
            let action: IdentityCommand.Action = isOne ? .unmerge : .merge
            if entry.person != nil, entry.otherPerson != nil {
                change = (
                    SiteURL.identityChange(action, pair.0, pair.1),
                    words(isOne ? \.identity.takeApart : \.identity.join)
                )
            }
        }
        return IdentityPage.Row(
            when: formats.dateTime(entry.receivedAt, calendar), kind: events.kind(entry.subject.type), value: entry.subject.value,
            personURL: entry.person.map { SiteURL.person($0.text) }, what: what(entry), actionURL: change?.url,
            action: change?.word ?? "")
    }

    private func what(_ entry: DecisionEntry) -> String {
        let other = entry.other.map(named) ?? ""
        func said(_ path: KeyPath<Catalogue, Text>) -> String {
            words(path, ["other": other, "reason": words(IdentityWriter.reason(entry.reason))])
        }
        return switch entry.outcome {
        case .merged: said(\.identity.joinedWith)
        case .attached, .newPerson: said(\.identity.addedTo)
        case .refused: said(\.identity.notJoined)
        case .separated: said(\.identity.takenApart)
        case .ignored: words(\.identity.ignored)
        }
    }

    private func named(_ identity: Identity) -> String {
        let kind = events.kind(identity.type)
        return words.language == .chinese ? "\(identity.value)（\(kind)）" : "\(identity.value) (\(kind))"
    }

    private static func text(_ identity: Identity) -> String { "\(identity.type.text):\(identity.value)" }

    private static func reason(_ reason: Resolution.Reason) -> KeyPath<Catalogue, Text> {
        switch reason {
        case .firstSeen, .sameCall: \.identity.becauseSameCall
        case .identify: \.identity.becauseIdentify
        case .alias: \.identity.becauseAlias
        case .command: \.identity.becauseCommand
        case .alreadyIdentified: \.portrait.refusedKnown
        case .userSwitch: \.portrait.refusedSwitch
        case .blockedValue: \.portrait.refusedBlocked
        case .limitExceeded: \.portrait.refusedLimit
        case .uniqueConflict: \.portrait.refusedUnique
        case .mergeCap: \.portrait.refusedCap
        case .keptApart: \.portrait.refusedApart
        }
    }

    // MARK: - A change

    func change(_ preview: IdentityPreview, mayChange: Bool) -> IdentityChangePage {
        let isMerge = preview.command.action == .merge
        let (left, right) = (preview.command.left, preview.command.right)
        return IdentityChangePage(
            title: words(isMerge ? \.identity.mergeTitle : \.identity.unmergeTitle),
            text: words(
                isMerge ? \.identity.mergeText : \.identity.unmergeText, ["left": named(left), "right": named(right)]),
            sides: [
                .init(title: words(\.identity.before), people: preview.before.map(person)),
                .init(title: words(\.identity.after), people: preview.after.map(person)),
            ], action: preview.command.action.rawValue, left: IdentityWriter.text(left), right: IdentityWriter.text(right),
            button: words(isMerge ? \.identity.confirmMerge : \.identity.confirmUnmerge), mayChange: mayChange,
            backURL: SiteURL.identity())
    }

    private func person(_ profile: Profile) -> IdentityChangePage.Person {
        let spent = profile.value.revenue.filter { $0.minorUnits != 0 }.map { formats.money($0) }
        return IdentityChangePage.Person(
            name: profile.shownName(words),
            identities: profile.identities.prefix(12).map { named($0.identity) }.joined(separator: " · "),
            roles: PeopleListPage.tags(profile.cell, profile.roles.contains { $0.role == .formerUser }, words),
            visits: formats.number(profile.visitCount), events: formats.number(profile.eventCount),
            orders: formats.number(profile.value.orders), spent: spent.joined(separator: " · "))
    }
}
