import Columns
public import Model
import OrderedCollections
import Records

/// All that was asked and booked about one order, source, coupon or use, in the order of time.
public struct DisputeFile: Sendable {
    /// A command that names it, with its answer.
    public struct Command: Hashable, Sendable {
        public let id: String
        public let actor: String
        public let content: JSONValue
        public let answer: ProgramAnswer
        public let recordedAt: Instant
        /// Members whom the answer names.
        public let members: [ProgramMemberID]
    }

    /// What was booked of its points.
    public struct Entry: Hashable, Sendable {
        public let member: ProgramMemberID
        public let currency: String
        public let entry: ChainedPointEntry
    }

    /// Refused ones, too.
    public let commands: [Command]
    public let entries: [Entry]
    /// Whether there are older commands that are not here.
    public let isCut: Bool
}

extension ProgramReader {
    private static let commandsMax = 300
    private static let membersMax = 20
    private static let entriesMax = 500

    /// What ever happened to whatever has this key; that of a printed code, however it is typed, is its coupon's as well.
    ///
    /// - Parameter currencies: In whose books it is looked for.
    /// - Complexity: O(what names it): refused commands, which have left nothing else, are found by what they name.
    public func dispute(about key: String, in currencies: [String]) async throws(Problem) -> DisputeFile {
        try await read { tables throws(Problem) in
            let commands = try tables.commands(about: key, limit: ProgramReader.commandsMax).map { known throws(Problem) in
                DisputeFile.Command(
                    id: known.id, actor: known.actor, content: try JSONParser.parse(Array(known.content.utf8)),
                    answer: known.answer,
                    recordedAt: known.recordedAt, members: known.answer.isRefused ? [] : known.answer.body.members)
            }
            var lots: [(book: PointBookKey, lot: Int64)] = []
            for currency in currencies { lots += try tables.lots(earnedFor: key, in: currency) }
            var books = Set(lots.map(\.book))
            for member in Set(commands.flatMap(\.members)).sorted().prefix(ProgramReader.membersMax) {
                for currency in currencies { books.insert(PointBookKey(member: member, currency: currency)) }
            }
            var entries: [DisputeFile.Entry] = []
            for book in books.sorted(by: { ($0.member, $0.currency) < ($1.member, $1.currency) }) {
                let own = lots.filter { $0.book == book }.map { SQLValue.integer($0.lot) }
                let found = try tables.entries(
                    of: book, lots: own, commands: commands.map { .text($0.id) }, limit: ProgramReader.entriesMax)
                entries += found.map { DisputeFile.Entry(member: book.member, currency: book.currency, entry: $0) }
            }
            return DisputeFile(
                commands: commands.sorted { ($0.recordedAt, $0.id) < ($1.recordedAt, $1.id) },
                entries: entries.sorted {
                    ($0.entry.recordedAt, $0.member, $0.currency, $0.entry.position)
                        < ($1.entry.recordedAt, $1.member, $1.currency, $1.entry.position)
                }, isCut: commands.count == ProgramReader.commandsMax)
        }
    }
}

extension ProgramTables {
    /// The newest commands that name something, or the coupon of which it is the code.
    fileprivate func commands(about key: String, limit: Int) throws(Problem) -> [KnownCommand] {
        let named = try commands(naming: key, limit: limit)
        guard let coupon = try couponID(ofCode: key) else { return named }
        let known = Set(named.map(\.id))
        let all = named + (try commands(naming: coupon, limit: limit).filter { !known.contains($0.id) })
        return Array(all.sorted { ($0.recordedAt, $0.id) > ($1.recordedAt, $1.id) }.prefix(limit))
    }

    fileprivate func lots(earnedFor source: String, in currency: String) throws(Problem) -> [(book: PointBookKey, lot: Int64)] {
        try list(
            "SELECT member, number FROM point_earnings WHERE workspace = ? AND currency = ? AND source = ?",
            values(.text(currency), .text(source))
        ) { reader throws(Problem) in
            let member = ProgramMemberID(number: try reader.integer())
            return (PointBookKey(member: member, currency: currency), try reader.integer())
        }
    }

    fileprivate func entries(
        of book: PointBookKey, lots: [SQLValue], commands: [SQLValue], limit: Int
    ) throws(Problem) -> [ChainedPointEntry] {
        func places(_ values: [SQLValue]) -> String { values.map { _ in "?" }.joined(separator: ", ") }
        let conditions = [("lot", lots), ("command", commands)].filter { !$0.1.isEmpty }
        guard !conditions.isEmpty else { return [] }
        let condition = conditions.map { "\($0.0) IN (\(places($0.1)))" }.joined(separator: " OR ")
        return try list(
            """
            SELECT \(PointEntryRow.columns) FROM point_entries
            WHERE workspace = ? AND member = ? AND currency = ? AND (\(condition)) ORDER BY position LIMIT ?
            """, values(of: book) + conditions.flatMap(\.1) + [.count(limit)], PointEntryRow.read)
    }
}

extension JSONValue {
    /// The members whom it names, each once.
    fileprivate var members: [ProgramMemberID] {
        var found: Set<ProgramMemberID> = []
        func collect(_ value: JSONValue) {
            if let member = value.stringValue.flatMap({ ProgramMemberID(text: $0) }) { found.insert(member) }
            for element in value.arrayValue ?? [] { collect(element) }
            if let members = value.objectValue { for member in members.values { collect(member) } }
        }
        collect(self)
        return found.sorted()
    }
}
