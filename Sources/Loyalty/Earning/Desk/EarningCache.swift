import Columns
import Model
import OrderedCollections
import Records
import Synchronization

/// Keeps the earning programs that were read, for as long as the records have no others.
final class EarningCache: Sendable {
    private let kept = Mutex<[String: (mark: EarningMark, versions: EarningVersions)]>([:])

    /// The versions of a program as the tables have them, none when there is no such program; and how often they were changed.
    func versions(_ program: String, _ tables: ProgramTables) throws(Problem) -> (revision: Int64, versions: EarningVersions) {
        guard let mark = try tables.earningMark(program) else { return (0, EarningVersions()) }
        if let kept = kept.withLock({ $0[program] }), kept.mark == mark { return (mark.revision, kept.versions) }
        let read = (mark: mark, versions: try tables.earningVersions(program))
        kept.withLock { $0[program] = read }
        return (mark.revision, read.versions)
    }
}

/// Which state of a program was read: the time tells a change that came to nothing from the one after it.
private struct EarningMark: Equatable {
    let revision: Int64
    let changedAt: Instant
}

extension ProgramTables {
    fileprivate func earningMark(_ program: String) throws(Problem) -> EarningMark? {
        try first(
            "SELECT revision, changed_at FROM earning_programs WHERE workspace = ? AND program = ?", values(.text(program))
        ) { reader throws(Problem) in EarningMark(revision: try reader.integer(), changedAt: try reader.instant()) }
    }

    /// All versions of a program; none when there is no such program.
    func earningVersions(_ program: String) throws(Problem) -> EarningVersions {
        let text = try first(
            "SELECT versions FROM earning_programs WHERE workspace = ? AND program = ?", values(.text(program))
        ) { reader throws(Problem) in try reader.text() }
        guard let text else { return EarningVersions() }
        return try EarningVersions(json: JSONParser.parse(Array(text.utf8)))
    }

    /// The ids of all programs, sorted.
    func earningPrograms() throws(Problem) -> [String] {
        try list("SELECT program FROM earning_programs WHERE workspace = ? ORDER BY program", values()) {
            reader throws(Problem) in try reader.text()
        }
    }

    func write(_ versions: EarningVersions, of program: String, revision: Int64, at now: Instant) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO earning_programs (workspace, program, revision, changed_at, versions) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (workspace, program) DO UPDATE SET revision = excluded.revision, changed_at = excluded.changed_at,
                versions = excluded.versions
            """, values(.text(program), .integer(revision), .instant(now), .text(versions.json.text)))
    }
}

extension ProgramDraft {
    /// The versions of an earning program that there is.
    func earningVersions(_ program: String) throws(ProgramFailure) -> (revision: Int64, versions: EarningVersions) {
        let cache = transaction.earning
        let known = try reading { tables throws(Problem) in try cache.versions(program, tables) }
        guard known.revision > 0 else { throw .refused(Refusal("EARNING_PROGRAM_UNKNOWN", ["program": .string(program)])) }
        return known
    }
}
