import Model
import OrderedCollections

/// An answer cut to what a card can show; the whole of it stays on the question's own page.
struct CardCut: Sendable {
    /// Lines of a trend's breakdown.
    static let linesMax = 6
    /// Intervals of lines and bars.
    static let intervalsMax = 400
    /// Cohorts of retention.
    static let cohortsMax = 12
    /// Bars of attribution and drivers, and moves of one depth of paths.
    static let barsMax = 8
    /// Rows of a table without a figure.
    static let rowsMax = 10
    /// Rows of the table beneath a figure.
    static let figureRowsMax = 60

    let answer: JSONValue
    let isCut: Bool

    init(_ whole: JSONValue) {
        guard case .object(var members) = whole else {
            answer = whole
            isCut = false
            return
        }
        var isCut = false
        for name in ["rows", "people", "breakdown", "bins"] {
            guard let rows = members[name]?.arrayValue else { continue }
            let kept = name == "rows" ? CardCut.rows(rows, of: whole) : Array(rows.prefix(CardCut.rowsMax(name)))
            guard kept.count < rows.count else { continue }
            members[name] = .array(kept)
            isCut = true
        }
        answer = .object(members)
        self.isCut = isCut
    }

    private static func rowsMax(_ name: String) -> Int { name == "bins" ? intervalsMax : rowsMax }

    private static func rows(_ rows: [JSONValue], of whole: JSONValue) -> [JSONValue] {
        let hasBreakdown = whole["question"]?["breakdown"] != nil
        switch whole["kind"]?.stringValue {
        case "trend" where hasBreakdown: return newest(greatest(rows))
        case "trend": return newest(rows)
        case _ where hasBreakdown: return Array(rows.prefix(rowsMax))
        case "lifecycle", "stages": return Array(rows.suffix(intervalsMax))
        case "stickiness": return Array(rows.prefix(intervalsMax))
        case "retention": return Array(rows.suffix(cohortsMax))
        case "paths": return moves(rows)
        case "attribution", "drivers": return Array(rows.prefix(barsMax))
        default: return Array(rows.prefix(rowsMax))
        }
    }

    /// The rows of the first values: they come with the greatest first.
    private static func greatest(_ rows: [JSONValue]) -> [JSONValue] {
        var values: Set<JSONValue> = []
        return rows.filter { row in
            let value = row["value"] ?? .null
            if values.count < linesMax { values.insert(value) }
            return values.contains(value)
        }
    }

    /// The rows of the last intervals.
    private static func newest(_ rows: [JSONValue]) -> [JSONValue] {
        let buckets = Set(rows.compactMap { $0["bucket"]?.stringValue })
        guard buckets.count > intervalsMax, let first = buckets.sorted().suffix(intervalsMax).first else { return rows }
        return rows.filter { ($0["bucket"]?.stringValue ?? "") >= first }
    }

    private static func moves(_ rows: [JSONValue]) -> [JSONValue] {
        var counts: [JSONValue: Int] = [:]
        return rows.filter { row in
            counts[row["depth"] ?? .null, default: 0] += 1
            return counts[row["depth"] ?? .null, default: 0] <= barsMax
        }
    }
}
