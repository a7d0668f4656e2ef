public import Model
import OrderedCollections
import Records

/// Ends what grants give: all of a source, or one of them.
public struct EndBenefit: ProgramCommand {
    public enum Deed: Hashable, Sendable {
        /// The source ended, such as a tier: what is left of the period is as the benefit says.
        case end(BenefitSource.Kind, String)
        /// Takes back at once what a source gives.
        case revokeSource(BenefitSource.Kind, String, reason: String)
        /// Takes back at once what a source and all of its series give.
        case revokeSeries(BenefitSource.Kind, String, reason: String)
        /// Takes back one grant at once.
        case revoke(BenefitID, reason: String)
    }

    /// With more of them, members are named one at a time.
    public static let grantsMax = 1_000

    public let deed: Deed
    /// nil for all members to whom it was granted.
    public let member: MemberWish?

    public init(_ deed: Deed, of member: MemberWish? = nil) {
        self.deed = deed
        self.member = member
    }

    public var content: JSONValue {
        var members = JSONMembers()
        members.put("command", "end_benefit")
        members.put("member", member?.content ?? .null)
        switch deed {
        case .end(let kind, let id): members.put("end", .array([.string(kind.rawValue), .string(id)]))
        case .revokeSource(let kind, let id, let reason):
            members.put("revoke_source", .array([.string(kind.rawValue), .string(id)]))
            members.put("reason", reason)
        case .revokeSeries(let kind, let id, let reason):
            members.put("revoke_series", .array([.string(kind.rawValue), .string(id)]))
            members.put("reason", reason)
        case .revoke(let id, let reason):
            members.put("revoke", id.text)
            members.put("reason", reason)
        }
        return members.json
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let owners = try owners(in: draft)
        guard !owners.isEmpty else { throw .refused(Refusal([unknown])) }
        guard owners.count <= EndBenefit.grantsMax else {
            throw .refused(Refusal("TOO_MANY_GRANTS", ["max": .int(Int64(EndBenefit.grantsMax))]))
        }
        var ended: [JSONValue] = []
        var refusal: Refusal?
        for key in owners {
            var book = try draft.benefitBook(key)
            do throws(ProgramFailure) {
                let removed = try draft.change(key, &book) { book, now throws(Refusal) in try carryOut(&book, now) }
                ended.append([
                    "member": .string(key.member.text), "benefit": .string(key.benefit), "removed": .int(removed),
                    "left": book.summary(at: draft.now),
                ])
            } catch {
                // What has ended elsewhere already stops nothing here.
                guard case .refused(let reasons) = error else { throw error }
                refusal = refusal ?? reasons
            }
        }
        if ended.isEmpty, let refusal { throw .refused(refusal) }
        return ["ended": .array(ended)]
    }

    private func owners(in draft: ProgramDraft) throws(ProgramFailure) -> [BenefitBookKey] {
        let (condition, values): (String, [SQLValue]) =
            switch deed {
            case .end(let kind, let id), .revokeSource(let kind, let id, _):
                ("source_kind = ? AND source = ?", [.text(kind.rawValue), .text(id)])
            case .revokeSeries(let kind, let id, _): ("source_kind = ? AND series = ?", [.text(kind.rawValue), .text(id)])
            case .revoke(let id, _): ("id = ?", [.text(id.text)])
            }
        let member = try member.map { wish throws(ProgramFailure) in try draft.member(wish) }
        return try draft.reading { tables throws(Problem) in
            try tables.owners(
                ofGrantsWhere: condition + (member == nil ? "" : " AND member = ?"),
                values + (member.map { [.integer($0.id.number)] } ?? []), limit: EndBenefit.grantsMax + 1)
        }
    }

    private var unknown: Refusal.Reason {
        switch deed {
        case .end(_, let id), .revokeSource(_, let id, _), .revokeSeries(_, let id, _): BenefitReason.unknown(.source, id)
        case .revoke(let id, _): BenefitReason.unknown(.grant, id.text)
        }
    }

    private func carryOut(_ book: inout BenefitBook, _ now: Instant) throws(Refusal) -> Int64 {
        switch deed {
        case .end(let kind, let id): return try book.end(source(kind, id, in: book), now: now)
        case .revokeSource(let kind, let id, let reason):
            return try book.revoke(source(kind, id, in: book), reason: reason, now: now)
        case .revokeSeries(let kind, let id, let reason):
            return try book.revokeSeries(of: BenefitSource(kind, id: id), reason: reason, now: now)
        case .revoke(let id, let reason): return try book.revoke(id, reason: reason, now: now)
        }
    }

    /// The source with its series, which the sender need not know.
    private func source(_ kind: BenefitSource.Kind, _ id: String, in book: BenefitBook) -> BenefitSource {
        book.grants.values.map(\.source).filter { $0.kind == kind && $0.id == id }.min() ?? BenefitSource(kind, id: id)
    }
}
