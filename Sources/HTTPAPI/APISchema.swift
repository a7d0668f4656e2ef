internal import Model
internal import OrderedCollections
internal import Questions
internal import Records

/// The JSON Schemas of bodies and answers, as OpenAPI 3.1 components.
enum APISchema {
    static func reference(_ name: String) -> JSONValue { ["$ref": .string("#/components/schemas/\(name)")] }
    static func list(_ name: String) -> JSONValue { ["type": "array", "items": reference(name)] }

    static let text: JSONValue = ["type": "string"]
    static let flag: JSONValue = ["type": "boolean"]
    static let count: JSONValue = ["type": "integer", "minimum": 0]
    static let instant: JSONValue = ["type": "string", "format": "date-time"]
    static let optionalInstant: JSONValue = ["type": ["string", "null"], "format": "date-time"]
    static let optionalText: JSONValue = ["type": ["string", "null"]]
    static let anyObject: JSONValue = ["type": "object"]
    static let moneyList: JSONValue = list("Money")

    /// An object whose members all stand there.
    static func object(_ members: OrderedDictionary<String, JSONValue>, required: [String]? = nil) -> JSONValue {
        let names = required ?? Array(members.keys)
        return ["type": "object", "required": .array(names.map { .string($0) }), "properties": .object(members)]
    }

    /// A body: nothing unknown may stand in it.
    private static func body(_ members: OrderedDictionary<String, JSONValue>, required: [String] = []) -> JSONValue {
        [
            "type": "object", "required": .array(required.map { .string($0) }), "properties": .object(members),
            "additionalProperties": false,
        ]
    }

    private static let workspaceMembers: OrderedDictionary<String, JSONValue> = [
        "name": text, "timezone": ["type": "string", "description": "An IANA name such as Asia/Shanghai.", "default": "UTC"],
        "currency": ["type": "string", "description": "An ISO 4217 code.", "default": "USD"],
        "language": ["enum": ["en", "zh-Hans"]],
        "region": ["type": "string", "description": "ISO 3166: the country of phone numbers without one."],
    ]
    static let newWorkspace = body(workspaceMembers, required: ["name"])
    static let workspaceWish = body(workspaceMembers)

    private static let sourceKind: JSONValue = ["enum": ["browser", "server", "import"]]
    private static let sourceMembers: OrderedDictionary<String, JSONValue> = [
        "name": text, "kind": sourceKind,
        "trusted": ["type": "boolean", "description": "E-mails and phones among its traits count as identities."],
        "storesIP": flag, "history": ["type": "boolean", "description": "It may send the past with receivedAt."],
    ]
    static let newSource = body(sourceMembers, required: ["name"])
    static let sourceWish = body(
        sourceMembers.merging(["suppressed": flag, "limits": reference("Limits")]) { first, _ in first })
    static let newWriteKey = body([
        "name": text, "replaces": ["type": "string", "description": "The id of a key that stops working in the same moment."],
    ])
    static let newRelationship = body(
        [
            "holder": ["type": "string", "description": "A person's id, or an identity such as user_id:abc."],
            "as": relationshipRole, "to": ["type": "string", "description": "The other person, as the holder."],
            "account": ["type": "string", "description": "The account, instead of a person."],
            "from": ["type": "string", "description": "An instant or a date; without it the relationship begins now."],
            "until": ["type": "string", "description": "An instant or a date; without it the relationship is open."],
        ], required: ["holder", "as"])
    static let relationshipRole: JSONValue = ["enum": .array(RelationshipRole.allCases.map { .string($0.rawValue) })]
    private static let legalBasis: JSONValue = ["enum": .array(LegalBasis.allCases.map { .string($0.rawValue) })]
    private static let purposeMembers: OrderedDictionary<String, JSONValue> = [
        "legalBasis": legalBasis, "text": ["type": "string", "description": "What people are asked."],
    ]
    static let newPurpose = body(
        purposeMembers.merging([
            "name": ["type": "string", "description": "Letters, digits, dots, hyphens, underscores: marketing.email."]
        ]) { first, _ in first }, required: ["name", "text"])
    static let purposeWish = body(purposeMembers)
    static let newConsent = body(
        [
            "purpose": text, "status": ["enum": ["granted", "withdrawn"]],
            "version": ["type": "integer", "minimum": 1, "description": "Of the text that the person saw; else the newest."],
            "evidence": ["type": "string", "description": "What it rests on, such as a form."],
            "timestamp": ["type": "string", "format": "date-time", "description": "When the person said so; else now."],
        ], required: ["purpose", "status"])
    static func identitySettings(isWish: Bool) -> JSONValue {
        let limit: JSONValue = [
            "description": "Null is no limit.",
            "oneOf": [
                ["type": "null"],
                object(
                    ["count": ["type": "integer", "minimum": 1], "per": ["enum": ["ever", "year", "month", "week"]]],
                    required: ["count"]),
            ],
        ]
        let cap: JSONValue = ["type": ["integer", "null"], "minimum": 1]
        let texts: JSONValue = ["type": "array", "items": text]
        let members: OrderedDictionary<String, JSONValue> = [
            "types": ["type": "object", "additionalProperties": limit], "others": limit, "unique": texts, "merges": cap,
            "identities": cap, "blocked": texts,
        ]
        return isWish ? body(members) : object(members)
    }
    static let stageList: JSONValue = [
        "type": "array", "minItems": 1, "maxItems": 20, "items": object(["name": text, "rule": reference("Expression")]),
    ]
    private static let formStep: JSONValue = object([
        "name": text, "traits": ["type": "array", "items": text, "minItems": 1, "maxItems": 10],
    ])
    private static let formSteps: JSONValue = ["type": "array", "items": formStep, "minItems": 1, "maxItems": 20]
    static let formWish = body(["name": text, "steps": formSteps], required: ["name", "steps"])
    static let newAPIKey = body([
        "name": text, "scopes": ["type": "array", "items": ["enum": ["read", "manage"]], "default": ["read"]],
    ])
}

