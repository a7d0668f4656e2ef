import Model

/// The borders between scores: a list of up to 19 for each figure, ascending; none leaves one score.
public struct RFMThresholds: Hashable, Sendable {
    /// Durations before the end of the range: who was there within more of them scores higher.
    public var recency: [TimeSpan] = []
    /// Numbers of events: who reaches more of them scores higher.
    public var frequency: [Int] = []
    /// Sums of the value: who reaches more of them scores higher.
    public var monetary: [Double] = []

    init(_ place: QuestionReader, _ what: Wording) throws(Problem) {
        _ = try place.object(what)
        try place.allow(["recency", "frequency", "monetary"], of: "thresholds")
        if let inner = place.optional("recency") {
            for element in try RFMThresholds.elements(inner) { recency.append(try element.span()) }
            try RFMThresholds.check(recency.map { Double($0.microseconds) }, inner)
        }
        if let inner = place.optional("frequency") {
            let wanted: Wording = "A number of events from 1"
            for element in try RFMThresholds.elements(inner) { frequency.append(try element.integer(1 ... 1_000_000_000, wanted)) }
            try RFMThresholds.check(frequency.map { Double($0) }, inner)
        }
        guard let inner = place.optional("monetary") else { return }
        for element in try RFMThresholds.elements(inner) {
            guard let number = try element.number("A number").doubleValue, number.isFinite else {
                throw element.expected("A number")
            }
            monetary.append(number)
        }
        try RFMThresholds.check(monetary, inner)
    }

    private static func elements(_ place: QuestionReader) throws(Problem) -> [QuestionReader] {
        let elements = try place.list("A list of thresholds")
        guard elements.count < RFMQuestion.binsMax else {
            throw place.refused("At most \(RFMQuestion.binsMax - 1) thresholds are possible.")
        }
        return elements
    }

    private static func check(_ borders: [Double], _ place: QuestionReader) throws(Problem) {
        guard zip(borders, borders.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw place.refused("Thresholds have to rise from each to the next.")
        }
    }

    var json: JSONValue {
        [
            "recency": .array(recency.map { .string($0.text) }), "frequency": .array(frequency.map { .int(Int64($0)) }),
            "monetary": .array(monetary.map { Numbers.json($0) }),
        ]
    }
}
