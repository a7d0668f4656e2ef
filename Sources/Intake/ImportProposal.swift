internal import Columns
internal import Model
internal import OrderedCollections

/// Guesses the format and the meaning of the columns of a file from its first rows.
struct ImportProposal {
    let mapping: ImportMapping
    /// A value for each column.
    let samples: [String: String]
    private let columnNames: [String]

    /// - Parameter records: the first rows, header included, without line ends.
    /// - Throws: ``Problem`` with code `unknown_format` or `empty_file`.
    init(path: String, records: [[UInt8]]) throws(Problem) {
        let rows = records.filter { !$0.allSatisfy { $0 == 0x20 || $0 == 0x09 } }
        guard let first = rows.first else {
            throw Problem(.init("empty_file"), "\(path) holds nothing to import.", place: path)
        }
        switch first.first(where: { $0 != 0x20 && $0 != 0x09 }) {
        case UInt8(ascii: "{"): self = try ImportProposal(path: path, objects: rows)
        case UInt8(ascii: "["):
            throw Problem(
                .init("unknown_format"),
                "\(path) is one JSON list. Put one object on each line: jq -c '.[]' \(path) > rows.ndjson.", place: path)
        default: self = try ImportProposal(path: path, table: rows)
        }
    }

    private init(mapping: ImportMapping, statistics: [ImportColumnStatistics]) {
        self.mapping = mapping
        columnNames = statistics.map(\.name)
        samples = Dictionary(statistics.map { ($0.name, $0.sample) }, uniquingKeysWith: { first, _ in first })
    }

    // MARK: - JSON

    private init(path: String, objects rows: [[UInt8]]) throws(Problem) {
        var values: [JSONValue] = []
        for row in rows.prefix(1_000) {
            if let value = try? JSONParser.parse(row), value.objectValue != nil { values.append(value) }
        }
        guard !values.isEmpty else {
            throw Problem(
                .init("unknown_format"), "\(path) looks like JSON, but none of its first lines is an object.", place: path)
        }
        let callCount = values.count { value in
            guard let type = value["type"]?.stringValue, CallType(text: type) != nil else { return false }
            return value["userId"] != nil || value["anonymousId"] != nil
        }
        if callCount * 2 > values.count {
            self.init(mapping: ImportMapping(format: .calls, kind: .calls, columns: []), statistics: [])
            return
        }
        var names: [String] = []
        var statistics: [String: ImportColumnStatistics] = [:]
        for value in values {
            ImportObject.forEachLeaf(value) { path, leaf in
                if statistics[path] == nil {
                    statistics[path] = ImportColumnStatistics(name: path)
                    names.append(path)
                }
                statistics[path]?.add(leaf)
            }
        }
        let columns = names.compactMap { statistics[$0] }
        let chooser = ImportColumnChooser(columns: columns, rowCount: values.count, fileName: path)
        self.init(mapping: chooser.mapping(format: .objects), statistics: columns)
    }

    // MARK: - Tables

    private init(path: String, table rows: [[UInt8]]) throws(Problem) {
        guard let layout = ImportProposal.layout(of: rows) else {
            throw Problem(
                .init("unknown_format"),
                "\(path) is neither JSON lines nor a table: its first lines have no common delimiter (comma, semicolon, tab, bar or spaces).",
                place: path)
        }
        var row = ImportRow()
        var table: [[String]] = []
        for bytes in rows.prefix(1_001) {
            row.split(bytes[...], format: layout)
            table.append(row.texts)
        }
        let hasHeader = ImportProposal.hasHeader(table)
        let format = layout.withHeader(hasHeader)
        let width = table.first?.count ?? 0
        let names = hasHeader ? ImportProposal.headerNames(table[0]) : (1 ... max(width, 1)).map { "column_\($0)" }
        var columns = names.map(ImportColumnStatistics.init(name:))
        for values in table.dropFirst(hasHeader ? 1 : 0) where values.count == columns.count {
            for (index, value) in values.enumerated() { columns[index].add(value.trimmed) }
        }
        let chooser = ImportColumnChooser(
            columns: columns, rows: table.dropFirst(hasHeader ? 1 : 0).filter { $0.count == names.count }, fileName: path)
        self.init(mapping: chooser.mapping(format: format), statistics: columns)
    }

