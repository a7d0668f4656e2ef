import Model
import OrderedCollections
import Questions

/// What an answer says over time, drawn below its table.
struct AnswerCurves {
    /// Curves that are drawn at most: those of a breakdown's first values.
    static let countMax = 20

    /// By what they show, the figure of each bucket in order.
    private var curves: OrderedDictionary<String, [Double?]> = [:]
    private let buckets: [String]

    /// The curves of a table whose first columns are a bucket and, of a broken down trend, its values; none of other tables.
    init(_ answer: JSONValue) {
        let table = AnswerTable(answer)
        guard table.columns.first == "bucket" else {
            buckets = []
            return
        }
        buckets = OrderedSet(table.rows.map { $0[0].stringValue ?? "" }).elements
        let places = Dictionary(uniqueKeysWithValues: buckets.enumerated().map { ($0.element, $0.offset) })
        let breakdown = answer["question"]?["breakdown"]?.arrayValue?.count ?? 0
        for row in table.rows {
            let values = row[1 ..< 1 + breakdown].map { $0.stringValue ?? $0.text }.filter { !$0.isEmpty }
            for (column, cell) in zip(table.columns, row).dropFirst(1 + breakdown) {
                let name = (values + [column]).joined(separator: ", ")
                guard curves.count < AnswerCurves.countMax || curves[name] != nil, let place = places[row[0].stringValue ?? ""]
                else {
                    continue
                }
                curves[name, default: Array(repeating: nil, count: buckets.count)][place] = cell.doubleValue
            }
        }
    }

    /// A line for each curve: what it shows, its course, its least and greatest figure; nothing for fewer than two buckets.
    var text: String {
        guard buckets.count > 1 else { return "" }
        let rows = curves.map { name, figures -> [JSONValue] in
            let known = figures.compactMap(\.self)
            return [
                .string(name), .string(Sparkline.text(figures)), known.min().map(JSONValue.number) ?? .null,
                known.max().map(JSONValue.number) ?? .null,
            ]
        }
        let course = "\(buckets.first ?? "") to \(buckets.last ?? "")"
        return "\n" + AnswerTable(columns: ["", course, "least", "greatest"], rows: rows).text
    }
}

extension JSONValue {
    /// A whole number without a point.
    fileprivate static func number(_ value: Double) -> JSONValue { Int64(exactly: value).map(JSONValue.int) ?? .double(value) }
}
