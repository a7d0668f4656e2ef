public import Model
import OrderedCollections

/// Takes in an event about an order, and gives or takes back what it means by all that is known of the order.
///
/// Events come in any order, twice, and before the order itself: what is earned waits until the order is completed by a member. The
/// coupons that the order carries are used and given back in the same command; one that does not count is noted and stops nothing. An
/// order of somebody who takes part no more gives nothing and uses nothing; it is kept, and what it had given comes back with its goods.
/// Of an order for an account that has agreed on a share (``SetEarningSplit``) the account has its part of the points.
public struct TakeOrder: ProgramCommand {
    /// The earning program; nil for the coupons of an order by which nothing is earned.
    public let program: String?
    public let fact: OrderFact
    /// Who completed the order; refunds and the like find the member by the order.
    public let member: MemberWish?
    /// The tiers of the member when the order was completed, no part of the command; none as long as the server keeps no tiers.
    public var tiers: Set<String> = []
    /// The tags of the member when the order was completed: looked up by the server, no part of the command.
    public var tags: Set<String> = []

    public init(_ fact: OrderFact, of member: MemberWish?, in program: String?) {
        self.fact = fact
        self.member = member
        self.program = program
    }

    public var content: JSONValue { content(fact, of: member).json }

    public var bareContent: JSONValue {
        var members = content(fact.bare, of: nil)
        members.put("bare", true)
        return members.json
    }

    private func content(_ fact: OrderFact, of member: MemberWish?) -> JSONMembers {
        var members = JSONMembers()
        members.put("command", "order")
        members.put("program", program)
        members.put("member", member?.content ?? .null)
        members.put("event", fact.kind.rawValue)
        members.put("order", fact.order)
        members.put("message_id", fact.messageID)
        members.put("at", fact.at)
        members.put("currency", fact.currency.code)
        members.put("properties", fact.properties)
        members.put("context", fact.context)
        return members
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let program = program ?? TakeOrder.noProgram
        try draft.requirePast(fact.at)
        let versions = try self.program.map { name throws(ProgramFailure) in try draft.earningVersions(name).versions }
        var kept = try draft.reading { tables throws(Problem) in try tables.order(fact.order, of: program) }
        let before = kept
        let wrong = idReasons(kept.record)
        guard wrong.isEmpty else { throw .refused(Refusal(wrong)) }
        var owner = try kept.member.map { id throws(ProgramFailure) in try draft.found(id) }
        kept.member = owner?.id
        // Of somebody who was erased nothing is kept anew but what returns are counted by, by which alone a repetition is known.
        draft.isBare = owner?.state == .erased
        let told = draft.isBare ? fact.bare : fact
        var isNew = false
        do throws(Refusal) { isNew = try kept.record.add(told) } catch { throw .refused(error) }
        if owner == nil, fact.kind == .completed, let member {
            // Where nothing can be earned only who uses a coupon becomes a member.
            owner = try draft.buyer(member, isEnrolled: versions != nil || fact.carriesCoupons)
            (kept.member, kept.tags) = (owner?.id, tags)
        }
        var done: [JSONValue] = []
        if let owner {
            let deeds = try draft.settleCoupons(of: &kept, for: owner, tiers: tiers)
            let given = try versions.map { versions throws(ProgramFailure) in
                try settle(&kept.record, from: before.record, owner, kept.tags ?? [], versions, &draft)
            }
            done = (given ?? []) + deeds.map(\.json)
        }
        let (after, known) = (kept, before.record.messages)
        draft.write { tables throws(Problem) in
            if known[told.messageID] == nil { try tables.insert(told, of: program) }
            try tables.write(after, from: before, of: program)
        }
        return answer(kept, told, isNew, done)
    }

    /// The most bytes of an order's id and of a product: both and a rule stand in one index.
    private static let shopIDBytesMax = 500

    /// Why its ids are too long: what has come before with longer ones goes on.
    ///
    /// Shops name their orders and products themselves, products by their names as well: whatever else is in them is taken.
    func idReasons(_ known: OrderRecord) -> [Refusal.Reason] {
        func isTooLong(_ id: String) -> Bool { id.utf8.count > TakeOrder.shopIDBytesMax }
        var fields = known.facts.isEmpty && isTooLong(fact.order) ? ["order_id"] : []
        let products = (fact.lines ?? []).map(\.product).filter(isTooLong)
        if !products.isEmpty {
            let kept = Set(known.facts.values.flatMap { $0.lines ?? [] }.map(\.product))
            if !kept.isSuperset(of: products) { fields.append("product_id") }
        }
        return fields.map { .init("NAME_WRONG", ["field": .string($0), "max": .int(Int64(TakeOrder.shopIDBytesMax))]) }
    }

