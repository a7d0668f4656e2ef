import Model

/// Puts a funnel's `explain` into words: the events that were taken, and what kept the person from the next step.
struct WayWriter {
    let answer: JSONValue
    let words: Words
    let formats: Formats
    let calendar: ZoneCalendar
    /// Attempts shown of a person who made many.
    private static let chainsMax = 10

    /// nil for an answer without a person to explain.
    func way(of name: String?) -> QuestionPage.Way? {
        guard let told = answer["explain"], let person = told["person"]?.stringValue else { return nil }
        let level = Int(told["level"]?.doubleValue ?? 0)
        let steps = answer["steps"]?.arrayValue ?? []
        let chains = told["chains"]?.arrayValue ?? []
        let reached =
            level == 0
            ? words(\.way.reachedNone)
            : words(\.way.reached, ["step": String(level), "steps": String(steps.count), "label": label(level, steps)])
        return QuestionPage.Way(
            title: words(\.way.title, ["name": name ?? person]), url: SiteURL.person(person), reached: reached,
            notCounted: told["counted"] == false ? words(\.way.notCounted) : nil,
            attempts: chains.prefix(WayWriter.chainsMax).enumerated().map { index, chain in
                .init(
                    attempt: chains.count > 1 ? words(\.way.attempt, ["number": String(index + 1)]) : nil,
                    events: (chain["events"]?.arrayValue ?? []).map { taken($0, person, steps) })
            }, notReached: told["notReached"].flatMap { obstacle($0) })
    }

    private func label(_ step: Int, _ steps: [JSONValue]) -> String {
        guard step > 0, step <= steps.count, let label = steps[step - 1]["label"] else { return "" }
        return label.stringValue ?? label.text
    }

    private func taken(_ event: JSONValue, _ person: String, _ steps: [JSONValue]) -> QuestionPage.Way.Event {
        let step = Int(event["step"]?.doubleValue ?? 0)
        let arrival = event["arrival"]?.doubleValue.flatMap { UInt64(exactly: $0) }
        return .init(
            step: String(step), name: event["event"]?.stringValue ?? label(step, steps), time: time(event),
            url: arrival.map { SiteURL.event(person, arrival: $0) })
    }

    private func time(_ event: JSONValue?) -> String {
        event?["timestamp"]?.stringValue.flatMap { Instant(rfc3339: $0) }.map { formats.dateTime($0, calendar) } ?? ""
    }

    private func obstacle(_ told: JSONValue) -> String? {
        guard let step = told["step"]?.doubleValue, let label = told["label"]?.stringValue else { return nil }
        return words(\.way.notReached, ["step": String(Int(step)), "label": label, "reason": reason(told)])
    }

    private func reason(_ told: JSONValue) -> String {
        func event(_ text: KeyPath<Catalogue, Text>, _ member: String) -> String {
            words(text, ["event": told[member]?["event"]?.stringValue ?? "", "time": time(told[member])])
        }
        switch told["reason"]?.stringValue {
        case "noSuchEvent": return words(\.way.noSuchEvent)
        case "notAfter": return words(\.way.notAfter)
        case "tooLate": return event(\.way.tooLate, "event")
        case "excluded": return event(\.way.excluded, "excludedBy")
        case "differs":
            let values = (told["values"]?.arrayValue ?? []).map { $0.isNull ? words(\.common.nothing) : $0.stringValue ?? $0.text }
            return words(
                \.way.differs,
                ["property": told["property"]?.stringValue ?? "", "first": values.first ?? "", "other": values.last ?? ""])
        case "interrupted": return words(\.way.interrupted)
        case "sameTime": return words(\.way.sameTime)
        case "notFirst": return words(\.way.notFirst)
        case "outsideRange": return words(\.way.outsideRange)
        default: return words(\.way.several)
        }
    }
}