    /// - Throws: ``Problem`` with code `bad_mapping` where the columns do not say enough: what is missing, and how to say it.
    func validate(fileName: String) throws(Problem) {
        do {
            try mapping.validate()
        } catch {
            let names = columnNames.prefix(40).map { "\"\($0.prefix(60))\"" }.joined(separator: ", ")
            throw Problem(
                error.code,
                "\(error.wording) It has the columns \(names). A mapping is JSON such as {\"kind\": \"events\", \"person\": \"user\", \"event\": \"what\", \"timestamp\": \"when\"}, as much of it as the proposal got wrong; pass its file with --map.",
                place: fileName)
        }
    }

    /// The layout under which most of the first rows have the same number of fields, more fields first.
    static func layout(of rows: [[UInt8]]) -> ImportFormat? {
        var best: (format: ImportFormat, agreeing: Int, width: Int)?
        let sample = rows.prefix(300)
        var formats: [ImportFormat] = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|")]
            .map { .table(delimiter: $0, hasHeader: false) }
        formats.append(.columns(hasHeader: false))
        for format in formats {
            var widths: [Int: Int] = [:]
            var row = ImportRow()
            for bytes in sample {
                row.split(bytes[...], format: format)
                widths[row.count, default: 0] += 1
            }
            guard let (width, agreeing) = widths.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }), width > 1,
                agreeing * 10 >= sample.count * 7
            else { continue }
            // Spaces stand in text too: they are taken only when no delimiter fits.
            if case .columns = format, best != nil { continue }
            if let known = best, (known.agreeing, known.width) >= (agreeing, width) { continue }
            best = (format, agreeing, width)
        }
        return best?.format
    }

    /// The first row names the columns when it holds neither numbers nor times nor gaps, and no name twice.
    static func hasHeader(_ table: [[String]]) -> Bool {
        guard let first = table.first, Set(first).count == first.count else { return false }
        return first.allSatisfy { name in
            var statistics = ImportColumnStatistics(name: "")
            statistics.add(name.trimmed)
            return statistics.count == 1 && statistics.numberCount == 0 && statistics.timeFormat == nil && name.utf8.count <= 120
        }
    }

    /// Header names without a stray mark and spaces around them.
    static func headerNames(_ header: [String]) -> [String] { header.map(\.trimmed) }
}

extension ImportFormat {
    func withHeader(_ hasHeader: Bool) -> ImportFormat {
        switch self {
        case .table(let delimiter, _): .table(delimiter: delimiter, hasHeader: hasHeader)
        case .columns: .columns(hasHeader: hasHeader)
        case .calls, .objects: self
        }
    }
}

extension String {
    /// Without ASCII spaces and tabs around it.
    var trimmed: String {
        let bytes = utf8
        guard let first = bytes.first, let last = bytes.last, first == 0x20 || first == 0x09 || last == 0x20 || last == 0x09 else {
            return self
        }
        let front = bytes.drop { $0 == 0x20 || $0 == 0x09 }
        let back = front.reversed().drop { $0 == 0x20 || $0 == 0x09 }.count
        return String(Substring(front.prefix(back)))
    }
}

/// Leaves of JSON objects by dotted paths.
enum ImportObject {
    /// Each text, number or truth value inside objects, with its path; lists are left out.
    static func forEachLeaf(_ value: JSONValue, prefix: String = "", depth: Int = 0, _ body: (String, String) -> Void) {
        guard case .object(let members) = value, depth < 8 else { return }
        for (key, member) in members {
            let path = prefix.isEmpty ? key : prefix + "." + key
            switch member {
            case .object: forEachLeaf(member, prefix: path, depth: depth + 1, body)
            case .array, .null: break
            default: body(path, text(member) ?? "")
            }
        }
    }

    /// The member at a dotted path.
    static func value(_ object: JSONValue, at path: String) -> JSONValue? {
        if let direct = object[path] { return direct }
        var current = object
        for key in path.split(separator: ".", omittingEmptySubsequences: false) {
            guard let next = current[String(key)] else { return nil }
            current = next
        }
        return current
    }

    /// A scalar as text; nil for null, lists and objects.
    static func text(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): text
        case .int(let number): String(number)
        case .double(let number): number.description
        case .bigNumber(let digits): digits
        case .bool(let flag): flag ? "true" : "false"
        case .null, .array, .object: nil
        }
    }
}
