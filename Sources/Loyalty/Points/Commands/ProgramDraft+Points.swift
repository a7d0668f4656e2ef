package import Model
import OrderedCollections
import Records

extension ProgramDraft {
    /// The book of a member and the instant at which something may be done to it: later than all that was done before.
    mutating func open(_ member: ProgramMember, _ currency: PointCurrency) throws(ProgramFailure) -> PointBookKey {
        let key = PointBookKey(member: member.id, currency: currency.key)
        let kept = try book(key)
        now = max(now, kept.recordedAt.advanced(byMicroseconds: 1))
        try requireOpenMonth(currency)
        return key
    }

    /// Throws when the month of now is closed, as it can be when the clock went back.
    func requireOpenMonth(_ currency: PointCurrency) throws(ProgramFailure) {
        let closedUntil = try closedUntil(currency.key)
        guard now < closedUntil else { return }
        throw .refused(
            Refusal("PERIOD_CLOSED", ["until": .string(closedUntil.rfc3339)], isRetryable: true))
    }

    /// The currency of that key.
    func currency(_ key: String) throws(ProgramFailure) -> PointCurrency {
        try requireProgram()
        guard let currency = settings?.currency(key) else {
            let known = (settings?.currencies ?? []).map { JSONValue.string($0.key) }
            throw .refused(Refusal("CURRENCY_UNKNOWN", ["currency": .string(key), "known": .array(known)]))
        }
        return currency
    }

    /// Does something with a book, or nothing.
    mutating func change<Answer>(
        _ key: PointBookKey, _ body: (inout PointBook, Instant) throws(PointRefusal) -> Answer
    ) throws(ProgramFailure) -> Answer {
        var kept = try book(key)
        let answer: Answer
        do throws(PointRefusal) { answer = try body(&kept.book, now) } catch { throw .refused(error.refusal) }
        set(kept, key)
        return answer
    }

    /// Sees to it that a book holds a hold that may have ended, and its lots.
    mutating func load(hold id: PointID, _ key: PointBookKey) throws(ProgramFailure) {
        var kept = try book(key)
        guard kept.book.holds[id] == nil else { return }
        kept.book.holds[id] = try asking { transaction throws(Problem) in try transaction.hold(id, of: key) }
        set(kept, key)
    }

    /// Sees to it that a book holds a spending and the lots that it came from.
    mutating func load(spending id: PointID, _ key: PointBookKey) throws(ProgramFailure) {
        var kept = try book(key)
        if kept.book.spendings[id] == nil {
            kept.book.spendings[id] = try asking { transaction throws(Problem) in try transaction.spending(id, of: key) }
        }
        for part in kept.book.spendings[id]?.parts ?? [] { try load(lot: part.lot, &kept, key) }
        set(kept, key)
    }

    /// The key of the book in which something was earned, which then holds the earning and its lot.
    mutating func load(earning source: PointSource, _ currency: PointCurrency) throws(ProgramFailure) -> PointBookKey? {
        let key = currency.key
        guard let known = try asking({ transaction throws(Problem) in try transaction.earning(source, key) }) else { return nil }
        let book = PointBookKey(member: known.owner, currency: key)
        var kept = try self.book(book)
        now = max(now, kept.recordedAt.advanced(byMicroseconds: 1))
        if kept.book.earnings[source] == nil { kept.book.earnings[source] = known.earning }
        try load(lot: known.earning.lot, &kept, book)
        set(kept, book)
        return book
    }

    /// Does something with the book in which something was earned; of somebody who was merged, the heir has and owes what comes of it.
    mutating func takeBack<Answer>(
        _ key: PointBookKey, _ currency: PointCurrency, _ body: (inout PointBook, Instant) throws(PointRefusal) -> Answer
    ) throws(ProgramFailure) -> Answer {
        try requireOpenMonth(currency)
        let answer = try change(key, body)
        guard let heir = try find(MemberWish(.id(key.member))), heir.id != key.member else { return answer }
        let to = PointBookKey(member: heir.id, currency: key.currency)
        var other = try book(to)
        now = max(now, other.recordedAt.advanced(byMicroseconds: 1))
        _ = try change(key) { book, now throws(PointRefusal) in try book.moveAll(to: &other.book, now: now) }
        set(other, to)
        return answer
    }

