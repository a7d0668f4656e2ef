public import Model

/// Whether a use may go beyond what was given.
public enum BenefitMode: String, Sendable, CaseIterable {
    case hard
    /// Counts what goes beyond instead of refusing it; there must be a grant all the same.
    case soft
}

extension BenefitBook {
    /// The longest that something can be pinned, in microseconds.
    private static let reservationMax = 366 * Int64.microsecondsPerDay

    /// Uses the benefit at once.
    @discardableResult
    public mutating func consume(
        _ context: BenefitContext = BenefitContext(), mode: BenefitMode = .hard, id: BenefitID, now: Instant
    ) throws(Refusal) -> BenefitUse {
        try perform(at: now) { book, now throws(Refusal) in try book.take(context, mode, .consumed, id, now) }
    }

    /// Pins it for something that is delivered later.
    @discardableResult
    public mutating func reserve(
        _ context: BenefitContext = BenefitContext(), until: Instant, id: BenefitID, now: Instant
    ) throws(Refusal) -> BenefitUse {
        try perform(at: now) { book, now throws(Refusal) in
            guard until > now, until <= now.advanced(byMicroseconds: BenefitBook.reservationMax) else {
                throw Refusal([BenefitReason.badTime])
            }
            return try book.take(context, .hard, .reserved(until: until), id, now)
        }
    }

    /// Uses what was pinned, all of it or a part; the rest is free again.
    @discardableResult
    public mutating func confirm(_ id: BenefitID, _ amount: Int64? = nil, now: Instant) throws(Refusal) -> BenefitUse {
        try perform(at: now) { book, now throws(Refusal) in
            var use = try book.pinned(id, at: now, asked: "confirm")
            let amount = amount ?? use.amount
            guard amount > 0 else { throw Refusal([BenefitReason.badAmount(amount)]) }
            guard amount <= use.amount else { throw Refusal([BenefitReason.exceeds(left: use.amount, asked: amount)]) }
            use.parts = BenefitUse.first(amount, of: use.parts)
            use.state = .consumed
            book.uses[id] = use
            return use
        }
    }

    /// Lets go what was pinned.
    public mutating func cancel(_ id: BenefitID, now: Instant) throws(Refusal) {
        try perform(at: now) { book, now throws(Refusal) in
            _ = try book.pinned(id, at: now, asked: "cancel")
            book.uses[id]?.state = .cancelled
        }
    }

    /// Gives back a use or a part of it to the period in which it was, as if it had never been.
    @discardableResult
    public mutating func refund(_ id: BenefitID, _ amount: Int64? = nil, now: Instant) throws(Refusal) -> BenefitUse {
        try perform(at: now) { book, _ throws(Refusal) in
            guard var use = book.uses[id] else { throw Refusal([BenefitReason.unknown(.use, id.text)]) }
            guard use.state == .consumed else { throw Refusal([use.wrongState(asked: "refund")]) }
            let (left, asked) = (use.amount - use.refunded, amount)
            let amount = asked ?? left
            guard amount > 0 || left == 0 else { throw Refusal([BenefitReason.badAmount(amount)]) }
            guard left > 0, amount <= left else { throw Refusal([BenefitReason.exceeds(left: left, asked: asked)]) }
            use.refunded += amount
            use.over = max(0, use.over - amount)
            book.uses[id] = use
            return use
        }
    }

    // MARK: - Taking

    private func pinned(_ id: BenefitID, at now: Instant, asked: String) throws(Refusal) -> BenefitUse {
        guard let use = uses[id] else { throw Refusal([BenefitReason.unknown(.use, id.text)]) }
        guard case .reserved(let until) = use.state else { throw Refusal([use.wrongState(asked: asked)]) }
        guard now < until else { throw Refusal([BenefitReason.lapsed(at: until)]) }
        return use
    }

    private mutating func take(
        _ context: BenefitContext, _ mode: BenefitMode, _ state: BenefitUse.State, _ id: BenefitID, _ now: Instant
    ) throws(Refusal) -> BenefitUse {
        let standing = BenefitStanding(of: self, at: now)
        var reasons = reasons(against: context, mode, standing)
        if !benefit.kind.isUsable { reasons.append(BenefitReason.notUsable(benefit.kind)) }
        if uses[id] != nil { reasons.append(BenefitReason.alreadyDone(id)) }
        guard reasons.isEmpty else { throw Refusal(reasons) }
        let (parts, over) = standing.parts(of: context.amount)
        let use = BenefitUse(id: id, at: now, user: context.user, parts: parts, over: over, state: state)
        uses[id] = use
        return use
    }
}

extension BenefitStanding {
    /// Which grants an amount comes from, in order; what goes beyond them comes from the last one.
    fileprivate func parts(of amount: Int64) -> (parts: [BenefitUse.Part], over: Int64) {
        var rest = amount
        var free = left ?? .max
        var freeOf = allowances.map { $0.left ?? .max }
        var parts: [BenefitUse.Part] = []
        for grant in grants where rest > 0 && free > 0 {
            let index = allowances.firstIndex { $0.source.isInSeries(with: grant.source) }
            var room = grant.amount(in: span).map { given in
                max(0, given.clampedAdd(index.map { allowances[$0].carried } ?? 0) - taken(from: grant.id))
            }
            if let index, book.benefit.combination == .sum { room = min(room ?? .max, freeOf[index]) }
            let part = min(rest, free, room ?? .max)
            guard part > 0 else { continue }
            parts.append(.init(grant: grant.id, amount: part))
            rest -= part
            free -= part
            if let index { freeOf[index] -= part }
        }
        guard rest > 0, let last = grants.last else { return (parts, 0) }
        let before = parts.last?.grant == last.id ? parts.removeLast().amount : 0
        parts.append(.init(grant: last.id, amount: before + rest))
        return (parts, rest)
    }
}

extension BenefitUse.State {
    /// The word for programs.
    public var word: String {
        switch self {
        case .reserved: "reserved"
        case .consumed: "consumed"
        case .cancelled: "cancelled"
        }
    }
}

extension BenefitUse {
    fileprivate func wrongState(asked: String) -> Refusal.Reason {
        let possible: [String] =
            switch state {
            case .reserved: ["confirm", "cancel"]
            case .consumed: ["refund"]
            case .cancelled: []
            }
        return BenefitReason.wrongState(state.word, asked: asked, possible: possible)
    }
}
