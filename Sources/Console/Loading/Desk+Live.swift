import EventStore
import Intake
import Model
import People
import Records
import Workspaces

extension Desk {
    func live(_ visitor: Visitor) async throws(Problem) -> Reply {
        let words = visitor.words
        let wanted = visitor.query["source"]
        let rows = try await liveModel(visitor)
        let sources = directory.sources(of: visitor.membership?.workspace ?? WorkspaceID(text: ""))
        let filters =
            [LivePageModel.Filter(url: SiteURL.live(), label: words(\.live.allSources), current: wanted == nil)]
            + sources.map { .init(url: SiteURL.live(source: $0.id.text), label: $0.name, current: wanted == $0.id.text) }
        let page = LivePageModel(
            selfURL: SiteURL.live(source: wanted), fragmentURL: SiteURL.liveFragment(source: wanted), filters: filters,
            hasFilters: sources.count > 1, fragment: piece(rows, visitor))
        return .page(page, visitor.frame(words(\.live.title), .live))
    }

    func liveRows(_ visitor: Visitor) async throws(Problem) -> Reply {
        .fragment(try await liveModel(visitor), visitor.frame("", alone: true))
    }

    private func liveModel(_ visitor: Visitor) async throws(Problem) -> LiveRows {
        let workspace = try await workspace(visitor)
        let source = visitor.query["source"].flatMap { SourceID(validating: $0) }
        let feed = workspace.live.snapshot()
        let items = feed.items.filter { source == nil || $0.source == source }.prefix(60)
        let sources = Dictionary(
            directory.sources(of: workspace.id).map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
        let rejections = try await directory.rejections(of: source, in: workspace.id, limit: 30)
        let wanted = items.map { item in
            [
                item.userID.map { Identity(type: .userID, value: $0) },
                item.anonymousID.map { Identity(type: .anonymousID, value: $0) },
            ]
            .compactMap(\.self)
        }
        let people = try await workspace.look(now: now) { view throws(Problem) -> [PersonID?] in
            wanted.map { identities in identities.lazy.compactMap { view.person(of: $0) }.first }
        }
        let writer = LiveWriter(
            words: visitor.words, formats: visitor.formats, calendar: workspace.calendar, now: now, sources: sources)
        let total = workspace.store.snapshot().eventCount
        return LiveRows(
            stats: writer.stats(feed, total: total), rows: zip(items, people).map { writer.row($0, $1) },
            rejections: rejections.map(writer.rejection), hasRejections: !rejections.isEmpty)
    }
}

/// Puts arrivals and refusals into words.
private struct LiveWriter {
    let words: Words
    let formats: Formats
    let calendar: ZoneCalendar
    let now: Instant
    let sources: [SourceID: String]

    func stats(_ feed: LiveSnapshot, total: Int) -> [Stat] {
        [
            Stat(label: words(\.live.taken), value: formats.number(feed.taken)),
            Stat(label: words(\.live.duplicates), value: formats.number(feed.duplicates)),
            Stat(label: words(\.live.refusedCount), value: formats.number(feed.refused)),
            Stat(label: words(\.live.inTotal), value: formats.number(total)),
        ]
    }

    /// What the team has named it; of what is not one of its sources, what it is.
    private func name(of source: SourceID) -> String {
        source == .program ? words(\.live.program) : sources[source] ?? source.text
    }

    func row(_ item: LiveItem, _ person: PersonID?) -> LiveRows.Row {
        var note: String?
        var refused = false
        switch item.outcome {
        case .taken: break
        case .duplicate: note = words(\.live.duplicates)
        case .refused(let code, _):
            refused = true
            note = words(RefusalTexts.words(for: code.text))
        }
        return LiveRows.Row(
            refused: refused, timestamp: item.receivedAt.rfc3339, time: formats.time(item.receivedAt, calendar, seconds: true),
            kind: item.type?.text ?? "–", title: item.event ?? item.messageID ?? "", note: note,
            who: item.userID ?? item.anonymousID ?? words(\.live.nobody), personURL: person.map { SiteURL.person($0.text) },
            source: name(of: item.source))
    }

    func rejection(_ one: Rejection) -> LiveRows.RefusedRow {
        let payload = one.payload.map { $0.count > 4_000 ? $0.prefix(4_000) + "…" : $0 }
        return LiveRows.RefusedRow(
            code: one.code, words: words(RefusalTexts.words(for: one.code)), reason: words(kept: one.reason), place: one.pointer,
            payload: payload,
            source: name(of: one.source),
            last: formats.ago(one.lastAt, now: now, calendar), count: formats.number(one.count))
    }
}
