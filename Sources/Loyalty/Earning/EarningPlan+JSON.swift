public import Model
import OrderedCollections

extension EarningPlan {
    /// The answer to a preview or an award: what each rule gives, what caps took off, and why other rules gave nothing.
    public var json: JSONValue {
        [
            "program": .string(program), "version": .int(version), "member": member.isEmpty ? .null : .string(member),
            "source": .string(source), "at": .string(at.rfc3339), "points": .int(points), "uncapped": .int(uncapped),
            "awards": .array(awards.map(\.json)), "declined": .array(declined.map { $0.json("rule") }),
        ]
    }
}

extension EarningPlan.Award {
    fileprivate var json: JSONValue {
        var out = EarningWriter()
        out.put("rule", .string(rule))
        out.put("rule_version", .int(ruleVersion))
        out.put("points", .int(points))
        out.put("uncapped", .int(uncapped))
        out.put("trimmed", .array(trims.map { ["cap": .string($0.cap), "points": .int($0.points)] }))
        out.put(
            "lines",
            .array(lines.map { ["product": .string($0.product), "units": .int($0.units), "points": .int($0.points)] }))
        out.put("applied", .array(applied.map { .string($0) }))
        out.put("not_applied", .array(declined.map { $0.json("name") }))
        switch activation {
        case .active: break
        case .at(let instant): out.put("activates_at", .string(instant.rfc3339))
        case .awaited(let until): out.put("awaited_until", .string(until.rfc3339))
        }
        out.put("expires_at", expiresAt.map { .string($0.rfc3339) } ?? .null)
        return out.json
    }
}

extension EarningPlan.Declined {
    fileprivate func json(_ key: String) -> JSONValue {
        Refusal(reasons).json.setting([key], to: .string(name))
    }
}
