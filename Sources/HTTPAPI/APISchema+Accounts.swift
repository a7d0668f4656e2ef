internal import Model
internal import OrderedCollections

/// What answers about accounts hold.
extension APISchema {
    private static let accountMembers: OrderedDictionary<String, JSONValue> = [
        "id": text, "name": optionalText, "people": count, "users": count, "customers": count,
        "payers": ["type": "integer", "minimum": 0, "description": "People who are declared its payers now."], "orders": count,
        "revenue": moneyList,
        "lastUse": [
            "type": ["string", "null"], "format": "date-time",
            "description": "The last event of its people but orders and returns.",
        ], "lastPayment": optionalInstant,
        "contractUntil": ["type": ["string", "null"], "format": "date-time", "description": "By its trait contract_until."],
        "silent": [
            "type": "boolean",
            "description": "Paid within 90 days, or once and within its contract, and nobody has used it for 28 days.",
        ],
    ]

    static let account = object(accountMembers)
    static let accountPage = object([
        "accounts": list("Account"), "next": optionalText, "total": count,
        "silent": ["type": "integer", "minimum": 0, "description": "Silent accounts of the workspace."],
    ])
    static let accountPortrait = object(
        accountMembers.merging([
            "memberCount": count,
            "members": [
                "type": "array",
                "items": object([
                    "id": text, "name": text, "cell": text, "formerUser": flag, "since": optionalInstant,
                    "lastSeen": optionalInstant, "roles": ["type": "array", "items": relationshipRole],
                ]),
            ], "traits": anyObject,
            "weeks": [
                "type": "array",
                "items": object(["monday": text, "active": count, "events": count, "paid": reference("Money")]),
            ],
        ]) { first, _ in first })
}
