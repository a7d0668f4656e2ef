internal import Columns

/// Identities by ordinal: `u32 types, per type (varint length, text)`, then four counted lists (`u32 bytes` before each):
/// type of each, first arrival less the part's, when that was received (PackedInts), values (TextBlocks).
///
/// Types are numbered in the order of their first identity here.
enum IdentitySection {
    /// Writes the identities that `forEach` gives, the same ones each time that it is called.
    static func write(level: Int32?, appendingTo out: inout ByteOutput, forEach: @escaping ((Entry) -> Void) -> Void) {
        var types = TextInterner()
        forEach { _ = types.code(of: $0.type) }
        out.appendInteger(UInt32(types.count))
        for code in 0 ..< types.count { types.withText(code) { out.pending.appendCounted($0) } }
        counted(&out) { out in
            PackedIntsEncoder.encode(appendingTo: &out) { take in forEach { take(Int64(types.code(of: $0.type))) } }
        }
        counted(&out) { out in
            PackedIntsEncoder.encode(appendingTo: &out) { take in forEach { take(Int64($0.arrivalOffset)) } }
        }
        counted(&out) { out in PackedIntsEncoder.encode(appendingTo: &out) { take in forEach { take($0.receivedAt) } } }
        counted(&out) { out in
            var values = TextBlocksEncoder(level: level, appendingTo: &out)
            forEach { values.append($0.value, to: &out) }
            values.finish(&out)
        }
    }

    private static func counted(_ out: inout ByteOutput, _ body: (inout ByteOutput) -> Void) {
        let start = out.reserve(4)
        body(&out)
        out.setInteger(UInt32(out.count - start - 4), at: start)
    }

    /// One identity.
    struct Entry {
        var type: UnsafeRawBufferPointer
        var value: UnsafeRawBufferPointer
        var arrivalOffset: Int
        var receivedAt: Int64
    }

    /// Calls `body` with each identity by ordinal; false when the bytes are no such section.
    static func read(_ bytes: UnsafeRawBufferPointer, _ body: (Entry) -> Void) -> Bool {
        var reader = ByteReader(bytes)
        guard let typeCount = reader.integer(as: UInt32.self) else { return false }
        var types: [UnsafeRawBufferPointer] = []
        for _ in 0 ..< typeCount {
            guard let type = reader.counted() else { return false }
            types.append(type)
        }
        guard let codes = list(&reader).flatMap({ PackedInts($0) }), let arrivals = list(&reader).flatMap({ PackedInts($0) }),
            let times = list(&reader).flatMap({ PackedInts($0) }), let values = list(&reader).flatMap({ TextBlocks($0) }),
            codes.count == values.count, arrivals.count == values.count, times.count == values.count
        else { return false }
        var index = 0
        values.forEach { value in
            body(
                Entry(
                    type: types[Int(codes.value(at: index))], value: value, arrivalOffset: Int(arrivals.value(at: index)),
                    receivedAt: times.value(at: index)))
            index += 1
        }
        return true
    }

    private static func list(_ reader: inout ByteReader) -> UnsafeRawBufferPointer? {
        reader.integer(as: UInt32.self).flatMap { reader.take(Int($0)) }
    }
}
