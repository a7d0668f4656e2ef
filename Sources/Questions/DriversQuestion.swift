import Model

/// Which earlier events go along with doing something.
public struct DriversQuestion: QuestionBody, Hashable, Sendable {
    public var target: Selector
    public var lookback: TimeSpan
    /// Events done by fewer people are left out.
    public var minSupport: Int
    /// Up to five properties whose values are looked at, too, apart for each event.
    public var properties: [String] = []
    /// Number of values of each event and property, 1 to 100: those that most people had.
    public var valuesMax = 10

    static let name = "drivers"
    static let keys = ["target", "lookback", "minSupport", "properties", "values"]
    static let propertiesMax = 5

    init(_ reader: QuestionReader) throws(Problem) {
        target = try Selector(reader.required("target", "A selector of the target"))
        lookback = try reader.required("lookback", "A duration such as \(#""7d""#)").span()
        let wanted: Wording = "A number of people from 1"
        minSupport =
            try reader.optional("minSupport").map { inner throws(Problem) in try inner.integer(1 ... 1_000_000_000, wanted) } ?? 1
        if let place = reader.optional("properties") {
            let names = try place.list("A list of up to \(DriversQuestion.propertiesMax) properties")
            guard names.count <= DriversQuestion.propertiesMax else {
                throw place.refused("At most \(DriversQuestion.propertiesMax) properties are possible.")
            }
            for name in names {
                properties.append(try name.name("The name of a property"))
                if properties.dropLast().contains(properties[properties.count - 1]) {
                    throw name.refused("The property is named twice. Name it once.")
                }
            }
        }
        if let inner = reader.optional("values") {
            guard !properties.isEmpty else { throw inner.refused("\"values\" goes with \"properties\".") }
            valuesMax = try inner.integer(1 ... 100, "A number of values from 1 to 100")
        }
    }

    func addSelectors(to list: inout SelectorList) {
        list.add(target)
        list.add(Selector(names: nil))
    }

    func write(to out: inout ObjectWriter) {
        out.put("target", target.json)
        out.put("lookback", .string(lookback.text))
        out.put("minSupport", .int(Int64(minSupport)))
        if properties.isEmpty { return }
        out.put("properties", .array(properties.map { .string($0) }))
        out.put("values", .int(Int64(valuesMax)))
    }
}