extension APISchema {
    /// `#/components/schemas`.
    static var components: OrderedDictionary<String, JSONValue> {
        settings.merging(people) { first, _ in first }.merging(questions) { first, _ in first }
            .merging(QuestionSchemas.components) { first, _ in first }
            .merging(CouponTemplateSchemas.components) { first, _ in first }
            .merging(EarningProgramSchemas.components) { first, _ in first }
    }

    private static var settings: OrderedDictionary<String, JSONValue> {
        [
            "Problem": object(
                [
                    "type": text, "title": ["type": "string", "description": "What the status is called."],
                    "status": ["type": "integer"], "detail": text, "code": text, "message": text,
                    "pointer": ["type": "string", "description": "Where in the body: an RFC 6901 pointer."],
                    "parameter": ["type": "string", "description": "Which parameter of the query."],
                    "line": ["type": "integer", "minimum": 1, "description": "Where malformed JSON breaks off."],
                    "column": ["type": "integer", "minimum": 1, "description": "In characters of that line."],
                    "place": ["type": "string", "description": "Where, when none of the others fits."],
                    "reasons": [
                        "type": "array", "items": reference("Reason"),
                        "description": "With code `refused`: all for which the rules of the program do not allow it, at once.",
                    ],
                ], required: ["type", "title", "status", "detail", "code", "message"]),
            "Workspace": object([
                "id": text, "name": text, "timezone": text, "currency": text, "language": text, "region": text,
                "createdAt": instant,
            ]),
            "Reason": object(
                [
                    "code": ["type": "string", "description": "The word for programs, such as INSUFFICIENT_POINTS."],
                    "message": ["type": "string", "description": "The reason as a sentence, with what to do about it."],
                    "remedy": ["type": "string", "description": "What to do about it, where there is something to do."],
                    "params": ["type": "object", "description": "What the sentence names: amounts, instants, names."],
                    "retryable": [
                        "type": "boolean", "description": "Whether the same wish may be granted later without any change of it.",
                    ],
                ], required: ["code", "message", "params", "retryable"]),
            "WorkspaceCheck": object(
                [
                    "workspace": text, "whole": flag, "calls": count, "identities": count, "parts": count, "code": text,
                    "message": text, "place": ["type": "string", "description": "The first damaged file and the byte in it."],
                ], required: ["workspace", "whole"]),
            "CreatedWorkspace": object(["workspace": text, "writeKey": text, "apiKey": text]),
            "Limits": [
                "type": "object",
                "properties": .object(
                    OrderedDictionary(uniqueKeysWithValues: SourceLimitsSchema.names.map { ($0, ["type": ["integer", "null"]]) })),
            ],
            "Source": object([
                "id": text, "name": text, "kind": ["enum": ["browser", "server", "import"]], "trusted": flag, "storesIP": flag,
                "history": flag, "suppressed": flag, "limits": reference("Limits"), "createdAt": instant, "keys": list("Key"),
            ]),
            "CreatedSource": object(["source": reference("Source"), "writeKey": text]),
            "Key": object(keyMembers),
            "CreatedKey": object(keyMembers.merging(["key": text]) { first, _ in first }),
            "RejectionPage": object([
                "rejections": [
                    "type": "array",
                    "items": object([
                        "code": text, "reason": text, "pointer": optionalText, "messageId": optionalText, "payload": optionalText,
                        "count": count, "firstAt": instant, "lastAt": instant,
                    ]),
                ], "next": optionalText,
            ]),
        ]
    }

