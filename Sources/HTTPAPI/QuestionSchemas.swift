internal import Model
internal import OrderedCollections
internal import Questions

/// The JSON Schemas of questions, one for each kind, as OpenAPI 3.1 components.
enum QuestionSchemas {
    /// `Question`, its kinds and their common parts.
    static var components: OrderedDictionary<String, JSONValue> {
        var out: OrderedDictionary<String, JSONValue> = ["Question": question]
        for kind in Question.Kind.names { out[name(of: kind)] = schema(of: kind) }
        for (name, part) in parts { out[name] = part }
        return out
    }

    /// `FunnelQuestion` for `funnel`.
    static func name(of kind: String) -> String { kind.prefix(1).uppercased() + kind.dropFirst() + "Question" }

    private static var question: JSONValue {
        let kinds = Question.Kind.names
        let mapping = OrderedDictionary(uniqueKeysWithValues: kinds.map { ($0, reference(name(of: $0))["$ref"] ?? .null) })
        return [
            "oneOf": .array(kinds.map { reference(name(of: $0)) }),
            "discriminator": ["propertyName": "kind", "mapping": .object(mapping)],
        ]
    }

    private static func schema(of kind: String) -> JSONValue {
        var properties: OrderedDictionary<String, JSONValue> = ["kind": ["const": .string(kind)]]
        for key in Question.Kind.keys(of: kind) where key != "kind" { properties[key] = member(key, of: kind) ?? true }
        return [
            "type": "object", "required": .array((["kind"] + (required[kind] ?? [])).map { .string($0) }),
            "properties": .object(properties), "additionalProperties": false,
            "example": QuestionExamples.example(of: kind) ?? .null,
        ]
    }

    /// The keys that a kind cannot do without.
    private static let required: [String: [String]] = [
        "trend": ["series"], "funnel": ["steps", "window"], "retention": ["start", "return"], "lifecycle": ["selector"],
        "stickiness": ["selector"], "timeToConvert": ["steps", "window"], "rfm": ["selector", "value"],
        "attribution": ["conversion", "touch", "lookback", "model"], "distribution": ["of"], "drivers": ["target", "lookback"],
        "timeline": ["person"],
    ]

    /// What stands under a key of a kind; nil when it is not described yet.
    static func member(_ key: String, of kind: String) -> JSONValue? {
        switch (kind, key) {
        case (_, "by"): choice(["person"] + Question.Kind.units(of: kind))
        case ("timeline", "order"): choice(["newest", "oldest"])
        default: members[key]
        }
    }

    // MARK: - Keys

    private static func reference(_ name: String) -> JSONValue { APISchema.reference(name) }
    private static func choice(_ words: [String]) -> JSONValue { ["enum": .array(words.map { .string($0) })] }
    private static func integer(_ least: Int64, _ greatest: Int64) -> JSONValue {
        ["type": "integer", "minimum": .int(least), "maximum": .int(greatest)]
    }
    private static func list(of items: JSONValue, _ least: Int64 = 0, _ greatest: Int64? = nil) -> JSONValue {
        var out: OrderedDictionary<String, JSONValue> = ["type": "array", "items": items, "minItems": .int(least)]
        if let greatest { out["maxItems"] = .int(greatest) }
        return .object(out)
    }

    private static let selector = reference("Selector")
    private static let duration = reference("Duration")
    private static let expression = reference("Expression")
    private static let property: JSONValue = ["type": "string", "description": "A property; dots reach into objects."]
    private static let named: JSONValue = list(of: APISchema.object(["as": APISchema.text, "selector": selector]), 0, 50)

    private static let members: [String: JSONValue] = [
        "range": reference("QuestionRange"), "who": expression, "asOf": reference("Moment"),
        "purpose": [
            "type": "string",
            "description": "What the answer is for: only people who have granted this purpose, and not withdrawn it, count.",
        ],
        "breakdown": list(of: reference("Breakdown"), 1, 3), "limit": integer(1, 10_000),
        // Count, timeline
        "list": APISchema.flag, "cursor": ["type": "string", "description": "The \"next\" of the page before."],
        "person": reference("PersonID"),
        // Trend
        "series": list(
            of: APISchema.object(["selector": selector, "measure": reference("Measure")], required: ["selector"]), 1, 26),
        "formula": ["type": "string", "description": "Such as \"B / A\" over the series in their order."],
        "interval": choice(["hour", "day", "week", "month", "quarter", "year"]), "compare": choice(["previous", "year"]),
        "cumulative": APISchema.flag,
        // Funnel, timeToConvert
        "steps": list(of: selector, 2, 20), "window": duration, "order": choice(["ordered", "strict", "unordered"]),
        "reentry": choice(["latest", "first", "totals"]), "sameTime": choice(["permute", "arrival", "strict"]),
        "exclude": list(
            of: APISchema.object(
                [
                    "selector": selector, "between": list(of: integer(1, 20), 2, 2), "effect": choice(["drop", "stop"]),
                ], required: ["selector", "between"]), 0, 10), "holdConstant": list(of: property, 0, 5),
        "optional": list(of: integer(2, 20)),
        "attribution": [
            "type": "string", "description": "firstTouch, lastTouch, allSteps, or step:N with N from 1; goes with a breakdown.",
        ], "explain": reference("PersonID"), "bins": integer(1, 1_000),
        // Retention, lifecycle, stickiness
        "start": selector, "return": selector, "selector": selector, "periods": integer(1, 1_000),
        "mode": choice(["firstTime", "recurring"]), "criterion": choice(["on", "onOrAfter"]),
        "anchor": choice(["calendar", "rolling24h"]),
        // Stages
        "stages": list(of: APISchema.object(["name": APISchema.text, "rule": expression]), 1, 20),
        // Paths
        "from": selector, "to": selector, "depth": integer(2, 100),
        "group": named,
        // RFM
        "value": property, "method": choice(["ntile", "thresholds", "kmeans"]),
        "thresholds": APISchema.object(
            [
                "recency": list(of: duration, 0, 19), "frequency": list(of: integer(1, 1_000_000_000), 0, 19),
                "monetary": list(of: ["type": "number"], 0, 19),
            ], required: []),
        // Attribution
        "conversion": selector,
        "touch": ["oneOf": [APISchema.object(["property": property]), APISchema.object(["channels": named])]], "lookback": duration,
        "halfLife": duration,
        "model": choice(["firstTouch", "lastTouch", "lastNonDirect", "linear", "positionBased", "timeDecay"]),
        "costs": ["type": "object", "additionalProperties": ["type": "number", "minimum": 0], "maxProperties": 1_000],
        // Distribution, drivers
        "of": list(of: ["oneOf": .array(facts)], 1, 20),
        "against": expression, "target": selector,
        "minSupport": integer(1, 1_000_000_000), "properties": list(of: property, 0, 5), "values": integer(1, 100),
    ]

