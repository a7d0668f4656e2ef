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
    /// The fields, in places with what stands between them.
    private(set) var bytes: [UInt8] = []
    private var fields: [Range<Int>] = []

    var count: Int { fields.count }

    subscript(index: Int) -> ArraySlice<UInt8> { bytes[fields[index]] }

    /// The field without spaces around it.
    func trimmed(_ index: Int) -> ArraySlice<UInt8> {
        var range = fields[index]
        while let first = range.first, ImportRow.isBlank(bytes[first]) { range = first + 1 ..< range.upperBound }
        while let last = range.last, ImportRow.isBlank(bytes[last]) { range = range.lowerBound ..< last }
        return bytes[range]
    }

    func text(_ index: Int) -> String { String(decoding: self[index], as: UTF8.self) }

    /// Every field as text; for headers and samples.
    var texts: [String] { (0 ..< count).map(text) }

    mutating func split(_ record: ArraySlice<UInt8>, format: ImportFormat) {
        bytes.removeAll(keepingCapacity: true)
        fields.removeAll(keepingCapacity: true)
        switch format {
        case .table(let delimiter, _):
            if record.contains(UInt8(ascii: "\"")) { splitQuoted(record, delimiter) } else { splitPlain(record, delimiter) }
        case .columns: splitColumns(record)
        case .calls, .objects:
            bytes.append(contentsOf: record)
            fields.append(0 ..< bytes.count)
        }
    }

    private mutating func splitPlain(_ record: ArraySlice<UInt8>, _ delimiter: UInt8) {
        bytes.append(contentsOf: record)
        var start = 0
        record.withUnsafeBufferPointer { record in
            for (index, byte) in record.enumerated() where byte == delimiter {
                fields.append(start ..< index)
                start = index + 1
            }
        }
        fields.append(start ..< bytes.count)
    }

    private mutating func splitQuoted(_ record: ArraySlice<UInt8>, _ delimiter: UInt8) {
        let quote = UInt8(ascii: "\"")
        record.withUnsafeBufferPointer { record in
            var rest = record[...]
            while true {
                let start = bytes.count
                if rest.first == quote {
                    var isDoubled = false
                    repeat {
                        if isDoubled { bytes.append(quote) }
                        isDoubled = true
                        rest = rest.dropFirst()
                        let end = rest.firstIndex(of: quote) ?? rest.endIndex
                        bytes.append(contentsOf: rest[..<end])
                        rest = rest[end...].dropFirst()
                    } while rest.first == quote
                }
                let end = rest.firstIndex(of: delimiter)
                bytes.append(contentsOf: rest[..<(end ?? rest.endIndex)])
                fields.append(start ..< bytes.count)
                guard let end else { return }
                rest = rest[(end + 1)...]
            }
        }
    }

    private mutating func splitColumns(_ record: ArraySlice<UInt8>) {
        bytes.append(contentsOf: record)
        var start: Int?
        for (index, byte) in bytes.enumerated() {
            if !ImportRow.isBlank(byte) {
                start = start ?? index
            } else if let begun = start {
                fields.append(begun ..< index)
                start = nil
            }
        }
        if let start { fields.append(start ..< bytes.count) }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
