import Columns
public import Model
import Records
import Synchronization

/// The program of a workspace at one moment: what it has decided, and its calendar.
public struct Program: Hashable, Sendable {
    /// Counted from 1; 0 while there are no settings.
    public var version: Int64
    /// nil while the workspace has no program.
    public var settings: ProgramSettings?
    /// Of the workspace's zone: it says in which month something was earned.
    public var calendar: ZoneCalendar
    /// Of the workspace: in which texts are kept that nobody was shown.
    public var language: CouponText.Language

    public static func == (left: Program, right: Program) -> Bool {
        left.version == right.version && left.settings == right.settings && left.calendar.zone == right.calendar.zone
            && left.language == right.language
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(version)
        hasher.combine(calendar.zone)
        hasher.combine(language)
    }
}

/// Keeps the last program that was read, for as long as the records have no other.
final class ProgramCache: Sendable {
    private let kept = Mutex<(zone: String, program: Program)?>(nil)

    /// The program as the tables have it.
    func program(_ tables: ProgramTables) throws(Problem) -> Program {
        let (version, zone, language) = try tables.programVersion()
        if let kept = kept.withLock({ $0 }), kept.zone == zone, kept.program.version == version, kept.program.language == language {
            return kept.program
        }
        let program = Program(
            version: version, settings: try tables.settings(version),
            calendar: ZoneCalendar(zone: try TimeZoneTable(identifier: zone)), language: language)
        kept.withLock { $0 = (zone, program) }
        return program
    }
}

extension ProgramTables {
    /// The newest version of the settings, 0 for none, and the workspace's zone and language.
    fileprivate func programVersion() throws(Problem) -> (version: Int64, zone: String, language: CouponText.Language) {
        let row = try first(
            """
            SELECT timezone, language, (SELECT COALESCE(MAX(version), 0) FROM loyalty_programs WHERE workspace = ?) FROM workspaces
            WHERE id = ?
            """, values(.text(workspace.text))
        ) { reader throws(Problem) in
            (
                zone: try reader.text(), language: try reader.word { CouponText.Language(rawValue: $0) },
                version: try reader.integer()
            )
        }
        guard let row else { throw Problem(.notFound, "There is no workspace \(workspace).", status: 404) }
        return (row.version, row.zone, row.language)
    }

    /// The settings of a version; nil when there is none.
    func settings(_ version: Int64) throws(Problem) -> ProgramSettings? {
        let text = try first(
            "SELECT settings FROM loyalty_programs WHERE workspace = ? AND version = ?", values(.integer(version))
        ) { reader throws(Problem) in try reader.text() }
        return try text.map { text throws(Problem) in try ProgramSettings(json: JSONParser.parse(Array(text.utf8))) }
    }
}
