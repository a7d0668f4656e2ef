internal import Model

/// How the records of a file are laid out.
public enum ImportFormat: Sendable, Hashable {
    /// One Segment call a line; taken as it is.
    case calls
    /// One JSON object a line, to be mapped.
    case objects
    /// A table with a delimiter (RFC 4180): comma, semicolon, tab or bar.
    case table(delimiter: UInt8, hasHeader: Bool)
    /// A table whose columns stand apart by spaces.
    case columns(hasHeader: Bool)

    /// The word in a mapping file.
    var word: String {
        switch self {
        case .calls: "calls"
        case .objects: "objects"
        case .table: "table"
        case .columns: "columns"
        }
    }

    var hasHeader: Bool {
        switch self {
        case .calls, .objects: false
        case .table(_, let hasHeader), .columns(let hasHeader): hasHeader
        }
    }

    /// The delimiter in whose fields line ends may stand within quotes; nil for plain lines.
    var quotedDelimiter: UInt8? {
        if case .table(let delimiter, _) = self { delimiter } else { nil }
    }

    /// The format in words, for people.
    public var text: String {
        switch self {
        case .calls: "Segment calls, one a line"
        case .objects: "JSON objects, one a line"
        case .table(let delimiter, let hasHeader):
            "table, fields apart by \(ImportFormat.name(of: delimiter)), \(hasHeader ? "with a header" : "no header")"
        case .columns(let hasHeader): "columns apart by spaces, \(hasHeader ? "with a header" : "no header")"
        }
    }

    static func name(of delimiter: UInt8) -> String {
        switch delimiter {
        case UInt8(ascii: "\t"): "tab"
        default: "\"\(Character(Unicode.Scalar(delimiter)))\""
        }
    }
}

/// Splits one row into its fields; quotes and doubled quotes are resolved.
struct ImportRow {
    /// The fields one after another.
    private(set) var bytes: [UInt8] = []
    private var ends: [Int] = []

    var count: Int { ends.count }

    subscript(index: Int) -> ArraySlice<UInt8> { bytes[(index == 0 ? 0 : ends[index - 1]) ..< ends[index]] }

    func text(_ index: Int) -> String { String(decoding: self[index], as: UTF8.self) }

    /// Every field as text; for headers and samples.
    var texts: [String] { (0 ..< count).map(text) }

    mutating func split(_ record: ArraySlice<UInt8>, format: ImportFormat) {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        switch format {
        case .table(let delimiter, _): splitTable(record, delimiter)
        case .columns: splitColumns(record)
        case .calls, .objects:
            bytes.append(contentsOf: record)
            ends.append(bytes.count)
        }
    }

    private mutating func splitTable(_ record: ArraySlice<UInt8>, _ delimiter: UInt8) {
        let quote = UInt8(ascii: "\"")
        record.withUnsafeBufferPointer { field in
            var index = 0
            var isQuoted = false
            var isFieldStart = true
            while index < field.count {
                let byte = field[index]
                if isQuoted {
                    if byte == quote, index + 1 < field.count, field[index + 1] == quote {
                        bytes.append(quote)
                        index += 1
                    } else if byte == quote {
                        isQuoted = false
                    } else {
                        bytes.append(byte)
                    }
                } else if byte == delimiter {
                    ends.append(bytes.count)
                    isFieldStart = true
                    index += 1
                    continue
                } else if byte == quote, isFieldStart {
                    isQuoted = true
                } else {
                    bytes.append(byte)
                }
                isFieldStart = false
                index += 1
            }
            ends.append(bytes.count)
        }
    }

    private mutating func splitColumns(_ record: ArraySlice<UInt8>) {
        var isInField = false
        for byte in record {
            if byte == 0x20 || byte == 0x09 {
                if isInField { ends.append(bytes.count) }
                isInField = false
            } else {
                bytes.append(byte)
                isInField = true
            }
        }
        if isInField { ends.append(bytes.count) }
    }
}
