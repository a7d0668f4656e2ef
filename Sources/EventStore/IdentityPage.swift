internal import Columns

/// Types and values of some identities, one after another in one run of bytes.
///
/// A record is `varint type, varint bytes << 1 | whether they are a UUID, bytes`; where every eighth begins is kept beside them.
struct IdentityTexts: Sendable {
    private static let markDistance = 8

    private var bytes: [UInt8] = []
    private var marks: [UInt32] = []
    private(set) var count = 0

    mutating func append(type: UInt32, value: UnsafeRawBufferPointer) {
        if count % IdentityTexts.markDistance == 0 { marks.append(UInt32(bytes.count)) }
        count += 1
        bytes.appendVarint(UInt64(type))
        if let uuid = UUIDText.parse(value) {
            bytes.appendVarint(16 << 1 | 1)
            withUnsafeBytes(of: uuid) { bytes.append(contentsOf: $0) }
        } else {
            bytes.appendVarint(UInt64(value.count) << 1)
            bytes.append(contentsOf: value)
        }
    }

    /// The same in no more memory than it takes.
    var compact: IdentityTexts {
        var copy = self
        copy.bytes = Array(unsafeUninitializedCapacity: bytes.count) { buffer, count in
            _ = buffer.initialize(from: bytes)
            count = bytes.count
        }
        copy.marks = Array(marks[...])
        return copy
    }

    func type(_ place: Int) -> UInt32 { withRecord(place) { $0.type } }

    /// Calls `body` with the type and the UTF-8 of the value at a place.
    func withText<Result>(_ place: Int, _ body: (_ type: UInt32, UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try withRecord(place) { try $0.withValue(body) }
    }

    /// Calls `body` with all in their order.
    func forEach(_ body: (_ place: Int, _ type: UInt32, UnsafeRawBufferPointer) -> Void) {
        bytes.withUnsafeBytes { bytes in
            var offset = 0
            for place in 0 ..< count { Record(bytes, at: &offset).withValue { body(place, $0, $1) } }
        }
    }

    private func withRecord<Result>(_ place: Int, _ body: (Record) throws -> Result) rethrows -> Result {
        try bytes.withUnsafeBytes { bytes in
            var offset = Int(marks[place / IdentityTexts.markDistance])
            for _ in 0 ..< place % IdentityTexts.markDistance { _ = Record(bytes, at: &offset) }
            return try body(Record(bytes, at: &offset))
        }
    }

    private struct Record {
        let type: UInt32
        private let isUUID: Bool
        private let bytes: UnsafeRawBufferPointer

        @inline(__always) init(_ texts: UnsafeRawBufferPointer, at offset: inout Int) {
            type = UInt32(truncatingIfNeeded: Record.varint(texts, &offset))
            let length = Record.varint(texts, &offset)
            isUUID = length & 1 == 1
            bytes = UnsafeRawBufferPointer(rebasing: texts[offset ..< offset + length >> 1])
            offset += length >> 1
        }

        /// Mostly one byte.
        @inline(__always) private static func varint(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) -> Int {
            var value = Int(bytes[offset])
            offset += 1
            var shift = 7
            while value >> (shift - 7) >= 0x80 {
                value = value & (1 << shift - 1) | Int(bytes[offset]) << shift
                offset += 1
                shift += 7
            }
            return value
        }

        func withValue<Result>(_ body: (_ type: UInt32, UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
            guard isUUID else { return try body(type, bytes) }
            return try withUnsafeTemporaryAllocation(byteCount: UUIDText.byteCount, alignment: 1) { text in
                UUIDText.write(bytes, to: text)
                return try body(type, UnsafeRawBufferPointer(text))
            }
        }
    }
}

/// The newest identities of a table, shared with its copies until it grows.
final class OpenIdentityPage: @unchecked Sendable {
    // Unchecked because a page is written only while a single table holds it.
    var texts = IdentityTexts()
    private(set) var firstArrivals: [UInt64] = []
    private(set) var firstReceivedAts: [Int64] = []
    var count: Int { texts.count }

    func append(type: UInt32, value: UnsafeRawBufferPointer, arrival: UInt64, receivedAt: Int64) {
        texts.append(type: type, value: value)
        firstArrivals.append(arrival)
        firstReceivedAts.append(receivedAt)
    }

    func copy() -> OpenIdentityPage {
        let copy = OpenIdentityPage()
        (copy.texts, copy.firstArrivals, copy.firstReceivedAts) = (texts, firstArrivals, firstReceivedAts)
        return copy
    }
}

/// 1,024 identities of a table, packed.
final class IdentityPage: Sendable {
    static let capacity = 1_024

    let texts: IdentityTexts
    /// Under the two lists.
    private let region: ByteRegion
    private let firstArrivals: PackedInts
    private let firstReceivedAts: PackedInts

    init(_ page: OpenIdentityPage) {
        texts = page.texts.compact
        var listStart = 0
        region = ByteRegion(
            copying: ByteOutput.bytes { out in
                PackedIntsEncoder.encode(page.firstArrivals.map(Int64.init(bitPattern:)), appendingTo: &out)
                listStart = out.count
                PackedIntsEncoder.encode(page.firstReceivedAts, appendingTo: &out)
            })
        firstArrivals = PackedInts(region.bytes.slice(0, listStart)) ?? PackedInts()
        firstReceivedAts = PackedInts(region.bytes.slice(listStart, region.count - listStart)) ?? PackedInts()
    }

    /// The same identities with other texts.
    init(_ page: IdentityPage, texts: IdentityTexts) {
        self.texts = texts.compact
        (region, firstArrivals, firstReceivedAts) = (page.region, page.firstArrivals, page.firstReceivedAts)
    }

    func firstArrival(_ place: Int) -> UInt64 { UInt64(bitPattern: firstArrivals.value(at: place)) }

    func firstReceivedAt(_ place: Int) -> Int64 { firstReceivedAts.value(at: place) }
}
