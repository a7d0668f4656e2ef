internal import Columns

/// Writes identities by ordinal: `u32 types, per type (varint length, text)`, then three counted lists (`u32 bytes` before each):
/// type of each (PackedInts), first arrival less the part's (PackedInts), values (TextBlocks).
///
/// Types are numbered in the order of their first identity here. When each was first received stands with its first call.
struct IdentitySection {
    private var types = TextInterner()
    private var codes: [Int64] = []
    private var arrivals: [Int64] = []
    private var values: TextBlocksEncoder

    init(level: Int32?) { values = TextBlocksEncoder(level: level) }

    mutating func add(type: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, arrivalOffset: Int64) {
        codes.append(Int64(types.code(of: type)))
        arrivals.append(arrivalOffset)
        values.append(value)
    }

    mutating func finish(appendingTo out: inout [UInt8]) {
        out.appendInteger(UInt32(types.count))
        for code in 0 ..< types.count { types.withText(code) { out.appendCounted($0) } }
        let (codes, arrivals) = (codes, arrivals)
        IdentitySection.appendCounted(to: &out) { PackedIntsEncoder.encode(codes, appendingTo: &$0) }
        IdentitySection.appendCounted(to: &out) { PackedIntsEncoder.encode(arrivals, appendingTo: &$0) }
        var values = values
        IdentitySection.appendCounted(to: &out) { values.finish(appendingTo: &$0) }
    }

    private static func appendCounted(to out: inout [UInt8], _ body: (inout [UInt8]) -> Void) {
        let start = out.count
        out.appendInteger(UInt32(0))
        body(&out)
        out.setInteger(UInt32(out.count - start - 4), at: start)
    }

    /// Calls `body` with type, value and arrival offset of each identity; false when the bytes are no such section.
    static func read(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer, Int) -> Void) -> Bool {
        var reader = ByteReader(bytes)
        guard let typeCount = reader.integer(as: UInt32.self) else { return false }
        var types: [UnsafeRawBufferPointer] = []
        for _ in 0 ..< typeCount {
            guard let type = reader.counted() else { return false }
            types.append(type)
        }
        guard let codes = list(&reader).flatMap({ PackedInts($0) }), let arrivals = list(&reader).flatMap({ PackedInts($0) }),
            let values = list(&reader).flatMap({ TextBlocks($0) }), codes.count == values.count, arrivals.count == values.count
        else { return false }
        var index = 0
        values.forEach { value in
            body(types[Int(codes.value(at: index))], value, Int(arrivals.value(at: index)))
            index += 1
        }
        return true
    }

    private static func list(_ reader: inout ByteReader) -> UnsafeRawBufferPointer? {
        reader.integer(as: UInt32.self).flatMap { reader.take(Int($0)) }
    }
}
