public import Model

/// Limits, and what is pinned on them until when.
///
/// Time is carried out first in every command: a pin that has lapsed by then is free, whether anything ran since or not.
public struct LimitBook: Hashable, Sendable {
    /// An amount on one limit.
    public struct Charge: Hashable, Sendable {
        public let key: Limit.Key
        /// What the limit allows as the one who counts on it promises: versions of a template may promise different numbers.
        public let max: Int64
        public var amount: Int64
        /// Whether it counts what is given, and not how often.
        public let isMoney: Bool

        public init(_ key: Limit.Key, max: Int64, amount: Int64, isMoney: Bool = false) {
            self.key = key
            self.max = max
            self.amount = amount
            self.isMoney = isMoney
        }
    }

    /// Whose pin it is.
    public struct PinID: Hashable, Sendable {
        public let subject: String
        public let order: String

        public init(_ subject: String, order: String) {
            self.subject = subject
            self.order = order
        }
    }

    public struct Pin: Hashable, Sendable {
        public let charges: [Charge]
        public let until: Instant
    }

    public private(set) var limits: [Limit.Key: Limit]
    public private(set) var pins: [PinID: Pin]

    public init(limits: [Limit] = [], pins: [PinID: Pin] = [:]) {
        self.limits = Dictionary(limits.map { ($0.key, $0) }) { $1 }
        self.pins = pins
    }

    /// Frees what has lapsed by an instant.
    public mutating func settle(until now: Instant) {
        for (id, pin) in pins where pin.until <= now { release(id, pin) }
    }

    /// What is left for a charge at an instant, a pin of the same id left out of account.
    public func left(for charge: Charge, at now: Instant, beside id: PinID? = nil) -> Int64 {
        var book = self
        book.settle(until: now)
        if let id { book.release(id) }
        return book.limit(of: charge).left
    }

    /// Pins charges on all limits or on none; an earlier pin of this id is replaced.
    ///
    /// - Returns: The charges for which too little is left; none when all are pinned.
    public mutating func pin(_ charges: [Charge], as id: PinID, until: Instant, now: Instant) -> [Charge] {
        var book = self
        book.settle(until: now)
        book.release(id)
        var failed: [Charge] = []
        for charge in charges {
            var limit = book.limit(of: charge)
            if limit.reserve(charge.amount) { book.limits[charge.key] = limit } else { failed.append(charge) }
        }
        guard failed.isEmpty else { return failed }
        book.pins[id] = Pin(charges: charges, until: until)
        self = book
        return []
    }

    /// Keeps a pin for longer; nothing happens when there is none, or when it is kept for as long already.
    public mutating func keep(_ id: PinID, until: Instant) {
        if let pin = pins[id], pin.until < until { pins[id] = Pin(charges: pin.charges, until: until) }
    }

    /// Turns a pin into use of at most what is pinned.
    ///
    /// - Returns: False when there is no such pin at that instant.
    public mutating func use(_ id: PinID, _ charges: [Charge], now: Instant) -> Bool {
        settle(until: now)
        guard let pin = pins.removeValue(forKey: id) else { return false }
        for pinned in pin.charges {
            let used = charges.first { $0.key == pinned.key }?.amount ?? 0
            limits[pinned.key]?.use(min(used, pinned.amount), ofReserved: pinned.amount)
        }
        return true
    }

    /// Frees a pin; nothing happens when there is none.
    public mutating func release(_ id: PinID) {
        if let pin = pins[id] { release(id, pin) }
    }

    /// Gives back what was used.
    public mutating func giveBack(_ charges: [Charge]) {
        for charge in charges { limits[charge.key]?.giveBack(charge.amount) }
    }

    /// The limit as it stands, with the maximum that a charge names.
    private func limit(of charge: Charge) -> Limit {
        var limit = limits[charge.key] ?? Limit(key: charge.key, max: charge.max)
        limit.change(max: charge.max)
        return limit
    }

    private mutating func release(_ id: PinID, _ pin: Pin) {
        pins[id] = nil
        for charge in pin.charges { limits[charge.key]?.release(charge.amount) }
    }
}
