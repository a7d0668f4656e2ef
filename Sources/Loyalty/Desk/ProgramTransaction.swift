import Model
import Records

/// What one transaction has read of a program, and what its commands have made of it so far.
///
/// Books are read once and written once, however many commands of the group are about them.
final class ProgramTransaction {
    let tables: ProgramTables
    /// The program as the transaction sees it; changed by a command that sets it.
    var program: Program
    let earning: EarningCache
    private var before: [PointBookKey: KeptPointBook] = [:]
    private var books: [PointBookKey: KeptPointBook] = [:]
    private var entries: [(key: PointBookKey, entry: ChainedPointEntry)] = []
    private var facts: [(fact: ProgramFactRecord, at: Instant)] = []
    private var commands: [KnownCommand] = []
    private var numbers: [String: Int] = [:]
    private var closings: [HeldDay: Instant] = [:]
    /// Whose book has what was earned, in this transaction.
    private var earned: [EarningKey: PointBookKey] = [:]

    private struct HeldDay: Hashable {
        let currency: String
        let day: Int64
    }

    private struct EarningKey: Hashable {
        let source: PointSource
        let currency: String
    }

    init(tables: ProgramTables, program: Program, earning: EarningCache) {
        self.earning = earning
        self.tables = tables
        self.program = program
    }

    /// A command that was answered before, in this transaction or an earlier one.
    func known(_ id: String) throws(Problem) -> KnownCommand? {
        if let number = numbers[id] { return commands[number] }
        return try tables.command(id)
    }

    func note(_ command: KnownCommand) {
        numbers[command.id] = commands.count
        commands.append(command)
    }

    func book(_ key: PointBookKey) throws(Problem) -> KeptPointBook {
        if let book = books[key] { return book }
        let book = try tables.book(key, program.settings?.currency(key.currency)?.rules ?? PointRules())
        before[key] = book
        books[key] = book
        return book
    }

    /// Before when nothing of a currency may be booked any more, for a booking at an instant.
    func closedUntil(_ currency: String, at now: Instant) throws(Problem) -> Instant {
        let key = HeldDay(currency: currency, day: ProgramTables.day(of: now))
        if let known = closings[key] { return known }
        let end = try tables.holdDay(key.day, of: currency)
        closings[key] = end
        return end
    }

    /// What a member has given to others since an instant, by command: what is not written yet.
    func given(_ key: PointBookKey, since start: Instant) -> [String: Int64] {
        entries.reduce(into: [:]) { given, booked in
            guard booked.key == key, booked.entry.entry.kind == .moved, booked.entry.entry.effectiveAt >= start else { return }
            given[booked.entry.command, default: 0] += booked.entry.entry.amount
        }
    }

    func forgetClosings() { closings = [:] }

    /// What a command of this transaction has earned for a source.
    func earning(_ source: PointSource, _ currency: String) -> (owner: ProgramMemberID, earning: PointEarning)? {
        guard let key = earned[EarningKey(source: source, currency: currency)], let earning = books[key]?.book.earnings[source]
        else { return nil }
        return (key.member, earning)
    }

    /// Takes over what a command has changed.
    func take(_ draft: ProgramDraft) throws(Problem) {
        for (key, book) in draft.books.sorted(by: { $0.key < $1.key }) {
            let old = try self.book(key)
            for source in book.book.earnings.keys where old.book.earnings[source] == nil {
                earned[EarningKey(source: source, currency: key.currency)] = key
            }
            books[key] = link(book, key, draft)
        }
        for write in draft.writes { try write(tables) }
    }

    /// Puts what a command has booked into the chain.
    private func link(_ book: KeptPointBook, _ key: PointBookKey, _ draft: ProgramDraft) -> KeptPointBook {
        var book = book
        let first = entries.count
        for entry in book.book.entries {
            book.entryCount += 1
            let link = PointChain.link(
                entry, at: book.entryCount, after: book.hash, command: draft.id, recordedAt: draft.now)
            book.hash = link.hash
            entries.append((key, link))
        }
        book.book.entries = []
        book.recordedAt = draft.now
        let booked = entries[first...].map(\.entry)
        facts += ProgramFact.records(of: booked, in: book.book, key).map { ($0, draft.now) }
        return book
    }

    /// Writes all that has changed since it was last written.
    func flush() throws(Problem) {
        for (key, book) in books.sorted(by: { $0.key < $1.key }) {
            guard let old = before[key], old != book else { continue }
            try tables.write(key, from: old, to: book)
        }
        before = books
        for (key, entry) in entries { try tables.write(entry, of: key) }
        entries = []
        for (fact, now) in facts { try tables.insert(fact, at: now) }
        facts = []
        try tables.insert(commands)
        (commands, numbers) = ([], [:])
    }
}