    /// What people or their events differ in.
    private static let facts: [JSONValue] = [
        APISchema.object(["property": property]), APISchema.object(["trait": APISchema.text]),
        APISchema.object(["role": ["const": true]]), APISchema.object(["stage": ["const": true]]),
    ]

    // MARK: - Common parts

    private static let parts: OrderedDictionary<String, JSONValue> = [
        "PersonID": ["type": "string", "pattern": "^p_[0-9a-z]+$"],
        "Duration": ["type": "string", "description": "ISO 8601 such as P7D or PT30M, or 7d, 12h, 30m, 45s, 2w, 1d12h."],
        "Moment": [
            "type": "string", "description": "RFC 3339 with an offset, or a date: the start of that day in the workspace's zone.",
        ],
        "QuestionRange": [
            "oneOf": [
                APISchema.object(["last": ["type": "string", "pattern": "^[0-9]{1,6}(d|w|mo)$"]]),
                [
                    "type": "object", "minProperties": 1, "additionalProperties": false,
                    "properties": ["from": reference("Moment"), "to": reference("Moment")],
                ],
            ]
        ],
        "Selector": [
            "type": "object", "description": "Which events are meant: one of event, events and any.",
            "properties": [
                "event": APISchema.text, "events": list(of: APISchema.text, 1, 1_000), "any": ["const": true],
                "where": reference("Condition"), "as": APISchema.text,
            ], "additionalProperties": false,
            "oneOf": [["required": ["event"]], ["required": ["events"]], ["required": ["any"]]],
        ],
        "Condition": [
            "description": "A test of one property of an event, or tests combined.",
            "oneOf": [
                APISchema.object(
                    [
                        "property": property, "op": choice(ValueTest.Operator.allCases.map(\.rawValue)), "value": true,
                        "caseInsensitive": APISchema.flag,
                    ], required: ["property", "op"]), APISchema.object(["all": list(of: reference("Condition"))]),
                APISchema.object(["any": list(of: reference("Condition"))]), APISchema.object(["not": reference("Condition")]),
            ],
        ],
        "Measure": [
            "oneOf": [
                choice(["total", "persons", "sessions", "dau", "wau", "mau"]),
                [
                    "type": "object", "minProperties": 1, "maxProperties": 1,
                    "properties": .object(
                        OrderedDictionary(
                            uniqueKeysWithValues: TrendQuestion.Statistic.allCases.map { ($0.rawValue, property) }
                                + [("perPerson", reference("Measure"))])), "additionalProperties": false,
                ],
            ]
        ],
        "Breakdown": [
            "oneOf": .array(facts)
        ],
        "Expression": [
            "type": "object", "minProperties": 1,
            "description": .string(
                "Which people are meant: {\"all\": […]}, {\"any\": […]}, {\"not\": …}, {\"everyone\": true}, a test of a trait, a role, a stage, "
                    + "what they did and how often, their first or last event, a sequence, an absence, whom they are related to, what they consent to, others of their accounts, or a sample."
            ),
            "properties": [
                "all": list(of: reference("Expression")),
                "any": ["oneOf": [list(of: reference("Expression")), ["const": true]]],
                "not": reference("Expression"), "everyone": ["const": true], "trait": APISchema.text, "role": APISchema.text,
                "stage": APISchema.text, "consent": APISchema.text,
                "did": selector, "first": selector, "last": selector, "sequence": list(of: selector, 2, 20), "absentFor": selector,
                "duration": duration,
                "related": APISchema.object([
                    "as": choice(RelationshipRole.allCases.map(\.rawValue)), "to": reference("Expression"),
                ]),
                "account": APISchema.object(["match": choice(["any", "all", "none"]), "of": reference("Expression")]),
                "sample": APISchema.object(["percent": ["type": "number", "minimum": 0, "maximum": 100], "salt": APISchema.text]),
            ],
        ],
    ]
}
