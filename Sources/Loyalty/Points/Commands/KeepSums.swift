package import Model
import OrderedCollections
import Records
import Synchronization

/// Keeps what all accounts of a currency hold by what counts before an instant, until which the books are barred and settled.
///
/// The sums are made beforehand, beside bookings: they cannot change but by what is told late, which opens the books again.
struct KeepSums: ProgramCommand {
    let currency: String
    let end: Instant
    let sums: PointSums

    var content: JSONValue {
        ["command": "keep_sums", "currency": .string(currency), "until": .string(end.rfc3339)]
    }

    func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let (currency, end, sums, calendar) = (currency, end, sums, draft.calendar)
        // What was told late since has opened the books again: they are summed up anew another time.
        guard try draft.reading({ tables throws(Problem) in try tables.barredUntil(currency) >= end }) else {
            return ["kept": .null]
        }
        draft.write { tables throws(Problem) in
            try tables.writeHead(of: currency)
            try tables.keep(sums, at: end, of: currency, in: calendar)
        }
        return ["kept": .string(end.rfc3339)]
    }
}

extension ProgramDesk {
    /// So many days are summed up from entries: a month, and some days in which to close it.
    ///
    /// What is told late, such as by a till without a connection, or is dated to a cut-over, mostly counts there. What counts in an
    /// earlier day of a month that is not closed opens the books again, until they are summed up the next day.
    static let openDays: Int64 = 40

    /// Sees to it that reports need not sum up what counts before the open days, once a day: it bars the books until then.
    ///
    /// Where something that was due by then is not booked yet, it waits for the next time.
    package func keepSums() async throws(Problem) {
        let last = clock.now.advanced(byMicroseconds: -ProgramDesk.openDays * .microsecondsPerDay)
        let isNew = summedUntil.withLock { $0.advanced(byMicroseconds: .microsecondsPerDay) <= last }
        guard isNew else { return }
        let program = try await reader.program()
        let day = program.calendar.date(at: last)
        let end = program.calendar.start(of: day)
        var isComplete = true
        for currency in program.settings?.currencies ?? [] {
            // Reports begin with a month.
            for start in Set([program.calendar.start(of: PointMonth(holding: day).firstDate), end]).sorted() {
                let isKept = try await keepSums(of: currency.key, until: start, by: .server)
                isComplete = isComplete && isKept
            }
        }
        if isComplete { summedUntil.withLock { $0 = end } }
    }

    /// Bars the books until an instant and keeps sums there.
    ///
    /// - Returns: Whether they are kept; false where that is not over yet, or something that was due is not booked.
    func keepSums(of currency: String, until end: Instant, by actor: Actor) async throws(Problem) -> Bool {
        let name = "\(currency.prefix(100))-\(end.microseconds)"
        let bar = BarBooks(currency: currency, until: end)
        let id = "bar-\(name)-\(clock.now.microseconds)"
        guard try await !perform(ProgramRequest(id: id, actor: actor, command: bar)).isRefused else { return false }
        let (isSettled, sums) = try await reader.read { tables throws(Problem) -> (Bool, PointSums?) in
            guard try tables.dueCount(of: currency, by: end) == 0 else { return (false, nil) }
            // The beginning of a month is of no use once later sums are kept.
            let isKept = try tables.lastSums(of: currency, before: .distantFuture).map { $0 >= end } ?? false
            return (true, isKept ? nil : try tables.sums(of: currency, at: end))
        }
        if let sums {
            let keep = KeepSums(currency: currency, end: end, sums: sums)
            _ = try await perform(
                ProgramRequest(
                    id: "sums-\(name)-\(clock.now.microseconds)", actor: actor, command: keep))
        }
        return isSettled
    }
}