    /// Under which name orders stand of which nothing is earned.
    static let noProgram = ""

    private func settle(
        _ record: inout OrderRecord, from known: OrderRecord, _ owner: ProgramMember, _ tags: Set<String>,
        _ versions: EarningVersions, _ draft: inout ProgramDraft
    ) throws(ProgramFailure) -> [JSONValue] {
        let state = record.state
        guard let points = versions.versions.first?.program.points, let event = state.event else { return [] }
        let currency = try draft.currency(points)
        let split = try draft.split(of: state, with: owner)
        // An earlier completion may have come, for another account than the one that has its part.
        let isMoved = known.netPoints > 0 ? try draft.split(of: known.state, with: owner) != split : false
        let live = versions.live(at: event.at)
        let frame = EarningFrame(points: currency, calendar: draft.calendar)
        let facts = EarningMember(id: owner.id.text, tiers: tiers, tags: tags)
        let keys = (live?.limits(for: event, of: facts, in: frame).map(\.key) ?? []) + record.lines.values.flatMap(\.limits)
        let before = try draft.reading { tables throws(Problem) in try tables.earningLimits(keys, of: currency.key) }
        var limits = before
        var unearned: [NewPoints] = []
        let settled: (intents: [OrderIntent], plan: EarningPlan?)
        do throws(Refusal) {
            if owner.state == .open {
                settled = try record.settled(by: live, of: facts, limits: &limits, in: frame, anew: isMoved)
            } else {
                // Of somebody who was erased nothing is told any more.
                if owner.state == .closed { unearned = try record.unearned(by: live, of: facts, limits: limits, in: frame) }
                settled = (record.shrink(limits: &limits), nil)
            }
        } catch {
            throw .refused(error)
        }
        draft.unfunded += settled.plan?.unfunded ?? []
        let (forgone, writtenOff) = try draft.carryOut(settled.intents, of: record, owner, split, currency)
        for source in forgone { record.forgo(source, limits: &limits) }
        for (source, points) in writtenOff {
            limits.keep(points, of: record.limits(of: source) ?? known.limits(of: source) ?? [])
        }
        let after = limits
        draft.write { tables throws(Problem) in try tables.write(after, from: before) }
        return settled.intents.filter { !forgone.contains($0.source) }.map { $0.json(split) }
            + unearned.map { $0.refused(owner.barred) }
    }

    private func answer(_ kept: KeptOrder, _ told: OrderFact, _ isNew: Bool, _ done: [JSONValue]) -> JSONValue {
        let state = kept.record.state
        let ignored = OrderReading.unreadable(told) + state.ignored.filter { $0.messageID == told.messageID }.map(\.reason)
        return [
            "order": .string(fact.order), "member": kept.member.map { .string($0.text) } ?? .null, "new": .bool(isNew),
            "waiting": .bool(kept.member == nil || state.event == nil), "points": .int(kept.record.netPoints),
            "done": .array(done),
            "coupons": .array(kept.coupons.sorted { $0.key < $1.key }.map { $0.value.json($0.key) }),
            "ignored": .array(ignored.map { ["code": .string($0.code), "params": .object($0.params)] }),
        ]
    }
}

extension ProgramDraft {
    /// Gives and takes what an order means.
    ///
    /// What a partner's block pays for only once other points of the order are taken back waits for that. Of those that were spent nothing
    /// comes back to a block: then it may have too little. What a changed order had given and cannot be taken back is taken of what it gives
    /// now: a change is no way to keep both.
    ///
    /// - Returns: What is not given, and how many points of which source cannot be taken back.
    fileprivate mutating func carryOut(
        _ intents: [OrderIntent], of record: OrderRecord, _ owner: ProgramMember, _ split: EarningSplit?, _ currency: PointCurrency
    ) throws(ProgramFailure) -> (forgone: Set<PointSource>, writtenOff: [PointSource: Int64]) {
        var (waiting, forgone, writtenOff) = ([OrderIntent](), Set<PointSource>(), [PointSource: Int64]())
        for intent in intents {
            let isShort = if case .earn(let points) = intent { try shortage(of: points, currency) != nil } else { false }
            if isShort || waiting.contains(where: { $0.source == intent.source }) {
                waiting.append(intent)
            } else {
                writtenOff[intent.source, default: 0] += try carryOut(intent, of: record, owner, split, currency)
            }
        }
        for intent in waiting {
            if case .earn(let points) = intent, let missing = try shortage(of: points, currency) {
                unfunded.append(missing)
                forgone.insert(points.source)
            }
            guard !forgone.contains(intent.source) else { continue }
            writtenOff[intent.source, default: 0] += try carryOut(intent, of: record, owner, split, currency)
        }
        let earned = intents.filter { $0.isEarning && !forgone.contains($0.source) }.map(\.source)
        if !earned.isEmpty { try makeUp(for: &writtenOff, of: intents, by: earned, of: owner, currency) }
        return (forgone, writtenOff)
    }

