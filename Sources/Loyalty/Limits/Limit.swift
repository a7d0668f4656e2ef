/// A number that must not be passed: uses, or money, or points, of one subject in one period.
///
/// `reserved + used <= max` whenever something is reserved. Coupons, earning rules and budgets share them, and several codes can share
/// one.
public struct Limit: Hashable, Sendable {
    /// Which limit, of whom, and in which period.
    public struct Key: Hashable, Comparable, Sendable {
        /// The name of the limit in the configuration, such as `spring/total`.
        public let name: String
        /// Whose count it is: a member, a payment instrument; empty for everybody's together.
        public let subject: String
        /// The first day of the period, such as `2026-11-01`; empty for one that never starts anew.
        public let period: String

        public init(name: String, subject: String = "", period: String = "") {
            self.name = name
            self.subject = subject
            self.period = period
        }

        public static func < (left: Key, right: Key) -> Bool {
            (left.name, left.subject, left.period) < (right.name, right.subject, right.period)
        }
    }

    public let key: Key
    /// As whoever counted last had it: a configuration may have changed it since.
    public private(set) var max: Int64
    public private(set) var reserved: Int64
    public private(set) var used: Int64

    /// - Precondition: none of the numbers is negative.
    public init(key: Key, max: Int64, reserved: Int64 = 0, used: Int64 = 0) {
        self.key = key
        self.max = max
        self.reserved = reserved
        self.used = used
    }

    /// What is left of it; 0 when the configuration has been lowered below what is taken.
    public var left: Int64 { Swift.max(0, max - reserved - used) }

    /// Pins an amount; false when there is less left, and then nothing changes.
    public mutating func reserve(_ amount: Int64) -> Bool {
        guard amount >= 0, amount <= left else { return false }
        reserved += amount
        return true
    }

    /// Turns what was pinned into used; the rest of the pin is free again.
    public mutating func use(_ amount: Int64, ofReserved pinned: Int64) {
        reserved -= pinned
        used += amount
    }

    /// Frees what was pinned.
    public mutating func release(_ amount: Int64) { reserved -= amount }

    /// Gives back what was used.
    public mutating func giveBack(_ amount: Int64) { used -= amount }

    /// Takes over another maximum; what is taken stays.
    public mutating func change(max: Int64) { self.max = max }
}
