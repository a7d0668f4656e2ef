import Model
import OrderedCollections

/// Sees to it that nothing more is booked that counts before an instant: what any server is booking there is committed when this is.
///
/// It has a transaction of its own, so that whoever sums up what counts before sees all of it.
struct BarBooks: ProgramCommand {
    let currency: String
    let until: Instant

    var content: JSONValue {
        ["command": "bar_books", "currency": .string(currency), "until": .string(until.rfc3339)]
    }

    func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let currency = try draft.currency(currency).key
        guard draft.now >= until else { throw .refused(Refusal("BAD_TIME")) }
        let (until, transaction) = (until, draft.transaction)
        draft.write { tables throws(Problem) in
            try tables.barBooks(of: currency, until: until)
            transaction.forgetClosings()
        }
        return ["barred_until": .string(until.rfc3339)]
    }
}

extension ProgramDesk {
    /// Bars the books until the end of the month that a request closes, and sums them up beside bookings; what is going to be refused, or
    /// was answered before, changes nothing.
    func prepare(_ request: ProgramRequest) async throws(Problem) {
        guard let closing = request.command as? CloseMonth else { return }
        let (program, now) = (try await reader.program(), clock.now)
        guard program.settings?.currency(closing.currency) != nil else { return }
        let bounds = try await reader.read { tables throws(Problem) -> Range<Instant>? in
            guard try tables.command(request.id) == nil else { return nil }
            let bounds = try tables.bounds(of: closing.month, closing.currency, in: program.calendar)
            let refusal = try closing.refusal(until: bounds.upperBound, tables, in: program.calendar, at: now)
            return refusal == nil ? bounds : nil
        }
        guard let bounds else { return }
        for end in [bounds.lowerBound, bounds.upperBound] {
            _ = try await keepSums(of: closing.currency, until: end, by: request.actor)
        }
    }
}
