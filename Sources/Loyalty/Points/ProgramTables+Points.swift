import Model
import Records

/// Reading books: the open part of one, and what else a command asks for.
extension ProgramTables {
    /// The book of a member, with its open lots and holds; an empty one when there is none yet.
    func book(_ key: PointBookKey, _ rules: PointRules) throws(Problem) -> KeptPointBook {
        let row = try first(
            "SELECT \(PointBookRow.columns) FROM point_books WHERE workspace = ? AND member = ? AND currency = ?", values(of: key)
        ) { reader throws(Problem) in try PointBookRow.read(&reader, of: key.member, rules) }
        guard var kept = row else { return KeptPointBook(book: PointBook(owner: key.member, rules: rules)) }
        for lot in try lots(of: key, where: "closed = 0") { kept.book.lots[lot.id] = lot }
        for hold in try holds(of: key, where: "ending IS NULL") { kept.book.holds[hold.id] = hold }
        return kept
    }

    func values(of key: PointBookKey, _ more: SQLValue...) -> [SQLValue] {
        [.text(workspace.text), .integer(key.member.number), .text(key.currency)] + more
    }

    func lots(of key: PointBookKey, where condition: String, _ more: SQLValue...) throws(Problem) -> [PointLot] {
        try list(
            "SELECT \(PointLotRow.columns) FROM point_lots WHERE workspace = ? AND member = ? AND currency = ? AND \(condition)",
            values(of: key) + more, PointLotRow.read)
    }

    func holds(of key: PointBookKey, where condition: String, _ more: SQLValue...) throws(Problem) -> [PointHold] {
        try list(
            """
            SELECT \(PointHoldRow.columns) FROM point_holds
            WHERE workspace = ? AND member = ? AND currency = ? AND \(condition)
            """, values(of: key) + more, PointHoldRow.read)
    }

    func spending(_ id: PointID, of key: PointBookKey) throws(Problem) -> PointSpending? {
        try first(
            """
            SELECT parts, campaign, returned FROM point_spendings WHERE workspace = ? AND member = ? AND currency = ? AND number = ?
            """, values(of: key, .integer(id.number))
        ) { reader throws(Problem) in
            PointSpending(
                id: id, parts: try reader.word { PointParts(text: $0)?.parts }, campaign: try reader.optionalText(),
                returned: try reader.integer())
        }
    }

    /// What was earned for a source, and by whom.
    func earning(
        _ source: PointSource, currency: String
    ) throws(Problem) -> (owner: ProgramMemberID, earning: PointEarning)? {
        try first(
            """
            SELECT \(PointEarningRow.columns) FROM point_earnings
            WHERE workspace = ? AND currency = ? AND source = ? AND line = ? AND rule = ?
            """, values(.text(currency), .text(source.id), .text(source.line), .text(source.rule))
        ) { reader throws(Problem) in try PointEarningRow.read(source, &reader) }
    }
}

/// How a book stands in its table, but its lots and holds.
enum PointBookRow {
    static let columns = "debt, received, last_number, entries, hash, recorded_at"

    static func read(
        _ reader: inout RowReader, of owner: ProgramMemberID, _ rules: PointRules
    ) throws(Problem) -> KeptPointBook {
        var kept = KeptPointBook(book: PointBook(owner: owner, rules: rules))
        (kept.book.debt, kept.book.received) = (try reader.integer(), try reader.integer())
        kept.book.lastNumber = try reader.integer()
        (kept.entryCount, kept.hash, kept.recordedAt) = (try reader.integer(), try reader.text(), try reader.instant())
        kept.book.settledUntil = kept.recordedAt
        return kept
    }
}

/// How a hold stands in its table.
enum PointHoldRow {
    static let columns = "number, parts, until, ending, captured"

    static func read(_ reader: inout RowReader) throws(Problem) -> PointHold {
        let id = PointID(try reader.integer())
        var hold = PointHold(id: id, parts: try reader.word { PointParts(text: $0)?.parts }, until: try reader.instant())
        let (word, captured) = (try reader.optionalText(), try reader.integer())
        switch word {
        case "captured": hold.end = .captured(captured)
        case "released": hold.end = .released
        case "lapsed": hold.end = .lapsed
        default: break
        }
        return hold
    }
}

/// How what was earned for a source stands in its table.
enum PointEarningRow {
    static let columns = "member, number, amount, units, returned_units, returned_points, disputed"

    static func read(
        _ source: PointSource, _ reader: inout RowReader
    ) throws(Problem) -> (owner: ProgramMemberID, earning: PointEarning) {
        let (owner, lot) = (ProgramMemberID(number: try reader.integer()), PointID(try reader.integer()))
        let earning = PointEarning(
            source: source, lot: lot, amount: try reader.integer(), units: try reader.integer(),
            returnedUnits: try reader.integer(), returnedPoints: try reader.integer(), disputed: try reader.integer())
        return (owner, earning)
    }
}

/// Parts of lots as text: `3:40 5:20` for 40 of lot 3 and 20 of lot 5, in the order in which they were taken.
struct PointParts {
    let parts: [PointHold.Part]

    init(parts: [PointHold.Part]) { self.parts = parts }

    init?(text: String) {
        var parts: [PointHold.Part] = []
        for word in text.split(separator: " ") {
            let halves = word.split(separator: ":")
            guard halves.count == 2, let lot = Int64(halves[0]), let amount = Int64(halves[1]) else { return nil }
            parts.append(PointHold.Part(lot: PointID(lot), amount: amount))
        }
        self.parts = parts
    }

    var text: String { parts.map { "\($0.lot.number):\($0.amount)" }.joined(separator: " ") }
}
