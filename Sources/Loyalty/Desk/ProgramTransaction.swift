import Model
import Records

/// What the commands of one group have read of a program, and what they have made of it so far.
///
/// Books are read once and written once, however many commands of the group are about them.
final class ProgramTransaction {
    /// What commands may read and write by themselves: nothing, when the group is written ahead of the tables.
    let tables: ProgramTables
    /// The program as the group sees it; changed by a command that sets it.
    var program: Program
    let earning: EarningCache
    /// The tables, which may be behind what the group knows.
    let base: ProgramTables
    /// What is known of earlier groups; nil when all of it is in the tables.
    private let memory: ProgramMemory?

    private var before: [PointBookKey: KeptPointBook] = [:]
    private var books: [PointBookKey: KeptPointBook] = [:]
    private var changed: Set<PointBookKey> = []
    /// Books that were read from the tables.
    private var read: Set<PointBookKey> = []
    private var entries: [(key: PointBookKey, entry: ChainedPointEntry)] = []
    private var facts: [(fact: ProgramFactRecord, at: Instant)] = []
    private var commands: [KnownCommand] = []
    private var numbers: [ExactText: Int] = [:]
    private var asked: [ExactText: KnownCommand?] = [:]
    private var closings: [HeldDay: Instant] = [:]
    /// Whose book has what was earned, in this group.
    private var earned: [ProgramMemory.EarningKey: PointBookKey] = [:]
    /// Who has come to be a member in a group that is of points alone.
    private var members: [ProgramMemberID: ProgramMember] = [:]
    private var identities: [Identity: ProgramMemberID] = [:]
    /// What was read at once for the commands of the group.
    private var foreseen = ForeseenPoints()
    /// Whether all commands of the group are about points alone.
    private var isOfPointsAlone = false

    private struct HeldDay: Hashable {
        let currency: String
        let day: Int64
    }

    /// - Parameter memory: What is known of earlier groups, when the group is written ahead of the tables.
    init(base: ProgramTables, program: Program, earning: EarningCache, memory: ProgramMemory? = nil) {
        self.earning = earning
        self.base = base
        self.program = program
        self.memory = memory
        tables = memory == nil ? base : ProgramTables(base.workspace, ClosedTables())
    }

    // MARK: - Commands

    /// Looks for all of these commands at once.
    func ask(_ ids: [String]) throws(Problem) {
        let unknown = ids.filter { memory?.commands[ExactText($0)] == nil }
        // Over PostgreSQL texts may have another order.
        var isErasing = true
        if memory != nil { isErasing = try base.hasErasedCommands() }
        for (id, command) in zip(unknown, try base.commands(unknown, isErasing: isErasing)) {
            asked[ExactText(id)] = .some(command)
        }
    }

    /// Reads at once what these commands, all of them about points alone, are going to ask the tables for.
    func foresee(_ commands: [any ProgramCommand], at now: Instant) throws(Problem) {
        isOfPointsAlone = true
        // What is known by heart is not asked for.
        guard memory == nil else { return }
        var foresight = PointForesight()
        for command in commands { command.foresee(&foresight) }
        foreseen = try base.foresee(foresight, since: program.calendar.bucketStart(of: .month, at: now)) { currency in
            program.settings?.currency(currency)?.rules ?? PointRules()
        }
    }

    /// A command that was answered before, in this group or an earlier one.
    func known(_ id: String) throws(Problem) -> KnownCommand? {
        let key = ExactText(id)
        if let number = numbers[key] { return commands[number] }
        if let command = memory?.commands[key] { return command }
        if let command = asked[key] { return command }
        return try base.command(id)
    }

    func note(_ command: KnownCommand) {
        numbers[ExactText(command.id)] = commands.count
        commands.append(command)
    }

    // MARK: - Members

    func member(_ id: ProgramMemberID) throws(Problem) -> ProgramMember? {
        if let member = members[id] ?? foreseen.members[id] { return member }
        guard let memory else { return try base.member(id) }
        if let member = memory.members[id] { return member }
        guard let member = try base.member(id) else { return nil }
        memory.members.note(id, member)
        return member
    }

    func member(with identity: Identity) throws(Problem) -> ProgramMemberID? {
        if let member = identities[identity] { return member }
        if let member = foreseen.identities[identity] { return member }
        guard let memory else { return try base.member(with: identity) }
        if let member = memory.identities[identity] { return member }
        guard let member = try base.member(with: identity) else { return nil }
        memory.identities.note(identity, member)
        return member
    }

