internal import Columns

/// Writes identities by ordinal: `u32 types, per type (varint length, text)`, then four counted lists (`u32 bytes` before each):
/// type of each, first arrival less the part's, when that was received (PackedInts), values (TextBlocks).
///
/// Types are numbered in the order of their first identity here.
struct IdentitySection {
    private var types = TextInterner()
    private var codes: [Int64] = []
    private var arrivals: [Int64] = []
    private var receivedAts: [Int64] = []
    private var values: TextBlocksEncoder

    init(level: Int32?) { values = TextBlocksEncoder(level: level) }

    mutating func add(type: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, arrivalOffset: Int64, receivedAt: Int64) {
        codes.append(Int64(types.code(of: type)))
        arrivals.append(arrivalOffset)
        receivedAts.append(receivedAt)
        values.append(value)
    }

    mutating func finish(appendingTo out: inout [UInt8]) {
        out.appendInteger(UInt32(types.count))
        for code in 0 ..< types.count { types.withText(code) { out.appendCounted($0) } }
        let (codes, arrivals, receivedAts) = (codes, arrivals, receivedAts)
        IdentitySection.appendCounted(to: &out) { PackedIntsEncoder.encode(codes, appendingTo: &$0) }
        IdentitySection.appendCounted(to: &out) { PackedIntsEncoder.encode(arrivals, appendingTo: &$0) }
        IdentitySection.appendCounted(to: &out) { PackedIntsEncoder.encode(receivedAts, appendingTo: &$0) }
        var values = values
        IdentitySection.appendCounted(to: &out) { values.finish(appendingTo: &$0) }
    }

    private static func appendCounted(to out: inout [UInt8], _ body: (inout [UInt8]) -> Void) {
        let start = out.count
        out.appendInteger(UInt32(0))
        body(&out)
        out.setInteger(UInt32(out.count - start - 4), at: start)
    }

    /// One identity as read.
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
