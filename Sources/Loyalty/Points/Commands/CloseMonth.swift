public import Model
import OrderedCollections
import Records

/// Closes a month of a currency: its report is kept as it is, and nothing can be booked into it any more.
///
/// Months are closed one after another, once they are over and all that was due in them is booked.
public struct CloseMonth: ProgramCommand {
    public let month: PointMonth
    public let currency: String

    public init(_ month: PointMonth, of currency: String) {
        self.month = month
        self.currency = currency
    }

    public var content: JSONValue {
        ["command": "close_month", "month": .string(month.text), "currency": .string(currency)]
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let currency = try draft.currency(currency)
        let (calendar, month, now, actor) = (draft.calendar, month, draft.now, draft.actor)
        let transaction = draft.transaction
        let (bounds, refusal) = try draft.reading { tables throws(Problem) in
            // The report is made of what is written: what earlier commands of this transaction have booked goes first.
            try transaction.flush()
            try tables.writeHead(of: currency.key)
            let bounds = try tables.bounds(of: month, currency.key, in: calendar)
            return (bounds, try self.refusal(until: bounds.upperBound, tables, in: calendar, at: now))
        }
        if let refusal { throw .refused(refusal) }
        guard try draft.reading({ tables throws(Problem) in try tables.barredUntil(currency.key) >= bounds.upperBound }) else {
            throw .failed(Problem(.exists, "The month \(month) is being booked into still. Try again.", status: 409))
        }
        let (report, digest) = try draft.reading { tables throws(Problem) in
            (
                try tables.report(month, of: currency.key, in: calendar),
                try tables.digest(month, of: currency.key, in: calendar)
            )
        }
        let (sums, revenue) = try draft.reading { tables throws(Problem) in
            (
                try tables.sums(of: currency.key, at: bounds.upperBound),
                try tables.revenue(month, of: currency.key, in: calendar)
            )
        }
        draft.write { tables throws(Problem) in
            try tables.keep(sums, at: bounds.upperBound, of: currency.key, in: calendar)
            try tables.keep(revenue)
            try tables.connection.execute(
                """
                INSERT INTO point_periods (workspace, currency, month, start_at, end_at, report, digest, actor, closed_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                tables.values(
                    .text(currency.key), .text(month.text), .instant(bounds.lowerBound), .instant(bounds.upperBound),
                    .text(report.json.text), .text(digest), .text(actor.text), .instant(now)))
            try AuditChain.append(
                AuditEntry(
                    workspace: tables.workspace, at: now, actor: actor, action: "month.closed",
                    target: "\(currency.key) \(month)", detail: "digest \(digest), deferred \(revenue.total.deferred)"),
                on: tables.connection)
            transaction.forgetClosings()
        }
        return ["report": report.json, "revenue": revenue.json, "digest": .string(digest), "closed_at": .string(now.rfc3339)]
    }

    /// Why it cannot be closed at an instant; nil when it can.
    ///
    /// - Parameter end: Of the month.
    func refusal(
        until end: Instant, _ tables: ProgramTables, in calendar: ZoneCalendar, at now: Instant
    ) throws(Problem) -> Refusal? {
        guard now >= end else { return Refusal("MONTH_NOT_OVER", ["month": .string(month.text)]) }
        let next = try tables.nextMonth(of: currency, in: calendar) ?? month
        if let closing = try tables.closings(of: currency).first(where: { $0.month == month }) {
            return Refusal(
                "MONTH_CLOSED",
                [
                    "month": .string(month.text), "closed_at": .string(closing.closedAt.rfc3339),
                    "closed_by": .string(closing.actor), "digest": .string(closing.digest), "next": .string(next.text),
                ])
        }
        guard next == month else {
            return Refusal("MONTH_NOT_NEXT", ["month": .string(month.text), "next": .string(next.text)])
        }
        let due = try tables.dueCount(of: currency, by: end)
        return due == 0 ? nil : Refusal("BOOKS_DUE", ["books": .int(Int64(due))], isRetryable: true)
    }
}
