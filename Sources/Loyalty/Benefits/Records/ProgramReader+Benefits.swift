public import Model

/// One question whether somebody can use something.
public struct BenefitQuestion: Hashable, Sendable {
    public let member: MemberWish
    public let benefit: String
    public var amount: Int64 = 1
    public var place: String?
    public var user: MemberWish?

    public init(_ benefit: String, of member: MemberWish) {
        self.benefit = benefit
        self.member = member
    }
}

/// A right to a benefit as it is shown: what it is, and how it stands.
public struct BenefitStatement: Hashable, Sendable {
    public let benefit: Benefit
    public let answer: BenefitAnswer
    /// All grants, the newest first.
    public let grants: [BenefitGrant]
    /// What counts in the present period, the newest first.
    public let uses: [BenefitUse]
    /// The most that others have set for it.
    public let caps: [BenefitCap]
}

extension ProgramReader {
    /// The newest version of each benefit, by key.
    public func benefits() async throws(Problem) -> [(version: Int64, benefit: Benefit)] {
        try await read { tables throws(Problem) in try tables.benefits() }
    }

    /// Whether each question's member can use its benefit at an instant, in one state of the records; nil for who or what is unknown.
    ///
    /// - Complexity: O(questions), each a few rows.
    public func check(_ questions: [BenefitQuestion], at now: Instant) async throws(Problem) -> [BenefitAnswer?] {
        try await read { tables throws(Problem) in
            var known: [String: Benefit?] = [:]
            var answers: [BenefitAnswer?] = []
            for question in questions {
                if known[question.benefit] == nil { known[question.benefit] = try tables.benefit(question.benefit)?.benefit }
                let answer = try known[question.benefit].flatMap(\.self).flatMap { benefit throws(Problem) in
                    try tables.answer(to: question, benefit, now)
                }
                answers.append(answer)
            }
            return answers
        }
    }

    /// What a member has and has had, by the benefit's key.
    public func benefits(of member: ProgramMemberID, at now: Instant) async throws(Problem) -> [BenefitStatement] {
        try await read { tables throws(Problem) in try tables.benefitStatements(of: member, at: now) }
    }

    /// The same for somebody who wants to see it; nil for whom it does not concern, or who is unknown.
    ///
    /// - Parameter isGuardian: Whether they are a guardian of the member.
    public func benefits(
        of member: ProgramMemberID, for viewer: MemberWish, isGuardian: Bool, at now: Instant
    ) async throws(Problem) -> [BenefitStatement]? {
        try await read { tables throws(Problem) in
            guard let viewer = try tables.find(viewer), viewer.state == .open else { return nil }
            let party = BenefitParty(viewer.id.text)
            var privacy = try tables.privacy(of: member)
            if isGuardian { privacy.guardians = [party] }
            return privacy.maySee(party) ? try tables.benefitStatements(of: member, at: now) : nil
        }
    }

    /// Whom a member lets see what they use, and who lets the member see what they use.
    public func benefitViewers(of member: ProgramMemberID) async throws(Problem) -> BenefitViewers {
        try await read { tables throws(Problem) in try tables.viewers(of: member) }
    }

    /// A gift by the id of its use; nil when there is none.
    public func gift(_ id: BenefitID) async throws(Problem) -> GiftFulfilment? {
        try await read { tables throws(Problem) in try tables.gift(id) }
    }
}

extension ProgramTables {
    fileprivate func benefitStatements(of member: ProgramMemberID, at now: Instant) throws(Problem) -> [BenefitStatement] {
        var statements: [BenefitStatement] = []
        for key in try benefitKeys(of: member) {
            guard let benefit = try benefit(key)?.benefit else { continue }
            let book = try book(BenefitBookKey(member: member, benefit: key), benefit, at: now)
            statements.append(BenefitStatement(of: book, at: now))
        }
        return statements
    }

    fileprivate func answer(to question: BenefitQuestion, _ benefit: Benefit, _ now: Instant) throws(Problem) -> BenefitAnswer? {
        guard let member = try find(question.member), member.state == .open else { return nil }
        var context = BenefitContext(amount: question.amount, place: question.place)
        if let user = question.user {
            guard let user = try find(user) else { return nil }
            context.user = BenefitParty(user.id.text)
        }
        let key = BenefitBookKey(member: member.id, benefit: question.benefit)
        let book = try book(key, benefit, at: now)
        var answer = book.check(context, at: now)
        let role = try pool(key, over: book)?.missingRole(context.user)
        answer.add([role].compactMap(\.self) + (try handOverReasons(of: benefit, context.amount, at: now)))
        return answer
    }
}

extension BenefitAnswer {
    /// Adds what else speaks against it.
    mutating func add(_ more: [Refusal.Reason]) {
        reasons = more + reasons
        isAllowed = reasons.isEmpty
    }

    /// As the API gives it.
    package var json: JSONValue {
        var members = JSONMembers()
        members.put("allowed", isAllowed)
        members.put("remaining", .optional(remaining))
        if let weight { members.put("weight", .int(weight)) }
        members.put("resets_at", resetsAt)
        members.put("sources", .array(sources.map(\.json)))
        members.put("reasons", .array(reasons.map(\.json)))
        members.put(
            "explanation",
            .array(
                explanation.map {
                    [
                        "source": $0.source.json, "amount": .optional($0.amount), "carried": .int($0.carried),
                        "consumed": .int($0.consumed), "reserved": .int($0.reserved), "left": .optional($0.left),
                    ]
                }))
        members.put("version", .int(version))
        members.put("changes_at", changesAt)
        return members.json
    }
}