    /// Takes what could not be taken back of what the same order gives now.
    private mutating func makeUp(
        for writtenOff: inout [PointSource: Int64], of intents: [OrderIntent], by earned: [PointSource], of owner: ProgramMember,
        _ currency: PointCurrency
    ) throws(ProgramFailure) {
        for source in intents.map(\.source) {
            // What an account had is not its person's to give.
            guard let points = writtenOff[source], points > 0, try earning(for: source.ofAccount, currency) == nil else { continue }
            writtenOff[source] = try points - takeBack(points, ofNew: earned, of: owner, currency)
        }
    }

    /// - Returns: How many points cannot be taken back.
    private mutating func carryOut(
        _ intent: OrderIntent, of record: OrderRecord, _ owner: ProgramMember, _ split: EarningSplit?, _ currency: PointCurrency
    ) throws(ProgramFailure) -> Int64 {
        switch intent {
        case .earn(let points):
            try earn(points, split, inPlaceOf: record.earlier(than: points.source), owner, currency)
            return 0
        case .reverse(let source, let units, let points):
            return try takeBackShared(source, unitsInAll: units, pointsInAll: points, currency)
        }
    }

    /// Who completed an order; somebody whose membership is closed has it as well, so that what follows finds it.
    ///
    /// - Parameter isEnrolled: Whether somebody new becomes a member by it.
    fileprivate mutating func buyer(_ wish: MemberWish, isEnrolled: Bool) throws(ProgramFailure) -> ProgramMember {
        let known = try find(wish)
        if let known, known.state == .closed { return known }
        isBare = known?.state == .erased
        return isEnrolled ? try memberByEarning(wish) : try member(wish)
    }

    /// A member in whatever state, or whom they were merged into.
    fileprivate func found(_ id: ProgramMemberID) throws(ProgramFailure) -> ProgramMember {
        guard let member = try find(MemberWish(.id(id))) else {
            throw .refused(Refusal("MEMBER_UNKNOWN", ["member": .string(id.text)]))
        }
        return member
    }
}

extension OrderIntent {
    var isEarning: Bool {
        if case .earn = self { true } else { false }
    }

    /// What it is about.
    var source: PointSource {
        switch self {
        case .earn(let points): points.source
        case .reverse(let source, _, _): source
        }
    }

    /// What was done, in short; of points that are shared, the part of the account as well.
    func json(_ split: EarningSplit?) -> JSONValue {
        guard case .earn(let points) = self, let split, split.part(of: points.amount) > 0 else { return json }
        return json.setting(["account"], to: .string(split.account.id.text))
            .setting(["account_points"], to: .int(split.part(of: points.amount)))
    }

    /// What was done, in short.
    var json: JSONValue {
        switch self {
        case .earn(let points):
            [
                "do": "earn", "source": .string(points.source.id), "line": .string(points.source.line),
                "rule": .string(points.source.rule), "points": .int(points.amount), "units": .int(points.units),
            ]
        case .reverse(let source, let units, let points):
            [
                "do": "take_back", "source": .string(source.id), "line": .string(source.line), "rule": .string(source.rule),
                "units_in_all": .int(units), "points_in_all": .int(points),
            ]
        }
    }
}

extension NewPoints {
    /// That they are not given, and why.
    fileprivate func refused(_ reason: Refusal.Reason?) -> JSONValue {
        [
            "do": "refuse_points", "line": .string(source.line), "rule": .string(source.rule), "points": .int(amount),
            "reasons": .array(reason.map { [$0.json] } ?? []),
        ]
    }
}
