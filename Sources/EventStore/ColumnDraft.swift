internal import Columns

/// One column laid out plainly, ready to be encoded.
///
/// A cell is, by kind: null 0, bool 0 or 1, int itself, double its bits, any text its code.
struct ColumnDraft {
    /// Rows that hold a value, ascending.
    var rows: [UInt32] = []
    var kinds: [UInt8] = []
    var cells: [Int64] = []
    /// The encoded ``TextBlocks`` of the texts, sorted by bytes.
    var dictionary: [UInt8] = []
}

/// Encodes a column.
///
///     0  u8   kind of all values; 14 int and double told apart by the scaled number; 15 kinds are listed
///     1  u8   exponent: numbers are cell / 10^exponent; 255 doubles are their bits
///     2  u16  0
///     4  u32  bytes of the presence row set
///     8  u32  bytes of the kinds list
///     12 u32  bytes of the cells list
///     16 presence (RowSet) | kinds (PackedInts, form 15 only) | cells (PackedInts) | dictionary (TextBlocks, where texts are)
enum ColumnEncoder {
    static let headerBytes = 16
    static let naturalNumbers: UInt8 = 14
    static let listedKinds: UInt8 = 15
    static let rawDoubles: UInt8 = 255

    static func encode(_ draft: ColumnDraft, rowCount: Int, appendingTo out: inout [UInt8]) {
        var cells = draft.cells
        let exponent = scale(&cells, kinds: draft.kinds)
        let form = form(draft.kinds, cells, exponent: exponent)
        let start = out.count
        out.append(form)
        out.append(exponent)
        out.appendInteger(UInt16(0))
        for _ in 0 ..< 3 { out.appendInteger(UInt32(0)) }
        var mark = out.count
        RowSetEncoder.encode(draft.rows, rowCount: rowCount, appendingTo: &out)
        out.setInteger(UInt32(out.count - mark), at: start + 4)
        mark = out.count
        if form == listedKinds { PackedIntsEncoder.encode(draft.kinds.map { Int64($0) }, appendingTo: &out) }
        out.setInteger(UInt32(out.count - mark), at: start + 8)
        mark = out.count
        PackedIntsEncoder.encode(cells, appendingTo: &out)
        out.setInteger(UInt32(out.count - mark), at: start + 12)
        out.append(contentsOf: draft.dictionary)
    }

    /// Turns doubles, and ints beside them, into whole numbers of a power of ten where that loses nothing.
    private static func scale(_ cells: inout [Int64], kinds: [UInt8]) -> UInt8 {
        var doubles: [Double] = []
        for index in kinds.indices where kinds[index] == ValueKind.double.rawValue {
            doubles.append(Double(bitPattern: UInt64(bitPattern: cells[index])))
        }
        guard !doubles.isEmpty else { return 0 }
        guard let exponent = DecimalScale.exponent(for: doubles) else { return rawDoubles }
        let power = Int64(DecimalScale.powers[exponent])
        let limit = Int64.max / 2 / power
        for (kind, cell) in zip(kinds, cells) where kind == ValueKind.int.rawValue && (cell > limit || cell < -limit) {
            return rawDoubles
        }
        for index in cells.indices {
            if kinds[index] == ValueKind.double.rawValue {
                cells[index] = DecimalScale.scaled(Double(bitPattern: UInt64(bitPattern: cells[index])), exponent) ?? 0
            } else if kinds[index] == ValueKind.int.rawValue {
                cells[index] *= power
            }
        }
        return UInt8(exponent)
    }

    private static func form(_ kinds: [UInt8], _ cells: [Int64], exponent: UInt8) -> UInt8 {
        guard let first = kinds.first else { return ValueKind.null.rawValue }
        if kinds.allSatisfy({ $0 == first }) { return first }
        guard exponent != rawDoubles else { return listedKinds }
        let power = Int64(DecimalScale.powers[Int(exponent)])
        let isNatural = zip(kinds, cells).allSatisfy { kind, cell in
            kind == ValueKind.int.rawValue || kind == ValueKind.double.rawValue && cell % power != 0
        }
        return isNatural ? naturalNumbers : listedKinds
    }
}
