public import Model

/// How many people are active in exactly n intervals of the range.
public struct StickinessQuestion: QuestionBody, Hashable, Sendable {
    public var selector: Selector
    public var interval: CalendarInterval

    static let name = "stickiness"
    static let takesBreakdown = true
    static let units: [Question.Unit] = [.account, .payer, .beneficiary]
    static let keys = ["selector", "interval"]

    init(_ reader: QuestionReader) throws(Problem) {
        selector = try Selector(reader.required("selector", "A selector"))
        interval = try reader.optional("interval").map { inner throws(Problem) in try inner.choice(CalendarInterval.self) } ?? .day
    }

    func addSelectors(to list: inout SelectorList) { list.add(selector) }

    func write(to out: inout ObjectWriter) {
        out.put("selector", selector.json)
        out.put("interval", .string(interval.rawValue))
    }
}
