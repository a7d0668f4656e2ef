internal import Columns

/// Writes the sections of a part one after another.
struct PartWriter {
    /// Zstandard level of text blocks; nil leaves them plain.
    let level: Int32?
    private var buffer: [UInt8] = PartLayout.head
    private var directory = PartDirectory()

    init(level: Int32?) { self.level = level }

    var info: PartInfo {
        get { directory.info }
        set { directory.info = newValue }
    }

    mutating func section(_ id: PartLayout.SectionID, _ body: (inout [UInt8]) -> Void) {
        directory.sections[id.rawValue] = extent(body)
    }

    mutating func column(_ key: ColumnKey, _ draft: ColumnDraft) {
        guard !draft.rows.isEmpty else { return }
        let rowCount = info.rowCount
        let extent = extent { ColumnEncoder.encode(draft, rowCount: rowCount, appendingTo: &$0) }
        directory.columns.append((key, extent))
    }

    /// Writes the directory; the whole part.
    mutating func finish() -> [UInt8] {
        directory.columns.sort { $0.key < $1.key }
        let offset = buffer.count
        let start = buffer.count
        directory.write(to: &buffer)
        let checksum = buffer.withUnsafeBytes { XXHash.hash64(UnsafeRawBufferPointer(rebasing: $0[start...])) }
        let byteCount = buffer.count - start
        buffer.appendInteger(UInt64(offset))
        buffer.appendInteger(UInt64(byteCount))
        buffer.appendInteger(checksum)
        buffer.append(contentsOf: PartLayout.tail)
        return buffer
    }

    private mutating func extent(_ body: (inout [UInt8]) -> Void) -> PartExtent {
        let start = buffer.count
        body(&buffer)
        let checksum = buffer.withUnsafeBytes { XXHash.hash64(UnsafeRawBufferPointer(rebasing: $0[start...])) }
        let extent = PartExtent(offset: start, byteCount: buffer.count - start, checksum: checksum)
        return extent
    }
}
