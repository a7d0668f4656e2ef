public import Model
import OrderedCollections

extension RandomWorld {
    /// A random valid question about a world such as this, as JSON.
    public func question(using random: inout SplitMix64) -> JSONValue {
        let kinds: [(inout SplitMix64) -> JSONValue] = [
            count, count, trend, trend, funnel, funnel, funnel,
            retention,
            lifecycle,
            stages,
            stickiness,
            timeToConvert,
            drivers,
            distribution,
            attribution,
            rfm,
            paths,
        ]
        return kinds[Int.random(in: kinds.indices, using: &random)](&random)
    }

    func pick(_ values: [JSONValue], _ random: inout SplitMix64) -> JSONValue {
        values.randomElement(using: &random) ?? .null
    }

    func chance(_ percent: Int, _ random: inout SplitMix64) -> Bool { Int.random(in: 0 ..< 100, using: &random) < percent }

    func put(_ key: String, _ value: JSONValue, into json: inout JSONValue) {
        if case .object(var members) = json {
            members[key] = value
            json = .object(members)
        }
    }

    /// The parts that every question takes.
    func addCommon(to json: inout JSONValue, _ random: inout SplitMix64) {
        if chance(70, &random) {
            let ranges: [JSONValue] = [
                ["from": "2026-03-07", "to": "2026-03-20"], ["from": "2026-03-07T06:30:00Z", "to": "2026-03-08T18:00:00+02:00"],
                ["last": "2mo"], ["last": "6w"], ["from": "2026-03-08"], ["to": "2026-03-09"],
                ["from": "2026-02-10", "to": "2026-04-10"],
            ]
            put("range", pick(ranges, &random), into: &json)
        }
        if chance(40, &random) { put("who", expression(2, &random), into: &json) }
        if chance(25, &random) { put("purpose", pick(["ads", "ads", "mail.news", "none"], &random), into: &json) }
        if chance(20, &random) { put("asOf", pick(["2026-03-07T12:00:00Z", "2026-03-09", "2026-03-20"], &random), into: &json) }
    }

    /// Sometimes asks by sessions, accounts, payers or beneficiaries.
    func addUnit(_ units: [JSONValue], to json: inout JSONValue, _ random: inout SplitMix64) {
        if chance(25, &random) { put("by", pick(units + ["person"], &random), into: &json) }
    }

    private func count(_ random: inout SplitMix64) -> JSONValue {
        var json: JSONValue = ["kind": "count"]
        addCommon(to: &json, &random)
        put("who", expression(3, &random), into: &json)
        if chance(50, &random) {
            put("list", true, into: &json)
        } else {
            addUnit(["account", "payer", "beneficiary"], to: &json, &random)
        }
        return json
    }

    private func trend(_ random: inout SplitMix64) -> JSONValue {
        let isCumulative = chance(15, &random)
        let simple: [JSONValue] = ["total", "persons", ["sum": "v"]]
        let all: [JSONValue] =
            simple + [
                "sessions", "dau", "wau", "mau", ["avg": "v"], ["min": "v"], ["max": "v"], ["median": "v"], ["p90": "v"],
                ["perPerson": "total"], ["perPerson": ["sum": "cart.total"]], ["perPerson": "sessions"],
            ]
        var series: [JSONValue] = []
        for _ in 0 ..< Int.random(in: 1 ... 3, using: &random) {
            series.append(["selector": selector(&random), "measure": pick(isCumulative ? simple : all, &random)])
        }
        var json: JSONValue = [
            "kind": "trend", "series": .array(series),
            "interval": pick(["hour", "day", "day", "week", "month", "quarter", "year"], &random),
        ]
        addUnit(["account", "payer", "beneficiary", "session"], to: &json, &random)
        if isCumulative { put("cumulative", true, into: &json) }
        if chance(30, &random) { put("formula", pick(["A + 1", "A / A", "-A * (2 - A)", "2 * 3 - A / 2"], &random), into: &json) }
        if chance(25, &random) { put("compare", pick(["previous", "year"], &random), into: &json) }
        addCommon(to: &json, &random)
        addBreakdown(to: &json, &random)
        return json
    }

