public import Model
import OrderedCollections
import Records

/// Makes a template, or its next version; coupons of earlier versions keep what they promise.
public struct SetCouponTemplate: ProgramCommand {
    /// Its version does not matter: it becomes the next one.
    public let template: CouponTemplate

    public init(_ template: CouponTemplate) { self.template = template }

    public var content: JSONValue {
        var template = template
        template.key = CouponTemplateKey(name: template.key.name, version: 1)
        return ["command": "set_coupon_template", "template": template.json]
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        var template = template
        let name = template.key.name
        let known = try draft.reading { tables throws(Problem) in try tables.couponTemplate(name) }
        template.key = CouponTemplateKey(name: name, version: (known?.key.version ?? 0) + 1)
        let terms: CouponTerms
        do throws(Problem) { terms = try CouponTerms(template) } catch {
            throw .refused(Refusal("ZONE_UNKNOWN", ["zone": .string(template.zone)]))
        }
        let effect = terms.template.effect
        let reasons =
            try limitMismatches(draft) + draft.reading { tables throws(Problem) in try tables.rightReasons(of: effect) }
        guard reasons.isEmpty else { throw .refused(Refusal(reasons)) }
        let (made, actor, now) = (terms.template, draft.actor, draft.now)
        draft.write { tables throws(Problem) in
            try tables.insert(made, actor: actor, at: now)
            try AuditChain.append(
                AuditEntry(
                    workspace: tables.workspace, at: now, actor: actor, action: "coupon_template.set", target: name,
                    detail: "version \(made.key.version): \(made.json.text)"), on: tables.connection)
        }
        let texts = CouponText.Language.allCases.map { language in
            let text = CouponText(made, in: language)
            return (language.rawValue, ["lines": .array(text.lines.map { .string($0) }), "hash": .string(text.hash)] as JSONValue)
        }
        return ["template": made.json, "texts": .object(OrderedDictionary(uniqueKeysWithValues: texts))]
    }

    /// Limits of the template whose name counts something else already, for another template or another version.
    private func limitMismatches(_ draft: ProgramDraft) throws(ProgramFailure) -> [Refusal.Reason] {
        if template.limits.isEmpty { return [] }
        let others = try draft.reading { tables throws(Problem) in try tables.keptCouponTemplates() }.map(\.template)
        return template.limits.compactMap { limit in
            let mine = limit.unit(in: template.currency)
            for other in others {
                guard let unit = other.limits.first(where: { $0.name == limit.name })?.unit(in: other.currency), unit != mine else {
                    continue
                }
                return Refusal.Reason(
                    "LIMIT_MISMATCH",
                    ["limit": .string(limit.name), "template": .string(other.key.name), "counts": .string(unit)])
            }
            return nil
        }
    }
}

extension CouponLimit {
    /// What it counts: uses, or the minor units of a currency.
    fileprivate func unit(in currency: Currency) -> String { measure == .uses ? measure.rawValue : currency.code }
}
