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
        ]
        switch Int.random(in: 0 ..< 3, using: &random) {
        case 0:
            put("bins", pick([1, 2, 3, 5], &random), into: &json)
            if chance(30, &random) { put("method", "ntile", into: &json) }
        case 1:
            put("method", "kmeans", into: &json)
            put("bins", pick([1, 2, 3, 5], &random), into: &json)
        default:
            put("method", "thresholds", into: &json)
            let thresholds: [JSONValue] = [
                [:], ["recency": ["1h", "2d", "20d"], "frequency": [2, 3], "monetary": [-5, 0, 10.5, 100]],
                ["frequency": [1, 2, 5], "monetary": []], ["recency": ["0s", "30d"]],
            ]
            put("thresholds", pick(thresholds, &random), into: &json)
        }
        if chance(40, &random) { put("list", true, into: &json) }
        addCommon(to: &json, &random)
        return json
    }

    func attribution(_ random: inout SplitMix64) -> JSONValue {
        let models: [JSONValue] = ["firstTouch", "lastTouch", "lastNonDirect", "linear", "positionBased", "timeDecay"]
        var json: JSONValue = [
            "kind": "attribution", "conversion": selector(&random),
            "touch": touch(&random),
            "lookback": pick(["0s", "20m", "3h", "2d", "30d"], &random), "model": pick(models, &random),
        ]
        if chance(40, &random) { put("value", pick(["v", "cart.total"], &random), into: &json) }
        if chance(30, &random) {
            put("costs", pick([[:], ["ads": 10, "direct": 0], ["mail": 2.5, "none": 7]], &random), into: &json)
        }
        if json["model"] == "timeDecay", chance(60, &random) { put("halfLife", pick(["1m", "5h", "3d"], &random), into: &json) }
        addCommon(to: &json, &random)
        return json
    }

    private func touch(_ random: inout SplitMix64) -> JSONValue {
        if chance(30, &random) {
            let names: [JSONValue] = ["ads", "direct", "茶"]
            return [
                "channels": .array(
                    (0 ..< Int.random(in: 1 ... 3, using: &random)).map { _ in
                        ["as": pick(names, &random), "selector": selector(&random)]
                    })
            ]
        }
        return ["property": pick(["channel", "channel", "context.campaign.source", "v"], &random)]
    }
}
