/// A chart with what always goes with it: a summary, the same values as a table, and a CSV file.
struct Figure: Sendable {
    /// Stable within its page, where it stands once; also the name of its CSV file.
    var id: String
    let title: String
    /// One sentence that says what the chart shows, for those who cannot see it.
    let summary: String
    /// Finished SVG (with its axis in a row); safe because only chart code writes it.
    let svg: String
    let legend: [LegendItem]
    let hasLegend: Bool
    var table: FigureTable
    /// Where the CSV is; nil when the page has none.
    var csvURL: String?

    init(
        id: String, title: String, summary: String, svg: String, legend: [LegendItem] = [], table: FigureTable,
        csvURL: String? = nil
    ) {
        self.id = id
        self.title = title
        self.summary = summary
        self.svg = svg
        self.legend = legend
        hasLegend = !legend.isEmpty
        self.table = table
        self.csvURL = csvURL
    }
}

/// One colour and its meaning.
struct LegendItem: Sendable {
    let name: String
    let style: ChartStyle
    let styleClass: String

    init(name: String, style: ChartStyle) {
        self.name = name
        self.style = style
        styleClass = style.rawValue
    }
}

/// The classes that colour marks; the sheet gives each a light and a dark value.
enum ChartStyle: String, Sendable, CaseIterable {
    case user = "c-user"
    case customer = "c-customer"
    case both = "c-both"
    case third = "c-3"
    case fourth = "c-4"
    case fifth = "c-5"
    case quiet = "c-quiet"

    /// The colours of unnamed series, in order.
    static let series: [ChartStyle] = [.user, .customer, .third, .fourth, .fifth, .quiet]
    /// The colours of stages, in order: who pays has that of customers.
    static let stages: [ChartStyle] = [.fourth, .user, .third, .customer, .fifth, .quiet]
}

/// Rows of shown text beside the exact values that a CSV file needs.
struct FigureTable: Sendable {
    struct Row: Sendable {
        let cells: [Cell]
    }

    struct Cell: Sendable {
        let shown: String
        /// The exact value, without grouping or units; nil writes an empty field.
        let raw: String?
        let numeric: Bool

        init(_ shown: String, raw: String?, numeric: Bool) {
            self.shown = shown
            self.raw = raw
            self.numeric = numeric
        }

        static func text(_ text: String) -> Cell { Cell(text, raw: text, numeric: false) }
    }

    struct Header: Sendable {
        let text: String
        let numeric: Bool
    }

    let headers: [Header]
    let rows: [Row]

    init(headers: [(String, numeric: Bool)], rows: [[Cell]]) {
        self.headers = headers.map { Header(text: $0.0, numeric: $0.numeric) }
        self.rows = rows.map(Row.init)
    }

    private init(headers: [Header], rows: [Row]) {
        self.headers = headers
        self.rows = rows
    }

    /// The table with its first rows alone.
    func first(_ count: Int) -> FigureTable { FigureTable(headers: headers, rows: Array(rows.prefix(count))) }

    /// RFC 4180 with a byte-order mark, which spreadsheets need to read Chinese.
    ///
    /// Text that a spreadsheet would run as a formula gets an apostrophe before it.
    var csv: String {
        var out = "\u{FEFF}" + headers.map { FigureTable.field($0.text, numeric: false) }.joined(separator: ",") + "\r\n"
        for row in rows {
            out += row.cells.map { FigureTable.field($0.raw ?? "", numeric: $0.numeric) }.joined(separator: ",") + "\r\n"
        }
        return out
    }

    static func field(_ text: String, numeric: Bool) -> String {
        var text = text
        if !numeric, let first = text.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first) { text = "'" + text }
        guard text.unicodeScalars.contains(where: { $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r" }) else { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" { quoted += "\"" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }
}
