import Model

/// Which earlier events go along with doing something.
public struct DriversQuestion: QuestionBody, Hashable, Sendable {
    public var target: Selector
    public var lookback: TimeSpan
    /// Events done by fewer people are left out.
    public var minSupport: Int

    static let name = "drivers"
    static let keys = ["target", "lookback", "minSupport"]

    init(_ reader: QuestionReader) throws(Problem) {
        target = try Selector(reader.required("target", "A selector of the target"))
        lookback = try reader.required("lookback", "A duration such as \"7d\"").span()
        let wanted = "A number of people from 1"
        minSupport =
            try reader.optional("minSupport").map { inner throws(Problem) in try inner.integer(1 ... 1_000_000_000, wanted) } ?? 1
    }

    func addSelectors(to list: inout SelectorList) {
        list.add(target)
        list.add(Selector(names: nil))
    }

    func write(to out: inout ObjectWriter) {
        out.put("target", target.json)
        out.put("lookback", .string(lookback.text))
        out.put("minSupport", .int(Int64(minSupport)))
    }
}
