public import Model
public import Questions

/// Random questions about cohorts and activity.
extension RandomWorld {
    func retention(_ random: inout SplitMix64) -> JSONValue {
        let isRolling = chance(30, &random)
        let intervals: [JSONValue] = isRolling ? ["hour", "day", "week"] : ["hour", "day", "week", "month", "quarter", "year"]
        let interval = pick(intervals, &random)
        let start = selector(&random)
        var json: JSONValue = [
            "kind": "retention", "start": start, "return": chance(40, &random) ? start : selector(&random), "interval": interval,
            "periods": pick([1, 2, 3, 8], &random),
        ]
        addUnit(["account", "payer", "beneficiary"], to: &json, &random)
        if isRolling { put("anchor", "rolling24h", into: &json) }
        if chance(50, &random) { put("mode", pick(["firstTime", "recurring", "recurring"], &random), into: &json) }
        if chance(40, &random) { put("criterion", pick(["on", "onOrAfter", "onOrAfter"], &random), into: &json) }
        addCommon(to: &json, &random)
        addBreakdown(to: &json, &random)
        return json
    }

    func lifecycle(_ random: inout SplitMix64) -> JSONValue { activity("lifecycle", &random) }

    /// Stages with random rules.
    public func stageScheme(using random: inout SplitMix64) throws -> StageScheme {
        try StageScheme(json: stageList(&random))
    }

    private func stageList(_ random: inout SplitMix64) -> JSONValue {
        var stages: [JSONValue] = [["name": "attention", "rule": ["everyone": true]]]
        for name: JSONValue in ["use", "pay", "lapsed"] {
            var rule = expression(1, &random)
            while rule.text.contains("\"stage\"") { rule = expression(1, &random) }
            stages.append(["name": name, "rule": rule])
        }
        return .array(stages.shuffled(using: &random))
    }

    func stages(_ random: inout SplitMix64) -> JSONValue {
        var json: JSONValue = ["kind": "stages", "interval": pick(["day", "day", "week", "month"], &random)]
        if chance(30, &random) { put("stages", stageList(&random), into: &json) }
        addCommon(to: &json, &random)
        if chance(50, &random) {
            let parts: [JSONValue] = [
                [["trait": "plan"]], [["trait": "c1"]], [["role": true]], [["stage": true], ["trait": "plan"]],
            ]
            put("breakdown", pick(parts, &random), into: &json)
            if chance(50, &random) { put("limit", pick([1, 2, 3], &random), into: &json) }
        }
        return json
    }

    func stickiness(_ random: inout SplitMix64) -> JSONValue { activity("stickiness", &random) }

    private func activity(_ kind: JSONValue, _ random: inout SplitMix64) -> JSONValue {
        var json: JSONValue = [
            "kind": kind, "selector": selector(&random),
            "interval": pick(["hour", "day", "day", "week", "month", "quarter", "year"], &random),
        ]
        addUnit(["account", "payer", "beneficiary"], to: &json, &random)
        addCommon(to: &json, &random)
        addBreakdown(to: &json, &random)
        return json
    }

    func timeToConvert(_ random: inout SplitMix64) -> JSONValue {
        var json = funnelSteps("timeToConvert", &random)
        addUnit(["account", "payer", "beneficiary", "session"], to: &json, &random)
        put("bins", pick([1, 2, 3, 7], &random), into: &json)
        addCommon(to: &json, &random)
        return json
    }
}