    func addBreakdown(to json: inout JSONValue, _ random: inout SplitMix64) {
        guard chance(35, &random) else { return }
        let parts: [JSONValue] = [
            ["property": "channel"], ["property": "v"], ["trait": "plan"], ["property": "context.campaign.source"], ["role": true],
            ["trait": "c1"],
            ["stage": true],
        ]
        put("breakdown", .array((0 ..< Int.random(in: 1 ... 2, using: &random)).map { _ in pick(parts, &random) }), into: &json)
        if chance(50, &random) { put("limit", pick([1, 2, 3], &random), into: &json) }
    }

    private func funnel(_ random: inout SplitMix64) -> JSONValue {
        var json = funnelSteps("funnel", &random)
        addUnit(["account", "payer", "beneficiary", "session"], to: &json, &random)
        addCommon(to: &json, &random)
        addBreakdown(to: &json, &random)
        if json["breakdown"] != nil, chance(60, &random) {
            put("attribution", pick(["firstTouch", "lastTouch", "allSteps", "step:2"], &random), into: &json)
        }
        // As of an instant, or for a purpose, somebody may not be known, which is refused.
        if json["by"] == nil, json["asOf"] == nil, json["purpose"] == nil, chance(35, &random),
            case let identities = Set(calls.flatMap(\.identities)), !identities.isEmpty
        {
            let ordinal = UInt32.random(in: 0 ..< UInt32(identities.count), using: &random)
            put("explain", .string(PersonID(ordinal: ordinal).text), into: &json)
        }
        return json
    }

    /// A question of a kind with the steps and switches of a funnel.
    func funnelSteps(_ kind: JSONValue, _ random: inout SplitMix64) -> JSONValue {
        let count = Int.random(in: 2 ... 4, using: &random)
        let isUnordered = chance(20, &random)
        var json: JSONValue = [
            "kind": kind, "steps": .array((0 ..< count).map { _ in stepSelector(&random) }),
            "window": pick(["0s", "5s", "20m", "3h", "2d", "P30D"], &random),
        ]
        if isUnordered {
            put("order", "unordered", into: &json)
        } else if chance(25, &random) {
            put("order", "strict", into: &json)
        }
        if chance(50, &random) { put("reentry", pick(["first", "totals", "latest"], &random), into: &json) }
        if chance(40, &random) {
            put("sameTime", pick(isUnordered ? ["arrival", "permute"] : ["arrival", "strict"], &random), into: &json)
        }
        if chance(35, &random) { put("exclude", exclusions(count, isUnordered, &random), into: &json) }
        if chance(20, &random) { put("holdConstant", pick([["channel"], ["v"], ["channel", "v"]], &random), into: &json) }
        if !isUnordered, chance(30, &random) {
            put("optional", [.int(Int64(Int.random(in: 2 ... count, using: &random)))], into: &json)
        }
        return json
    }

    private func exclusions(_ count: Int, _ isUnordered: Bool, _ random: inout SplitMix64) -> JSONValue {
        .array(
            (0 ..< Int.random(in: 1 ... 2, using: &random)).map { _ in
                let from = isUnordered ? 1 : Int.random(in: 1 ..< count, using: &random)
                let to = isUnordered ? count : Int.random(in: from + 1 ... count, using: &random)
                return [
                    "selector": pick(
                        [["event": "x"], ["event": "cart"], ["event": "x", "where": condition(0, &random)]], &random),
                    "between": [.int(Int64(from)), .int(Int64(to))], "effect": pick(["drop", "stop"], &random),
                ]
            })
    }

    private func stepSelector(_ random: inout SplitMix64) -> JSONValue {
        chance(75, &random) ? pick([["event": "view"], ["event": "cart"], ["event": "order"]], &random) : selector(&random)
    }

    public func selector(_ random: inout SplitMix64) -> JSONValue {
        var json = pick(
            [
                ["event": "view"], ["event": "cart"], ["event": "order"], ["event": "page"], ["event": "relationship"],
                ["events": ["view", "cart"]],
                ["any": true],
            ], &random)
        if chance(35, &random) { put("where", condition(1, &random), into: &json) }
        if chance(10, &random) { put("as", "label", into: &json) }
        return json
    }

    private func condition(_ depth: Int, _ random: inout SplitMix64) -> JSONValue {
        if depth > 0, chance(30, &random) {
            let parts: [JSONValue] = [condition(depth - 1, &random), condition(depth - 1, &random)]
            return pick([["all": .array(parts)], ["any": .array(parts)], ["not": parts[0]]], &random)
        }
        var json = test(&random)
        put(
            "property", pick(["v", "v", "channel", "cart.total", "cart", "context.campaign.source", "name", "none"], &random),
            into: &json)
        return json
    }

