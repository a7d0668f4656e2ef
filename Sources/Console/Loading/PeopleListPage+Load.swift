import Model
import People

extension PeopleListPage {
    init(
        _ found: PeoplePage, search: String, cell: RoleCell?, cursor: String?, overview: Overview, now: Instant,
        calendar: ZoneCalendar,
        _ words: Words, _ formats: Formats
    ) {
        self.search = search
        self.cell = cell?.rawValue
        let cells: [(RoleCell?, KeyPath<Catalogue, Text>, ChartStyle?, Int)] = [
            (nil, \.people.everybody, nil, overview.everybody), (.userOnly, \.common.userOnly, .user, overview.userOnly),
            (.both, \.common.both, .both, overview.both), (.customerOnly, \.common.customerOnly, .customer, overview.customerOnly),
            (.neither, \.common.neither, .quiet, overview.neither),
        ]
        let wanted = search.isEmpty ? nil : search
        filters = cells.map { one, name, style, count in
            Filter(
                url: SiteURL.people(search: wanted, cell: one?.rawValue), label: words(name), styleClass: style?.rawValue,
                count: search.isEmpty ? formats.number(count) : nil, current: one == cell)
        }
        problem = nil
        self.found = [found.total.map { words(\.people.found, count: $0) }, words(\.people.shownSoFar)].compactMap(\.self)
            .joined(separator: " · ")
        let events = EventWords(words: words)
        rows = found.rows.map { row in
            Row(
                url: SiteURL.person(row.person.text), name: PeopleListPage.name(row, words),
                identities: PeopleListPage.identities(row, events), roles: PeopleListPage.tags(row.cell, row.isFormerUser, words),
                lastSeen: row.lastSeen.map { formats.ago($0, now: now, calendar) } ?? words(\.common.never),
                events: formats.number(row.eventCount),
                spent: row.revenue.filter { $0.minorUnits != 0 }.map(formats.money).joined(separator: " + "))
        }
        hasRows = !found.rows.isEmpty
        firstURL = cursor == nil ? nil : SiteURL.people(search: wanted, cell: cell?.rawValue)
        nextURL = found.next.map { SiteURL.people(search: wanted, cell: cell?.rawValue, cursor: $0) }
        let isFiltered = wanted != nil || cell != nil
        emptyTitle = words(isFiltered ? \.people.noneFound : \.people.noneYet)
        emptyText =
            wanted.map { words(\.people.noneFoundHow, ["search": $0]) }
            ?? words(isFiltered ? \.people.noneInCell : \.people.noneYetHow)
    }

    /// The name; visitors who have none are called so, with the end of their id to tell them apart.
    static func name(_ row: PersonRow, _ words: Words) -> String {
        let isKnown = row.identities.contains { $0.type != .anonymousID && $0.type != .deviceID }
        return isKnown || !row.identities.contains(where: { $0.value == row.name }) ? row.name : words(\.people.unnamed)
    }

    private static func identities(_ row: PersonRow, _ words: EventWords) -> String {
        let shown = row.identities.filter { $0.value != row.name || $0.type == .anonymousID }.prefix(2).map { identity in
            let value = identity.value.count > 40 ? identity.value.prefix(37) + "…" : identity.value
            return value
        }
        let more = row.identityCount - shown.count
        return shown.joined(separator: " · ") + (more > 0 && !shown.isEmpty ? " · +\(more)" : "")
    }

    static func tags(_ cell: RoleCell, _ isFormerUser: Bool, _ words: Words) -> [TagItem] {
        var tags: [TagItem] = []
        if cell == .userOnly || cell == .both { tags.append(TagItem(kind: "user", label: words(\.common.user))) }
        if cell == .customerOnly || cell == .both { tags.append(TagItem(kind: "customer", label: words(\.common.customer))) }
        if isFormerUser { tags.append(TagItem(kind: "", label: words(\.common.formerUser))) }
        return tags
    }
}
