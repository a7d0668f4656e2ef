internal import Hummingbird
internal import Model
internal import OrderedCollections
internal import People
internal import Records
internal import Workspaces

extension APIOperation {
    static let peopleOperations = [listPeople, readPerson, readTimeline]

    /// The words of `role=`: a role, or a cell of users and customers.
    private static let roles = ["user", "customer", "former_user"] + RoleCell.allCases.map(\.rawValue)

    private static let listPeople = APIOperation(
        method: .get, path: "/api/v1/people", id: "listPeople", tag: "People",
        summary: "People, those first seen last at the head; all, or those found by any identity or trait.", access: .key(.read),
        parameters: [
            .text("search", "Occurs in an identity or a trait, or is a person's id."),
            .word("role", "Only people who hold this role or stand in this cell.", roles),
            .text("trait", "Only people who have this trait; dots reach into objects."), .purpose, .limit(default: 50, max: 500),
            .cursor, .why,
        ], answer: APISchema.reference("PeoplePage")
    ) { call throws(Problem) in
        var query = PeopleQuery(text: call.query["search"] ?? "", trait: call.query["trait"])
        guard query.text.utf8.count <= 1_000 else { throw APICall.badParameter("search", "has at most 1000 bytes") }
        if let role = call.query["role"] {
            guard roles.contains(role) else { throw APICall.badParameter("role", "is one of \(roles.joined(separator: ", "))") }
            if let cell = RoleCell(rawValue: role) { query.cell = cell } else { query.role = role }
        }
        let workspace = try await call.open()
        query.purpose = try workspace.purpose(call.query["purpose"], at: "?purpose")
        let (wanted, limit, cursor) = (query, try call.limit(default: 50, max: 500), call.query["cursor"])
        let page = try await workspace.look { view throws(Problem) in
            try view.people(wanted, cursor: cursor, limit: limit)
        }
        try await call.note(
            Reading(.people, of: page.rows.map(\.person), wanted.purpose.map { "purpose = \($0)" } ?? ""))
        return .json(page.json)
    }

    private static let readPerson = APIOperation(
        method: .get, path: "/api/v1/people/{id}", id: "readPerson", tag: "People",
        summary: "One person's portrait: identities and how we know them, roles with evidence, traits, value, activity.",
        access: .key(.read), parameters: [.why], answer: APISchema.reference("Person"), problems: [404]
    ) { call throws(Problem) in
        let id = call.path["id"] ?? ""
        let workspace = try await call.open()
        let traits = try workspace.computedTraits
        let profile = try await workspace.look { view throws(Problem) in
            guard let profile = view.profile(try person(id, view), computedTraits: traits) else { throw unknownPerson(id) }
            return profile
        }
        try await call.note(Reading(.profile, of: [profile.person]))
        return .json(profile.json)
    }

    private static let readTimeline = APIOperation(
        method: .get, path: "/api/v1/people/{id}/timeline", id: "readTimeline", tag: "People",
        summary: "A page of one person's calls, grouped by session.", access: .key(.read),
        parameters: [
            .word("order", "Which end comes first.", TimelineOrder.allCases.map(\.rawValue)), .limit(default: 50, max: 1_000),
            .cursor, .why,
        ], answer: APISchema.reference("Timeline"), problems: [404]
    ) { call throws(Problem) in
        let (id, cursor) = (call.path["id"] ?? "", call.query["cursor"])
        let order = try call.word("order", TimelineOrder.self) ?? .newest
        let limit = try call.limit(default: 50, max: 1_000)
        let (shown, page) = try await call.open().look { view throws(Problem) in
            let shown = try person(id, view)
            let page = try view.timeline(shown, order: order, cursor: cursor, limit: limit)
            guard let page else { throw unknownPerson(id) }
            return (shown, page)
        }
        try await call.note(Reading(.timeline, of: [shown], cursor ?? ""))
        return .json(page.json)
    }

    /// A person by id (`p_1a`) or by an identity, `type:value` such as `user_id:abc`.
    static func person(_ text: String, _ view: PeopleView) throws(Problem) -> PersonID {
        if let found = view.person(text) { return found }
        guard text.contains(":"), let found = view.person(of: try view.identity(named: text)) else { throw unknownPerson(text) }
        return found
    }

    static func unknownPerson(_ text: String) -> Problem {
        Problem(
            .notFound,
            "Nobody is known as \"\(text.prefix(80))\". Give a person's id such as p_1a, or an identity such as user_id:abc.",
            status: 404)
    }
}
