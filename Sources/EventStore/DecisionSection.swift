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

    /// Calls `body` with each decision; how many there are, nil when the bytes are no such section.
    static func read(_ bytes: UnsafeRawBufferPointer, firstArrival: UInt64, _ body: (Decision) -> Void) -> Int? {
        if bytes.isEmpty { return 0 }
        var reader = ByteReader(bytes)
        var lists: [PackedInts] = []
        for _ in 0 ..< 8 {
            guard let size = reader.integer(as: UInt32.self), let list = reader.take(Int(size)).flatMap({ PackedInts($0) }) else {
                return nil
            }
            lists.append(list)
        }
        let count = lists[0].count
        guard lists.allSatisfy({ $0.count == count }) else { return nil }
        var cursors = lists.map { IntCursor($0) }
        for _ in 0 ..< count {
            body(
                Decision(
                    arrival: firstArrival + UInt64(truncatingIfNeeded: cursors[0].next()),
                    receivedAt: Instant(microseconds: cursors[1].next()), kind: UInt8(truncatingIfNeeded: cursors[2].next()),
                    rule: UInt8(truncatingIfNeeded: cursors[3].next()), reason: UInt8(truncatingIfNeeded: cursors[4].next()),
                    a: UInt32(truncatingIfNeeded: cursors[5].next()), b: UInt32(truncatingIfNeeded: cursors[6].next()),
                    c: UInt32(truncatingIfNeeded: cursors[7].next())))
        }
        return count
    }
}
