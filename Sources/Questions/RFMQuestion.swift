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
        let word = reader.optional("method")
        switch word?.value ?? "ntile" {
        case "ntile": method = .ntile(bins: try RFMQuestion.bins(reader))
        case "kmeans": method = .kmeans(bins: try RFMQuestion.bins(reader))
        case "thresholds":
            if let bins = reader.optional("bins") {
                throw bins.refused("The number of bins follows from \"thresholds\": leave it out.")
            }
            let what = "Thresholds such as {\"recency\": [\"7d\", \"30d\"], \"frequency\": [2, 5], \"monetary\": [100]}"
            method = .thresholds(try RFMThresholds(reader.required("thresholds", what), what))
        default:
            throw word?.expected("\"ntile\", \"thresholds\" or \"kmeans\"") ?? reader.refused("The method is none.")
        }
        if let place = reader.optional("thresholds"), word?.value != "thresholds" {
            throw place.refused("\"thresholds\" goes with \"method\": \"thresholds\".")
        }
    }

    private static func bins(_ reader: QuestionReader) throws(Problem) -> Int {
        let wanted = "A number of bins from 1 to \(binsMax)"
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

/// The borders between scores: a list of up to 19 for each figure, ascending; none leaves one score.
public struct RFMThresholds: Hashable, Sendable {
    /// Durations before the end of the range: who was there within more of them scores higher.
    public var recency: [TimeSpan] = []
    /// Numbers of events: who reaches more of them scores higher.
    public var frequency: [Int] = []
    /// Sums of the value: who reaches more of them scores higher.
    public var monetary: [Double] = []

    init(_ place: QuestionReader, _ what: String) throws(Problem) {
        _ = try place.object(what)
        try place.allow(["recency", "frequency", "monetary"], of: "thresholds")
        if let inner = place.optional("recency") {
            for element in try RFMThresholds.elements(inner) { recency.append(try element.span()) }
            try RFMThresholds.check(recency.map { Double($0.microseconds) }, inner)
        }
        if let inner = place.optional("frequency") {
            let wanted = "A number of events from 1"
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