    private static let keyMembers: OrderedDictionary<String, JSONValue> = [
        "id": text, "name": text, "prefix": text, "scopes": ["type": "array", "items": text], "createdAt": instant,
        "createdBy": [
            "type": ["string", "null"],
            "description": "Who made it: the id of a person or of a key, or admin, command-line or server.",
        ],
        "lastUsedAt": optionalInstant, "revokedAt": optionalInstant,
    ]

    /// The schema of a computed trait's rule.
    private static func ruleMembers(key: OrderedDictionary<String, JSONValue>) -> OrderedDictionary<String, JSONValue> {
        let members: OrderedDictionary<String, JSONValue> = [
            "selector": reference("Selector"),
            "measure": ["enum": .array(ComputedTrait.Measure.allCases.map { .string($0.rawValue) })],
            "property": ["type": "string", "description": "What is measured; left out for a count alone."],
            "window": [
                "allOf": [reference("Duration")],
                "description": "Only events of this time up to the instant of evaluation count; without it all up to it.",
            ],
        ]
        return [
            "type": "object", "required": .array(key.keys.map { .string($0) } + ["selector", "measure"]),
            "properties": .object(key.merging(members) { first, _ in first }), "additionalProperties": false,
        ]
    }

    private static var people: OrderedDictionary<String, JSONValue> {
        [
            "Money": object(["amount": ["type": "string", "description": "Decimal."], "currency": text]),
            "Identity": object(["type": text, "value": text]),
            "PeoplePage": object([
                "people": [
                    "type": "array",
                    "items": object([
                        "id": text, "name": text, "identities": list("Identity"), "identityCount": count, "cell": text,
                        "formerUser": flag, "firstSeen": optionalInstant, "lastSeen": optionalInstant, "events": count,
                        "orders": count,
                        "revenue": moneyList,
                    ]),
                ], "next": optionalText, "total": ["type": ["integer", "null"]],
            ]),
            "Account": account, "AccountPage": accountPage, "AccountPortrait": accountPortrait,
            "Person": object(
                [
                    "id": text, "name": text, "cell": text, "identities": ["type": "array", "items": anyObject],
                    "roles": ["type": "array", "items": anyObject], "traits": anyObject,
                    "computedTraits": [
                        "type": "array", "items": object(["key": text, "value": true, "rule": reference("ComputedTraitRule")]),
                    ], "value": anyObject, "events": count,
                    "visits": count, "weeks": ["type": "array", "items": anyObject],
                ]),
            "ComputedTraitRule": .object(ruleMembers(key: [:])),
            "ComputedTrait": .object(ruleMembers(key: ["key": text])),
            "Form": object(["id": text, "name": text, "steps": formSteps, "createdAt": instant]),
            "NextStep": object([
                "form": text, "person": text, "done": flag,
                "number": ["type": ["integer", "null"], "description": "Of the first step that is not done, from 1."],
                "step": ["oneOf": [formStep, ["type": "null"]]], "missing": ["type": "array", "items": text],
            ]),
            "FormProgress": object([
                "form": text,
                "steps": [
                    "type": "array",
                    "items": object([
                        "name": text, "traits": ["type": "array", "items": text], "reached": count, "finished": count,
                        "dropped": count,
                        "people": object([
                            "reached": reference("Expression"), "finished": reference("Expression"),
                            "dropped": reference("Expression"),
                        ]),
                    ]),
                ],
            ]),
            "Relationship": object([
                "holder": text, "as": relationshipRole,
                "to": [
                    "oneOf": [
                        object(["person": text]), object(["account": text]),
                    ]
                ], "since": instant, "until": optionalInstant, "origin": ["enum": ["declared", "derived"]],
                "account": [
                    "type": ["string", "null"], "description": "The account in which one uses what the other pays for.",
                ],
                "evidence": [
                    "type": "array", "items": object(["arrival": count, "person": optionalText]),
                    "description":
                        "The declaring call, or the first orders, or first use and payment, by number of arrival, and whose they are.",
                ],
            ]),
            "AuditEntry": object([
                "number": count, "at": instant, "actor": text, "action": text, "kind": ["enum": ["reading", "change"]],
                "target": text,
                "people": ["type": "array", "items": text], "detail": text, "why": optionalText,
                "hash": ["type": "string", "description": "SHA-256 of the hash before, a line feed, and the entry."],
            ]),
            "Purpose": object(
                [
                    "name": text, "legalBasis": legalBasis, "version": count,
                    "texts": ["type": "array", "items": object(["version": count, "text": text, "createdAt": instant])],
                    "createdAt": instant,
                    "people": object(["granted": count, "withdrawn": count, "neverAsked": count]),
                ], required: ["name", "legalBasis", "version", "texts", "createdAt"]),
            "ConsentStanding": object(["purpose": text, "status": ["enum": ["granted", "withdrawn", "missing"]]]),
            "ConsentRecord": object([
                "purpose": text, "status": ["enum": ["granted", "withdrawn"]], "timestamp": instant, "receivedAt": instant,
                "version": ["type": ["integer", "null"]], "origin": ["enum": ["declared", "said"]], "source": text,
                "evidence": optionalText, "messageId": text, "arrival": count, "identity": reference("Identity"),
            ]),
            "IdentitySettings": identitySettings(isWish: false),
            "Stages": object(["standard": flag, "stages": stageList]),
            "StagePreview": object([
                "people": count, "moved": count,
                "cells": [
                    "type": "array", "items": object(["now": optionalText, "then": optionalText, "count": count]),
                    "description": "How many stand in `now` and would stand in `then`; null is no stage.",
                ],
            ]),
            "StageHistory": object([
                "person": text, "stage": optionalText, "since": optionalInstant,
                "moves": [
                    "type": "array",
                    "items": object([
                        "from": optionalText, "to": optionalText, "at": instant, "cause": ["enum": ["call", "time"]],
                        "calls": [
                            "type": "array", "items": object(["arrival": count, "type": optionalText, "event": optionalText]),
                        ],
                    ]),
                ],
                "stays": ["type": "array", "items": object(["stage": text, "days": ["type": "number", "minimum": 0]])],
            ]),
            "Timeline": object([
                "sessions": [
                    "type": "array",
                    "items": object([
                        "start": instant, "end": instant, "calls": count, "visit": flag,
                        "entries": ["type": "array", "items": anyObject],
                    ]),
                ], "next": optionalText, "total": count,
            ]),
            "Overview": object(
                [
                    "at": instant, "everybody": count, "userOnly": count, "customerOnly": count, "both": count, "neither": count,
                    "users": count, "customers": count, "orders": count, "revenue": moneyList, "refunds": moneyList,
                    "conversion": anyObject,
                ]),
        ]
    }