    /// The member in whatever state; whoever was merged stands for whom they were merged into.
    func find(_ wish: MemberWish) throws(Problem) -> ProgramMember? {
        var found: ProgramMemberID?
        if case .id(let id) = wish.name { found = id }
        for identity in wish.identities where found == nil { found = try member(with: identity) }
        guard let found else { return nil }
        var member = try member(found)
        while let next = member?.mergedInto { member = try self.member(next) }
        return member
    }

    // MARK: - Books

    func book(_ key: PointBookKey) throws(Problem) -> KeptPointBook {
        if let book = books[key] { return book }
        let book: KeptPointBook
        if let (known, isInTables) = memory?.books.find(key) {
            // Whoever is written about in every group would keep for ever what is over.
            guard isInTables || known.isSmall else { throw .needsTables }
            book = isInTables ? known.trimmed : known
        } else if let known = foreseen.books.removeValue(forKey: key) {
            book = known
        } else {
            var kept = try base.book(key, program.settings?.currency(key.currency)?.rules ?? PointRules())
            kept.given = memory?.given[key]
            book = kept
            read.insert(key)
        }
        before[key] = book
        books[key] = book
        return book
    }

    /// A hold of a book that may have ended; nil when there is none.
    func hold(_ id: PointID, of key: PointBookKey) throws(Problem) -> PointHold? {
        try base.holds(of: key, where: "number = ?", .integer(id.number)).first
    }

    func spending(_ id: PointID, of key: PointBookKey) throws(Problem) -> PointSpending? { try base.spending(id, of: key) }

    /// A lot of a book that may be closed; nil when there is none.
    func lot(_ id: PointID, of key: PointBookKey) throws(Problem) -> PointLot? {
        try base.lots(of: key, where: "number = ?", .integer(id.number)).first
    }

    /// What was earned for a source, and by whom.
    func earning(
        _ source: PointSource, _ currency: String
    ) throws(Problem) -> (owner: ProgramMemberID, earning: PointEarning)? {
        let key = ProgramMemory.EarningKey(source: source, currency: currency)
        if let owner = earned[key] ?? memory?.earned[key], let earning = try book(owner).book.earnings[source] {
            return (owner.member, earning)
        }
        if let known = foreseen.earnings[currency]?[ExactText(source.id)] { return known.first { $0.earning.source == source } }
        return try base.earning(source, currency: currency)
    }

    /// What a member has given to others since an instant.
    func given(_ key: PointBookKey, since start: Instant) throws(Problem) -> PointsGiven {
        var kept = try book(key)
        if let given = kept.given, given.start == start { return given }
        // The tables may be behind, and what is known of a later month says nothing of this one.
        if memory != nil, let given = kept.given, given.start > start { throw .needsTables }
        let given = try base.given(key, since: start)
        kept.given = given
        books[key] = kept
        return given
    }

    /// Whether a member takes what others give; nil for one who has not said so.
    func transferConsent(of member: ProgramMemberID) throws(Problem) -> TransferConsent? {
        if let consent = foreseen.consents[member] ?? memory?.consents[member] { return consent }
        // Whoever changes it does so in the tables, after which nothing is known by heart.
        let consent = try base.transferConsent(of: member)
        memory?.consents.note(member, consent)
        return consent
    }

    /// Before when nothing of a currency may be booked any more, for what counts at an instant.
    ///
    /// Of a day that is held since before the books were barred it says what was so then: that is all that matters on that day.
    func closedUntil(_ currency: String, at instant: Instant) throws(Problem) -> Instant {
        let key = HeldDay(currency: currency, day: ProgramTables.day(of: instant))
        if let known = closings[key] { return known }
        let end: Instant
        if memory == nil { end = try base.holdDay(key.day, of: currency) } else { end = try base.closedUntil(currency) }
        closings[key] = end
        return end
    }

    /// The first instant of a currency that is not in a closed month, and before when its books are barred, for a booking at an instant.
    func days(of currency: String, at instant: Instant) throws(Problem) -> (closedUntil: Instant, barredUntil: Instant) {
        let barredUntil = try closedUntil(currency, at: instant)
        guard instant < barredUntil else { return (barredUntil, barredUntil) }
        return (try base.lastClosing(of: currency)?.end ?? .distantPast, barredUntil)
    }

    func forgetClosings() { closings = [:] }

    // MARK: - Taking over

