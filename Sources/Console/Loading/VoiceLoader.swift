import Columns
import EventStore
import Model
import People

/// Finds what people say: reviews and ratings under the names that the Segment specification and common forms use.
struct VoiceLoader {
    let loader: HomeLoader

    private static let names = [
        "Product Reviewed", "Review Submitted", "Feedback Submitted", "NPS Survey Answered", "Survey Answered",
    ]
    private static let ratingPaths = ["rating", "score"]
    private static let textPaths = ["review_body", "body", "comment", "text", "feedback"]

    /// Counts by stars and the newest texts; nil when nobody said anything before `moment`.
    func voice(before moment: Instant) -> HomeFacts.Voice? {
        var ratings = [0, 0, 0, 0, 0]
        var count = 0
        var newest: [(at: Int64, part: Part, row: Int)] = []
        for part in loader.view.snapshot.parts {
            for name in VoiceLoader.names {
                guard let code = part.nameCode(of: name) else { continue }
                let rating = VoiceLoader.ratingPaths.lazy.compactMap { part.column(.properties, $0) }.first
                let hasText = VoiceLoader.textPaths.contains { part.column(.properties, $0) != nil }
                part.rows(named: code).forEach { row in
                    let at = part.timestamp(at: row)
                    guard at <= moment.microseconds else { return }
                    count += 1
                    if let stars = rating?.jsonValue(at: row)?.doubleValue, stars >= 1, stars <= 5, stars == stars.rounded() {
                        ratings[Int(stars) - 1] += 1
                    }
                    if hasText { VoiceLoader.keep((at, part, row), in: &newest) }
                }
            }
        }
        guard count > 0 else { return nil }
        let rated = ratings.reduce(0, +)
        let sum = ratings.enumerated().reduce(0) { $0 + ($1.offset + 1) * $1.element }
        return HomeFacts.Voice(
            count: count, average: rated > 0 ? Double(sum) / Double(rated) : nil, ratings: ratings,
            quotes: quotes(newest))
    }

    /// Keeps the newest dozen.
    private static func keep(_ item: (at: Int64, part: Part, row: Int), in newest: inout [(at: Int64, part: Part, row: Int)]) {
        if newest.count >= 12, let last = newest.last, item.at <= last.at { return }
        let place = newest.firstIndex { $0.at < item.at } ?? newest.count
        newest.insert(item, at: place)
        if newest.count > 12 { newest.removeLast() }
    }

    private func quotes(_ newest: [(at: Int64, part: Part, row: Int)]) -> [HomeFacts.Quote] {
        var quotes: [HomeFacts.Quote] = []
        for item in newest where quotes.count < 3 {
            let call = item.part.call(at: item.row)
            guard let text = VoiceLoader.textPaths.lazy.compactMap({ call.properties[$0]?.stringValue }).first, !text.isEmpty else {
                continue
            }
            let owner = item.part.owner(ofRow: item.row)
            let person = owner == Part.nobody ? nil : loader.view.graph.person(of: owner).map { PersonID(ordinal: $0) }
            let name = person.flatMap { loader.view.displayName(of: $0) } ?? loader.words(\.people.unnamed)
            let stars = VoiceLoader.ratingPaths.lazy.compactMap { call.properties[$0]?.doubleValue }.first
            quotes.append(
                HomeFacts.Quote(
                    text: text.count > 280 ? text.prefix(280) + "…" : text,
                    rating: stars.flatMap { $0 >= 1 && $0 <= 5 ? Int($0) : nil },
                    name: name, personURL: person.map { SiteURL.person($0.text) } ?? "/people",
                    when: loader.formats.ago(call.timestamp, now: loader.now, loader.calendar)))
        }
        return quotes
    }
}
