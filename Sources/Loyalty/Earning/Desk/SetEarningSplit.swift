public import Model
import OrderedCollections
import Records

/// Says what share of the points an account has of the orders that its people complete for it, from an instant on.
///
/// What orders have earned before stays where it is.
public struct SetEarningSplit: ProgramCommand {
    public let account: MemberWish
    /// In ten-thousandths; 0 for nothing.
    public let share: Int64
    /// nil for now.
    public let from: Instant?

    public init(_ share: Int64, of account: MemberWish, from: Instant? = nil) {
        self.account = account
        self.share = share
        self.from = from
    }

    public var content: JSONValue {
        var members = JSONMembers()
        members.put("command", "earning_split")
        members.put("account", account.content)
        members.put("share", .int(share))
        members.put("from", from)
        return members.json
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let (now, actor) = (draft.now, draft.actor)
        let agreement = EarningAgreement(from: from ?? now, share: share)
        var reasons = CommandReasons()
        let found = try reasons.collect { () throws(ProgramFailure) in try draft.member(self.account) }
        if let found, found.kind != .account { reasons.add([.init("NOT_AN_ACCOUNT", ["member": .string(found.id.text)])]) }
        if !(0 ... EarningSplit.whole).contains(share) { reasons.add([.init("SPLIT_SHARE", ["max": .int(EarningSplit.whole)])]) }
        if agreement.from < now {
            reasons.add([.init("SPLIT_RETROACTIVE", ["from": .string(agreement.from.rfc3339)])])
        }
        guard let account = found, reasons.all.isEmpty else { throw reasons.failure }
        draft.write { tables throws(Problem) in
            try tables.set(agreement, of: account.id)
            try AuditChain.append(
                AuditEntry(
                    workspace: tables.workspace, at: now, actor: actor, action: "earning.split",
                    target: "member/\(account.id.text)",
                    detail: "\(agreement.share) of \(EarningSplit.whole) from \(agreement.from.rfc3339)"), on: tables.connection)
        }
        return agreement.json.setting(["account"], to: .string(account.id.text))
    }
}

extension ProgramDraft {
    /// How what an order earns is shared; nil where all of it is the person's, as where the account takes part no more.
    func split(of state: OrderState, with person: ProgramMember) throws(ProgramFailure) -> EarningSplit? {
        guard let name = state.account, let event = state.event,
            let account = try find(MemberWish(.identity(Identity(type: .account, value: name)))),
            account.kind == .account, account.state == .open, account.id != person.id
        else { return nil }
        let agreement = try reading { tables throws(Problem) in try tables.earningAgreement(of: account.id, at: event.at) }
        guard let agreement, agreement.share > 0 else { return nil }
        return EarningSplit(account: account, share: agreement.share)
    }
}

extension ProgramReader {
    /// What an account has agreed on, and will; the first one first.
    public func earningAgreements(of account: ProgramMemberID) async throws(Problem) -> [EarningAgreement] {
        try await read { tables throws(Problem) in try tables.earningAgreements(of: account) }
    }
}

extension ProgramTables {
    /// What counts for an order that is completed at an instant; nil for nothing.
    fileprivate func earningAgreement(of account: ProgramMemberID, at instant: Instant) throws(Problem) -> EarningAgreement? {
        try first(
            """
            SELECT from_at, share FROM earning_splits WHERE workspace = ? AND member = ? AND from_at <= ?
            ORDER BY from_at DESC LIMIT 1
            """, values(.integer(account.number), .instant(instant)), Self.agreement)
    }

    fileprivate func earningAgreements(of account: ProgramMemberID) throws(Problem) -> [EarningAgreement] {
        try list(
            "SELECT from_at, share FROM earning_splits WHERE workspace = ? AND member = ? ORDER BY from_at",
            values(.integer(account.number)), Self.agreement)
    }

    private static func agreement(_ reader: inout RowReader) throws(Problem) -> EarningAgreement {
        EarningAgreement(from: try reader.instant(), share: try reader.integer())
    }

    /// One that begins at the same instant takes the place of another.
    fileprivate func set(_ agreement: EarningAgreement, of account: ProgramMemberID) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO earning_splits (workspace, member, from_at, share) VALUES (?, ?, ?, ?)
            ON CONFLICT (workspace, member, from_at) DO UPDATE SET share = excluded.share
            """, values(.integer(account.number), .instant(agreement.from), .integer(agreement.share)))
    }

    /// Makes what a member has agreed on the heir's, who has agreed on nothing.
    func moveEarningAgreements(from member: ProgramMemberID, to heir: ProgramMemberID) throws(Problem) {
        guard try earningAgreements(of: heir).isEmpty else { return }
        try connection.execute(
            "UPDATE earning_splits SET member = ? WHERE workspace = ? AND member = ?",
            [.integer(heir.number)] + values(.integer(member.number)))
    }
}
