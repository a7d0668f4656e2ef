/// Encodes an ascending list of row numbers as the smallest of three forms.
///
///     0  u32  form: 0 every row, 1 bitmap, 2 list
///     4  u32  count
///     8  u32  rows of the part
///     12 u32  0
///
/// Bitmap: `u32 × ⌈rows / 512⌉` rows set before each 512, then `u64 × ⌈rows / 64⌉` words.
/// List: per 128 row numbers `u32 first, u32 offset`, then at the offset (from the end of that directory) `u8 width` and the
/// gaps to each next row number, less 1, bit-packed.
package struct RowSetEncoder {
    static let headerBytes = 16
    private static let blockSize = 128

    private var count = 0
    private var last: UInt32 = 0
    private var directory: [UInt8] = []
    private var blocks: [UInt8] = []
    private var gaps: [UInt64] = []
    private var gapBits: UInt64 = 0

    package init() {}

    /// Appends the encoding of `rows`, ascending and below `rowCount`.
    package static func encode(_ rows: [UInt32], rowCount: Int, appendingTo out: inout ByteOutput) {
        if rows.count == rowCount {
            appendHeader(form: 0, count: rowCount, rowCount: rowCount, to: &out.pending)
            return
        }
        var encoder = RowSetEncoder()
        for row in rows { encoder.add(row) }
        encoder.finish(rowCount: rowCount, appendingTo: &out)
    }

    /// Appends the set of all rows.
    package static func encodeAll(rowCount: Int, appendingTo out: inout ByteOutput) {
        appendHeader(form: 0, count: rowCount, rowCount: rowCount, to: &out.pending)
    }

    /// Adds a row above all others.
    package mutating func add(_ row: UInt32) {
        if count % RowSetEncoder.blockSize == 0 {
            closeBlock()
            directory.appendInteger(row)
            directory.appendInteger(UInt32(blocks.count))
        } else {
            let gap = UInt64(row - last - 1)
            gapBits |= gap
            gaps.append(gap)
        }
        last = row
        count += 1
    }

    /// Appends the encoding of the rows added.
    package mutating func finish(rowCount: Int, appendingTo out: inout ByteOutput) {
        closeBlock()
        if count == rowCount {
            RowSetEncoder.encodeAll(rowCount: rowCount, appendingTo: &out)
            return
        }
        var list: [UInt8] = []
        RowSetEncoder.appendHeader(form: 2, count: count, rowCount: rowCount, to: &list)
        list.append(contentsOf: directory)
        list.append(contentsOf: blocks)
        if list.count - RowSetEncoder.headerBytes <= (rowCount + 511) / 512 * 4 + (rowCount + 63) / 64 * 8 {
            out.append(list)
        } else {
            RowSetEncoder.appendHeader(form: 1, count: count, rowCount: rowCount, to: &out.pending)
            appendBitmap(list, rowCount: rowCount, to: &out.pending)
        }
    }

    private mutating func closeBlock() {
        guard count > 0 else { return }
        let width = BitPacking.width(of: gapBits)
        blocks.append(UInt8(width))
        BitPacking.pack(gaps, width: width, appendingTo: &blocks)
        gaps.removeAll(keepingCapacity: true)
        gapBits = 0
    }

    private func appendBitmap(_ list: [UInt8], rowCount: Int, to out: inout [UInt8]) {
        var words = [UInt64](repeating: 0, count: (rowCount + 63) / 64)
        let region = ByteRegion(copying: list)
        RowSet(region.bytes, region: region)?.forEach { words[$0 >> 6] |= 1 << UInt64($0 & 63) }
        var rank: UInt32 = 0
        for (index, word) in words.enumerated() {
            if index & 7 == 0 { out.appendInteger(rank) }
            rank += UInt32(word.nonzeroBitCount)
        }
        for word in words { out.appendInteger(word) }
    }

    private static func appendHeader(form: UInt32, count: Int, rowCount: Int, to out: inout [UInt8]) {
        out.appendInteger(form)
        out.appendInteger(UInt32(count))
        out.appendInteger(UInt32(rowCount))
        out.appendInteger(UInt32(0))
    }
}
