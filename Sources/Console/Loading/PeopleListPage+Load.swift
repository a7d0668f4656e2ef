import Model
import People

extension PeopleListPage {
    init(
        _ found: PeoplePage, _ query: PeopleQuery, purposes: [String], cursor: String?, overview: Overview, now: Instant,
        calendar: ZoneCalendar,
        _ words: Words, _ formats: Formats
    ) {
        let (cell, purpose) = (query.cell, query.purpose)
        search = query.text
        self.cell = cell?.rawValue
        self.purposes = purposes.map { Purpose(name: $0, selected: $0 == purpose) }
        hasPurposes = !purposes.isEmpty
        let cells: [(RoleCell?, KeyPath<Catalogue, Text>, ChartStyle?, Int)] = [
            (nil, \.people.everybody, nil, overview.everybody), (.userOnly, \.common.userOnly, .user, overview.userOnly),
            (.both, \.common.both, .both, overview.both), (.customerOnly, \.common.customerOnly, .customer, overview.customerOnly),
            (.neither, \.common.neither, .quiet, overview.neither),
        ]
        let wanted = search.isEmpty ? nil : search
        func url(_ cell: RoleCell?, cursor: String? = nil, csv: Bool = false) -> String {
            SiteURL.people(search: wanted, cell: cell?.rawValue, purpose: purpose, cursor: cursor, csv: csv)
        }
        filters = cells.map { one, name, style, count in
            Filter(
                url: url(one), label: words(name), styleClass: style?.rawValue,
                count: wanted == nil && purpose == nil ? formats.number(count) : nil, current: one == cell)
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
        firstURL = cursor == nil ? nil : url(cell)
        nextURL = found.next.map { url(cell, cursor: $0) }
        csvURL = url(cell, csv: true)
        let isFiltered = wanted != nil || cell != nil || purpose != nil
        emptyTitle = words(isFiltered ? \.people.noneFound : \.people.noneYet)
        emptyText =
            purpose.map { words(\.people.noneConsent, ["purpose": $0]) } ?? wanted.map {
                words(\.people.noneFoundHow, ["search": $0])
            }
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
