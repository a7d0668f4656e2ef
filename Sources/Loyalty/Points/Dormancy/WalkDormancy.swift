public import Model
import OrderedCollections
import Records

/// Takes the steps that are due for dormant points, and looks for members whose points have become dormant.
///
/// When each step counts is said by the ladder; what it decides counts when it is recorded.
public struct WalkDormancy: ProgramCommand {
    public let currency: String
    /// The members looked at before; nil begins with the first.
    public let after: ProgramMemberID?
    /// The most members of one command: others come between.
    public let countMax: Int

    public init(of currency: String, after: ProgramMemberID? = nil, countMax: Int = 200) {
        self.currency = currency
        self.after = after
        self.countMax = countMax
    }

    public var content: JSONValue {
        [
            "command": "walk_dormancy", "currency": .string(currency), "after": .optional(after?.text),
            "count_max": .int(Int64(countMax)),
        ]
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let currency = try draft.currency(currency)
        guard let rules = currency.dormancy else { return ["steps": 0, "started": 0, "next": .null] }
        let (transaction, now, after, countMax) = (draft.transaction, draft.now, after, countMax)
        let (due, owners) = try draft.reading { tables throws(Problem) in
            // Who is idle is told by what is written.
            try transaction.flush()
            return (
                try tables.dueDormancies(of: currency.key, at: now, countMax: countMax),
                try tables.owners(of: currency.key, after: after, limit: countMax)
            )
        }
        var work = DormancyWalk(draft, currency, rules)
        for dormancy in due { try work.climb(dormancy) }
        for owner in owners { try work.look(at: PointBookKey(member: owner, currency: currency.key)) }
        draft = work.draft
        let isMore = owners.count == countMax
        return [
            "steps": .int(work.stepCount), "started": .int(work.startedCount),
            "next": isMore ? .optional(owners.last?.text) : .null, "due": .bool(due.count == countMax),
        ]
    }
}

extension ProgramDesk {
    /// Walks all ladders of a currency once, and looks at every member who has points, slice by slice.
    ///
    /// - Returns: How many steps were taken.
    public func walkDormancy(of currency: String) async throws(Problem) -> Int64 {
        let start = clock.now.microseconds
        var (total, slice) = (Int64(0), 0)
        var after: ProgramMemberID?
        while true {
            let request = ProgramRequest(
                id: "dormancy-\(currency)-\(start)-\(slice)", actor: .server, command: WalkDormancy(of: currency, after: after))
            let answer = try await perform(request)
            if !answer.isReplayed { total += answer.body["steps"]?.intValue ?? 0 }
            let next = answer.body["next"]?.stringValue.flatMap { ProgramMemberID(text: $0) }
            guard next != nil || answer.body["due"]?.boolValue == true else { return total }
            // When only ladders are left, nobody is looked at again.
            after = next ?? after ?? ProgramMemberID(number: .max)
            slice += 1
        }
    }
}

/// Takes step after step within a draft.
private struct DormancyWalk {
    private(set) var draft: ProgramDraft
    private(set) var stepCount: Int64 = 0
    private(set) var startedCount: Int64 = 0

    private let currency: PointCurrency
    private let rules: PointDormancyRules

    init(_ draft: ProgramDraft, _ currency: PointCurrency, _ rules: PointDormancyRules) {
        self.draft = draft
        self.currency = currency
        self.rules = rules
    }

    /// Begins a ladder for somebody whose points have become dormant and who has none.
    mutating func look(at key: PointBookKey) throws(ProgramFailure) {
        let (activeAt, open) = try draft.reading { tables throws(Problem) in
            (try tables.activeAt(key), try tables.openDormancy(of: key))
        }
        guard open == nil, let activeAt, DormantLadder.start(activeAt: activeAt, rules, in: draft.calendar) <= draft.now,
            try isReachable(key)
        else { return }
        let dormancy = PointDormancy(
            member: key.member, currency: key.currency, startedAt: draft.now,
            ladder: DormantLadder(activeAt: activeAt, rules, in: draft.calendar, now: draft.now))
        startedCount += 1
        try climb(dormancy)
    }

