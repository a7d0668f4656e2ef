import Model
import Questions

/// What is said about an answer beside its figures: what was read, and which of the question's names nothing carries.
struct AnswerWords {
    let words: Words
    let formats: Formats

    func note(_ answer: JSONValue, _ calendar: ZoneCalendar) -> String {
        let asOf = answer["asOf"]?.stringValue.flatMap { Instant(rfc3339: $0) }
        let watermark = asOf ?? answer["watermark"]?.stringValue.flatMap { Instant(rfc3339: $0) }
        return words(
            asOf == nil ? \.ask.note : \.ask.noteAsOf,
            [
                "events": formats.number(Int(answer["events_scanned"]?.doubleValue ?? 0)),
                "milliseconds": formats.decimal(answer["elapsed_ms"]?.doubleValue ?? 0),
                "watermark": watermark.map { formats.dateTime($0, calendar) } ?? "–",
            ])
    }

    /// Figures in words, such as the median of the time taken.
    func facts(_ answer: JSONValue) -> [String] {
        guard answer["kind"] == "timeToConvert" else { return [] }
        let members: [(String, KeyPath<Catalogue, Text>)] = [
            ("medianSeconds", \.questions.median), ("averageSeconds", \.questions.average), ("p90Seconds", \.questions.ninety),
        ]
        return [words(\.common.people, count: Int(answer["count"]?.doubleValue ?? 0))]
            + members.compactMap { member, label in
                answer[member]?.doubleValue.map { "\(words(label)): \(formats.duration(seconds: $0))" }
            }
    }

    /// What to mind in reading a figure over time whose last interval is not over.
    func openInterval(_ answer: JSONValue, _ people: AnswerPeople) -> String? {
        guard ["trend", "lifecycle", "stages"].contains(answer["kind"]?.stringValue) else { return nil }
        let last = (answer["rows"]?.arrayValue ?? []).compactMap { $0["bucket"]?.stringValue }.max()
        return last.map(people.isOpen) == true ? words(\.questions.lastIsOpen) : nil
    }

    func hints(_ answer: JSONValue) -> [String] {
        (answer["hints"]?.arrayValue ?? []).compactMap(NameHint.init).map { hint in
            let lead: KeyPath<Catalogue, Text> =
                switch hint.subject {
                case .event: \.ask.unknownEvent
                case .property: \.ask.unknownProperty
                case .trait: \.ask.unknownTrait
                }
            let text = words(lead, ["name": hint.name])
            if hint.nearest.isEmpty { return text }
            return text + " " + words(\.ask.nearestNames, ["names": hint.nearest.joined(separator: " · ")])
        }
    }
}
