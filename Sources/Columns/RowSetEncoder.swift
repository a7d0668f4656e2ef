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
package enum RowSetEncoder {
    static let headerBytes = 16

    /// Appends the encoding of `rows`, ascending and below `rowCount`.
    package static func encode(_ rows: [UInt32], rowCount: Int, appendingTo out: inout [UInt8]) {
        let isAll = rows.count == rowCount
        let bitmapBytes = (rowCount + 511) / 512 * 4 + (rowCount + 63) / 64 * 8
        var list: [UInt8] = []
        if !isAll { appendList(rows, to: &list) }
        let form: UInt32 = isAll ? 0 : list.count <= bitmapBytes ? 2 : 1
        out.appendInteger(form)
        out.appendInteger(UInt32(rows.count))
        out.appendInteger(UInt32(rowCount))
        out.appendInteger(UInt32(0))
        if form == 2 { out.append(contentsOf: list) }
        if form == 1 { appendBitmap(rows, rowCount: rowCount, to: &out) }
    }

    private static func appendBitmap(_ rows: [UInt32], rowCount: Int, to out: inout [UInt8]) {
        var words = [UInt64](repeating: 0, count: (rowCount + 63) / 64)
        for row in rows { words[Int(row >> 6)] |= 1 << UInt64(row & 63) }
        var rank: UInt32 = 0
        for (index, word) in words.enumerated() {
            if index & 7 == 0 { out.appendInteger(rank) }
            rank += UInt32(word.nonzeroBitCount)
        }
        for word in words { out.appendInteger(word) }
    }

    private static func appendList(_ rows: [UInt32], to out: inout [UInt8]) {
        var blocks: [UInt8] = []
        var gaps: [UInt64] = []
        for start in stride(from: 0, to: rows.count, by: 128) {
            out.appendInteger(rows[start])
            out.appendInteger(UInt32(blocks.count))
            let end = min(start + 128, rows.count)
            gaps.removeAll(keepingCapacity: true)
            var bits: UInt64 = 0
            for index in start + 1 ..< max(end, start + 1) {
                let gap = UInt64(rows[index] - rows[index - 1] - 1)
                bits |= gap
                gaps.append(gap)
            }
            let width = BitPacking.width(of: bits)
            blocks.append(UInt8(width))
            BitPacking.pack(gaps, width: width, appendingTo: &blocks)
        }
        out.append(contentsOf: blocks)
    }
}
