public import Columns
public import Model

/// A value of a column; texts are codes into its dictionary.
public enum PropertyValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    /// A number beyond Int64 or Double, as decimal text.
    case bigNumber(Int)
    case string(Int)
    /// A list, or an object without members, as compact canonical JSON.
    case json(Int)
}

/// One member of the calls of a part, such as the property `price`, over the rows that hold it.
public final class PropertyColumn: Sendable {
    /// The path with dots between nested keys.
    public let path: String
    /// The keys of the path, outermost first.
    public let keys: [String]
    /// The rows that hold a value, null included.
    public let rows: RowSet
    /// The distinct texts, of strings, big numbers and JSON alike.
    public let dictionary: StringDictionary

    let key: ColumnKey
    private let form: UInt8
    private let exponent: UInt8
    private let power: Int64
    private let tags: PackedInts
    private let cells: PackedInts
    private let region: ByteRegion

    /// Number of rows that hold a value.
    public var presentCount: Int { rows.count }
    /// Rows of the part.
    public var rowCount: Int { rows.rowCount }

    /// Reads the layout drawn at ``ColumnEncoder``; nil when the bytes do not have it.
    init?(key: ColumnKey, bytes: UnsafeRawBufferPointer, region: ByteRegion) {
        guard bytes.count >= ColumnEncoder.headerBytes else { return nil }
        let sizes = (0 ..< 3).map { Int(bytes.integer(at: 4 + 4 * $0, as: UInt32.self)) }
        let presence = ColumnEncoder.headerBytes + sizes[0]
        let rest = bytes.count - presence - sizes[1] - sizes[2]
        guard rest >= 0, let rows = RowSet(bytes.slice(presence, sizes[1]), region: region),
            let cells = PackedInts(bytes.slice(bytes.count - rest, rest))
        else { return nil }
        let tags = sizes[2] == 0 ? PackedInts() : PackedInts(bytes.slice(presence + sizes[1], sizes[2]))
        let texts =
            sizes[0] == 0
            ? StringDictionary() : StringDictionary(bytes.slice(ColumnEncoder.headerBytes, sizes[0]), region: region)
        guard let tags, let texts, cells.count == rows.count else { return nil }
        self.key = key
        keys = PropertyPath.keys(of: key.path)
        path = keys.joined(separator: ".")
        (form, exponent) = (bytes[0], bytes[1])
        power = exponent < DecimalScale.powers.count ? Int64(DecimalScale.powers[Int(exponent)]) : 1
        (self.rows, self.tags, self.cells, dictionary, self.region) = (rows, tags, cells, texts, region)
    }

    /// The value at `row`; nil when the row holds none.
    public func value(at row: Int) -> PropertyValue? {
        rows.index(of: row).map { index in
            let cell = cells.value(at: index)
            return value(kind(index, cell), cell)
        }
    }

    /// The value at `row` with its text; nil when the row holds none.
    public func jsonValue(at row: Int) -> JSONValue? { value(at: row).map(jsonValue) }

    /// The text of a string at `row`; nil when the row holds none.
    public func string(at row: Int) -> String? {
        if case .string(let code) = value(at: row) { dictionary.text(code) } else { nil }
    }

    /// The value with its text.
    public func jsonValue(_ value: PropertyValue) -> JSONValue {
        switch value {
        case .null: .null
        case .bool(let value): .bool(value)
        case .int(let value): .int(value)
        case .double(let value): .double(value)
        case .bigNumber(let code): .bigNumber(dictionary.text(code))
        case .string(let code): .string(dictionary.text(code))
        case .json(let code): dictionary.withBytes(code) { JSONValue(stored: $0) }
        }
    }

    /// Calls `body` with each row of `range` that holds a value, ascending.
    public func forEach(in range: Range<Int>, _ body: (Int, PropertyValue) -> Void) {
        scan(range) { row, kind, cell in body(row, value(kind, cell)) }
    }

    /// Writes the code of each row's string to `target`; `UInt32.max` where there is none.
    public func codes(_ range: Range<Int>, into target: UnsafeMutableBufferPointer<UInt32>) {
        if rows.isAll, form == ValueKind.string.rawValue {
            decode(range) { cells in
                for index in 0 ..< range.count { target[index] = UInt32(truncatingIfNeeded: cells[index]) }
            }
            return
        }
        for index in 0 ..< range.count { target[index] = UInt32.max }
        scan(range) { row, kind, cell in
            if kind == .string { target[row - range.lowerBound] = UInt32(truncatingIfNeeded: cell) }
        }
    }

