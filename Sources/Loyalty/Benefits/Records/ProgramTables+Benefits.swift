import Columns
import Model
import Records

/// Which book: of which member and benefit.
struct BenefitBookKey: Hashable, Comparable {
    let member: ProgramMemberID
    let benefit: String

    var party: BenefitParty { BenefitParty(member.text) }

    static func < (left: BenefitBookKey, right: BenefitBookKey) -> Bool {
        (left.member, left.benefit) < (right.member, right.benefit)
    }
}

/// Reading what there is to give, and who has what.
extension ProgramTables {
    func values(of key: BenefitBookKey, _ more: SQLValue...) -> [SQLValue] {
        [.text(workspace.text), .integer(key.member.number), .text(key.benefit)] + more
    }

    /// The newest version of a benefit; nil when there is none.
    func benefit(_ key: String) throws(Problem) -> (version: Int64, benefit: Benefit)? {
        try first(
            """
            SELECT version, definition FROM benefit_definitions WHERE workspace = ? AND benefit = ? ORDER BY version DESC LIMIT 1
            """, values(.text(key)), Self.benefit)
    }

    /// The newest version of each benefit, by key.
    func benefits() throws(Problem) -> [(version: Int64, benefit: Benefit)] {
        try list(
            """
            SELECT version, definition FROM benefit_definitions d WHERE workspace = ? AND version =
                (SELECT MAX(version) FROM benefit_definitions WHERE workspace = d.workspace AND benefit = d.benefit)
            ORDER BY benefit
            """, values(), Self.benefit)
    }

    private static func benefit(_ reader: inout RowReader) throws(Problem) -> (version: Int64, benefit: Benefit) {
        let version = try reader.integer()
        let benefit = try Benefit(json: try reader.json()) { name throws(Problem) in try TimeZoneTable(identifier: name) }
        return (version, benefit)
    }

    /// What is kept of a member and a benefit: all grants, and the uses that still count at an instant.
    ///
    /// - Parameter use: One that is wanted whether it counts or not.
    func book(
        _ key: BenefitBookKey, _ benefit: Benefit, at instant: Instant, with use: BenefitID? = nil
    ) throws(Problem) -> BenefitBook {
        var book = BenefitBook(of: benefit, for: key.party)
        let isThere: Void? = try first(
            "SELECT version, latest FROM benefit_books WHERE workspace = ? AND member = ? AND benefit = ?", values(of: key)
        ) { reader throws(Problem) in (book.version, book.latest) = (try reader.integer(), try reader.instant()) }
        guard isThere != nil else { return book }
        for grant in try grants(of: key) { book.grants[grant.id] = grant }
        let uses = try list(
            """
            SELECT \(BenefitUseRow.columns) FROM benefit_uses
            WHERE workspace = ? AND member = ? AND benefit = ? AND (at >= ? OR id = ?)
            """,
            values(of: key, .instant(book.countedFrom(at: instant)), .text(use?.text ?? "")), BenefitUseRow.read)
        for use in uses { book.uses[use.id] = use }
        book.caps = try list(
            """
            SELECT used_by, set_by, max_amount FROM benefit_caps WHERE workspace = ? AND member = ? AND benefit = ?
            ORDER BY used_by, set_by
            """,
            values(of: key)
        ) { reader throws(Problem) in
            let user = try reader.text()
            return BenefitCap(
                user: user.isEmpty ? nil : BenefitParty(user), by: BenefitParty(try reader.text()), max: try reader.integer())
        }
        return book
    }

    private func grants(of key: BenefitBookKey) throws(Problem) -> [BenefitGrant] {
        try list(
            "SELECT \(BenefitGrantRow.columns) FROM benefit_grants WHERE workspace = ? AND member = ? AND benefit = ?",
            values(of: key)
        ) { reader throws(Problem) in try BenefitGrantRow.read(&reader, of: key) }
    }

    /// The benefits of which a member has a book, by key.
    func benefitKeys(of member: ProgramMemberID) throws(Problem) -> [String] {
        try list(
            "SELECT benefit FROM benefit_books WHERE workspace = ? AND member = ? ORDER BY benefit", values(.integer(member.number))
        ) { reader throws(Problem) in try reader.text() }
    }