    /// Takes back what a source had earned; of somebody who was merged, of what the heir has: of what came of its lot, then of the others.
    ///
    /// - Parameter body: Answers how many points of the book itself are taken or owed: none where they are elsewhere.
    mutating func takeBack(
        earnedFor source: PointSource, _ key: PointBookKey, _ currency: PointCurrency,
        _ body: (inout PointBook, Instant, _ isElsewhere: Bool) throws(PointRefusal) -> Int64
    ) throws(ProgramFailure) -> PointsTaken {
        let before = try book(key).book.earnings[source]?.revoked ?? 0
        let owners = try heirs(of: key.member)
        let taken = try takeBack(key, currency) { book, now throws(PointRefusal) in try body(&book, now, owners.count > 1) }
        let kept = try book(key).book
        guard let earning = kept.earnings[source] else { return PointsTaken(taken: taken) }
        let missing = earning.revoked - before - taken
        guard missing > 0 else { return PointsTaken(taken: taken) }
        // What was given up while it waited was taken back then.
        guard owners.count > 1, let heir = owners.last else {
            let isGivenUp = kept.lots[earning.lot]?.isGivenUp(at: now) == true
            return PointsTaken(taken: taken, writtenOff: isGivenUp ? 0 : missing)
        }
        let found = try moved(PointNumber(kind: .lot, id: earning.lot, owners: owners), currency)
        guard !found.contains(where: { $0.lot.isGivenUp(at: now) }) else { return PointsTaken(taken: taken) }
        let to = PointBookKey(member: heir, currency: key.currency)
        let own = found.filter { $0.key == to }.map(\.lot.id)
        let more = try change(to) { book, now throws(PointRefusal) in try book.takeBack(missing, of: own, now: now) }
        return PointsTaken(taken: taken + more, writtenOff: missing - more)
    }

    mutating func load(lots condition: String, _ key: PointBookKey) throws(ProgramFailure) {
        var kept = try book(key)
        for lot in try reading({ tables throws(Problem) in try tables.lots(of: key, where: condition) })
        where kept.book.lots[lot.id] == nil { kept.book.lots[lot.id] = lot }
        set(kept, key)
    }

    private func load(lot id: PointID, _ kept: inout KeptPointBook, _ key: PointBookKey) throws(ProgramFailure) {
        guard kept.book.lots[id] == nil else { return }
        kept.book.lots[id] = try asking { transaction throws(Problem) in try transaction.lot(id, of: key) }
    }

    /// What a member has after the command.
    func balance(_ key: PointBookKey) throws(ProgramFailure) -> JSONValue { try book(key).book.balance(at: now).json }
}

/// What became of points that were to be taken back.
struct PointsTaken {
    /// Taken or owed.
    var taken: Int64
    /// Nobody has them, and nobody owes them.
    var writtenOff: Int64 = 0
}

extension PointBook.Balance {
    package var json: JSONValue {
        ["available": .int(available), "pending": .int(pending), "held": .int(held), "debt": .int(debt)]
    }
}

extension PointRefusal {
    /// The reason as data.
    var refusal: Refusal {
        let params: OrderedDictionary<String, JSONValue> =
            switch self {
            case .insufficient(let available, let held, let pendingUntil):
                [
                    "available": .int(available), "held": .int(held),
                    "pending_until": pendingUntil.map { .string($0.rfc3339) } ?? .null,
                ]
            case .frozen(let amount): ["frozen": .int(amount)]
            case .colourMismatch(let elsewhere): ["elsewhere": .int(elsewhere)]
            case .unknown(let thing, let id): ["number": .int(id.number), "kind": .string(thing.rawValue)]
            case .unknownSource(let source), .alreadyEarned(_, let source): PointRefusal.params(of: source)
            case .holdEnded(let instant), .holdsOpen(let instant): ["at": .string(instant.rfc3339)]
            case .exceedsOriginal(let left): ["left": .int(left)]
            case .badAmount(let amount): ["amount": .int(amount)]
            case .transferLimit(let transferable): ["transferable": .int(transferable)]
            case .overflow(let max): max.map { ["max": .int($0)] } ?? [:]
            case .alreadyCaptured, .badTime, .toOneself: [:]
            }
        return Refusal(code, params, isRetryable: isRetryable)
    }

    /// The reason for which a source earns nothing that has earned for a member before.
    static func alreadyEarned(_ source: PointSource, by member: ProgramMemberID) -> Refusal.Reason {
        let refusal = PointRefusal.alreadyEarned(lot: PointID(0), source)
        return Refusal.Reason(refusal.code, params(of: source).merging(["member": .string(member.text)]) { one, _ in one })
    }

    private static func params(of source: PointSource) -> OrderedDictionary<String, JSONValue> {
        ["source": .string(source.id), "line": .string(source.line), "rule": .string(source.rule)]
    }

    private var isRetryable: Bool {
        switch self {
        case .insufficient, .frozen, .holdsOpen: true
        default: false
        }
    }
}
