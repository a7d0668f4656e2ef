internal import Columns
internal import Model

/// Decisions by arrival: nothing when there are none, else eight counted lists (`u32 bytes` before each) of PackedInts.
///
/// The lists are: arrival less the part's first, receivedAt, kind, rule, reason, a, b, c.
enum DecisionSection {
    /// Writes the decisions that `forEach` gives, the same ones each time that it is called, and at least one.
    static func write(firstArrival: UInt64, appendingTo out: inout ByteOutput, forEach: @escaping ((Decision) -> Void) -> Void) {
        let lists: [(Decision) -> Int64] = [
            { Int64($0.arrival - firstArrival) }, { $0.receivedAt.microseconds }, { Int64($0.kind) }, { Int64($0.rule) },
            { Int64($0.reason) }, { Int64($0.a) }, { Int64($0.b) }, { Int64($0.c) },
        ]
        for value in lists {
            let start = out.reserve(4)
            PackedIntsEncoder.encode(appendingTo: &out) { take in forEach { take(value($0)) } }
            out.setInteger(UInt32(out.count - start - 4), at: start)
        }
    }
}

/// The decisions of one part, read where they lie.
///
/// Holds pointers only: whoever keeps one keeps the part.
struct DecisionList: Sendable {
    private let firstArrival: UInt64
    private let lists: [PackedInts]
    let count: Int

    /// nil when `bytes` are no ``DecisionSection``.
    init?(_ bytes: UnsafeRawBufferPointer, firstArrival: UInt64) {
        self.firstArrival = firstArrival
        var lists: [PackedInts] = []
        var reader = ByteReader(bytes)
        while !bytes.isEmpty, lists.count < 8 {
            guard let size = reader.integer(as: UInt32.self), let list = reader.take(Int(size)).flatMap({ PackedInts($0) }) else {
                return nil
            }
            lists.append(list)
        }
        let count = lists.first?.count ?? 0
        guard lists.allSatisfy({ $0.count == count }) else { return nil }
        (self.lists, self.count) = (lists, count)
    }

    func decision(at place: Int) -> Decision { decision { lists[$0].value(at: place) } }

    /// Calls `body` with the decisions of `range`, in their order.
    func forEach(in range: Range<Int>, _ body: (Decision) -> Void) {
        let blockCount = min(range.count, 512)
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: 8 * blockCount) { values in
            guard let base = values.baseAddress else { return }
            for start in stride(from: range.lowerBound, to: range.upperBound, by: max(blockCount, 1)) {
                let block = start ..< min(start + blockCount, range.upperBound)
                for (number, list) in lists.enumerated() { list.decode(block, into: base + number * blockCount) }
                for place in 0 ..< block.count { body(decision { base[$0 * blockCount + place] }) }
            }
        }
    }

    @inline(__always) private func decision(_ value: (_ list: Int) -> Int64) -> Decision {
        Decision(
            arrival: firstArrival + UInt64(truncatingIfNeeded: value(0)), receivedAt: Instant(microseconds: value(1)),
            kind: UInt8(truncatingIfNeeded: value(2)), rule: UInt8(truncatingIfNeeded: value(3)),
            reason: UInt8(truncatingIfNeeded: value(4)), a: UInt32(truncatingIfNeeded: value(5)),
            b: UInt32(truncatingIfNeeded: value(6)), c: UInt32(truncatingIfNeeded: value(7)))
    }
}
