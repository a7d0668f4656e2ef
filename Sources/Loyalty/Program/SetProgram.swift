public import Model
import OrderedCollections
import Records

/// Gives the workspace a program, or its program other settings: they count for commands from now on, and change no lot.
public struct SetProgram: ProgramCommand {
    public let settings: ProgramSettings

    public init(_ settings: ProgramSettings) { self.settings = settings }

    public var content: JSONValue { ["command": "set_program", "settings": settings.json] }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let known = draft.transaction.program
        // What somebody has points in stays what it is.
        let missing = known.settings?.currencies.filter { self.settings.currency($0.key) == nil } ?? []
        guard missing.isEmpty else {
            throw .refused(Refusal("CURRENCY_IN_USE", ["currencies": .array(missing.map { .string($0.key) })]))
        }
        let rescaled = known.settings?.currencies.filter { self.settings.currency($0.key)?.scale != $0.scale } ?? []
        guard rescaled.isEmpty else {
            throw .refused(Refusal("SCALE_IN_USE", ["currencies": .array(rescaled.map { .string($0.key) })]))
        }
        let changed = known.settings?.currencies.filter { self.settings.currency($0.key)?.isSpendable != $0.isSpendable } ?? []
        guard changed.isEmpty else {
            throw .refused(Refusal("SPENDABLE_IN_USE", ["currencies": .array(changed.map { .string($0.key) })]))
        }
        for name in settings.currencies.compactMap(\.dormancy?.conversion?.template)
        where try draft.reading({ tables throws(Problem) in try tables.couponTemplate(name) }) == nil {
            throw .refused(Refusal("NOT_FOUND", ["template": .string(name)]))
        }
        let (settings, version, actor, now) = (settings, known.version + 1, draft.actor, draft.now)
        let transaction = draft.transaction
        draft.write { tables throws(Problem) in
            try tables.connection.execute(
                "INSERT INTO loyalty_programs (workspace, version, settings, actor, created_at) VALUES (?, ?, ?, ?, ?)",
                tables.values(.integer(version), .text(settings.json.text), .text(actor.text), .instant(now)))
            try AuditChain.append(
                AuditEntry(
                    workspace: tables.workspace, at: now, actor: actor, action: "program.set", target: "program",
                    detail: "version \(version): \(settings.json.text)"), on: tables.connection)
            transaction.program.version = version
            transaction.program.settings = settings
        }
        return ["version": .int(version), "settings": settings.json]
    }
}
