import EventStore
import Model

/// Cuts a person's calls into sessions and pages.
struct TimelineBuilder {
    let facts: PeopleFacts
    /// Oldest first.
    let places: [CallPlace]

    /// The page that follows `cursor` (time and arrival of the last entry seen), at most `limit` calls.
    func page(order: TimelineOrder, after cursor: (timestamp: Int64, arrival: UInt64)?, limit: Int) -> TimelinePage {
        let all = 0 ..< places.count
        let window: Range<Int>
        switch order {
        case .oldest:
            let start = cursor.map { cursor in firstIndex { ($0.timestamp, $0.arrival) > cursor } } ?? 0
            window = start ..< min(start + limit, places.count)
        case .newest:
            let end = cursor.map { cursor in firstIndex { ($0.timestamp, $0.arrival) >= cursor } } ?? places.count
            window = max(end - limit, 0) ..< end
        }
        var pages: [TimelineSession] = []
        for session in sessions() where session.range.overlaps(window) {
            let shown = session.range.clamped(to: window)
            let entries = shown.map { entry(places[$0]) }
            pages.append(
                TimelineSession(
                    start: Instant(microseconds: places[session.range.lowerBound].timestamp),
                    end: Instant(microseconds: places[session.range.upperBound - 1].timestamp), callCount: session.range.count,
                    isVisit: session.isVisit, entries: order == .newest ? entries.reversed() : entries))
        }
        if order == .newest { pages.reverse() }
        let isLast = order == .newest ? window.lowerBound == all.lowerBound : window.upperBound == all.upperBound
        let last = window.isEmpty || isLast ? nil : places[order == .newest ? window.lowerBound : window.upperBound - 1]
        return TimelinePage(sessions: pages, total: places.count, next: last.map { "\($0.timestamp).\($0.arrival)" })
    }

    /// Reads a cursor that ``page(order:after:limit:)`` gave.
    static func cursor(_ text: String) throws(Problem) -> (timestamp: Int64, arrival: UInt64) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let timestamp = Int64(parts[0]), let arrival = UInt64(parts[1]) else { throw Problem.badCursor }
        return (timestamp, arrival)
    }

    private func entry(_ place: CallPlace) -> TimelineEntry {
        TimelineEntry(
            call: facts.call(at: place), arrival: place.arrival, identity: facts.snapshot.identities.identity(place.owner))
    }

    /// The first index whose place satisfies a condition that holds from some place on.
    private func firstIndex(where holds: (CallPlace) -> Bool) -> Int {
        var low = 0
        var high = places.count
        while low < high {
            let middle = (low + high) / 2
            if holds(places[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// The sessions, oldest first.
    ///
    /// Events alone decide where a visit ends; any other call stays with the call before it when the pause is no longer than a visit's.
    private func sessions() -> [(range: Range<Int>, isVisit: Bool)] {
        let gap = facts.settings.roles.visitGapMicroseconds
        var out: [(range: Range<Int>, isVisit: Bool)] = []
        var start = 0
        var lastEvent: Int64?
        for (index, place) in places.enumerated() {
            if index > start {
                let before = places[index - 1].timestamp
                if place.timestamp - (place.isEvent ? lastEvent ?? before : before) > gap {
                    out.append((start ..< index, lastEvent != nil))
                    start = index
                    lastEvent = nil
                }
            }
            if place.isEvent { lastEvent = place.timestamp }
        }
        if start < places.count { out.append((start ..< places.count, lastEvent != nil)) }
        return out
    }
}

extension Problem {
    /// A cursor that no page of this kind gave.
    static let badCursor = Problem(
        Problem.Code("bad_cursor"), "The cursor is not one that this list gave. Leave it out to begin with the first page.",
        place: "?cursor")
}
