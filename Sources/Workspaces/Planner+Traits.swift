public import Model
package import Questions
import Records

extension Planner {
    /// The most computed traits of one workspace: each is a pass over events where it is asked for.
    static let computedTraitsMax = 50
    /// The longest rule, in bytes of canonical JSON.
    static let ruleBytesMax = 16_000

    /// Makes a computed trait, or gives the one of that key another rule.
    package func definedTrait(_ trait: ComputedTrait, in workspace: WorkspaceID) throws(Problem) -> Plan<ComputedTrait> {
        let known = catalog.computedTraits(of: workspace)
        let earlier = known.first { $0.key == trait.key }
        guard earlier != nil || known.count < Planner.computedTraitsMax else {
            throw Problem(
                .tooManyTraits,
                "A workspace has at most \(Planner.computedTraitsMax) computed traits. Delete one that nobody asks for.",
                status: 409)
        }
        let text = trait.rule.canonical.text
        guard text.utf8.count <= Planner.ruleBytesMax else {
            throw Problem(
                .questionTooLong,
                "The rule of a computed trait has at most \(Planner.ruleBytesMax) bytes, not \(text.utf8.count). Make it shorter.",
                place: "")
        }
        let record = ComputedTraitRecord(
            workspace: workspace, key: trait.key, rule: text, createdAt: earlier?.createdAt ?? now)
        return Plan(
            changes: [
                .setComputedTrait(record), note(workspace, earlier == nil ? "trait.defined" : "trait.changed", trait.key, text),
            ],
            value: trait)
    }

    /// Takes a computed trait away; what is sent under its key counts again.
    package func removedTrait(_ key: String, in workspace: WorkspaceID) throws(Problem) -> Plan<ComputedTrait> {
        guard let record = catalog.computedTraits(of: workspace).first(where: { $0.key == key }) else {
            throw WorkspaceDirectory.unknownTrait(key)
        }
        return Plan(
            changes: [.removeComputedTrait(workspace, key: key), note(workspace, "trait.removed", key, record.rule)],
            value: try ComputedTrait(record))
    }

    private func note(_ workspace: WorkspaceID, _ action: String, _ key: String, _ detail: String) -> Change {
        .audit(AuditEntry(workspace: workspace, at: now, actor: actor, action: action, target: key, detail: detail))
    }
}

extension Problem.Code {
    /// The workspace has as many computed traits as it may.
    public static let tooManyTraits = Problem.Code("too_many_traits")
}