    /// Whose book has a use.
    func owner(ofUse id: BenefitID) throws(Problem) -> BenefitBookKey? {
        try first("SELECT member, benefit FROM benefit_uses WHERE workspace = ? AND id = ?", values(.text(id.text)), Self.key)
    }

    /// Whose books have grants of an id, a source or a series, by member and benefit.
    func owners(ofGrantsWhere condition: String, _ more: [SQLValue], limit: Int) throws(Problem) -> [BenefitBookKey] {
        try list(
            """
            SELECT DISTINCT member, benefit FROM benefit_grants WHERE workspace = ? AND \(condition)
            ORDER BY member, benefit LIMIT ?
            """, values() + more + [.count(limit)], Self.key)
    }

    private static func key(_ reader: inout RowReader) throws(Problem) -> BenefitBookKey {
        BenefitBookKey(member: ProgramMemberID(number: try reader.integer()), benefit: try reader.text())
    }
}

/// Writing what has changed.
extension ProgramTables {
    func insert(_ benefit: Benefit, version: Int64, by actor: Actor, at now: Instant) throws(Problem) {
        try connection.execute(
            "INSERT INTO benefit_definitions (workspace, benefit, version, definition, actor, created_at) VALUES (?, ?, ?, ?, ?, ?)",
            values(.text(benefit.key), .integer(version), .text(benefit.json.text), .text(actor.text), .instant(now)))
    }

    /// Writes a member's row as it is.
    func touch(_ member: ProgramMemberID) throws(Problem) {
        try connection.execute(
            "UPDATE loyalty_members SET state = state WHERE workspace = ? AND member = ?", values(.integer(member.number)))
    }

    /// Writes all that differs between two states of a book.
    func write(_ key: BenefitBookKey, from old: BenefitBook, to new: BenefitBook) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO benefit_books (workspace, member, benefit, version, latest) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (workspace, member, benefit) DO UPDATE SET version = excluded.version, latest = excluded.latest
            """, values(of: key, .integer(new.version), .instant(new.latest)))
        let grants = new.grants.values.filter { old.grants[$0.id] != $0 }.sorted { $0.id < $1.id }
        try connection.execute(
            """
            INSERT INTO benefit_grants (workspace, member, benefit, \(BenefitGrantRow.columns))
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (workspace, member, benefit, id) DO UPDATE SET payer = excluded.payer, ended_at = excluded.ended_at,
                reason = excluded.reason, usable_until = excluded.usable_until, share = excluded.share
            """, each: grants.map { values(of: key) + BenefitGrantRow.values($0) })
        let uses = new.uses.values.filter { old.uses[$0.id] != $0 }.sorted { $0.id < $1.id }
        try connection.execute(
            """
            INSERT INTO benefit_uses (workspace, member, benefit, \(BenefitUseRow.columns))
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (workspace, id) DO UPDATE SET parts = excluded.parts, over_amount = excluded.over_amount,
                state = excluded.state, reserved_until = excluded.reserved_until, refunded = excluded.refunded
            """, each: uses.map { values(of: key) + BenefitUseRow.values($0) })
        if old.caps != new.caps { try write(new.caps, of: key) }
    }

    private func write(_ caps: [BenefitCap], of key: BenefitBookKey) throws(Problem) {
        try connection.execute("DELETE FROM benefit_caps WHERE workspace = ? AND member = ? AND benefit = ?", values(of: key))
        try connection.execute(
            "INSERT INTO benefit_caps (workspace, member, benefit, used_by, set_by, max_amount) VALUES (?, ?, ?, ?, ?, ?)",
            each: caps.map { values(of: key, .text($0.user?.text ?? ""), .text($0.by.text), .integer($0.max)) })
    }
}

extension BenefitBook {
    /// The first instant whose uses count at an instant: the start of its period, or of all time where something comes over.
    func countedFrom(at instant: Instant) -> Instant {
        let instant = max(latest, instant)
        guard let period = benefit.period, benefit.carryOverMax == 0, instant.isCountable else { return .distantPast }
        return period.span(at: instant).from
    }
}

extension RowReader {
    mutating func json() throws(Problem) -> JSONValue { try JSONParser.parse(Array(try text().utf8)) }

    mutating func optionalNumber() throws(Problem) -> Int64? { try optionalCount().map { Int64($0) } }
}

extension SQLValue {
    static func number(_ number: Int64?) -> SQLValue { number.map { .integer($0) } ?? .null }
}