    private func test(_ random: inout SplitMix64) -> JSONValue {
        let tests: [JSONValue] = [
            ["op": "=", "value": 1], ["op": "!=", "value": "apple"], ["op": ">", "value": 0.5], ["op": ">=", "value": "apple"],
            ["op": "<", "value": 3], ["op": "<=", "value": 1], ["op": "between", "value": [0.2, 4]],
            ["op": "in", "value": ["ads", 1, true]],
            ["op": "notIn", "value": [2, "mail"]], ["op": "contains", "value": "pp"], ["op": "contains", "value": 1],
            ["op": "notContains", "value": "PP", "caseInsensitive": true], ["op": "startsWith", "value": "a"],
            ["op": "endsWith", "value": "LE", "caseInsensitive": true], ["op": "matches", "value": "^[aA]p+l"], ["op": "exists"],
            ["op": "missing"], ["op": "before", "value": "2026-03-10"], ["op": "after", "value": "2026-03-07T00:00:00Z"],
            ["op": "withinLast", "value": "60d"], ["op": "matches", "value": "(?:d|m)[a-i]+(l|r)$"],
        ]
        return pick(tests, &random)
    }

    public func expression(_ depth: Int, _ random: inout SplitMix64) -> JSONValue {
        if depth > 0, chance(35, &random) {
            let parts: [JSONValue] = [expression(depth - 1, &random), expression(depth - 1, &random)]
            return pick(
                [
                    ["all": .array(parts)], ["any": .array(parts)], ["not": parts[0]],
                    ["account": ["match": pick(["any", "all", "none"], &random), "of": parts[0]]],
                    ["related": ["as": pick(["payer", "payer", "decider"], &random), "to": parts[0]]],
                ], &random)
        }
        switch Int.random(in: 0 ..< 10, using: &random) {
        case 0: return ["everyone": true]
        case 1:
            var json = test(&random)
            put("trait", pick(["plan", "age", "none", "c1", "c2"], &random), into: &json)
            return json
        case 2:
            if chance(50, &random) {
                return pick(
                    [
                        ["role": "customer"], ["role": "user"], ["role": "payer"], ["stage": "pay"], ["stage": "attention"],
                        ["consent": "ads"], ["consent": "mail.news"],
                    ], &random)
            }
            return ["sample": ["percent": pick([0, 30, 50.5, 100], &random), "salt": pick(["", "a", "茶"], &random)]]
        case 3:
            return [pick(["first", "last"], &random).stringValue ?? "first": selector(&random), "where": condition(1, &random)]
        case 4: return ["absentFor": selector(&random), "duration": pick(["1h", "3d", "40d"], &random)]
        case 5:
            var json: JSONValue = [
                "sequence": [selector(&random), selector(&random)], "window": pick(["5s", "3h", "9d"], &random),
            ]
            if chance(50, &random) { put("order", pick(["strict", "unordered"], &random), into: &json) }
            if chance(40, &random) { put("within", within(&random), into: &json) }
            return json
        case 6:
            let aggregate = pick(["sum", "avg", "min", "max", "distinct"], &random).stringValue ?? "sum"
            var json: JSONValue = ["did": selector(&random), "measure": [aggregate: "v"]]
            put("op", pick(["=", "!=", ">", ">=", "<", "<="], &random), into: &json)
            put("value", pick([0, 1, 2.5], &random), into: &json)
            if chance(40, &random) { put("within", within(&random), into: &json) }
            return json
        default:
            var json: JSONValue = ["did": selector(&random)]
            if chance(60, &random) {
                put(
                    "times", ["op": pick(["=", "!=", ">", ">=", "<", "<="], &random), "value": pick([0, 1, 2], &random)],
                    into: &json)
            }
            if chance(50, &random) { put("within", within(&random), into: &json) }
            return json
        }
    }

    private func within(_ random: inout SplitMix64) -> JSONValue {
        pick(
            [
                ["last": "39d"], ["last": "40d"], ["last": "2d"], ["between": ["36d", "39d"]],
                ["from": "2026-03-08", "to": "2026-03-09"],
            ],
            &random)
    }
}