    private static var questions: OrderedDictionary<String, JSONValue> {
        [
            "Answer": object(
                [
                    "kind": text, "question": anyObject, "watermark": instant,
                    "events_scanned": [
                        "type": "integer", "minimum": 0,
                        "description": .string(
                            "Rows read, a row once for each pass over it: a trend without a range, with a breakdown or with compare "
                                + "takes a pass more for each, an expression over people its own."),
                    ], "elapsed_ms": ["type": "number"],
                    "hints": [
                        "type": "array",
                        "description": "Names in the question that nothing kept carries; left out where all are known.",
                        "items": object(
                            [
                                "unknown": [
                                    "type": "string", "enum": .array(NameHint.Subject.allCases.map { .string($0.rawValue) }),
                                ],
                                "name": text, "place": text, "nearest": ["type": "array", "items": text], "message": text,
                            ], required: ["unknown", "name", "place", "nearest", "message"]),
                    ],
                ], required: ["kind", "question", "watermark", "events_scanned", "elapsed_ms"]),
            "Call": ["type": "object", "description": "One call of the Segment specification."],
            "Batch": object(
                ["batch": list("Call"), "sentAt": instant, "context": anyObject, "integrations": anyObject, "writeKey": text],
                required: ["batch"]),
            "CollectAnswer": object(
                [
                    "success": flag, "accepted": count,
                    "duplicates": [
                        "type": "array", "items": count,
                        "description": "Only with report=duplicates: the indexes of calls that had been taken before, ascending.",
                    ],
                    "rejected": [
                        "type": "array",
                        "items": object(
                            ["index": count, "messageId": optionalText, "code": text, "reason": text, "pointer": optionalText],
                            required: ["index", "code", "reason"]),
                    ],
                ], required: ["success"]),
        ]
    }
}

/// The names of the limits, in the order of the document.
private enum SourceLimitsSchema {
    static let names = [
        "eventBytes", "bodyBytes", "batchEvents", "nesting", "keys", "messageIdCharacters", "idBytes", "nameBytes", "traitBytes",
        "requestsPerSecond",
    ]
}
