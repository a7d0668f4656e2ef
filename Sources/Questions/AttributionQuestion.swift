import Model
public import OrderedCollections

/// Which touches conversions are credited to.
public struct AttributionQuestion: QuestionBody, Hashable, Sendable {
    public enum Credit: String, Sendable, CaseIterable {
        case firstTouch, lastTouch, lastNonDirect, linear
        /// 40 % to the first and the last touch each, 20 % to those between.
        case positionBased
        /// A touch weighs half as much for each half-life that it lies earlier.
        case timeDecay
    }

    /// What makes an event a touch, and names it.
    public enum Touch: Hashable, Sendable {
        /// The value of this property; events without it are no touches.
        case property(String)
        /// The first name whose selector matches; other events are no touches.
        case channels([NamedSelector])
    }

    public var conversion: Selector
    public var touch: Touch
    public var lookback: TimeSpan
    public var model: Credit
    public var halfLife: TimeSpan
    /// The numeric property of a conversion that says what it brought; amounts of 10^12 and more count as nothing.
    public var value: String?
    /// What the touches of a name cost over the whole range, from 0, in the unit of ``value``; nil when none were given.
    public var costs: OrderedDictionary<String, Double>?

    static let name = "attribution"
    static let keys = ["conversion", "touch", "lookback", "model", "halfLife", "value", "costs"]
    static let costsMax = 1_000
    /// The value of a touch that nobody brought about.
    static let direct: JSONValue = "direct"

    init(_ reader: QuestionReader) throws(Problem) {
        conversion = try Selector(reader.required("conversion", "A selector of the conversions"))
        touch = try AttributionQuestion.touch(reader)
        lookback = try reader.required("lookback", "A duration such as \(#""30d""#)").span()
        model = try reader.required("model", "A model such as \(#""lastTouch""#)").choice(Credit.self)
        halfLife = TimeSpan(microseconds: 7 * .microsecondsPerDay)
        if let inner = reader.optional("halfLife") {
            guard model == .timeDecay else { throw inner.refused("\"halfLife\" goes with the model \"timeDecay\".") }
            halfLife = try inner.span()
            guard halfLife.microseconds > 0 else { throw inner.expected("A duration longer than nothing") }
        }
        value = try reader.optional("value").map { inner throws(Problem) in try inner.name("The name of a numeric property") }
        costs = try reader.optional("costs").map { inner throws(Problem) in try AttributionQuestion.costs(inner) }
    }

    private static func touch(_ reader: QuestionReader) throws(Problem) -> Touch {
        let what: Wording = "A touch such as \(#"{"property": "context.campaign.source"}"#)"
        let place = try reader.required("touch", what)
        _ = try place.object(what)
        try place.allow(["property", "channels"], of: "a touch")
        guard let list = place.optional("channels") else {
            return .property(try place.required("property", "The name of a property").name("The name of a property"))
        }
        if let property = place.optional("property") {
            throw property.refused("A touch is told by a property or by channels, not by both. Leave one out.")
        }
        let channels = try NamedSelector.list(list, of: "a channel", "A channel such as \(NamedSelector.example)")
        guard !channels.isEmpty else { throw list.refused("No channel is named. Name at least one.") }
        return .channels(channels)
    }

    private static func costs(_ place: QuestionReader) throws(Problem) -> OrderedDictionary<String, Double> {
        let members = try place.object("Costs by touch such as \(#"{"newsletter": 120.5}"#)")
        guard members.count <= costsMax else { throw place.refused("At most \(costsMax) costs are possible.") }
        var out: OrderedDictionary<String, Double> = [:]
        for (touch, amount) in members {
            let inner = place.child(touch, amount)
            guard let cost = try inner.number("An amount from 0").doubleValue, cost.isFinite, cost >= 0 else {
                throw inner.expected("An amount from 0")
            }
            out[touch] = cost
        }
        return out
    }

    func addSelectors(to list: inout SelectorList) {
        list.add(conversion)
        list.add(Selector(names: nil))
        if case .channels(let channels) = touch {
            for channel in channels { list.add(channel.selector) }
        }
    }

    func write(to out: inout ObjectWriter) {
        out.put("conversion", conversion.json)
        switch touch {
        case .property(let name): out.put("touch", ["property": .string(name)])
        case .channels(let channels): out.put("touch", ["channels": NamedSelector.json(channels)])
        }
        out.put("lookback", .string(lookback.text))
        out.put("model", .string(model.rawValue))
        if model == .timeDecay { out.put("halfLife", .string(halfLife.text)) }
        out.put("value", value.map { .string($0) })
        if let costs { out.put("costs", .object(costs.mapValues { Numbers.json($0) })) }
    }
}
