public import Model
import OrderedCollections

/// Spends points, or pins them to be spent: what can be done with the points of one member.
public struct SpendPoints: ProgramCommand {
    public enum Deed: Hashable, Sendable {
        /// Spends at once; the place matters to points that can be spent at some alone.
        case burn(Int64, place: String?)
        case hold(Int64, place: String?, seconds: Int64)
        /// nil captures all of it.
        case capture(PointID, Int64?)
        case release(PointID)
        /// Gives spent points back to the lots that they came from; nil gives all that is left.
        case giveBack(PointID, Int64?)
        /// Makes a pending lot active before its time.
        case activate(PointID)
        case freeze(PointID, Bool)
        /// To a charity.
        case donate(Int64, charity: String)
    }

    public let member: MemberWish
    public let currency: String
    public let deed: Deed
    /// When it counts, such as when a till without a connection did it; nil for now.
    ///
    /// Not in a closed month, nor before what was booked for the member already.
    public var effectiveAt: Instant?
    /// What points are spent or captured for, such as a campaign of the house, 1 to 100 bytes; nil for nothing in particular.
    public var campaign: String?

    public init(_ deed: Deed, of currency: String, by member: MemberWish) {
        self.member = member
        self.currency = currency
        self.deed = deed
    }

    public var content: JSONValue {
        var members = JSONMembers()
        let (word, values) = words
        members.put("command", word)
        members.put("member", member.content)
        members.put("currency", currency)
        for (key, value) in values { members.put(key, value) }
        if let effectiveAt { members.put("effective_at", effectiveAt) }
        if let campaign { members.put("campaign", campaign) }
        return members.json
    }

    private var words: (String, [(String, JSONValue)]) {
        switch deed {
        case .burn(let amount, let place): ("burn", [("amount", .int(amount)), ("place", .optional(place))])
        case .hold(let amount, let place, let seconds):
            ("hold", [("amount", .int(amount)), ("place", .optional(place)), ("seconds", .int(seconds))])
        case .capture(let id, let amount): ("capture", [("hold", .int(id.number)), ("amount", .optional(amount))])
        case .release(let id): ("release", [("hold", .int(id.number))])
        case .giveBack(let id, let amount): ("give_back", [("spending", .int(id.number)), ("amount", .optional(amount))])
        case .activate(let id): ("activate", [("lot", .int(id.number))])
        case .freeze(let id, let isFrozen): ("freeze", [("lot", .int(id.number)), ("frozen", .bool(isFrozen))])
        case .donate(let amount, let charity): ("donate", [("amount", .int(amount)), ("charity", .string(charity))])
        }
    }

