public import Model
public import Questions

extension RandomWorld {
    /// Random rules of computed traits, now and then of a key that is sent, too; questions ask for `c1` and `c2`.
    public func computedTraits(using random: inout SplitMix64) throws -> [ComputedTrait] {
        var traits: [ComputedTrait] = []
        for key in ["c1", "c2", "plan"] where chance(key == "plan" ? 15 : 90, &random) {
            let measure = ComputedTrait.Measure.allCases.randomElement(using: &random) ?? .count
            var rule: JSONValue = ["selector": selector(&random), "measure": .string(measure.rawValue)]
            if measure != .count {
                put("property", pick(["v", "v", "channel", "cart.total", "name", "none"], &random), into: &rule)
            }
            if chance(50, &random) { put("window", pick(["1h", "2d", "39d", "40d"], &random), into: &rule) }
            traits.append(try ComputedTrait(key: key, rule: rule))
        }
        return traits
    }
}
