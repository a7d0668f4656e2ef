public import Model

/// One decision of the observer about identities, kept with the calls that caused it; opaque to the store.
public struct Decision: Hashable, Sendable {
    /// The call that caused it.
    public var arrival: UInt64
    public var receivedAt: Instant
    public var kind: UInt8
    public var rule: UInt8
    public var reason: UInt8
    public var a: UInt32
    public var b: UInt32
    public var c: UInt32

    public init(arrival: UInt64, receivedAt: Instant, kind: UInt8, rule: UInt8, reason: UInt8, a: UInt32, b: UInt32, c: UInt32) {
        self.arrival = arrival
        self.receivedAt = receivedAt
        self.kind = kind
        self.rule = rule
        self.reason = reason
        self.a = a
        self.b = b
        self.c = c
    }
}

/// All decisions of a store so far, in arrival order; copying it is cheap and what was copied does not change.
public struct DecisionLog: RandomAccessCollection, Sendable {
    private static let pageSize = 1_024
    private var pages: [[Decision]] = []
    public private(set) var count = 0

    public init() {}

    public var startIndex: Int { 0 }
    public var endIndex: Int { count }
    public subscript(position: Int) -> Decision { pages[position / DecisionLog.pageSize][position % DecisionLog.pageSize] }

    /// Adds one decision.
    ///
    /// A copy shares every page but the last.
    public mutating func append(_ decision: Decision) {
        if count % DecisionLog.pageSize == 0 {
            pages.append([])
            pages[pages.count - 1].reserveCapacity(DecisionLog.pageSize)
        }
        pages[pages.count - 1].append(decision)
        count += 1
    }
}
