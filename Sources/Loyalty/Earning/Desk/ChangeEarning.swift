public import Model
import OrderedCollections
import Records

/// Brings versions of an earning program on their way: what decides or has decided is never changed.
public struct ChangeEarning: ProgramCommand {
    public enum Deed: Hashable, Sendable {
        /// Adds a version; the first one makes the program.
        case draft(EarningProgram)
        /// Replaces a version that is not scheduled.
        case edit(Int64, EarningProgram)
        case review(Int64)
        /// nil for now.
        case schedule(Int64, from: Instant?)
        case unschedule(Int64)
    }

    public let program: String
    public let deed: Deed

    public init(_ deed: Deed, of program: String) {
        self.deed = deed
        self.program = program
    }

    public var content: JSONValue {
        var members = JSONMembers()
        members.put("command", "earning_\(word)")
        members.put("program", program)
        switch deed {
        case .draft(let program): members.put("settings", program.json)
        case .edit(let version, let program):
            members.put("version", .int(version))
            members.put("settings", program.json)
        case .review(let version), .unschedule(let version): members.put("version", .int(version))
        case .schedule(let version, let from):
            members.put("version", .int(version))
            members.put("from", from)
        }
        return members.json
    }

    private var word: String {
        switch deed {
        case .draft: "draft"
        case .edit: "edit"
        case .review: "review"
        case .schedule: "schedule"
        case .unschedule: "unschedule"
        }
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let (cache, program) = (draft.transaction.earning, program)
        let known = try draft.reading { tables throws(Problem) in try cache.versions(program, tables) }
        switch deed {
        case .draft(let settings), .edit(_, let settings):
            _ = try draft.currency(settings.points)
            guard settings.id == program else {
                throw .refused(Refusal("OTHER_PROGRAM", ["need": .string(program), "have": .string(settings.id)]))
            }
        default: _ = try draft.earningVersions(program)
        }
        var versions = known.versions
        let number: Int64
        do throws(Refusal) {
            number = try change(&versions, by: draft.actor.text, at: draft.now)
        } catch {
            throw .refused(error)
        }
        let (word, actor, now, changed) = (word, draft.actor, draft.now, versions)
        draft.write { tables throws(Problem) in
            try tables.write(changed, of: program, revision: known.revision + 1, at: now)
            try AuditChain.append(
                AuditEntry(
                    workspace: tables.workspace, at: now, actor: actor, action: "earning.\(word)", target: "earning/\(program)",
                    detail: "version \(number)"), on: tables.connection)
        }
        return [
            "program": .string(program), "version": .int(number),
            "status": versions.status(of: number, at: now).map { .string($0.rawValue) } ?? .null,
        ]
    }

    private func change(_ versions: inout EarningVersions, by actor: String, at now: Instant) throws(Refusal) -> Int64 {
        switch deed {
        case .draft(let program): return try versions.draft(program, by: actor)
        case .edit(let number, let program):
            try versions.edit(number, to: program, by: actor, at: now)
            return number
        case .review(let number):
            try versions.review(number, by: actor, at: now)
            return number
        case .schedule(let number, let from):
            try versions.schedule(number, from: from ?? now, at: now)
            return number
        case .unschedule(let number):
            try versions.unschedule(number, at: now)
            return number
        }
    }
}
