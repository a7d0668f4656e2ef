internal import Hummingbird
internal import Intake
internal import Model
internal import OrderedCollections
internal import People
internal import Records
internal import Workspaces

extension APIOperation {
    static let relationshipOperations = [readRelationships, declareRelationship, deleteRelationship]

    private static let readRelationships = APIOperation(
        method: .get, path: "/api/v1/people/{id}/relationships", id: "readRelationships", tag: "People",
        summary: "What one person is to others and others are to them: declared, or derived from orders and seats.",
        access: .key(.read),
        parameters: [.why], answer: APISchema.object(["relationships": APISchema.list("Relationship")]), problems: [404]
    ) { call throws(Problem) in
        let id = call.path["id"] ?? ""
        let (shown, relationships) = try await call.open().look { view throws(Problem) in
            let shown = try person(id, view)
            return (shown, view.relationships(of: shown))
        }
        try await call.note(Reading(.relationships, of: [shown]))
        return .json(["relationships": .array(relationships.map(\.json))])
    }

    private static let declareRelationship = APIOperation(
        method: .post, path: "/api/v1/relationships", id: "declareRelationship", tag: "People",
        summary: "Declare what a person is to another or to an account; it replaces what was declared of the same before.",
        access: .key(.manage), body: APISchema.newRelationship, status: 201, answer: APISchema.reference("Relationship"),
        problems: [404, 422]
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["holder", "as", "to", "account", "from", "until"])
        let workspace = try await call.open()
        let (from, until) = (try instant("from", body, workspace.calendar), try instant("until", body, workspace.calendar))
        if let until, until < from ?? call.directory.clock.now {
            throw invalid("The relationship ends before it starts. \"until\" is later than \"from\".", "/until")
        }
        let request = RelationshipRequest(
            holder: try body.requiredText("holder"), role: try role(try body.requiredText("as"), "/as"), to: try body.text("to"),
            account: try body.text("account"))
        let meant = try await workspace.look { view throws(Problem) in try MeantRelationship(request, view) }
        var times: OrderedDictionary<String, JSONValue> = [:]
        times["from"] = from.map { .string($0.rfc3339) }
        times["until"] = until.map { .string($0.rfc3339) }
        try await declare(meant, times, call)
        guard let declared = try await workspace.look({ meant.declared(in: $0) }) else {
            throw Problem(.notFound, "The relationship was taken away in the same moment.", status: 404)
        }
        return .json(declared.json)
    }

    private static let deleteRelationship = APIOperation(
        method: .delete, path: "/api/v1/relationships", id: "deleteRelationship", tag: "People",
        summary: "Take a declared relationship away, as if nobody had declared it; derived ones stay.",
        access: .key(.manage),
        parameters: [
            .text("holder", "Whose relationship: a person's id, or an identity such as user_id:abc."),
            .word("as", "What they are.", RelationshipRole.allCases.map(\.rawValue)), .text("to", "To whom, as the holder."),
            .text("account", "To which account, instead of a person."),
        ], answer: APISchema.reference("Relationship"), problems: [404, 422]
    ) { call throws(Problem) in
        guard let holder = call.query["holder"] else { throw APICall.badParameter("holder", "is missing") }
        let request = RelationshipRequest(
            holder: holder, role: try role(call.query["as"] ?? "", "?as"), to: call.query["to"], account: call.query["account"])
        let workspace = try await call.open()
        let (meant, declared) = try await workspace.look { view throws(Problem) in
            let meant = try MeantRelationship(request, view)
            return (meant, meant.declared(in: view))
        }
        guard let declared else {
            throw Problem(
                .notFound, "Nobody has declared this relationship. What is derived is not taken away.", status: 404)
        }
        try await declare(meant, ["deleted": true], call)
        return .json(declared.json)
    }

    private static func role(_ word: String, _ place: String) throws(Problem) -> RelationshipRole {
        if let role = RelationshipRole(rawValue: word) { return role }
        throw Problem(.badRequest, "\"as\" is one of \(RelationshipRole.words).", place: place)
    }

    private static func instant(_ key: String, _ body: ObjectReader, _ calendar: ZoneCalendar) throws(Problem) -> Instant? {
        guard let text = try body.text(key) else { return nil }
        if let date = LocalDate(text: text) { return calendar.start(of: date) }
        if let instant = Instant(rfc3339: text) { return instant }
        throw Problem(
            .badRequest, "\"\(key)\" is an instant such as 2026-03-01T12:00:00Z or a date such as 2026-03-01.", place: "/\(key)")
    }

    fileprivate static func invalid(_ message: Wording, _ place: String?) -> Problem {
        Problem(Problem.Code("relationship_invalid"), message, place: place, status: 422)
    }

    /// Appends the call that says it; its source is the api key.
    private static func declare(
        _ meant: MeantRelationship, _ more: OrderedDictionary<String, JSONValue>, _ call: APICall
    ) async throws(Problem) {
        guard let key = call.grant?.key else { throw Problem(.unauthorized, "This needs an api key.", status: 401) }
        let body = meant.call(more).utf8
        let source = IntakeSource(id: SourceID(text: key.text), isTrusted: true)
        let answer = try await call.open().intake.take(body, shape: .single(.declare), source: source)
        if let refused = answer.rejected.first { throw invalid("\(refused.reason)", nil) }
    }
}