    /// Takes over what a command has changed.
    func take(_ draft: ProgramDraft) throws(Problem) {
        guard memory == nil || draft.writes.isEmpty else { throw .needsTables }
        for (key, book) in draft.books.sorted(by: { $0.key < $1.key }) {
            let old = try self.book(key)
            for source in book.book.earnings.keys where old.book.earnings[source] == nil {
                earned[.init(source: source, currency: key.currency)] = key
            }
            books[key] = link(book, key, draft)
            changed.insert(key)
        }
        for (member, identity) in draft.enrolled {
            if isOfPointsAlone {
                (members[member.id], identities[identity]) = (member, member.id)
            } else {
                // Others look for members in the tables.
                try base.set(member)
                try base.set(identity, of: member.id)
            }
        }
        // Only points are told what they change.
        if !draft.writes.isEmpty { foreseen = ForeseenPoints() }
        for write in draft.writes { try write(base) }
    }

    /// Puts what a command has booked into the chain.
    private func link(_ book: KeptPointBook, _ key: PointBookKey, _ draft: ProgramDraft) -> KeptPointBook {
        var book = book
        // Whoever reads the book from the tables takes it for one in which all that was due by then is booked.
        book.book.settle(until: draft.now)
        let first = entries.count
        for entry in book.book.entries {
            book.entryCount += 1
            let link = PointChain.link(
                entry, at: book.entryCount, after: book.hash, command: draft.id, recordedAt: draft.now)
            book.hash = link.hash
            entries.append((key, link))
        }
        book.given?.add(book.book.entries)
        book.book.entries = []
        book.recordedAt = draft.now
        let booked = entries[first...].map(\.entry)
        facts += ProgramFact.records(of: booked, in: book.book, key).map { ($0, draft.now) }
        return book
    }

    /// Writes all that has changed since it was last written to the tables.
    func flush() throws(Problem) {
        var rows = RowBatch()
        put(into: &rows)
        try rows.write(to: base.connection)
        before = books
        for command in commands { asked[ExactText(command.id)] = .some(command) }
        (entries, facts, commands, numbers, changed, members, identities) = ([], [], [], [:], [], [:], [:])
    }

    /// What has changed, to be written ahead; the memory knows it from now on.
    func writtenAhead() -> RowLog {
        var rows = RowLog()
        put(into: &rows)
        if let memory {
            let turn = memory.turn
            for (key, book) in books {
                if changed.contains(key) {
                    memory.books.write(key, book, turn: turn)
                    if let given = book.given { memory.given.write(key, given, turn: turn) }
                } else if read.contains(key) {
                    memory.books.note(key, book)
                }
            }
            for (id, member) in members { memory.members.write(id, member, turn: turn) }
            for (identity, id) in identities { memory.identities.write(identity, id, turn: turn) }
            for command in commands { memory.commands.write(ExactText(command.id), command, turn: turn) }
            for (key, book) in earned { memory.earned.write(key, book, turn: turn) }
        }
        return rows
    }

    private func put(into rows: inout some RowSink) {
        for (_, member) in members.sorted(by: { $0.key < $1.key }) { base.put(member, into: &rows) }
        for (identity, id) in identities { base.put(identity, of: id, into: &rows) }
        for key in changed.sorted() {
            guard let old = before[key], let new = books[key] else { continue }
            base.put(key, from: old, to: new, into: &rows)
        }
        for (key, entry) in entries { base.put(entry, of: key, into: &rows) }
        for (fact, now) in facts { base.put(fact, at: now, into: &rows) }
        for command in commands { base.put(command, into: &rows) }
    }
}

extension Problem {
    /// A command of a group that is written ahead asks for what only the tables know.
    static var needsTables: Problem {
        Problem(.needsTables, "The command must be carried out in the tables.", status: 500)
    }
}

extension Problem.Code {
    static let needsTables = Problem.Code("needs_tables")
}

/// The tables for a command of a group that is written ahead: they are behind what the group knows.
private struct ClosedTables: SQLConnection {
    func execute(_ sql: String, _ values: [SQLValue]) throws(Problem) -> Int { throw .needsTables }
    func execute(_ sql: String, each rows: [[SQLValue]]) throws(Problem) -> [Int] { throw .needsTables }
    func rows(_ sql: String, _ values: [SQLValue]) throws(Problem) -> [SQLRow] { throw .needsTables }
    func rows(_ sql: String, each rows: [[SQLValue]]) throws(Problem) -> [[SQLRow]] { throw .needsTables }
}