    public var isOfPointsAlone: Bool { true }
    public var mentions: Set<String>? { [] }
    public func foresee(_ foresight: inout PointForesight) { foresight.ask(member, currency) }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let wish = member
        // What is spent for a campaign is an account, and so a line of what is hashed.
        let names = deed.names + (campaign.map { [("campaign", $0)] } ?? [])
        let (currency, member) = try draft.named(currency, wish, spends: deed.spends, amounts: deed.amounts, names: names)
        let key = try draft.open(member, currency)
        let number = try deed.number.map { kind, id throws(ProgramFailure) in
            try draft.number(kind, id, of: wish, member, currency)
        }
        let done: [(String, JSONValue)]
        if let number, number.owners.count > 1 {
            done = try performFormer(number, currency, in: &draft)
        } else {
            // A lot of which nothing is left can neither be made active nor frozen.
            if let number, number.kind != .lot { try draft.load(number, key) }
            let lots = try draft.book(key).book.lots
            let lot = deed.lot.flatMap { lots[$0] }.flatMap { $0.isClosed ? nil : $0 }
            let moment = try draft.moment(effectiveAt, key, earnedAt: lot?.earnedAt)
            done = try draft.change(key, at: moment, carryOut)
        }
        var answer = JSONMembers()
        answer.put("member", member.id.text)
        answer.put("currency", currency.key)
        for (name, value) in done { answer.put(name, value) }
        if case .donate = deed { answer.put("receipt", try receipt(key, draft)) }
        answer.put("balance", try draft.balance(key))
        return answer.json
    }

    /// The number of a donation's receipt: the member, and where in their book it begins, as the exported books have it.
    private func receipt(_ key: PointBookKey, _ draft: ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let kept = try draft.book(key)
        guard let place = kept.book.entries.firstIndex(where: { $0.kind == .donated }) else { return .null }
        return .string(PointReceipt(member: key.member, position: kept.entryCount + Int64(place) + 1).text)
    }

    func carryOut(_ book: inout PointBook, _ now: Instant) throws(PointRefusal) -> [(String, JSONValue)] {
        switch deed {
        case .burn(let amount, let place):
            let spending = try book.burn(amount, at: place, for: campaign, now: now)
            return [("spending", .int(spending.id.number)), ("amount", .int(amount))]
        case .hold(let amount, let place, let seconds):
            let (span, isOver) = seconds.multipliedReportingOverflow(by: .microsecondsPerSecond)
            guard !isOver else { throw .badTime }
            let until = now.advanced(byMicroseconds: span)
            let id = try book.hold(amount, at: place, until: until, now: now)
            return [("hold", .int(id.number)), ("amount", .int(amount)), ("until", .string(until.rfc3339))]
        case .capture(let id, let amount):
            let spending = try book.capture(id, amount, for: campaign, now: now)
            return [("spending", .int(spending.id.number)), ("amount", .int(spending.amount))]
        case .release(let id):
            try book.release(id, now: now)
            return [("hold", .int(id.number))]
        case .giveBack(let id, let amount):
            guard let spending = book.spendings[id] else { throw .unknown(.spending, id) }
            let amount = amount ?? (spending.amount - spending.returned)
            guard spending.returned < spending.amount else { throw .exceedsOriginal(left: 0) }
            try book.reverseBurn(id, amount, now: now)
            return [("spending", .int(id.number)), ("amount", .int(amount))]
        case .activate(let id):
            try book.activate(id, at: now)
            return [("lot", .int(id.number))]
        case .freeze(let id, let isFrozen):
            // Whether a closed one is in memory still says nothing.
            guard book.lots[id]?.isClosed != true else { throw .unknown(.lot, id) }
            try book.freeze(id, isFrozen, now: now)
            return [("lot", .int(id.number)), ("frozen", .bool(isFrozen))]
        case .donate(let amount, let charity):
            let worth = try book.donate(amount, to: charity, now: now)
            return [("charity", .string(charity)), ("amount", .int(amount)), ("worth", .int(worth))]
        }
    }
}

extension SpendPoints.Deed {
    /// Whether it begins to spend points, or gives them away.
    fileprivate var spends: Bool {
        switch self {
        case .burn, .hold, .donate: true
        case .capture, .release, .giveBack, .activate, .freeze: false
        }
    }

    /// The amounts that it says.
    fileprivate var amounts: [Int64] {
        switch self {
        case .burn(let amount, _), .hold(let amount, _, _), .donate(let amount, _): [amount]
        case .capture(_, let amount), .giveBack(_, let amount): [amount].compactMap(\.self)
        case .release, .activate, .freeze: []
        }
    }

    fileprivate var names: [(field: String, name: String)] {
        switch self {
        case .donate(_, let charity): [("charity", charity)]
        case .burn(_, let place), .hold(_, let place, _): place.map { [("place", $0)] } ?? []
        case .capture, .release, .giveBack, .activate, .freeze: []
        }
    }

    /// The lot that it is about alone; nil for any.
    fileprivate var lot: PointID? {
        switch self {
        case .activate(let id), .freeze(let id, _): id
        case .burn, .hold, .capture, .release, .giveBack, .donate: nil
        }
    }
}

extension JSONValue {
    static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
    static func optional(_ number: Int64?) -> JSONValue { number.map { .int($0) } ?? .null }
}
