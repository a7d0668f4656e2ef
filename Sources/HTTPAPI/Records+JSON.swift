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
    var json: JSONValue {
        var members = OrderedDictionary(
            uniqueKeysWithValues: SourceLimits.members.map { ($0.name, JSONValue.int(Int64(self[keyPath: $0.place]))) })
        members["requestsPerSecond"] = requestsPerSecond.map { .int(Int64($0)) } ?? .null
        return .object(members)
    }

    /// These limits with the members of the body's `limits` in their place.
    func changed(by value: JSONValue) throws(Problem) -> SourceLimits {
        guard let members = value.objectValue else {
            throw Problem(.badRequest, "\"limits\" is an object, not \(value.kindName).", place: "/limits")
        }
        return try changed(by: members)
    }
}

extension Key {
    var json: JSONValue {
        [
            "id": .string(id.text), "name": .string(name), "prefix": .string(shownPrefix),
            "scopes": .array(scopes.sorted().map { .string($0.rawValue) }), "createdAt": .string(createdAt.rfc3339),
            "createdBy": createdBy.map { .string($0.text) } ?? .null,
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
