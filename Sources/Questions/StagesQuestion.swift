public import Model

/// How many people stand in each stage of the life cycle at the end of each interval, and who moved.
public struct StagesQuestion: QuestionBody, Hashable, Sendable {
    public var interval: CalendarInterval

    static let name = "stages"
    static let takesBreakdown = true
    static let takesProperties = false
    static let keys = ["interval"]

    init(_ reader: QuestionReader) throws(Problem) {
        interval = try reader.optional("interval").map { inner throws(Problem) in try inner.choice(CalendarInterval.self) } ?? .week
    }

    func addSelectors(to list: inout SelectorList) {}

    func write(to out: inout ObjectWriter) { out.put("interval", .string(interval.rawValue)) }
}
