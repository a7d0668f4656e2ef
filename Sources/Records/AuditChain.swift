import Crypto
public import Model

/// An entry in its place in the chain of its workspace.
public struct ChainedEntry: Hashable, Sendable {
    /// Counted from 1 in each workspace, without gaps.
    public let number: Int64
    public let entry: AuditEntry
    /// SHA-256, in hexadecimal, of the hash before, the number and the entry.
    public let hash: String

    package init(number: Int64, entry: AuditEntry, hash: String) {
        self.number = number
        self.entry = entry
        self.hash = hash
    }
}

/// Which entries are wanted; all that is given must hold.
public struct AuditQuery: Hashable, Sendable {
    public var actor: Actor?
    /// Only readings, or only changes.
    public var isReading: Bool?
    /// Only entries about any of them; nil means all entries.
    public var people: [PersonID]?
    /// Only entries before this number.
    public var before: Int64?

    public init(actor: Actor? = nil, isReading: Bool? = nil, people: [PersonID]? = nil, before: Int64? = nil) {
        self.actor = actor
        self.isReading = isReading
        self.people = people
        self.before = before
    }
}

/// Whether the chain of one workspace is whole.
public struct AuditCheck: Hashable, Sendable {
    /// nil for the entries that belong to no workspace.
    public let workspace: WorkspaceID?
    public let entryCount: Int64
    /// The number of the first entry that is not what was written, or is not there; nil when the chain is whole.
    public let firstBroken: Int64?
}

