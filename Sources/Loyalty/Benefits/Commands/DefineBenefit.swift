public import Model
import OrderedCollections
import Records

/// Adds a benefit, or a new version of one: it counts from now on, and what was granted keeps its amount.
public struct DefineBenefit: ProgramCommand {
    public let benefit: Benefit

    public init(_ benefit: Benefit) { self.benefit = benefit }

    public var content: JSONValue { ["command": "define_benefit", "benefit": benefit.json] }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        guard draft.settings != nil else { throw .refused(Refusal("PROGRAM_MISSING")) }
        guard benefit.contradiction == nil else { throw .refused(Refusal([BenefitReason.contradiction])) }
        let (benefit, actor, now) = (benefit, draft.actor, draft.now)
        let known = try draft.reading { tables throws(Problem) in try tables.benefit(benefit.key) }
        // Amounts of grants would mean something else.
        if let known, known.benefit.kind.word != benefit.kind.word {
            throw .refused(Refusal("KIND_IN_USE", ["kind": .string(known.benefit.kind.word)]))
        }
        if case .issueCoupon(let template) = benefit.kind,
            try draft.reading({ tables throws(Problem) in try tables.couponTemplate(template) }) == nil
        {
            throw .refused(Refusal([BenefitReason.unknown(.template, template)]))
        }
        let version = (known?.version ?? 0) + 1
        draft.write { tables throws(Problem) in
            try tables.insert(benefit, version: version, by: actor, at: now)
            try AuditChain.append(
                AuditEntry(
                    workspace: tables.workspace, at: now, actor: actor, action: "benefit.define", target: benefit.key,
                    detail: "version \(version): \(benefit.json.text)"), on: tables.connection)
        }
        return ["benefit": benefit.json, "version": .int(version)]
    }
}
