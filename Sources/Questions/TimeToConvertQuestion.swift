import Model

/// How long people take from the first to the last step of a funnel.
public struct TimeToConvertQuestion: QuestionBody, Hashable, Sendable {
    public var funnel: FunnelQuestion
    /// Number of equal widths of the histogram.
    public var bins: Int

    static let name = "timeToConvert"
    static let units: [Question.Unit] = [.account, .payer, .beneficiary, .session]
    static let keys = FunnelQuestion.keys.filter { $0 != "attribution" && $0 != "explain" } + ["bins"]

    init(_ reader: QuestionReader) throws(Problem) {
        funnel = try FunnelQuestion(reader)
        let wanted: Wording = "A number of bins from 1 to 1000"
        bins = try reader.optional("bins").map { inner throws(Problem) in try inner.integer(1 ... 1_000, wanted) } ?? 10
    }

    func addSelectors(to list: inout SelectorList) { list.add(funnel) }

    func write(to out: inout ObjectWriter) {
        funnel.write(to: &out)
        out.put("bins", .int(Int64(bins)))
    }
}
