import EventStore
import Model
import People
import Records
import Synchronization
import Workspaces

extension Desk {
    func home(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let now = now
        let calendar = workspace.calendar
        let today = calendar.date(at: now)
        let wanted = visitor.query["on"].flatMap { LocalDate(text: $0) } ?? today
        let date = min(wanted, today)
        let words = visitor.words
        let formats = visitor.formats
        let key = HomeCache.Key(
            workspace: workspace.id, settings: workspace.settings, language: visitor.language, date: date, isToday: date == today)
        let version = workspace.store.snapshot().version
        let page: HomePage
        if let known = homeCache.page(key, version: version, now: now) {
            page = known
        } else {
            let settings = workspace.settings
            let counts = counts
            page = try await workspace.look(now: now) { view throws(Problem) -> HomePage in
                let loader = HomeLoader(
                    view: view, workspace: settings, counts: counts, calendar: calendar, now: now, words: words, formats: formats)
                return HomePage(try loader.facts(on: date), words, formats)
            }
            homeCache.keep(page, key, version: version, now: now)
        }
        if let id = visitor.query["csv"] {
            guard let figure = page.figures.first(where: { $0.id == id }) else { throw Desk.notFound }
            return .csv(id, figure.table.csv)
        }
        return .page(page, visitor.frame(words(\.common.home), .home))
    }
}

/// The home pages asked for lately: while no event arrives or is deleted they stay right until the minute ends, under load for two seconds.
final class HomeCache: Sendable {
    struct Key: Hashable, Sendable {
        let workspace: WorkspaceID
        let settings: Workspace
        let language: Language
        let date: LocalDate
        let isToday: Bool
    }

    private struct Kept {
        let page: HomePage
        let version: UInt64
        let at: Instant
    }

    private static let newest = 2 * Int64.microsecondsPerSecond
    private let pages = Mutex<[Key: Kept]>([:])

    func page(_ key: Key, version: UInt64, now: Instant) -> HomePage? {
        pages.withLock { pages in
            guard let kept = pages[key], now >= kept.at else { return nil }
            let age = now.microseconds(since: kept.at)
            return age < HomeCache.newest || kept.version == version && age < .microsecondsPerMinute ? kept.page : nil
        }
    }

    func keep(_ page: HomePage, _ key: Key, version: UInt64, now: Instant) {
        pages.withLock { pages in
            if pages.count >= 32 { pages.removeAll() }
            pages[key] = Kept(page: page, version: version, at: now)
        }
    }
}