    /// Takes the steps that are due.
    mutating func climb(_ dormancy: PointDormancy) throws(ProgramFailure) {
        var dormancy = dormancy
        let key = dormancy.key
        let activeAt = try draft.reading { tables throws(Problem) in try tables.activeAt(key) }
        let balance = try draft.book(key).book.balance(at: draft.now)
        var waitsUntil: Instant?
        if let activeAt, activeAt > dormancy.ladder.activeAt {
            end(&dormancy, .active)
        } else if balance.available == 0 {
            end(&dormancy, .empty)
        } else if try !isReachable(key) {
            end(&dormancy, .closed)
        } else {
            while dormancy.end == nil, waitsUntil == nil, let step = dormancy.ladder.step(at: draft.now, rules) {
                // What is held is somebody's order still: nothing ends before that is over, and no other member waits for it.
                if step == .expire { waitsUntil = try heldUntil(key) }
                if waitsUntil == nil { try take(step, &dormancy) }
            }
        }
        let (changed, rules, start) = (dormancy, rules, waitsUntil)
        draft.write { tables throws(Problem) in try tables.set(changed, rules, waitsUntil: start) }
    }

    /// When the last hold of a book ends by itself; nil when nothing is held.
    private func heldUntil(_ key: PointBookKey) throws(ProgramFailure) -> Instant? {
        var book = try draft.book(key).book
        book.settle(until: draft.now)
        return book.openHolds.last?.until
    }

    /// Whether there is somebody who can be told.
    private func isReachable(_ key: PointBookKey) throws(ProgramFailure) -> Bool {
        let member = try draft.reading { tables throws(Problem) in try tables.member(key.member) }
        return member?.state == .open && member?.mergedInto == nil
    }

    private mutating func take(_ step: DormantLadder.Step, _ dormancy: inout PointDormancy) throws(ProgramFailure) {
        stepCount += 1
        switch step {
        case .tell(let days):
            dormancy.ladder.tell(days: days, rules, at: draft.now)
            try tell(.dormancyNotice, dormancy, ["days": .int(days)], step: "notice-\(days)-\(dormancy.ladder.isExtended)")
        case .extend:
            dormancy.ladder.extend(rules, at: draft.now)
            try tell(.dormancyExtended, dormancy, [:], step: "extended")
        case .expire:
            let key = dormancy.key
            let kept = try draft.book(key)
            draft.now = max(draft.now, kept.recordedAt.advanced(byMicroseconds: 1))
            try draft.requireOpenMonth(currency)
            let amount = try draft.change(key) { book, now throws(PointRefusal) in try book.disposeDormant(at: now) }
            (dormancy.end, dormancy.endedAt) = (amount > 0 ? .expired : .empty, draft.now)
        }
    }

    private mutating func end(_ dormancy: inout PointDormancy, _ end: PointDormancy.End) {
        (dormancy.end, dormancy.endedAt) = (end, draft.now)
        draft.tell(
            .dormancyEnded, of: dormancy.member, key: [dormancy.currency, String(dormancy.startedAt.microseconds), "ended"],
            ["currency": .string(dormancy.currency), "reason": .string(end.rawValue)])
    }

    /// Tells the events what the member is to hear: how much, what it is worth, until when, and what can be done with it.
    private mutating func tell(
        _ name: ProgramFact.Name, _ dormancy: PointDormancy, _ more: OrderedDictionary<String, JSONValue>, step: String
    ) throws(ProgramFailure) {
        var book = try draft.book(dormancy.key).book
        book.settle(until: draft.now)
        var properties: OrderedDictionary<String, JSONValue> = [
            "currency": .string(dormancy.currency), "points": .int(book.dormant.reduce(0) { $0 + $1.quantities.remaining }),
            "worth_minor": .int(Int64(clamping: book.dormant.reduce(Int128(0)) { $0 + $1.value.wide($1.quantities.remaining) })),
            "ends_at": .string(dormancy.ladder.endsAt.rfc3339),
            "offers": .array(rules.toldOffers.map { .string($0.rawValue) }),
        ]
        if let conversion = rules.conversion {
            properties["coupon"] = .string(conversion.template)
            properties["coupon_points"] = .int(conversion.points)
        }
        properties.merge(more) { one, _ in one }
        draft.tell(
            name, of: dormancy.member, key: [dormancy.currency, String(dormancy.startedAt.microseconds), step], properties)
    }
}
