import Columns
import EventStore
import Model
import OrderedCollections

/// One property path in one part: where its values are.
///
/// `name` and `category` of page and screen calls come first, then the properties, then, for paths that begin with `context.`,
/// the context. A path to an object exists where any leaf below it does.
///
/// Unchecked because ``columns`` keep what the unmanaged references lead to.
struct PropertyReader: @unchecked Sendable {
    private let columns: [PropertyColumn]
    /// The same without counts of references, which workers would contend for at each row.
    private let unmanaged: [Unmanaged<PropertyColumn>]
    /// Leaves below the path, which make it an object where any is present.
    private let inner: [PropertyColumn]

    init(_ path: String, in part: Part) {
        var columns: [PropertyColumn] = []
        var inner: [PropertyColumn] = []
        if path == "name", let column = part.field(.name) { columns.append(column) }
        if path == "category", let column = part.field(.category) { columns.append(column) }
        PropertyReader.look(for: path, in: .properties, of: part, &columns, &inner)
        if path.hasPrefix("context.") {
            PropertyReader.look(for: String(path.dropFirst(8)), in: .context, of: part, &columns, &inner)
        }
        self.columns = columns
        unmanaged = columns.map(Unmanaged.passUnretained)
        self.inner = inner
    }

    private static func look(
        for path: String, in section: Section, of part: Part, _ columns: inout [PropertyColumn], _ inner: inout [PropertyColumn]
    ) {
        if let column = part.column(section, path) { columns.append(column) }
        let prefix = path + "."
        for found in part.columnPaths where found.section == section && found.path.hasPrefix(prefix) {
            if let column = part.column(section, found.path) { inner.append(column) }
        }
    }

    /// Whether no row of the part has it.
    var isEmpty: Bool { columns.isEmpty && inner.isEmpty }

    /// The value at a row; nil where missing or null; an empty object where the path leads to an object.
    func value(at row: Int) -> JSONValue? {
        for column in columns {
            if let value = column.jsonValue(at: row), value != .null { return value }
        }
        for column in inner where column.value(at: row) != nil { return .object([:]) }
        return nil
    }

    /// As ``value(at:)``, for text giving the column and the dictionary code instead of making a String.
    func coded(at row: Int) -> Coded {
        for index in unmanaged.indices {
            switch unmanaged[index]._withUnsafeGuaranteedRef({ $0.value(at: row) }) {
            case .none, .null: continue
            case .bool(let value): return .value(.bool(value))
            case .int(let value): return .value(.int(value))
            case .double(let value): return .value(.double(value))
            case .string(let code), .json(let code), .bigNumber(let code): return .text(column: index, code: code)
            }
        }
        for column in inner where column.value(at: row) != nil { return .value(.object([:])) }
        return .missing
    }

    /// The number at a row; none where it is missing, no number or not finite.
    func number(at row: Int) -> Number {
        switch coded(at: row) {
        case .missing: return .none
        case .value(.int(let value)): return .whole(value)
        case .value(.double(let value)): return value.isFinite ? .double(value) : .none
        case .value, .text:
            guard let number = value(at: row)?.doubleValue, number.isFinite else { return .none }
            return .double(number)
        }
    }

    enum Number {
        case none
        case whole(Int64)
        case double(Double)
    }

    enum Coded {
        case missing
        case value(JSONValue)
        case text(column: Int, code: Int)
    }

    var columnCount: Int { columns.count }

    /// Number of codes of a column's dictionary.
    func codeCount(ofColumn index: Int) -> Int { columns[index].dictionary.count }
}

/// Gives equal property values equal small numbers, over all parts.
struct ValueInterner {
    private(set) var values: [JSONValue] = [.null]
    private var numbers: [JSONValue: Int32] = [.null: 0]
    /// Of the texts.
    private var outerBytes = 0

    var byteCount: Int { values.byteCount + numbers.byteCount + outerBytes }

    /// The number of a value grouped as breakdowns do: `1` and `1.0` are one, lists and objects are missing.
    mutating func number(of value: JSONValue?) -> Int32 {
        let value = Numbers.grouped(value)
        if let known = numbers[value] { return known }
        let number = Int32(values.count)
        values.append(value)
        numbers[value] = number
        outerBytes += value.outerBytes
        return number
    }
}

/// The interned values of one property in one part, remembering those of dictionary codes.
struct InternedColumn {
    private let reader: PropertyReader
    private var known: [[Int32]]
    private(set) var byteCount = 0

    static func byteCount(_ columns: [[InternedColumn]]) -> Int {
        columns.reduce(0) { $1.reduce($0) { $0 + $1.byteCount } }
    }

    init(_ path: String, in part: Part) {
        reader = PropertyReader(path, in: part)
        known = [[Int32]](repeating: [], count: reader.columnCount)
    }

    mutating func number(at row: Int, _ interner: inout ValueInterner) -> Int32 {
        switch reader.coded(at: row) {
        case .missing: return 0
        case .value(let value): return interner.number(of: value)
        case .text(let column, let code):
            if known[column].isEmpty {
                known[column] = [Int32](repeating: -1, count: reader.codeCount(ofColumn: column))
                byteCount += known[column].byteCount
            }
            let number = known[column][code]
            if number >= 0 { return number }
            let made = interner.number(of: reader.value(at: row))
            known[column][code] = made
            return made
        }
    }
}
