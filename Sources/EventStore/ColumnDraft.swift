internal import Columns

/// What a column is encoded from; each of its lists can be walked as often as it takes.
protocol ColumnSource {
    /// What keeps texts from being written.
    associatedtype Failure: Error
    /// Rows that hold a value.
    var count: Int { get }
    /// Writes the texts, sorted by bytes, as ``TextBlocks``; nothing when there are none. Called once, before the values are walked.
    mutating func writeDictionary(appendingTo out: inout ByteOutput) throws(Failure)
    /// Calls `body` with each row that holds a value, ascending.
    func forEachRow(_ body: (UInt32) -> Void)
    /// Calls `body` with the kind and the cell of each value, in the order of rows.
    ///
    /// A cell is, by kind: null 0, bool 0 or 1, int itself, double its bits, any text its code.
    func forEachValue(_ body: (UInt8, Int64) -> Void)
}

/// One column laid out plainly.
struct ColumnDraft: ColumnSource {
    /// Rows that hold a value, ascending.
    var rows: [UInt32] = []
    var kinds: [UInt8] = []
    var cells: [Int64] = []
    /// The encoded ``TextBlocks`` of the texts, sorted by bytes.
    var dictionary: [UInt8] = []

    var count: Int { rows.count }

    func writeDictionary(appendingTo out: inout ByteOutput) throws(Never) { out.append(dictionary) }

    func forEachRow(_ body: (UInt32) -> Void) { for row in rows { body(row) } }

    func forEachValue(_ body: (UInt8, Int64) -> Void) { for index in kinds.indices { body(kinds[index], cells[index]) } }
}

/// Encodes a column.
///
///     0  u8   kind of all values; 14 int and double told apart by the scaled number; 15 kinds are listed
///     1  u8   exponent: numbers are cell / 10^exponent; 255 doubles are their bits
///     2  u16  0
///     4  u32  bytes of the dictionary
///     8  u32  bytes of the presence row set
///     12 u32  bytes of the kinds list
///     16 dictionary (TextBlocks, where texts are) | presence (RowSet) | kinds (PackedInts, form 15 only) | cells (PackedInts)
enum ColumnEncoder {
    static let headerBytes = 16
    static let naturalNumbers: UInt8 = 14
    static let listedKinds: UInt8 = 15
    static let rawDoubles: UInt8 = 255

    static func encode<Source: ColumnSource>(
        _ source: Source, rowCount: Int, appendingTo out: inout ByteOutput
    ) throws(Source.Failure) {
        var source = source
        let start = out.reserve(headerBytes)
        try source.writeDictionary(appendingTo: &out)
        let presence = out.count
        if source.count == rowCount {
            RowSetEncoder.encodeAll(rowCount: rowCount, appendingTo: &out)
        } else {
            var rows = RowSetEncoder()
            source.forEachRow { rows.add($0) }
            rows.finish(rowCount: rowCount, appendingTo: &out)
        }
        let kinds = out.count
        let shape = ColumnShape(of: source)
        if shape.form == listedKinds {
            PackedIntsEncoder.encode(appendingTo: &out) { take in source.forEachValue { kind, _ in take(Int64(kind)) } }
        }
        let cells = out.count
        PackedIntsEncoder.encode(appendingTo: &out) { take in
            source.forEachValue { kind, cell in take(shape.scaled(kind, cell)) }
        }
        var header: [UInt8] = [shape.form, shape.exponent, 0, 0]
        header.appendInteger(UInt32(presence - start - headerBytes))
        header.appendInteger(UInt32(kinds - presence))
        header.appendInteger(UInt32(cells - kinds))
        out.set(header, at: start)
    }
}

/// How the values of a column are written.
private struct ColumnShape {
    let form: UInt8
    let exponent: UInt8
    private let power: Int64

    init(of source: some ColumnSource) {
        var seen: UInt8 = 0
        var search = DecimalScaleSearch()
        var ints = (least: Int64(0), greatest: Int64(0))
        source.forEachValue { kind, cell in
            seen |= 1 << kind
            if kind == ValueKind.double.rawValue { search.add(Double(bitPattern: UInt64(bitPattern: cell))) }
            if kind == ValueKind.int.rawValue { ints = (min(ints.least, cell), max(ints.greatest, cell)) }
        }
        let (int, double) = (UInt8(1) << ValueKind.int.rawValue, UInt8(1) << ValueKind.double.rawValue)
        let found = seen & double == 0 ? 0 : search.exponent
        let areFractions = found.flatMap { seen & double == 0 ? false : ColumnShape.check(source, exponent: $0, ints) }
        exponent = areFractions == nil ? ColumnEncoder.rawDoubles : UInt8(found ?? 0)
        power = areFractions == nil ? 1 : Int64(DecimalScale.powers[found ?? 0])
        if seen.nonzeroBitCount < 2 {
            form = seen == 0 ? ValueKind.null.rawValue : UInt8(seen.trailingZeroBitCount)
        } else {
            form = seen == int | double && areFractions == true ? ColumnEncoder.naturalNumbers : ColumnEncoder.listedKinds
        }
    }

    /// Whether all doubles have digits behind the point that no int has; nil when numbers of this exponent lose something.
    private static func check(
        _ source: some ColumnSource, exponent: Int, _ ints: (least: Int64, greatest: Int64)
    ) -> Bool? {
        let power = Int64(DecimalScale.powers[exponent])
        let limit = Int64.max / 2 / power
        guard ints.greatest <= limit, ints.least >= -limit else { return nil }
        var areFractions = true
        var isExact = true
        source.forEachValue { kind, cell in
            guard kind == ValueKind.double.rawValue else { return }
            guard let number = DecimalScale.scaled(Double(bitPattern: UInt64(bitPattern: cell)), exponent) else {
                isExact = false
                return
            }
            if number % power == 0 { areFractions = false }
        }
        return isExact ? areFractions : nil
    }

    /// The cell as written: numbers as whole ones of a power of ten.
    @inline(__always) func scaled(_ kind: UInt8, _ cell: Int64) -> Int64 {
        if kind == ValueKind.int.rawValue { return cell * power }
        guard kind == ValueKind.double.rawValue, exponent != ColumnEncoder.rawDoubles else { return cell }
        return DecimalScale.scaled(Double(bitPattern: UInt64(bitPattern: cell)), Int(exponent)) ?? 0
    }
}
