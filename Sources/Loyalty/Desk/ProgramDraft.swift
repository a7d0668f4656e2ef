public import Model
public import Records

/// What one command wants to change, over what the transaction has read.
public struct ProgramDraft {
    let transaction: ProgramTransaction
    /// The id of the command.
    public let id: String
    public let actor: Actor
    /// When it counts and is recorded: after everything that was recorded before about what it touches.
    public internal(set) var now: Instant
    private(set) var books: [PointBookKey: KeptPointBook] = [:]
    /// Who has come to be a member, with an identity of theirs.
    private(set) var enrolled: [(member: ProgramMember, identity: Identity)] = []
    /// Whether of the command its ``ProgramCommand/bareContent`` alone is kept, as it is about somebody who was erased.
    var isBare = false
    /// What was to be issued, but is not paid for.
    var unfunded: [UnfundedPoints] = []
    private(set) var writes: [(ProgramTables) throws(Problem) -> Void] = []

    init(_ transaction: ProgramTransaction, id: String, actor: Actor, now: Instant) {
        self.transaction = transaction
        self.id = id
        self.actor = actor
        self.now = now
    }

    /// The settings; nil while the workspace has no program.
    package var settings: ProgramSettings? { transaction.program.settings }
    /// Of the workspace's zone.
    package var calendar: ZoneCalendar { transaction.program.calendar }
    /// To read; what is to be written goes through ``write(_:)``.
    package var tables: ProgramTables { transaction.tables }

    /// Writes something when the whole command succeeds, before the next one is looked at.
    package mutating func write(_ body: @escaping (ProgramTables) throws(Problem) -> Void) { writes.append(body) }

    /// Carries out `body`, whose failure is that of the records.
    package func reading<Value>(_ body: (ProgramTables) throws(Problem) -> Value) throws(ProgramFailure) -> Value {
        do throws(Problem) { return try body(tables) } catch { throw .failed(error) }
    }

    /// Carries out `body`, whose failure is that of the records.
    func asking<Value>(_ body: (ProgramTransaction) throws(Problem) -> Value) throws(ProgramFailure) -> Value {
        do throws(Problem) { return try body(transaction) } catch { throw .failed(error) }
    }

    /// Reads what no command about points alone writes: it is the same in the tables and ahead of them.
    func consulting<Value>(_ body: (ProgramTables) throws(Problem) -> Value) throws(ProgramFailure) -> Value {
        do throws(Problem) { return try body(transaction.base) } catch { throw .failed(error) }
    }

    mutating func enrol(_ member: ProgramMember, _ identity: Identity) { enrolled.append((member, identity)) }

    // MARK: - Points

    func book(_ key: PointBookKey) throws(ProgramFailure) -> KeptPointBook {
        if let book = books[key] { return book }
        do throws(Problem) { return try transaction.book(key) } catch { throw .failed(error) }
    }

    /// The first instant of a currency that is not in a closed month; nobody closes that of now until the command is committed.
    func closedUntil(_ currency: String) throws(ProgramFailure) -> Instant {
        do throws(Problem) { return try transaction.closedUntil(currency, at: now) } catch { throw .failed(error) }
    }

    mutating func set(_ book: KeptPointBook, _ key: PointBookKey) { books[key] = book }
}