    /// Writes each row's number to `target`; NaN where there is none.
    public func numbers(_ range: Range<Int>, into target: UnsafeMutableBufferPointer<Double>) {
        if rows.isAll, exponent != ColumnEncoder.rawDoubles, holdsNumbersOnly {
            let power = Double(power)
            decode(range) { cells in
                for index in 0 ..< range.count { target[index] = Double(cells[index]) / power }
            }
            return
        }
        for index in 0 ..< range.count { target[index] = .nan }
        scan(range) { row, kind, cell in
            switch value(kind, cell) {
            case .int(let number): target[row - range.lowerBound] = Double(number)
            case .double(let number): target[row - range.lowerBound] = number
            case .bigNumber(let code): target[row - range.lowerBound] = Double(dictionary.text(code)) ?? .nan
            default: break
            }
        }
    }

    /// Writes kinds and cells, as ``ColumnSource`` gives them, of the values at `indexes`, counted over the rows that hold one.
    func plainValues(_ indexes: Range<Int>, kinds: UnsafeMutablePointer<UInt8>, into plain: UnsafeMutablePointer<Int64>) {
        cells.decode(indexes, into: plain)
        // What is of one kind and no number is plain already.
        if let kind = ValueKind(rawValue: form), kind != .int, kind != .double {
            kinds.update(repeating: form, count: indexes.count)
            return
        }
        for place in 0 ..< indexes.count {
            let kind = kind(indexes.lowerBound + place, plain[place])
            kinds[place] = kind.rawValue
            switch value(kind, plain[place]) {
            case .int(let number): plain[place] = number
            case .double(let number): plain[place] = Int64(bitPattern: number.bitPattern)
            default: break
            }
        }
    }

    /// Whether every value is an int or a double whose cells mean the number times a power of ten.
    private var holdsNumbersOnly: Bool {
        form == ColumnEncoder.naturalNumbers || form == ValueKind.double.rawValue || form == ValueKind.int.rawValue
    }

    /// Calls `body` with the cells of `range`, of a column whose every row holds a value.
    private func decode(_ range: Range<Int>, _ body: (UnsafeMutablePointer<Int64>) -> Void) {
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: max(1, range.count)) { buffer in
            guard let base = buffer.baseAddress else { return }
            cells.decode(range, into: base)
            body(base)
        }
    }

    private func scan(_ range: Range<Int>, _ body: (Int, ValueKind, Int64) -> Void) {
        let range = range.clamped(to: 0 ..< rowCount)
        guard !range.isEmpty else { return }
        var index = rows.rank(of: range.lowerBound)
        let end = rows.rank(of: range.upperBound)
        guard index < end else { return }
        let start = index
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: end - start) { buffer in
            guard let decoded = buffer.baseAddress else { return }
            cells.decode(start ..< end, into: decoded)
            rows.forEach(in: range) { row in
                let cell = decoded[index - start]
                body(row, kind(index, cell), cell)
                index += 1
            }
        }
    }

    @inline(__always) private func kind(_ index: Int, _ cell: Int64) -> ValueKind {
        switch form {
        case ColumnEncoder.naturalNumbers: cell % power == 0 ? .int : .double
        case ColumnEncoder.listedKinds: ValueKind(rawValue: UInt8(truncatingIfNeeded: tags.value(at: index))) ?? .null
        default: ValueKind(rawValue: form) ?? .null
        }
    }

    @inline(__always) private func value(_ kind: ValueKind, _ cell: Int64) -> PropertyValue {
        switch kind {
        case .null: .null
        case .bool: .bool(cell != 0)
        case .int: .int(power == 1 ? cell : cell / power)
        case .double:
            exponent == ColumnEncoder.rawDoubles
                ? .double(Double(bitPattern: UInt64(bitPattern: cell))) : .double(DecimalScale.unscaled(cell, Int(exponent)))
        case .bigNumber: .bigNumber(Int(cell))
        case .string: .string(Int(cell))
        case .json: .json(Int(cell))
        }
    }
}
