internal import Hummingbird
internal import Model
internal import OrderedCollections
internal import Records
internal import Workspaces

extension APIOperation {
    static let retentionOperations = [readRetention, setRetention]

    private static let rules: JSONValue = [
        "type": "array", "maxItems": 500,
        "items": [
            "type": "object", "required": ["event", "days"], "additionalProperties": false,
            "properties": [
                "event": ["type": "string", "description": "The name of an event, or * for all that no other rule names."],
                "purpose": ["type": "string", "description": "What for; empty for whatever purpose."],
                "days": ["type": "integer", "minimum": 1, "maximum": 36_500],
            ],
        ],
    ]
    private static let answer: JSONValue = [
        "type": "object", "required": ["rules", "deleted"],
        "properties": ["rules": rules, "deleted": ["type": "array", "items": ["type": "object"]]],
    ]

    private static let readRetention = APIOperation(
        method: .get, path: "/api/v1/retention", id: "readRetention", tag: "Rights",
        summary: "How long events are kept, and how many have been deleted since.", access: .key(.read), answer: answer
    ) { call throws(Problem) in try await read(call) }

    private static let setRetention = APIOperation(
        method: .put, path: "/api/v1/retention", id: "setRetention", tag: "Rights",
        summary:
            "Put rules in the place of all that there were. Events are deleted once the time of every purpose with a rule for them is over.",
        access: .key(.manage),
        body: ["type": "object", "required": ["rules"], "additionalProperties": false, "properties": ["rules": rules]],
        answer: answer
    ) { call throws(Problem) in
        guard let grant = call.grant else { throw Problem(.unauthorized, "This needs an api key.", status: 401) }
        let body = try ObjectReader(try call.json(), known: ["rules"])
        guard let list = body.present("rules")?.arrayValue else {
            throw Problem(
                .badRequest, "\"rules\" is a list of rules such as {\"event\": \"page\", \"days\": 400}.", place: "/rules")
        }
        var rules: [RetentionRule] = []
        for (index, json) in list.enumerated() {
            let place = "/rules/\(index)"
            let rule = try ObjectReader(json, known: ["event", "purpose", "days"], place: place)
            guard let days = rule.present("days")?.intValue else {
                throw Problem(.badRequest, "A rule has a whole number of days.", place: place + "/days")
            }
            rules.append(
                RetentionRule(
                    event: try rule.requiredText("event"), purpose: try rule.text("purpose") ?? "", days: Int(clamping: days)))
        }
        try await call.directory.setRetention(rules, in: grant.workspace, by: .key(grant.key))
        return try await read(call)
    }

    private static func read(_ call: APICall) async throws(Problem) -> APIAnswer {
        let (rules, counts) = try await call.directory.retention(of: try call.workspace)
        return .json([
            "rules": .array(
                rules.map {
                    ["event": .string($0.event), "purpose": .string($0.purpose), "days": .int(Int64($0.days))]
                }),
            "deleted": .array(
                counts.map {
                    ["event": .string($0.event), "count": .int(Int64($0.count)), "lastAt": .string($0.lastAt.rfc3339)]
                }),
        ])
    }
}
