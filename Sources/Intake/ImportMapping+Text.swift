internal import Model

extension ImportMapping {
    /// The mapping as a table for people: what each column becomes, with a value from the file.
    ///
    /// - Parameter samples: a value for each column, as far as there is one.
    func text(samples: [String: String]) -> String {
        if kind == .calls { return "  Each line is a Segment call and is taken as it is." }
        var rows: [(String, String, String)] = []
        let mark = decimal == .comma ? ", with a decimal comma" : ""
        func note(_ role: String) -> String {
            switch role {
            case "timestamp":
                timestampFormat == .yearFirst && zone == nil
                    ? ""
                    : "\(timestampFormat.rawValue)\(reading(of: samples[timestamp ?? ""])), \(zone ?? "the workspace's time zone")"
            case "total": (totalIsOfOrder ? "once an order" : "summed over the rows of an order") + mark
            case "price": String(mark.dropFirst(2))
            case "refundedTotal": "\"Order Refunded\" beside the order when it is above 0"
            case "email", "phone": person == nil ? "who it is" : "who it is where \(person ?? "") is empty"
            case "order" where orderRows == .sameID: "neighbouring rows with the same id are one order"
            default: ""
            }
        }
        for (role, column) in named { rows.append((role, column, note(role))) }
        if let eventName { rows.append(("event", "\"\(eventName)\"", "the same for all")) }
        if kind == .orders {
            if orderRows == .samePersonAndDay {
                rows.append(("order", "person and day", "neighbouring rows of one person on one day are one order"))
            }
            rows.append(("event", "\"Order Completed\"", "\"Order Refunded\" when the amount or quantity is negative"))
        }
        if let currencyCode { rows.append(("currency", "\"\(currencyCode)\"", "the same for all")) }
        func note(_ field: Field) -> String {
            let kind = field.kind == .number ? "number" : ""
            return field.name == field.column ? kind : "as \(field.name)" + (kind.isEmpty ? "" : ", " + kind)
        }
        for field in properties { rows.append(("property", field.column, note(field))) }
        for field in traits { rows.append(("trait", field.column, note(field))) }
        if format == .objects { rows.append((kind == .people ? "traits" : "properties", "all other members", "")) }
        for rule in refund { rows.append(("refund", rule.column, "when it is \(ImportMapping.short(rule.values))")) }
        for rule in skip { rows.append(("left out", rule.column, "when it is \(ImportMapping.short(rule.values))")) }
        let used = Set(named.map(\.column) + (properties + traits).map(\.column) + (skip + refund).map(\.column))
        for column in columns where !used.contains(column) { rows.append(("not read", column, "")) }
        let widths = (rows.map(\.0.count).max() ?? 0, rows.map { min($0.1.count, 40) }.max() ?? 0)
        return rows.map { role, column, note in
            let sample = samples[column].map(ImportMapping.short) ?? ""
            let column = ImportMapping.short(column)
            let line =
                "  " + pad(role, widths.0) + "  " + pad(column, widths.1) + "  " + sample
                + (note.isEmpty ? "" : (sample.isEmpty ? "" : "  ") + "(\(note))")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }

    /// How a date is read whose day and month could change places, and what to do when it is the other way round.
    private func reading(of sample: String?) -> String {
        guard timestampFormat == .monthFirst || timestampFormat == .dayFirst, let sample,
            let parts = ImportClock.parts(sample.utf8, format: timestampFormat), parts.day <= 12, parts.day != parts.month,
            let date = LocalDate(year: parts.year, month: parts.month, day: parts.day)
        else { return "" }
        let other = timestampFormat == .monthFirst ? ImportTimeFormat.dayFirst : .monthFirst
        return ": \(date.text); if it is not, \"timestampFormat\": \"\(other.rawValue)\" with --map"
    }

    /// At most 40 characters of what stands in a file, whatever stands there.
    private static func short(_ text: String) -> String {
        (text.count > 40 ? text.prefix(39) + "…" : text[...]).description.printable()
    }

    /// The first of a list of words.
    private static func short(_ words: [String]) -> String {
        words.prefix(4).joined(separator: " or ") + (words.count > 4 ? " …" : "")
    }

    private func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