/// The chain: each entry's hash covers the one before, so that none can be changed, taken out or put in unnoticed.
///
/// Each workspace has its own, and so has what belongs to none. The last number and hash are kept apart, so that
/// a missing end shows, too. Whoever can write to the database and computes all hashes anew is not found out by it: for that, note
/// the last hash elsewhere.
package enum AuditChain {
    /// Stands for the hash before the first entry.
    static let start = String(repeating: "0", count: 64)

    /// SHA-256 of the hash before, a line feed, and the entry as canonical JSON.
    ///
    /// - Parameter sealed: what stands for the reason, which may be erased; nil for an entry without one, or from before reasons could be.
    static func hash(_ entry: AuditEntry, number: Int64, sealed: SealedReason? = nil, after previous: String) -> String {
        let content: JSONValue = [
            .string(scope(entry.workspace)), .int(number), .int(entry.at.microseconds), .string(entry.actor.text),
            .string(entry.action), .string(entry.target), .string(entry.detail), .array(entry.people.map { .string($0.text) }),
            (sealed?.digest ?? entry.reason).map { .string($0) } ?? .null,
        ]
        return KeyDigest(bytes: SHA256.hash(data: Array((previous + "\n" + content.text).utf8))).hex
    }

    static func scope(_ workspace: WorkspaceID?) -> String { workspace?.text ?? "" }

    /// Appends an entry to the chain of its workspace.
    package static func append(_ entry: AuditEntry, on connection: any SQLConnection) throws(Problem) {
        let scope = scope(entry.workspace)
        let head = try head(of: scope, on: connection)
        let number = head.number + 1
        let sealed = entry.reason.map { SealedReason($0) }
        let hash = hash(entry, number: number, sealed: sealed, after: head.hash)
        try connection.execute(
            """
            INSERT INTO audit_chain (scope, number, at, actor, action, is_reading, target, detail, people, reason, hash)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(scope), .integer(number), .instant(entry.at), .text(entry.actor.text), .text(entry.action),
                .flag(entry.isReading), .text(entry.target), .text(entry.detail),
                .text(entry.people.map(\.text).joined(separator: " ")), .optional(entry.reason), .text(hash),
            ])
        if let sealed {
            try connection.execute(
                "INSERT INTO audit_reasons (scope, number, salt, digest) VALUES (?, ?, ?, ?)",
                [.text(scope), .integer(number), .optional(sealed.salt), .text(sealed.digest)])
        }
        for person in Set(entry.people) {
            try connection.execute(
                "INSERT INTO audit_people (scope, person, number) VALUES (?, ?, ?)",
                [.text(scope), .text(person.text), .integer(number)])
        }
        try connection.execute(
            """
            INSERT INTO audit_heads (scope, number, hash) VALUES (?, ?, ?)
            ON CONFLICT (scope) DO UPDATE SET number = excluded.number, hash = excluded.hash
            """, [.text(scope), .integer(number), .text(hash)])
    }

    static func head(of scope: String, on connection: any SQLConnection) throws(Problem) -> (number: Int64, hash: String) {
        guard let row = try connection.row("SELECT number, hash FROM audit_heads WHERE scope = ?", [.text(scope)]) else {
            return (0, start)
        }
        var reader = RowReader(row)
        return (try reader.integer(), try reader.text())
    }

    /// Columns as ``read(_:)`` takes them.
    static let columns = "scope, number, at, actor, action, target, detail, people, reason, hash"

    static func read(_ reader: inout RowReader) throws(Problem) -> ChainedEntry {
        let (workspace, number) = (WorkspaceID(validating: try reader.text()), try reader.integer())
        var entry = AuditEntry(
            workspace: workspace, at: try reader.instant(), actor: try reader.word { Actor(text: $0) }, action: try reader.text(),
            target: try reader.text(), detail: try reader.text())
        entry.people = try reader.text().split(separator: " ").compactMap { PersonID(text: String($0)) }
        entry.reason = try reader.optionalText()
        return ChainedEntry(number: number, entry: entry, hash: try reader.text())
    }

    /// Takes the entries of the form before into the chain.
    static func takeOver(on connection: any SQLConnection) throws(Problem) {
        for row in try connection.rows("SELECT workspace, at, actor, action, target, detail FROM audit ORDER BY at, id", []) {
            var reader = RowReader(row)
            let entry = AuditEntry(
                workspace: try reader.optionalText().flatMap { WorkspaceID(validating: $0) }, at: try reader.instant(),
                actor: try reader.word { Actor(text: $0) }, action: try reader.text(), target: try reader.text(),
                detail: try reader.text())
            try append(entry, on: connection)
        }
        try connection.execute("DROP TABLE audit", [])
    }
}

/// What the chain holds of an entry's reason: a digest under a salt of its own, so that the reason can be erased and the chain stays whole.
struct SealedReason: Hashable, Sendable {
    /// nil once the reason was erased: nothing tells then what it was.
    let salt: String?
    let digest: String

    init(_ reason: String) {
        let salt = SymmetricKey(size: .bits128).withUnsafeBytes { Array($0).hex }
        self.init(salt: salt, digest: SealedReason.digest(reason, salt))
    }

    init(salt: String?, digest: String) {
        self.salt = salt
        self.digest = digest
    }

    /// Whether `reason` is what was sealed, or the mark of one that was erased.
    func holds(_ reason: String?) -> Bool {
        guard let salt else { return reason == IdentityFinder.mark }
        return reason.map { SealedReason.digest($0, salt) } == digest
    }

    private static func digest(_ reason: String, _ salt: String) -> String {
        KeyDigest(bytes: SHA256.hash(data: Array((salt + "\n" + reason).utf8))).hex
    }
}

extension AuditChain {
    /// The sealed reasons of entries, by their numbers.
    static func sealedReasons(
        of scope: String, _ numbers: ClosedRange<Int64>, on connection: any SQLConnection
    ) throws(Problem) -> [Int64: SealedReason] {
        let rows = try connection.rows(
            "SELECT number, salt, digest FROM audit_reasons WHERE scope = ? AND number BETWEEN ? AND ?",
            [.text(scope), .integer(numbers.lowerBound), .integer(numbers.upperBound)])
        var sealed: [Int64: SealedReason] = [:]
        for row in rows {
            var reader = RowReader(row)
            sealed[try reader.integer()] = SealedReason(salt: try reader.optionalText(), digest: try reader.text())
        }
        return sealed
    }

    /// Puts the mark in the place of an entry's reason, unless it is from before reasons were sealed.
    static func eraseReason(_ row: NamingRow, on connection: any SQLConnection) throws(Problem) {
        let sealed = try connection.execute("UPDATE audit_reasons SET salt = NULL WHERE scope = ? AND number = ?", row.key)
        if sealed > 0 { try row.update("reason = '\(IdentityFinder.mark)'", on: connection) }
    }
}

extension RecordStore {
    /// The newest entries of one workspace (nil: those of none) that are wanted, newest first.
    public func audit(workspace: WorkspaceID?, _ query: AuditQuery, limit: Int) async throws(Problem) -> [ChainedEntry] {
        var (conditions, values) = (["scope = ?"], [SQLValue.text(AuditChain.scope(workspace))])
        if let before = query.before { (conditions, values) = (conditions + ["number < ?"], values + [.integer(before)]) }
        if let actor = query.actor { (conditions, values) = (conditions + ["actor = ?"], values + [.text(actor.text)]) }
        if let isReading = query.isReading { (conditions, values) = (conditions + ["is_reading = ?"], values + [.flag(isReading)]) }
        if let people = query.people {
            let marks = people.map { _ in "?" }.joined(separator: ", ")
            conditions.append("number IN (SELECT p.number FROM audit_people p WHERE p.scope = ? AND p.person IN (\(marks)))")
            values += [.text(AuditChain.scope(workspace))] + people.map { .text($0.text) }
        }
        let place = conditions.joined(separator: " AND ")
        return try await list(
            "SELECT \(AuditChain.columns) FROM audit_chain WHERE \(place) ORDER BY number DESC LIMIT ?", values + [.count(limit)]
        ) { reader throws(Problem) in try AuditChain.read(&reader) }
    }

    /// Who has done anything in a workspace, in no particular order.
    public func actors(of workspace: WorkspaceID) async throws(Problem) -> [Actor] {
        try await list("SELECT DISTINCT actor FROM audit_chain WHERE scope = ?", [.text(workspace.text)]) {
            reader throws(Problem) in try reader.word { Actor(text: $0) }
        }
    }

    /// Reads the chain of a workspace (nil: of what belongs to none) from its first entry and computes every hash anew.
    public func checkAudit(of workspace: WorkspaceID?) async throws(Problem) -> AuditCheck {
        let scope = AuditChain.scope(workspace)
        return try await engine.read { connection throws(Problem) in
            let head = try AuditChain.head(of: scope, on: connection)
            var (last, hash) = (Int64(0), AuditChain.start)
            func check(_ firstBroken: Int64?) -> AuditCheck {
                AuditCheck(workspace: workspace, entryCount: head.number, firstBroken: firstBroken)
            }
            while true {
                let rows = try connection.rows(
                    "SELECT \(AuditChain.columns) FROM audit_chain WHERE scope = ? AND number > ? ORDER BY number LIMIT 5000",
                    [.text(scope), .integer(last)])
                if rows.isEmpty { break }
                let reasons = try AuditChain.sealedReasons(of: scope, last + 1 ... last + Int64(rows.count), on: connection)
                for row in rows {
                    var reader = RowReader(row)
                    // What cannot be read is not what was written.
                    guard let kept = try? AuditChain.read(&reader), kept.number == last + 1,
                        reasons[kept.number]?.holds(kept.entry.reason) ?? true,
                        kept.hash == AuditChain.hash(kept.entry, number: kept.number, sealed: reasons[kept.number], after: hash)
                    else { return check(last + 1) }
                    (last, hash) = (kept.number, kept.hash)
                }
            }
            return check(last == head.number && hash == head.hash ? nil : min(last, head.number) + 1)
        }
    }
}
