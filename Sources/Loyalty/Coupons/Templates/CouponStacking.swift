/// Which coupons may be used for one order together with this one; both sides have to agree.
public struct CouponStacking: Hashable, Sendable {
    /// The group that others name; empty for none.
    public var group = ""
    /// The groups with which it goes together; nil for all.
    public var consents: Set<String>?
    /// Nothing else with it.
    public var isExclusive = false
    /// Higher comes first, where coupons are taken by priority.
    public var priority = 0
    /// At most so many coupons of a class in an order that has this one.
    public var classMaxima: [CouponClass: Int] = [:]

    /// Goes together with all that agree.
    public init() {}

    /// Whether both agree.
    public func agrees(with other: CouponStacking) -> Bool { consents(to: other) && other.consents(to: self) }

    private func consents(to other: CouponStacking) -> Bool {
        !isExclusive && (consents.map { $0.contains(other.group) } ?? true)
    }
}
