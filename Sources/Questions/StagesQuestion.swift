public import Model

/// How many people stand in each stage at the end of each interval, and who moved.
public struct StagesQuestion: QuestionBody, Hashable, Sendable {
    public var interval: CalendarInterval
    /// The stages that are counted; nil means those of the life cycle.
    public var scheme: StageScheme?

    static let name = "stages"
    static let takesBreakdown = true
    static let takesProperties = false
    static let keys = ["interval", "stages"]

    init(_ reader: QuestionReader) throws(Problem) {
        interval = try reader.optional("interval").map { inner throws(Problem) in try inner.choice(CalendarInterval.self) } ?? .week
        scheme = try reader.optional("stages").map { inner throws(Problem) in try StageScheme(inner) }
    }

    func addSelectors(to list: inout SelectorList) {
        for stage in scheme?.stages ?? [] { list.add(stage.rule) }
    }

    func write(to out: inout ObjectWriter) {
        out.put("interval", .string(interval.rawValue))
        out.put("stages", scheme?.json)
    }
}
