internal import Columns

/// The outside of a part: what stands where.
///
///     0   8 bytes "TEAPART1"
///     8   sections and columns, one after another
///     …   directory
///     −32 u64 offset of the directory, u64 its bytes, u64 its XXH3-64, 8 bytes "TEAPEND1"
///
/// The directory: `u32 version (1), u32 rows, u64 first arrival, u64 end of arrivals, i64 × 4 least and greatest timestamp and
/// receivedAt, u32 first ordinal, u32 identities, u32 decisions, u32 sections, u32 columns, u32 0`, then per section
/// `u32 id, u32 0, u64 offset, u64 bytes, u64 XXH3-64`, then per column `u8 section, varint length, path, u64 offset, u64 bytes,
/// u64 XXH3-64`, sorted by section and path.
enum PartLayout {
    static let head: [UInt8] = Array("TEAPART1".utf8)
    static let tail: [UInt8] = Array("TEAPEND1".utf8)
    static let trailerBytes = 32
    static let version: UInt32 = 1

    enum SectionID: UInt32, CaseIterable {
        /// `u32 bytes of the first list`, owner ordinals ascending (PackedInts), first row of each (PackedInts).
        case owners = 1
        /// Microseconds by row (PackedInts).
        case timestamps
        /// Arrival less the first arrival, by row (PackedInts).
        case arrivals
        /// `u8 form`, then (PackedInts): 0 microseconds by arrival, 1 microseconds from the timestamp by row; the shorter, 0 on a tie.
        case receivedAts
        /// `u32 kinds`, per kind `u8 has an event, u8 call type, varint length, event`; then the kind of each row (PackedInts).
        case kinds
        /// `u32 × (kinds + 1)` offsets from their end, then a RowSet per kind.
        case kindRows
        /// By arrival (TextBlocks).
        case messageIDs
        /// `u8 × 3` by arrival: the low 24 bits of the payload hash.
        case payloadHashes
        /// See ``DedupeIndex``; only in files.
        case dedupe
        /// See ``IdentitySection``.
        case identities
        /// See ``DecisionSection``.
        case decisions
    }
}

/// The numbers of a part's directory.
struct PartInfo: Hashable, Sendable {
    var rowCount = 0
    var firstArrival: UInt64 = 0
    var endArrival: UInt64 = 0
    var minTimestamp = Int64.max
    var maxTimestamp = Int64.min
    var minReceivedAt = Int64.max
    var maxReceivedAt = Int64.min
    var firstOrdinal: UInt32 = 0
    var identityCount = 0
    var decisionCount = 0

    /// Calls that arrived: those of the rows, and those dropped since.
    var callCount: Int { Int(endArrival - firstArrival) }
}

/// Where a section or column lies.
struct PartExtent: Hashable, Sendable {
    var offset: Int
    var byteCount: Int
    var checksum: UInt64
}

struct PartDirectory: Sendable {
    var info = PartInfo()
    var sections: [UInt32: PartExtent] = [:]
    var columns: [(key: ColumnKey, extent: PartExtent)] = []

    func write(to out: inout [UInt8]) {
        out.appendInteger(PartLayout.version)
        out.appendInteger(UInt32(info.rowCount))
        out.appendInteger(info.firstArrival)
        out.appendInteger(info.endArrival)
        for value in [info.minTimestamp, info.maxTimestamp, info.minReceivedAt, info.maxReceivedAt] { out.appendInteger(value) }
        out.appendInteger(info.firstOrdinal)
        for count in [info.identityCount, info.decisionCount, sections.count, columns.count, 0] { out.appendInteger(UInt32(count)) }
        for (id, extent) in sections.sorted(by: { $0.key < $1.key }) {
            out.appendInteger(id)
            out.appendInteger(UInt32(0))
            extent.write(to: &out)
        }
        for (key, extent) in columns {
            out.append(key.section)
            key.path.withUnsafeBytes { out.appendCounted($0) }
            extent.write(to: &out)
        }
    }

    /// nil when the bytes are no directory of a known version.
    init?(_ bytes: UnsafeRawBufferPointer) {
        var reader = ByteReader(bytes)
        guard reader.integer(as: UInt32.self) == PartLayout.version, let rows = reader.integer(as: UInt32.self),
            let first = reader.integer(as: UInt64.self), let end = reader.integer(as: UInt64.self)
        else { return nil }
        let times = (0 ..< 4).compactMap { _ in reader.integer(as: Int64.self) }
        let counts = (0 ..< 6).compactMap { _ in reader.integer(as: UInt32.self) }
        guard times.count == 4, counts.count == 6, first <= end, UInt64(rows) <= end - first else { return nil }
        info = PartInfo(
            rowCount: Int(rows), firstArrival: first, endArrival: end, minTimestamp: times[0], maxTimestamp: times[1],
            minReceivedAt: times[2], maxReceivedAt: times[3], firstOrdinal: counts[0], identityCount: Int(counts[1]),
            decisionCount: Int(counts[2]))
        for _ in 0 ..< counts[3] {
            guard let id = reader.integer(as: UInt32.self), reader.integer(as: UInt32.self) != nil, let extent = PartExtent(&reader)
            else {
                return nil
            }
            sections[id] = extent
        }
        for _ in 0 ..< counts[4] {
            guard let section = reader.integer(as: UInt8.self), let path = reader.counted(), let extent = PartExtent(&reader) else {
                return nil
            }
            columns.append((ColumnKey(section: section, path: Array(path)), extent))
        }
        guard reader.isAtEnd else { return nil }
    }

    init() {}
}

extension PartExtent {
    func write(to out: inout [UInt8]) {
        out.appendInteger(UInt64(offset))
        out.appendInteger(UInt64(byteCount))
        out.appendInteger(checksum)
    }

    init?(_ reader: inout ByteReader) {
        guard let offset = reader.integer(as: UInt64.self), let count = reader.integer(as: UInt64.self),
            let checksum = reader.integer(as: UInt64.self), offset < 1 << 48, count < 1 << 48
        else { return nil }
        self.init(offset: Int(offset), byteCount: Int(count), checksum: checksum)
    }
}
