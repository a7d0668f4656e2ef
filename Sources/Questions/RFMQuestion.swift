import Model

/// People by how recently, how often and for how much they did something, each cut into equal bins.
public struct RFMQuestion: QuestionBody, Hashable, Sendable {
    public var selector: Selector
    /// The numeric property whose sum is the monetary value.
    public var value: String
    public var bins: Int
    /// Whether each cell lists its people.
    public var isList: Bool

    static let name = "rfm"
    static let keys = ["selector", "value", "bins", "method", "list"]
    static let binsMax = 20

    init(_ reader: QuestionReader) throws(Problem) {
        selector = try Selector(reader.required("selector", "A selector"))
        value = try reader.required("value", "The name of a numeric property").name("The name of a numeric property")
        let wanted = "A number of bins from 1 to \(RFMQuestion.binsMax)"
        bins =
            try reader.optional("bins").map { inner throws(Problem) in try inner.integer(1 ... RFMQuestion.binsMax, wanted) } ?? 5
        isList = try reader.optional("list").map { inner throws(Problem) in try inner.flag() } ?? false
        guard let method = reader.optional("method"), method.value != "ntile" else { return }
        guard method.value == "thresholds" || method.value == "kmeans" else {
            throw method.expected("\"ntile\", \"thresholds\" or \"kmeans\"")
        }
        throw method.notBuilt("The method \"\(method.value.stringValue ?? "")\"")
    }

    func addSelectors(to list: inout SelectorList) { list.add(selector) }

    func write(to out: inout ObjectWriter) {
        out.put("selector", selector.json)
        out.put("value", .string(value))
        out.put("bins", .int(Int64(bins)))
        out.put("method", "ntile")
        if isList { out.put("list", true) }
    }
}
