import Model
import Records

/// Reading books: the open part of one, and what else a command asks for.
extension ProgramTables {
    /// The book of a member, with its open lots and holds; an empty one when there is none yet.
    func book(_ key: PointBookKey, _ rules: PointRules) throws(Problem) -> KeptPointBook {
        var kept = KeptPointBook(book: PointBook(owner: key.member, rules: rules))
        let isThere: Void? = try first(
            """
            SELECT debt, received, last_number, entries, hash, recorded_at FROM point_books
            WHERE workspace = ? AND member = ? AND currency = ?
            """, values(of: key)
        ) { reader throws(Problem) in
            (kept.book.debt, kept.book.received) = (try reader.integer(), try reader.integer())
            kept.book.lastNumber = try reader.integer()
            (kept.entryCount, kept.hash, kept.recordedAt) = (try reader.integer(), try reader.text(), try reader.instant())
            kept.book.settledUntil = kept.recordedAt
        }
        guard isThere != nil else { return kept }
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
            SELECT number, parts, until, ending, captured FROM point_holds
            WHERE workspace = ? AND member = ? AND currency = ? AND \(condition)
            """, values(of: key) + more
        ) { reader throws(Problem) in
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

    func spending(_ id: PointID, of key: PointBookKey) throws(Problem) -> PointSpending? {
        try first(
            """
            SELECT parts, returned FROM point_spendings WHERE workspace = ? AND member = ? AND currency = ? AND number = ?
            """, values(of: key, .integer(id.number))
        ) { reader throws(Problem) in
            PointSpending(id: id, parts: try reader.word { PointParts(text: $0)?.parts }, returned: try reader.integer())
        }
    }

    /// What was earned for a source, and by whom.
    func earning(
        _ source: PointSource, currency: String
    ) throws(Problem) -> (owner: ProgramMemberID, earning: PointEarning)? {
        try first(
            """
            SELECT member, number, amount, units, returned_units, disputed FROM point_earnings
            WHERE workspace = ? AND currency = ? AND source = ? AND line = ? AND rule = ?
            """, values(.text(currency), .text(source.id), .text(source.line), .text(source.rule))
        ) { reader throws(Problem) in
            let (owner, lot) = (ProgramMemberID(number: try reader.integer()), PointID(try reader.integer()))
            return (
                owner,
                PointEarning(
                    source: source, lot: lot, amount: try reader.integer(), units: try reader.integer(),
                    returnedUnits: try reader.integer(), disputed: try reader.integer())
            )
        }
    }
}

/// Writing what has changed in books.
extension ProgramTables {
    /// Writes all that differs between two states of a book, but its entries.
    func write(_ key: PointBookKey, from before: KeptPointBook, to after: KeptPointBook) throws(Problem) {
        let (old, new) = (before.book, after.book)
        for (id, lot) in new.lots.sorted(by: { $0.key < $1.key }) where old.lots[id] != lot {
            try write(lot, of: key, isNew: id.number > old.lastNumber)
        }
        for (id, hold) in new.holds.sorted(by: { $0.key < $1.key }) where old.holds[id] != hold { try write(hold, of: key) }
        for (id, spending) in new.spendings.sorted(by: { $0.key < $1.key }) where old.spendings[id] != spending {
            try write(spending, of: key)
        }
        for (source, earning) in new.earnings.sorted(by: { $0.value.lot < $1.value.lot }) where old.earnings[source] != earning {
            try write(earning, of: key)
        }
        let balance = new.booked
        try connection.execute(
            """
            INSERT INTO point_books (workspace, member, currency, available, pending, held, debt, received, last_number, entries,
                hash, recorded_at, due_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (workspace, member, currency) DO UPDATE SET available = excluded.available, pending = excluded.pending,
                held = excluded.held, debt = excluded.debt, received = excluded.received, last_number = excluded.last_number,
                entries = excluded.entries, hash = excluded.hash, recorded_at = excluded.recorded_at, due_at = excluded.due_at
            """,
            values(
                of: key, .integer(balance.available), .integer(balance.pending), .integer(balance.held), .integer(balance.debt),
                .integer(new.received), .integer(new.lastNumber), .integer(after.entryCount), .text(after.hash),
                .instant(after.recordedAt), .optional(new.dueAt)))
    }

    func write(_ entry: ChainedPointEntry, of key: PointBookKey) throws(Problem) {
        let booked = entry.entry
        try connection.execute(
            """
            INSERT INTO point_entries (workspace, member, currency, position, command, kind, effective_at, recorded_at, lot, vintage,
                funded_by, source_account, target_account, amount, hash)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            values(
                of: key, .integer(entry.position), .text(entry.command), .text(booked.kind.rawValue),
                .instant(booked.effectiveAt), .instant(entry.recordedAt), booked.lot.map { .integer($0.number) } ?? .null,
                .integer(booked.vintage), .optional(booked.fundedBy), .text(booked.from.text), .text(booked.to.text),
                .integer(booked.amount), .text(entry.hash)))
    }

    private func write(_ lot: PointLot, of key: PointBookKey, isNew: Bool) throws(Problem) {
        if isNew {
            try connection.execute(PointLotRow.insert, values(of: key) + PointLotRow.fixed(lot) + PointLotRow.changing(lot))
        } else {
            try connection.execute(
                PointLotRow.update, PointLotRow.changing(lot) + values(of: key, .integer(lot.id.number)))
        }
    }

    private func write(_ hold: PointHold, of key: PointBookKey) throws(Problem) {
        let (word, captured): (SQLValue, Int64) =
            switch hold.end {
            case nil: (.null, 0)
            case .captured(let amount)?: (.text("captured"), amount)
            case .released?: (.text("released"), 0)
            case .lapsed?: (.text("lapsed"), 0)
            }
        try connection.execute(
            """
            INSERT INTO point_holds (workspace, member, currency, number, parts, until, ending, captured)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (workspace, member, currency, number) DO UPDATE SET ending = excluded.ending, captured = excluded.captured
            """,
            values(
                of: key, .integer(hold.id.number), .text(PointParts(parts: hold.parts).text), .instant(hold.until), word,
                .integer(captured)))
    }

    private func write(_ spending: PointSpending, of key: PointBookKey) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO point_spendings (workspace, member, currency, number, parts, returned) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (workspace, member, currency, number) DO UPDATE SET returned = excluded.returned
            """,
            values(
                of: key, .integer(spending.id.number), .text(PointParts(parts: spending.parts).text), .integer(spending.returned)))
    }

    private func write(_ earning: PointEarning, of key: PointBookKey) throws(Problem) {
        let source = earning.source
        try connection.execute(
            """
            INSERT INTO point_earnings (workspace, currency, source, line, rule, member, number, amount, units, returned_units,
                disputed)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (workspace, currency, source, line, rule) DO UPDATE SET returned_units = excluded.returned_units,
                disputed = excluded.disputed
            """,
            values(
                .text(key.currency), .text(source.id), .text(source.line), .text(source.rule), .integer(key.member.number),
                .integer(earning.lot.number), .integer(earning.amount), .integer(earning.units), .integer(earning.returnedUnits),
                .integer(earning.disputed)))
    }
}

/// Parts of lots as text: `3:40 5:20` for 40 of lot 3 and 20 of lot 5, in the order in which they were taken.
private struct PointParts {
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
