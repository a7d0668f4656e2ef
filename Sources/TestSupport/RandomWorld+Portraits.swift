import Model

/// Random questions about paths, values and touches.
extension RandomWorld {
    func paths(_ random: inout SplitMix64) -> JSONValue {
        var json: JSONValue = ["kind": "paths"]
        if chance(40, &random) { put("depth", pick([2, 3, 5], &random), into: &json) }
        if chance(30, &random) { put("from", selector(&random), into: &json) }
        if chance(30, &random) { put("to", selector(&random), into: &json) }
        if chance(30, &random) { put("limit", pick([1, 3, 100], &random), into: &json) }
        if chance(30, &random) {
            let names: [JSONValue] = ["view", "茶", "other"]
            let renames: [JSONValue] = (0 ..< Int.random(in: 1 ... 2, using: &random)).map { _ in
                ["as": pick(names, &random), "selector": selector(&random)]
            }
            put("group", .array(renames), into: &json)
        }
        addCommon(to: &json, &random)
        return json
    }

    func rfm(_ random: inout SplitMix64) -> JSONValue {
        var json: JSONValue = [
            "kind": "rfm", "selector": selector(&random), "value": pick(["v", "cart.total"], &random),
            "bins": pick([1, 2, 3, 5], &random),
        ]
        if chance(30, &random) { put("method", "ntile", into: &json) }
        if chance(40, &random) { put("list", true, into: &json) }
        addCommon(to: &json, &random)
        return json
    }

    func attribution(_ random: inout SplitMix64) -> JSONValue {
        let models: [JSONValue] = ["firstTouch", "lastTouch", "lastNonDirect", "linear", "positionBased", "timeDecay"]
        var json: JSONValue = [
            "kind": "attribution", "conversion": selector(&random),
            "touch": ["property": pick(["channel", "channel", "context.campaign.source", "v"], &random)],
            "lookback": pick(["0s", "20m", "3h", "2d", "30d"], &random), "model": pick(models, &random),
        ]
        if json["model"] == "timeDecay", chance(60, &random) { put("halfLife", pick(["1m", "5h", "3d"], &random), into: &json) }
        addCommon(to: &json, &random)
        return json
    }
}
