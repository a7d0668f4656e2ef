import Model

/// Which touches conversions are credited to.
public struct AttributionQuestion: QuestionBody, Hashable, Sendable {
    public enum Credit: String, Sendable, CaseIterable {
        case firstTouch, lastTouch, lastNonDirect, linear
        /// 40 % to the first and the last touch each, 20 % to those between.
        case positionBased
        /// A touch weighs half as much for each half-life that it lies earlier.
        case timeDecay
    }

    public var conversion: Selector
    /// The property whose value names the touch; events without it are none.
    public var touch: String
    public var lookback: TimeSpan
    public var model: Credit
    public var halfLife: TimeSpan

    static let name = "attribution"
    static let keys = ["conversion", "touch", "lookback", "model", "halfLife", "costs"]
    /// The value of a touch that nobody brought about.
    static let direct: JSONValue = "direct"

    init(_ reader: QuestionReader) throws(Problem) {
        conversion = try Selector(reader.required("conversion", "A selector of the conversions"))
        let place = try reader.required("touch", "A touch such as {\"property\": \"context.campaign.source\"}")
        _ = try place.object("A touch such as {\"property\": \"context.campaign.source\"}")
        try place.allow(["property"], of: "a touch")
        touch = try place.required("property", "The name of a property").name("The name of a property")
        lookback = try reader.required("lookback", "A duration such as \"30d\"").span()
        model = try reader.required("model", "A model such as \"lastTouch\"").choice(Credit.self)
        halfLife = TimeSpan(microseconds: 7 * .microsecondsPerDay)
        if let inner = reader.optional("halfLife") {
            guard model == .timeDecay else { throw inner.refused("\"halfLife\" goes with the model \"timeDecay\".") }
            halfLife = try inner.span()
            guard halfLife.microseconds > 0 else { throw inner.expected("A duration longer than nothing") }
        }
        if let costs = reader.optional("costs") { throw costs.notBuilt("\"costs\"") }
    }

    func addSelectors(to list: inout SelectorList) {
        list.add(conversion)
        list.add(Selector(names: nil))
    }

    func write(to out: inout ObjectWriter) {
        out.put("conversion", conversion.json)
        out.put("touch", ["property": .string(touch)])
        out.put("lookback", .string(lookback.text))
        out.put("model", .string(model.rawValue))
        if model == .timeDecay { out.put("halfLife", .string(halfLife.text)) }
    }
}
