public import Model
import OrderedCollections

/// Something that happened, to be judged by the rules that were live then: what earns, for whom.
public struct EventWish: Hashable, Sendable {
    public var program: String
    public var event: EarningEvent
    /// nil for somebody who is not known yet, who can only ask.
    public var member: MemberWish?
    /// The tiers of the member when it happened, no part of the wish; none as long as the server keeps no tiers.
    public var tiers: Set<String> = []
    /// The tags of the member when it happened: looked up by the server, no part of the wish.
    public var tags: Set<String> = []

    public init(_ event: EarningEvent, of member: MemberWish?, in program: String) {
        self.event = event
        self.member = member
        self.program = program
    }

    /// Whether an id is one that points can be earned for.
    public static func canBeSource(_ id: String) -> Bool { id.isID }

    func facts(_ member: ProgramMemberID?) -> EarningMember {
        EarningMember(id: member?.text ?? "", tiers: tiers, tags: tags)
    }

    var content: JSONValue {
        var members = JSONMembers()
        members.put("command", "award")
        members.put("program", program)
        members.put("member", member?.content ?? .null)
        members.put("trigger", event.trigger.json)
        members.put("source", event.source)
        members.put("at", event.at)
        members.put("channel", event.channel)
        members.put("properties", event.properties)
        members.put("context", event.context)
        members.put("currency", event.currency?.code)
        members.put("lines", event.lines.map { .array($0.map(\.json)) } ?? .null)
        return members.json
    }
}

/// Gives a member what an event earns, once.
///
/// Orders are told by ``TakeOrder``, which knows what comes back as well.
public struct AwardEvent: ProgramCommand {
    public let wish: EventWish

    public init(_ wish: EventWish) { self.wish = wish }

    public var content: JSONValue { wish.content }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        guard let name = wish.member else { throw .refused(Refusal("MEMBER_UNKNOWN", ["member": .null])) }
        var reasons = CommandReasons()
        reasons.require(ids: [("source", wish.event.source)])
        try reasons.refuse()
        try draft.requirePast(wish.event.at)
        let versions = try draft.earningVersions(wish.program).versions
        guard let program = versions.live(at: wish.event.at) else {
            throw .refused(Refusal("NO_VERSION", ["program": .string(wish.program), "at": .string(wish.event.at.rfc3339)]))
        }
        let currency = try draft.currency(program.points)
        let member = try draft.memberByEarning(name)
        let frame = EarningFrame(points: currency, calendar: draft.calendar)
        let (wish, facts) = (wish, wish.facts(member.id))
        let before = try draft.reading { tables throws(Problem) in
            try tables.earningLimits(program.limits(for: wish.event, of: facts, in: frame).map(\.key), of: currency.key)
        }
        var limits = before
        let plan: EarningPlan
        do throws(Refusal) {
            plan = try program.plan(for: wish.event, of: facts, limits: limits, in: frame)
            try limits.take(plan)
        } catch {
            throw .refused(error)
        }
        let earned = plan.newPoints
        for points in earned {
            guard let known = try draft.load(earning: points.source, currency) else { continue }
            throw .refused(Refusal([PointRefusal.alreadyEarned(points.source, by: known.member)]))
        }
        let key = try draft.open(member, currency)
        for points in earned { try draft.earn(points, member, currency) }
        draft.unfunded += plan.unfunded
        let after = limits
        draft.write { tables throws(Problem) in try tables.write(after, from: before) }
        draft.keepLimits(of: plan, for: member.id, currency.key)
        return plan.json.setting(["balance"], to: try draft.balance(key))
    }
}

extension EarningLine {
    var json: JSONValue {
        [
            "product": .string(product), "sku": sku.map { .string($0) } ?? .null,
            "categories": .array(categories.sorted().map { .string($0) }), "units": .int(units), "list_amount": .int(listAmount),
            "discount": .int(discount), "tax": .int(tax), "points_paid": .int(pointsPaid),
        ]
    }
}
