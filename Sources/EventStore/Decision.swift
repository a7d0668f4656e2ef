internal import Columns
public import Model

/// One decision of the observer about identities, kept with the calls that caused it; opaque to the store.
///
/// 32 bytes: `u64 arrival, i64 receivedAt, u8 kind, u8 rule, u8 reason, u8 0, u32 a, u32 b, u32 c`.
public struct Decision: Hashable, Sendable {
    static let byteCount = 32

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

    init(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        arrival = bytes.integer(at: offset)
        receivedAt = Instant(microseconds: bytes.integer(at: offset + 8))
        (kind, rule, reason) = (bytes[offset + 16], bytes[offset + 17], bytes[offset + 18])
        a = bytes.integer(at: offset + 20)
        b = bytes.integer(at: offset + 24)
        c = bytes.integer(at: offset + 28)
    }

    func write(to out: inout [UInt8]) {
        out.appendInteger(arrival)
        out.appendInteger(receivedAt.microseconds)
        out.append(contentsOf: [kind, rule, reason, 0])
        out.appendInteger(a)
        out.appendInteger(b)
        out.appendInteger(c)
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
