internal import Columns
internal import Model

/// Decisions by arrival: nothing when there are none, else eight counted lists (`u32 bytes` before each) of PackedInts.
///
/// The lists are: arrival less the part's first, receivedAt, kind, rule, reason, a, b, c.
enum DecisionSection {
    static func write(_ decisions: [Decision], firstArrival: UInt64, appendingTo out: inout ByteOutput) {
        if decisions.isEmpty { return }
        let lists: [(Decision) -> Int64] = [
            { Int64($0.arrival - firstArrival) }, { $0.receivedAt.microseconds }, { Int64($0.kind) }, { Int64($0.rule) },
            { Int64($0.reason) }, { Int64($0.a) }, { Int64($0.b) }, { Int64($0.c) },
        ]
        for value in lists {
            let start = out.reserve(4)
            PackedIntsEncoder.encode(decisions.map(value), appendingTo: &out)
            out.setInteger(UInt32(out.count - start - 4), at: start)
        }
    }

    /// nil when the bytes are no such section.
    static func read(_ bytes: UnsafeRawBufferPointer, firstArrival: UInt64) -> [Decision]? {
        if bytes.isEmpty { return [] }
        var reader = ByteReader(bytes)
        var lists: [[Int64]] = []
        for _ in 0 ..< 8 {
            guard let size = reader.integer(as: UInt32.self), let list = reader.take(Int(size)).flatMap({ PackedInts($0) }) else {
                return nil
            }
            lists.append(list.array())
        }
        guard lists.allSatisfy({ $0.count == lists[0].count }) else { return nil }
        return lists[0].indices.map { index in
            Decision(
                arrival: firstArrival + UInt64(truncatingIfNeeded: lists[0][index]),
                receivedAt: Instant(microseconds: lists[1][index]), kind: UInt8(truncatingIfNeeded: lists[2][index]),
                rule: UInt8(truncatingIfNeeded: lists[3][index]), reason: UInt8(truncatingIfNeeded: lists[4][index]),
                a: UInt32(truncatingIfNeeded: lists[5][index]), b: UInt32(truncatingIfNeeded: lists[6][index]),
                c: UInt32(truncatingIfNeeded: lists[7][index]))
        }
    }
}
