import Model

/// People by how recently, how often and for how much they did something, each figure cut into scores from 1.
public struct RFMQuestion: QuestionBody, Hashable, Sendable {
    public enum Method: Hashable, Sendable {
        /// Tiles of equally many people.
        case ntile(bins: Int)
        /// Groups of figures that lie close together.
        case kmeans(bins: Int)
        /// Borders given by hand.
        case thresholds(RFMThresholds)
    }

    public var selector: Selector
    /// The numeric property whose sum is the monetary value.
    public var value: String
    public var method: Method
    /// Whether each cell lists its people.
    public var isList: Bool

    static let name = "rfm"
    static let keys = ["selector", "value", "bins", "method", "thresholds", "list"]
    static let binsMax = 20

    init(_ reader: QuestionReader) throws(Problem) {
        selector = try Selector(reader.required("selector", "A selector"))
        value = try reader.required("value", "The name of a numeric property").name("The name of a numeric property")
        isList = try reader.optional("list").map { inner throws(Problem) in try inner.flag() } ?? false
        let word = try reader.optional("method").map { inner throws(Problem) in try inner.choice(MethodWord.self) } ?? .ntile
        if word != .thresholds, let place = reader.optional("thresholds") {
            throw place.refused("\"thresholds\" goes with \"method\": \"thresholds\".")
        }
        switch word {
        case .ntile: method = .ntile(bins: try RFMQuestion.bins(reader))
        case .kmeans: method = .kmeans(bins: try RFMQuestion.bins(reader))
        case .thresholds:
            if let bins = reader.optional("bins") {
                throw bins.refused("The number of bins follows from \"thresholds\": leave it out.")
            }
            let what: Wording = "Thresholds such as \(#"{"recency": ["7d", "30d"], "frequency": [2, 5], "monetary": [100]}"#)"
            method = .thresholds(try RFMThresholds(reader.required("thresholds", what), what))
        }
    }

    /// The words of ``Method``.
    private enum MethodWord: String, CaseIterable {
        case ntile, thresholds, kmeans
    }

    private static func bins(_ reader: QuestionReader) throws(Problem) -> Int {
        let wanted: Wording = "A number of bins from 1 to \(binsMax)"
        return try reader.optional("bins").map { inner throws(Problem) in try inner.integer(1 ... binsMax, wanted) } ?? 5
    }

    func addSelectors(to list: inout SelectorList) { list.add(selector) }

    func write(to out: inout ObjectWriter) {
        out.put("selector", selector.json)
        out.put("value", .string(value))
        switch method {
        case .ntile(let bins):
            out.put("bins", .int(Int64(bins)))
            out.put("method", "ntile")
        case .kmeans(let bins):
            out.put("bins", .int(Int64(bins)))
            out.put("method", "kmeans")
        case .thresholds(let thresholds):
            out.put("method", "thresholds")
            out.put("thresholds", thresholds.json)
        }
        if isList { out.put("list", true) }
    }
}
