public import Model

/// Who is new, back again, back after a pause, or gone, interval by interval.
public struct LifecycleQuestion: QuestionBody, Hashable, Sendable {
    public var selector: Selector
    public var interval: CalendarInterval

    static let name = "lifecycle"
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
