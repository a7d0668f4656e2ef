internal import Hummingbird
internal import Loyalty
internal import Model
internal import OrderedCollections
internal import Records
internal import Workspaces

extension APIOperation {
    static let setEarningSplit = APIOperation(
        method: .put, path: "/api/v1/program/members/{member}/earning-split", id: "setEarningSplit", tag: "Earning",
        summary:
            "Say what share of the points an account has of the orders that its people complete for it (`context.groupId`): of those that are completed from an instant on, from now without one.",
        access: .key(.manage), body: PointSchemas.closed(EarningSchemas.agreement, required: ["share"]),
        answer: EarningSchemas.split, problems: [409], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: Array(EarningSchemas.agreement.keys))
        guard let share = try body.number("share", in: 0 ... EarningSplit.whole) else {
            throw body.refused("share", "Write the account's share in ten-thousandths: 2500 gives it a quarter.")
        }
        let account = try await call.member(call.path["member"] ?? "", "member")
        return try await call.perform(SetEarningSplit(share, of: account, from: try body.instant("from")))
    }

    static let readEarningSplit = APIOperation(
        method: .get, path: "/api/v1/program/members/{member}/earning-split", id: "readEarningSplit", tag: "Earning",
        summary: "An account's shares of what orders earn, the first one first; each counts until the next.", access: .key(.read),
        answer: EarningSchemas.splits, problems: [404]
    ) { call throws(Problem) in
        let account = try await call.knownMember()
        let agreements = try await call.program().earningAgreements(of: account.id)
        return .json(["account": .string(account.id.text), "shares": .array(agreements.map(\.json))])
    }
}
