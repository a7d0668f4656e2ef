internal import Hummingbird
internal import Model
internal import OrderedCollections
internal import People
internal import Records
internal import Workspaces

extension APIOperation {
    static let accountOperations = [listAccounts, readAccount]

    private static let listAccounts = APIOperation(
        method: .get, path: "/api/v1/accounts", id: "listAccounts", tag: "Accounts",
        summary: "Accounts that people joined by group calls: those that pay while nobody uses them at the head.",
        access: .key(.read),
        parameters: [
            .text("search", "Occurs in the account's id or name."),
            .word("silent", "Only accounts that pay and that nobody uses.", ["true", "false"]), .limit(default: 50, max: 500),
            .cursor,
        ], answer: APISchema.reference("AccountPage")
    ) { call throws(Problem) in
        let (search, cursor) = (call.query["search"] ?? "", call.query["cursor"])
        guard search.utf8.count <= 1_000 else { throw APICall.badParameter("search", "has at most 1000 bytes") }
        let isSilent = call.query["silent"] == "true"
        let limit = try call.limit(default: 50, max: 500)
        return .json(
            try await call.open().look { view throws(Problem) in
                try view.accounts(text: search, onlySilent: isSilent, cursor: cursor, limit: limit).json
            })
    }

    private static let readAccount = APIOperation(
        method: .get, path: "/api/v1/accounts/{id}", id: "readAccount", tag: "Accounts",
        summary: "One account: its people with their roles, its traits, and its use and payments by week.", access: .key(.read),
        answer: APISchema.reference("AccountPortrait"), problems: [404]
    ) { call throws(Problem) in
        let id = call.path["id"] ?? ""
        return .json(
            try await call.open().look { view throws(Problem) in
                guard let account = view.account(id) else {
                    throw Problem(.notFound, "Nobody has joined an account \"\(id.prefix(80))\".", status: 404)
                }
                return account.json
            })
    }
}

extension AccountPage {
    fileprivate var json: JSONValue {
        var out = JSONMembers()
        out.put("accounts", .array(rows.map { .object($0.members) }))
        out.put("next", next)
        out.put("total", total)
        out.put("silent", silent)
        return out.json
    }
}

extension AccountRow {
    fileprivate var members: OrderedDictionary<String, JSONValue> {
        var out = JSONMembers()
        out.put("id", id)
        out.put("name", name)
        out.put("people", people)
        out.put("users", users)
        out.put("customers", customers)
        out.put("payers", payers)
        out.put("orders", orders)
        out.put("revenue", revenue)
        out.put("lastUse", lastUse)
        out.put("lastPayment", lastPayment)
        out.put("contractUntil", contractUntil)
        out.put("silent", isSilent)
        return out.members
    }
}

extension AccountPortrait {
    fileprivate var json: JSONValue {
        var out = row.members
        out["memberCount"] = .int(Int64(memberCount))
        out["members"] = .array(members.map(\.json))
        out["traits"] = .object(OrderedDictionary(traits.map { ($0.key, $0.value) }) { first, _ in first })
        out["weeks"] = .array(weeks.map(\.json))
        return .object(out)
    }
}

extension AccountPortrait.Member {
    fileprivate var json: JSONValue {
        var out = JSONMembers()
        out.put("id", person.text)
        out.put("name", name)
        out.put("cell", cell.rawValue)
        out.put("formerUser", isFormerUser)
        out.put("since", since)
        out.put("lastSeen", lastSeen)
        out.put("roles", .array(roles.map { .string($0.rawValue) }))
        return out.json
    }
}

extension AccountPortrait.Week {
    fileprivate var json: JSONValue {
        ["monday": .string(monday.text), "active": .int(Int64(active)), "events": .int(Int64(events)), "paid": paid.json]
    }
}
