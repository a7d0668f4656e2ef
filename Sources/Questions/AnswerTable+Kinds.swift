import Model
import OrderedCollections

extension AnswerTable {
    /// The members of a row that are columns, by kind; those of `breakdown` come first.
    private static let members: [String: [String]] = [
        "lifecycle": ["bucket", "new", "returning", "resurrecting", "dormant"],
        "stickiness": ["intervals", "persons"],
        "paths": ["depth", "from", "to", "count"],
        "distribution": [
            "trait", "property", "role", "stage", "value", "count", "share", "shareAgainst", "tgi", "low", "high", "small",
        ],
        "attribution": ["touch", "credit", "value", "cost", "costPerAcquisition", "returnOnSpend"],
        "rfm": ["r", "f", "m", "persons", "frequency", "monetary"],
        "drivers": [
            "event", "property", "value", "didConverted", "didNotConvert", "absentConverted", "absentNotConvert", "conversionWith",
            "conversionWithout",
            "lift", "low", "high", "p", "q",
        ],
    ]

    /// Members that are columns only where a row has them.
    private static let optional: Set<String> = [
        "depth", "trait", "property", "role", "stage", "value", "cost", "costPerAcquisition", "returnOnSpend",
    ]

    /// A column for each member of the kind's rows, in the words of the answer.
    init(rowsOf answer: JSONValue) {
        let rows = answer["rows"]?.arrayValue ?? []
        let breakdown = AnswerTable.breakdownColumns(answer)
        var members = AnswerTable.members[answer["kind"]?.stringValue ?? ""] ?? []
        members.removeAll { member in AnswerTable.optional.contains(member) && !rows.contains { $0[member] != nil } }
        self.init(
            columns: breakdown + members,
            rows: rows.map { row in
                let values = breakdown.isEmpty ? [] : AnswerTable.values(row["value"], count: breakdown.count)
                return values + members.map { AnswerTable.cell(row, $0) }
            })
    }

    private static func cell(_ row: JSONValue, _ member: String) -> JSONValue {
        if member == "touch", row["unattributed"] != nil { return "(unattributed)" }
        return row[member] ?? .null
    }

    /// A row for each cohort with its size and a column for each period, from 0.
    init(retention answer: JSONValue) {
        let rows = answer["rows"]?.arrayValue ?? []
        let breakdown = AnswerTable.breakdownColumns(answer)
        let periods = rows.first?["values"]?.arrayValue?.count ?? 0
        self.init(
            columns: breakdown + ["cohort", "size"] + (0 ..< periods).map { String($0) },
            rows: rows.map { row in
                let values = breakdown.isEmpty ? [] : AnswerTable.values(row["value"], count: breakdown.count)
                return values + [row["cohort"] ?? .null, row["size"] ?? .null] + (row["values"]?.arrayValue ?? [])
            })
    }

    /// A row for each interval with a column for each stage.
    init(stages answer: JSONValue) {
        let rows = answer["rows"]?.arrayValue ?? []
        let breakdown = AnswerTable.breakdownColumns(answer)
        let members = (rows.first?.objectValue.map { Array($0.keys) } ?? []).filter { $0 != "value" }
        self.init(
            columns: breakdown + members,
            rows: rows.map { row in
                let values = breakdown.isEmpty ? [] : AnswerTable.values(row["value"], count: breakdown.count)
                return values + members.map { row[$0] ?? .null }
            })
    }

    /// The figures, then a row for each bin.
    init(timeToConvert answer: JSONValue) {
        var rows: [[JSONValue]] = [
            ["all", .null, .null, answer["count"] ?? .null], ["median", answer["medianSeconds"] ?? .null, .null, .null],
            ["average", answer["averageSeconds"] ?? .null, .null, .null], ["p90", answer["p90Seconds"] ?? .null, .null, .null],
        ]
        for bin in answer["bins"]?.arrayValue ?? [] {
            rows.append(["bin", bin["from"] ?? .null, bin["to"] ?? .null, bin["count"] ?? .null])
        }
        self.init(columns: ["figure", "seconds", "to seconds", "count"], rows: rows)
    }
}