/// A relationship as a request names it.
private struct RelationshipRequest: Sendable {
    var holder: String
    var role: RelationshipRole
    var to: String?
    var account: String?
}

/// The people whom a request means, and the identities by which a call names them.
private struct MeantRelationship: Sendable {
    private let holder: PersonID
    private let holderIdentity: Identity
    private let role: RelationshipRole
    private let to: Relationship.Party
    private let toJSON: JSONValue

    /// - Throws: ``Problem`` `not_found` for somebody unknown, `relationship_invalid` (422) for oneself, or not exactly one of person and account.
    init(_ request: RelationshipRequest, _ view: PeopleView) throws(Problem) {
        role = request.role
        holder = try APIOperation.person(request.holder, view)
        holderIdentity = try MeantRelationship.identity(of: holder, view)
        switch (request.to, request.account) {
        case (let text?, nil):
            let other = try APIOperation.person(text, view)
            if other == holder { throw APIOperation.invalid("Nobody has a relationship to themselves.", "/to") }
            let identity = try MeantRelationship.identity(of: other, view)
            to = .person(other)
            toJSON = ["type": .string(identity.type.text), "id": .string(identity.value)]
        case (nil, let account?):
            to = .account(account)
            toJSON = ["account": .string(account)]
        default: throw APIOperation.invalid("A relationship is to a person (\"to\") or to an account, to one of them.", "/to")
        }
    }

    /// What is declared of it now.
    func declared(in view: PeopleView) -> Relationship? {
        view.relationships(of: holder).first {
            $0.origin == .declared && $0.holder == holder && $0.role == role && $0.to == to
        }
    }

    /// The declaring call.
    func call(_ more: OrderedDictionary<String, JSONValue>) -> JSONValue {
        var properties: OrderedDictionary<String, JSONValue> = ["as": .string(role.rawValue), "to": toJSON]
        for (key, value) in more { properties[key] = value }
        var call: OrderedDictionary<String, JSONValue> = ["event": "relationship", "properties": .object(properties)]
        let value = JSONValue.string(holderIdentity.value)
        switch holderIdentity.type {
        case .userID: call["userId"] = value
        case .anonymousID: call["anonymousId"] = value
        default: call["context"] = ["externalIds": [["type": .string(holderIdentity.type.text), "id": value]]]
        }
        return .object(call)
    }

    /// A user id where there is one.
    private static func identity(of person: PersonID, _ view: PeopleView) throws(Problem) -> Identity {
        let known = view.population.knownIdentities(of: person.ordinal)
        guard let identity = known.first(where: { $0.type == .userID }) ?? known.first else {
            throw Problem(.notFound, "Nobody is known as \(person.text).", status: 404)
        }
        return identity
    }
}
