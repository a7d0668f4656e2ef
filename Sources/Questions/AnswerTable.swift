public import Model
import OrderedCollections

/// An answer as columns and rows: for the terminal, for CSV and for "show as table".
public struct AnswerTable: Hashable, Sendable {
    public var columns: [String]
    /// One value for each column; numbers stay numbers, missing ones are null.
    public var rows: [[JSONValue]]

    public init(columns: [String], rows: [[JSONValue]]) {
        self.columns = columns
        self.rows = rows
    }

    /// The table of an answer's JSON (see ``Answer/json``).
    public init(_ answer: JSONValue) {
        switch answer["kind"]?.stringValue {
        case "count": self.init(count: answer)
        case "trend": self.init(trend: answer)
        case "funnel": self.init(funnel: answer)
        case "timeline": self.init(timeline: answer)
        case "retention": self.init(retention: answer)
        case "stages": self.init(stages: answer)
        case "timeToConvert": self.init(timeToConvert: answer)
        default: self.init(rowsOf: answer)
        }
    }

    private init(count: JSONValue) {
        guard let people = count["people"]?.arrayValue else {
            self.init(columns: ["count"], rows: [[count["count"] ?? .null]])
            return
        }
        let rows: [[JSONValue]] = people.map { person in
            var identities: [String] = []
            for (type, values) in person["identities"]?.objectValue ?? [:] {
                for value in values.arrayValue ?? [] { identities.append("\(type):\(value.stringValue ?? "")") }
            }
            return [person["id"] ?? .null, .string(identities.joined(separator: " "))]
        }
        self.init(columns: ["person", "identities"], rows: rows)
    }

    private init(trend: JSONValue) {
        let series = trend["series"]?.arrayValue ?? []
        let labels = series.map { "\($0["label"]?.stringValue ?? "") (\(AnswerTable.measure($0["measure"] ?? .null)))" }
        let source = trend["rows"]?.arrayValue ?? []
        let breakdown = AnswerTable.breakdownColumns(trend)
        var columns = ["bucket"] + breakdown + labels
        let hasFormula = trend["question"]?["formula"] != nil
        let hasPrevious = trend["question"]?["compare"] != nil
        if hasFormula { columns.append(trend["question"]?["formula"]?.stringValue ?? "formula") }
        if hasPrevious { columns += labels.map { $0 + ", before" } }
        let rows: [[JSONValue]] = source.map { row in
            var cells: [JSONValue] = [row["bucket"] ?? .null] + AnswerTable.values(row["value"], count: breakdown.count)
            cells += row["values"]?.arrayValue ?? []
            if hasFormula { cells.append(row["formula"] ?? .null) }
            if hasPrevious { cells += row["previous"]?.arrayValue ?? [] }
            return cells
        }
        self.init(columns: columns, rows: rows)
    }

    private init(funnel: JSONValue) {
        let members = ["label", "count", "fromPrevious", "fromFirst", "medianSeconds", "averageSeconds"]
        let titles = ["step", "count", "from previous", "from first", "median seconds", "average seconds"]
        let breakdown = AnswerTable.breakdownColumns(funnel)
        func rows(_ steps: JSONValue?, _ values: [JSONValue]) -> [[JSONValue]] {
            (steps?.arrayValue ?? []).map { step in values + members.map { step[$0] ?? .null } }
        }
        guard let groups = funnel["breakdown"]?.arrayValue else {
            self.init(columns: titles, rows: rows(funnel["steps"], []))
            return
        }
        self.init(
            columns: breakdown + titles,
            rows: groups.flatMap { rows($0["steps"], AnswerTable.values($0["value"], count: breakdown.count)) })
    }

    private init(timeline: JSONValue) {
        let rows: [[JSONValue]] = (timeline["rows"]?.arrayValue ?? []).map { row in
            let identity = row["identity"]
            return [
                row["timestamp"] ?? .null, row["event"] ?? .null,
                .string("\(identity?["type"]?.stringValue ?? ""):\(identity?["value"]?.stringValue ?? "")"),
                .string(row["properties"]?.text ?? ""),
            ]
        }
        self.init(columns: ["timestamp", "event", "identity", "properties"], rows: rows)
    }

