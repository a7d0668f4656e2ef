internal import Model
internal import OrderedCollections
internal import Records
internal import Workspaces

extension Workspace {
    var json: JSONValue {
        [
            "id": .string(id.text), "name": .string(name), "timezone": .string(timezone), "currency": .string(currency.code),
            "language": .string(language.rawValue), "region": .string(region), "createdAt": .string(createdAt.rfc3339),
        ]
    }
}

extension CreatedWorkspace {
    /// Exactly what tools rely on.
    var json: JSONValue { ["workspace": .string(workspace.id.text), "writeKey": .string(writeKey), "apiKey": .string(apiKey)] }
}

extension Source {
    func json(keys: [Key]) -> JSONValue {
        [
            "id": .string(id.text), "name": .string(name), "kind": .string(kind.rawValue), "trusted": .bool(isTrusted),
            "storesIP": .bool(storesIP), "history": .bool(allowsHistory), "suppressed": .bool(isSuppressed), "limits": limits.json,
            "createdAt": .string(createdAt.rfc3339), "keys": .array(keys.map(\.json)),
        ]
    }
}

extension SourceLimits {
    /// The members of ``json`` and where each is kept.
    static let members: [(name: String, place: any WritableKeyPath<SourceLimits, Int> & Sendable, max: Int)] = [
        ("eventBytes", \.eventBytes, 1 << 20), ("bodyBytes", \.bodyBytes, 64 << 20), ("batchEvents", \.batchEvents, 100_000),
        ("nesting", \.nesting, 100), ("keys", \.keys, 10_000), ("messageIdCharacters", \.messageIDCharacters, 1_000),
        ("idBytes", \.idBytes, 4_096), ("nameBytes", \.nameBytes, 4_096), ("traitBytes", \.traitBytes, 1 << 20),
    ]

    var json: JSONValue {
        var members = OrderedDictionary(
            uniqueKeysWithValues: SourceLimits.members.map { ($0.name, JSONValue.int(Int64(self[keyPath: $0.place]))) })
        members["requestsPerSecond"] = requestsPerSecond.map { .int(Int64($0)) } ?? .null
        return .object(members)
    }

    /// These limits with the members of `value` in their place.
    func changed(by value: JSONValue) throws(Problem) -> SourceLimits {
        guard let object = value.objectValue else {
            throw Problem(.badRequest, "\"limits\" is an object, not \(value.kindName).", place: "/limits")
        }
        var limits = self
        for (key, value) in object {
            if key == "requestsPerSecond", value.isNull {
                limits.requestsPerSecond = nil
                continue
            }
            let known = SourceLimits.members.first { $0.name == key }
            guard known != nil || key == "requestsPerSecond" else {
                throw Problem(
                    Problem.Code("unknown_member"), "There is no limit \"\(key.prefix(60))\".", place: "/limits/\(key.prefix(60))")
            }
            let max = known?.max ?? 1_000_000
            guard let number = value.intValue, (1 ... Int64(max)).contains(number) else {
                throw Problem(.badRequest, "The limit \(key) is a number from 1 to \(max).", place: "/limits/\(key)")
            }
            if let known { limits[keyPath: known.place] = Int(number) } else { limits.requestsPerSecond = Int(number) }
        }
        return limits
    }
}

extension Key {
    var json: JSONValue {
        [
            "id": .string(id.text), "name": .string(name), "prefix": .string(shownPrefix),
            "scopes": .array(scopes.sorted().map { .string($0.rawValue) }), "createdAt": .string(createdAt.rfc3339),
            "lastUsedAt": lastUsedAt.map { .string($0.rfc3339) } ?? .null,
            "revokedAt": revokedAt.map { .string($0.rfc3339) } ?? .null,
        ]
    }
}

extension CreatedKey {
    /// With the key itself, which is shown this once.
    var json: JSONValue {
        guard case .object(var members) = key.json else { return .null }
        members["key"] = .string(raw)
        return .object(members)
    }
}

extension Rejection {
    var json: JSONValue {
        [
            "code": .string(code), "reason": .string(reason), "pointer": pointer.map { .string($0) } ?? .null,
            "messageId": messageID.map { .string($0) } ?? .null, "payload": payload.map { .string($0) } ?? .null,
            "count": .int(Int64(count)), "firstAt": .string(firstAt.rfc3339), "lastAt": .string(lastAt.rfc3339),
        ]
    }
}

extension RejectionCursor {
    var text: String { "\(lastAt.microseconds)-\(fingerprint)" }

    init(text: String) throws(Problem) {
        let halves = text.split(separator: "-", maxSplits: 1)
        guard halves.count == 2, let microseconds = Int64(halves[0]), halves[1].utf8.count <= 100 else {
            throw APICall.badParameter("cursor", "is the `next` of the page before")
        }
        self.init(lastAt: Instant(microseconds: microseconds), fingerprint: String(halves[1]))
    }
}
