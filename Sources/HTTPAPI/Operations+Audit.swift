internal import Hummingbird
internal import Model
internal import OrderedCollections
internal import People
internal import Records
internal import Workspaces

extension APIOperation {
    static let auditOperations = [readAudit, checkAudit]

    private static let readAudit = APIOperation(
        method: .get, path: "/api/v1/audit", id: "readAudit", tag: "Audit",
        summary: "Who read or changed what, when and why, newest first; each entry's hash covers the one before.",
        access: .key(.manage),
        parameters: [
            .text("actor", "Only what this member or key did: an id, admin or command-line."),
            .word("kind", "Only readings, or only changes.", ["reading", "change"]),
            .text("person", "Only entries about this person: an id, or an identity such as user_id:abc."),
            .limit(default: 50, max: 1_000), .cursor,
        ], answer: APISchema.object(["entries": APISchema.list("AuditEntry"), "next": APISchema.optionalText])
    ) { call throws(Problem) in
        var query = AuditQuery()
        if let text = call.query["actor"] {
            guard let actor = Actor(text: text) else { throw APICall.badParameter("actor", "is an id, admin or command-line") }
            query.actor = actor
        }
        if let kind = call.query["kind"] {
            guard ["reading", "change"].contains(kind) else { throw APICall.badParameter("kind", "is reading or change") }
            query.isReading = kind == "reading"
        }
        if let text = call.query["cursor"] {
            guard let number = Int64(text) else { throw APICall.badParameter("cursor", "is the next of the page before") }
            query.before = number
        }
        if let text = call.query["person"] {
            query.people = try await call.open().look { view throws(Problem) -> [PersonID] in
                let person = try person(text, view)
                return view.population.identities(of: person.ordinal).prefix(100).map { PersonID(ordinal: $0) }
            }
        }
        let limit = try call.limit(default: 50, max: 1_000)
        let found = try await call.directory.audit(of: try call.workspace, query, limit: limit + 1)
        let page = found.prefix(limit)
        return .json([
            "entries": .array(page.map(\.json)),
            "next": found.count > limit ? page.last.map { .string(String($0.number)) } ?? .null : .null,
        ])
    }

    private static let checkAudit = APIOperation(
        method: .get, path: "/api/v1/audit/check", id: "checkAudit", tag: "Audit",
        summary: "Compute every hash of the audit anew, and name the first entry that is not what was written.",
        access: .key(.manage),
        answer: APISchema.object([
            "whole": APISchema.flag, "entries": APISchema.count, "firstBroken": ["type": ["integer", "null"]],
        ])
    ) { call throws(Problem) in
        let check = try await call.directory.checkAudit(of: try call.workspace)
        return .json([
            "whole": .bool(check.firstBroken == nil), "entries": .int(check.entryCount),
            "firstBroken": check.firstBroken.map { .int($0) } ?? .null,
        ])
    }
}

extension ChainedEntry {
    fileprivate var json: JSONValue {
        [
            "number": .int(number), "at": .string(entry.at.rfc3339), "actor": .string(entry.actor.text),
            "action": .string(entry.action), "kind": entry.isReading ? "reading" : "change", "target": .string(entry.target),
            "people": .array(entry.people.map { .string($0.text) }), "detail": .string(entry.detail),
            "why": entry.reason.map { .string($0) } ?? .null, "hash": .string(hash),
        ]
    }
}
