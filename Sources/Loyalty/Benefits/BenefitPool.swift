public import Model
import OrderedCollections

/// A benefit that a company owns and its people use, each in the roles and up to the cap that the company gave them.
public struct BenefitPool: Hashable, Sendable {
    public enum Role: String, Sendable, CaseIterable {
        /// Asks for more for the pool.
        case buyer
        /// Allows what somebody else asked for.
        case approver
        /// Uses it.
        case user
        /// Gives roles and caps.
        case admin
    }

    /// More for the pool, asked for by a buyer.
    public struct Purchase: Hashable, Sendable {
        public let grant: BenefitGrant
        public let buyer: BenefitParty
        public let askedAt: Instant
        /// Who allowed it; nil while it waits.
        public internal(set) var approver: BenefitParty?
    }

    /// Those of the account: it has the rights, whoever uses them.
    public internal(set) var book: BenefitBook
    public internal(set) var roles: [BenefitParty: Set<Role>]
    public internal(set) var purchases: [BenefitID: Purchase] = [:]
    /// Purchases from this amount on wait for somebody else's approval; nil for none.
    public let approvalFrom: Int64?

    /// A pool that its first admin sets up.
    public init(of benefit: Benefit, for account: BenefitParty, admin: BenefitParty, approvalFrom: Int64? = nil) {
        book = BenefitBook(of: benefit, for: account)
        roles = [admin: [.admin]]
        self.approvalFrom = approvalFrom
    }

    /// A pool as it was kept.
    init(book: BenefitBook, roles: [BenefitParty: Set<Role>], purchases: [BenefitID: Purchase], approvalFrom: Int64?) {
        self.book = book
        self.roles = roles
        self.purchases = purchases
        self.approvalFrom = approvalFrom
    }

    /// Purchases that nobody has allowed yet, by id.
    public var waiting: [Purchase] {
        purchases.values.filter { book.grants[$0.grant.id] == nil }.sorted { $0.grant.id < $1.grant.id }
    }

    // MARK: - People

    /// Gives somebody roles instead of those they had; none takes them out of the pool.
    ///
    /// There is always an admin.
    public mutating func set(_ roles: Set<Role>, of party: BenefitParty, by admin: BenefitParty) throws(Refusal) {
        try need(.admin, admin)
        var all = self.roles
        all[party] = roles.isEmpty ? nil : roles
        guard all.values.contains(where: { $0.contains(.admin) }) else { throw Refusal("LAST_ADMIN") }
        self.roles = all
    }

    /// Caps what somebody uses in a period; nil for no cap.
    public mutating func cap(_ party: BenefitParty, at max: Int64?, by admin: BenefitParty, now: Instant) throws(Refusal) {
        try need(.admin, admin)
        if let max {
            try book.set(.init(user: party, by: book.beneficiary, max: max), now: now)
        } else {
            try book.removeCap(user: party, by: book.beneficiary, now: now)
        }
    }

    /// Ends the pool: the account keeps what it has and uses it as its own; what waits lapses, and so do roles and caps.
    public mutating func close(by admin: BenefitParty, now: Instant) throws(Refusal) {
        try need(.admin, admin)
        for cap in book.caps where cap.user != nil && cap.by == book.beneficiary {
            try book.removeCap(user: cap.user, by: cap.by, now: now)
        }
        for purchase in waiting { purchases[purchase.grant.id] = nil }
        roles = [:]
    }

    // MARK: - Buying

    /// Asks for more; what is small enough is granted at once.
    public mutating func buy(_ grant: BenefitGrant, by buyer: BenefitParty, now: Instant) throws(Refusal) -> Purchase {
        try need(.buyer, buyer)
        guard purchases[grant.id] == nil else { throw Refusal([BenefitReason.alreadyDone(grant.id)]) }
        var pool = self
        // Whether it could be granted shows now, not when somebody has thought about it.
        try pool.book.grant(grant, now: now)
        let purchase = Purchase(grant: grant, buyer: buyer, askedAt: now, approver: nil)
        if needsApproval(grant) { pool.book = book }
        pool.purchases[grant.id] = purchase
        self = pool
        return purchase
    }

    /// Allows what somebody else asked for.
    public mutating func approve(_ id: BenefitID, by approver: BenefitParty, now: Instant) throws(Refusal) {
        try need(.approver, approver)
        guard let purchase = purchases[id] else { throw Refusal([BenefitReason.unknown(.purchase, id.text)]) }
        guard purchase.approver == nil, needsApproval(purchase.grant) else { throw Refusal([BenefitReason.alreadyDone(id)]) }
        guard purchase.buyer != approver else { throw Refusal("OWN_PURCHASE", ["buyer": .string(approver.text)]) }
        try book.grant(purchase.grant, now: now)
        purchases[id]?.approver = approver
    }

    /// What has no bounds is more than any amount.
    private func needsApproval(_ grant: BenefitGrant) -> Bool {
        guard let approvalFrom else { return false }
        return (grant.amount ?? book.benefit.quota).map { $0 >= approvalFrom } ?? true
    }

    // MARK: - Using

    /// Whether somebody can use it; all reasons at once.
    public func check(_ amount: Int64 = 1, place: String? = nil, by user: BenefitParty, at instant: Instant) -> [Refusal.Reason] {
        let answer = book.check(.init(amount: amount, place: place, user: user), at: instant)
        return (has(.user, user) ? [] : [BenefitReason.missingRole(Role.user.rawValue)]) + answer.reasons
    }

    public mutating func consume(
        _ amount: Int64 = 1, place: String? = nil, by user: BenefitParty, id: BenefitID, now: Instant
    ) throws(Refusal) -> BenefitUse {
        guard has(.user, user) else { throw Refusal(check(amount, place: place, by: user, at: now)) }
        return try book.consume(.init(amount: amount, place: place, user: user), id: id, now: now)
    }

    /// Pins it for something that is delivered later.
    public mutating func reserve(
        _ amount: Int64 = 1, place: String? = nil, by user: BenefitParty, until: Instant, id: BenefitID, now: Instant
    ) throws(Refusal) -> BenefitUse {
        guard has(.user, user) else { throw Refusal(check(amount, place: place, by: user, at: now)) }
        return try book.reserve(.init(amount: amount, place: place, user: user), until: until, id: id, now: now)
    }

    public mutating func refund(_ id: BenefitID, _ amount: Int64? = nil, now: Instant) throws(Refusal) {
        try book.refund(id, amount, now: now)
    }

    private func has(_ role: Role, _ party: BenefitParty) -> Bool { roles[party]?.contains(role) == true }

    private func need(_ role: Role, _ party: BenefitParty) throws(Refusal) {
        guard has(role, party) else { throw Refusal([BenefitReason.missingRole(role.rawValue)]) }
    }
}
