import Model

/// Random questions about portraits and drivers.
extension RandomWorld {
    func distribution(_ random: inout SplitMix64) -> JSONValue {
        let traits: [JSONValue] = [
            ["trait": "plan"], ["trait": "age"], ["trait": "none"], ["trait": "c1"], ["trait": "c2"], ["property": "channel"],
            ["property": "v"],
            ["property": "context.campaign.source"], ["role": true], ["stage": true],
        ]
        var json: JSONValue = [
            "kind": "distribution",
            "of": .array((0 ..< Int.random(in: 1 ... 2, using: &random)).map { _ in pick(traits, &random) }),
        ]
        if chance(50, &random) { put("against", expression(1, &random), into: &json) }
        if chance(20, &random) { put("limit", pick([1, 2], &random), into: &json) }
        addCommon(to: &json, &random)
        return json
    }

    func drivers(_ random: inout SplitMix64) -> JSONValue {
        var json: JSONValue = [
            "kind": "drivers", "target": selector(&random), "lookback": pick(["0s", "20m", "3h", "2d", "30d"], &random),
        ]
        if chance(40, &random) {
            put("properties", pick([["channel"], ["v", "channel"], ["context.campaign.source"]], &random), into: &json)
            if chance(50, &random) { put("values", pick([1, 2, 50], &random), into: &json) }
        }
        if chance(30, &random) { put("minSupport", pick([1, 2, 3], &random), into: &json) }
        addCommon(to: &json, &random)
        return json
    }
}
