import Model
import Records

/// The statements that write what has changed in books.
enum PointRows {
    private static let book = ["workspace", "member", "currency"]

    static let command = RowStatement.adding(
        "loyalty_commands", key: ["workspace", "id"], ["actor", "content", "recorded_at", "refused", "answer"])
    static let mention = RowStatement.adding("loyalty_mentions", key: ["workspace", "name", "command"], [])
    static let fact = RowStatement.setting(
        "program_facts", key: ["workspace", "id"], fixed: ["member", "fact", "recorded_at"], changing: [])
    static let entry = RowStatement.adding(
        "point_entries", key: book + ["position"],
        [
            "command", "kind", "effective_at", "recorded_at", "lot", "vintage", "funded_by", "source_account", "target_account",
            "amount", "hash",
        ])
    static let lot = RowStatement.setting(
        "point_lots", key: book + ["number"], fixed: PointLotRow.fixedColumns, changing: PointLotRow.changingColumns)
    static let hold = RowStatement.setting(
        "point_holds", key: book + ["number"], fixed: ["parts", "until"], changing: ["ending", "captured"])
    static let spending = RowStatement.setting(
        "point_spendings", key: book + ["number"], fixed: ["parts", "campaign"], changing: ["returned"])
    static let earning = RowStatement.setting(
        "point_earnings", key: ["workspace", "currency", "source", "line", "rule"],
        fixed: ["member", "number", "amount", "units"], changing: ["returned_units", "disputed", "returned_points"])
    static let books = RowStatement.setting(
        "point_books", key: book,
        changing: [
            "available", "pending", "held", "debt", "received", "last_number", "entries", "hash", "recorded_at", "due_at",
        ])
}

extension ProgramTables {
    /// Writes all that differs between two states of a book, but its entries.
    func put(_ key: PointBookKey, from before: KeptPointBook, to after: KeptPointBook, into rows: inout some RowSink) {
        let (old, new) = (before.book, after.book)
        for (id, lot) in new.lots.sorted(by: { $0.key < $1.key }) where old.lots[id] != lot {
            rows.put(PointRows.lot) { row in
                begin(&row, key)
                PointLotRow.write(lot, to: &row)
            }
        }
        for (id, hold) in new.holds.sorted(by: { $0.key < $1.key }) where old.holds[id] != hold { put(hold, of: key, into: &rows) }
        for (id, spending) in new.spendings.sorted(by: { $0.key < $1.key }) where old.spendings[id] != spending {
            rows.put(PointRows.spending) { row in
                begin(&row, key)
                row.add(id.number)
                row.add(PointParts(parts: spending.parts).text)
                row.add(spending.campaign)
                row.add(spending.returned)
            }
        }
        for (source, earning) in new.earnings.sorted(by: { $0.value.lot < $1.value.lot }) where old.earnings[source] != earning {
            put(earning, of: key, into: &rows)
        }
        let balance = new.booked
        rows.put(PointRows.books) { row in
            begin(&row, key)
            for count in [balance.available, balance.pending, balance.held, balance.debt, new.received, new.lastNumber] {
                row.add(count)
            }
            row.add(after.entryCount)
            row.add(after.hash)
            row.add(after.recordedAt)
            row.add(new.dueAt)
        }
    }

    func put(_ entry: ChainedPointEntry, of key: PointBookKey, into rows: inout some RowSink) {
        let booked = entry.entry
        rows.put(PointRows.entry) { row in
            begin(&row, key)
            row.add(entry.position)
            row.add(entry.command)
            row.add(booked.kind.rawValue)
            row.add(booked.effectiveAt)
            row.add(entry.recordedAt)
            row.add(booked.lot?.number)
            row.add(booked.vintage)
            row.add(booked.fundedBy)
            row.add(booked.from.text)
            row.add(booked.to.text)
            row.add(booked.amount)
            row.add(entry.hash)
        }
    }

    func put(_ fact: ProgramFactRecord, at now: Instant, into rows: inout some RowSink) {
        rows.put(PointRows.fact) { row in
            row.add(workspace.text)
            row.add(fact.id)
            row.add(fact.member)
            row.add(fact.fact)
            row.add(now)
        }
    }

    func put(_ command: KnownCommand, into rows: inout some RowSink) {
        rows.put(PointRows.command) { row in
            row.add(workspace.text)
            row.add(command.id)
            row.add(command.actor)
            row.add(command.content)
            row.add(command.recordedAt)
            row.add(command.answer.isRefused)
            row.add(command.answer.body.text)
        }
        putMentions(of: command, into: &rows)
    }

    private func put(_ hold: PointHold, of key: PointBookKey, into rows: inout some RowSink) {
        let (word, captured): (String?, Int64) =
            switch hold.end {
            case nil: (nil, 0)
            case .captured(let amount)?: ("captured", amount)
            case .released?: ("released", 0)
            case .lapsed?: ("lapsed", 0)
            }
        rows.put(PointRows.hold) { row in
            begin(&row, key)
            row.add(hold.id.number)
            row.add(PointParts(parts: hold.parts).text)
            row.add(hold.until)
            row.add(word)
            row.add(captured)
        }
    }

    private func put(_ earning: PointEarning, of key: PointBookKey, into rows: inout some RowSink) {
        let source = earning.source
        rows.put(PointRows.earning) { row in
            for word in [workspace.text, key.currency, source.id, source.line, source.rule] { row.add(word) }
            row.add(key.member.number)
            row.add(earning.lot.number)
            row.add(earning.amount)
            row.add(earning.units)
            row.add(earning.returnedUnits)
            row.add(earning.disputed)
            row.add(earning.returnedPoints)
        }
    }

    /// The key of a book.
    private func begin(_ row: inout some RowSink, _ key: PointBookKey) {
        row.add(workspace.text)
        row.add(key.member.number)
        row.add(key.currency)
    }
}