    static func breakdownColumns(_ answer: JSONValue) -> [String] {
        (answer["question"]?["breakdown"]?.arrayValue ?? []).map { part in
            part["property"]?.stringValue ?? part["trait"]?.stringValue ?? part.objectValue?.keys.first ?? ""
        }
    }

    static func values(_ value: JSONValue?, count: Int) -> [JSONValue] {
        if let values = value?.arrayValue { return values }
        return (0 ..< count).map { $0 == 0 ? "(other)" : "" }
    }

    private static func measure(_ json: JSONValue) -> String {
        if let word = json.stringValue { return word }
        guard let member = json.objectValue?.elements.first else { return "" }
        return member.key == "perPerson"
            ? "\(measure(member.value)) per person" : "\(member.key) of \(member.value.stringValue ?? "")"
    }

    // MARK: - Text

    /// RFC 4180 with a header row and CRLF line ends; null is an empty field.
    ///
    /// Text that a spreadsheet would take for a formula gets an apostrophe before it.
    public var csv: String {
        ([columns.map { JSONValue.string($0) }] + rows)
            .map { $0.map(AnswerTable.field).joined(separator: ",") + "\r\n" }.joined()
    }

    private static func field(_ value: JSONValue) -> String {
        guard case .string(var text) = value else { return value == .null ? "" : value.text }
        if let first = text.unicodeScalars.first, ["=", "+", "-", "@", "\t", "\r"].contains(first) { text = "'" + text }
        guard text.unicodeScalars.contains(where: { [",", "\"", "\n", "\r"].contains($0) }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    /// Columns set apart by two spaces, numbers to the right, for a terminal.
    ///
    /// Wide East Asian characters count as two.
    public var text: String {
        let cells = [columns] + rows.map { $0.map(AnswerTable.cell) }
        let widths = columns.indices.map { column in
            cells.map { column < $0.count ? AnswerTable.width($0[column]) : 0 }.max() ?? 0
        }
        let isNumber = columns.indices.map { column in
            !rows.isEmpty && rows.allSatisfy { column < $0.count && ($0[column] == .null || $0[column].doubleValue != nil) }
        }
        func line(_ row: [String]) -> String {
            var out = ""
            for (column, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: max(0, widths[column] - AnswerTable.width(cell)))
                if column > 0 { out += "  " }
                out += isNumber[column] ? padding + cell : cell + (column == row.count - 1 ? "" : padding)
            }
            return out + "\n"
        }
        let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ") + "\n"
        return line(cells[0]) + rule + cells.dropFirst().map(line).joined()
    }

    /// A value for reading: at most four decimals, control characters left out.
    private static func cell(_ value: JSONValue) -> String {
        switch value {
        case .null: return "–"
        case .string(let text):
            return String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }).prefix(120))
        case .double(let number):
            let rounded = (number * 10_000).rounded() / 10_000
            return rounded.isFinite ? JSONValue.double(rounded).text : value.text
        default: return value.text
        }
    }

    private static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { sum, scalar in
            let value = scalar.value
            if scalar.properties.generalCategory == .nonspacingMark || value == 0x200D || value == 0xFE0F { return sum }
            let isWide =
                (0x1100 ... 0x115F).contains(value) || (0x2E80 ... 0xA4CF).contains(value) || (0xAC00 ... 0xD7A3).contains(value)
                || (0xF900 ... 0xFAFF).contains(value) || (0xFE30 ... 0xFE6F).contains(value) || (0xFF00 ... 0xFF60).contains(value)
                || (0xFFE0 ... 0xFFE6).contains(value) || (0x1F300 ... 0x1FAFF).contains(value)
                || (0x20000 ... 0x3FFFD).contains(value)
            return sum + (isWide ? 2 : 1)
        }
    }
}
