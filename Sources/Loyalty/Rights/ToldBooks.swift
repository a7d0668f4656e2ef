import Columns
import Model
import OrderedCollections

/// How what was booked is told to the person whom it is about.
extension PointLot {
    var told: JSONValue {
        var out = JSONMembers()
        out.put("lot", .int(id.number))
        out.put("original", .int(original))
        for (name, amount) in quantities.named { out.put(name, .int(amount)) }
        out.put("earned_at", earnedAt)
        if case .at(let instant) = activation { out.put("activates_at", instant) }
        if case .awaited(let until) = activation { out.put("cancelled_at", until) }
        out.put("expires_at", expiresAt)
        out.put("source", source.id)
        out.put("line", source.line)
        out.put("rule", source.rule)
        out.put("funded_by", fundedBy)
        out.put("frozen", isFrozen)
        return out.json
    }
}

extension PointLot.Quantities {
    fileprivate var named: [(String, Int64)] {
        [
            ("remaining", remaining), ("held", held), ("spent", spent), ("expired", expired), ("revoked", revoked),
            ("moved", moved),
            ("donated", donated), ("repaid", repaid),
        ]
    }
}

extension ChainedPointEntry {
    var told: JSONValue {
        [
            "position": .int(position), "kind": .string(entry.kind.rawValue), "effective_at": .string(entry.effectiveAt.rfc3339),
            "recorded_at": .string(recordedAt.rfc3339), "lot": entry.lot.map { .int($0.number) } ?? .null,
            "from": .string(entry.from.text), "to": .string(entry.to.text), "amount": .int(entry.amount),
            "command": .string(command), "hash": .string(hash),
        ]
    }
}

extension PointAdjustment {
    var told: JSONValue {
        [
            "adjustment": .string(id), "currency": .string(currency), "amount": .int(amount), "reason": .string(reason.rawValue),
            "note": .string(note), "asked_at": .string(askedAt.rfc3339), "decided_at": .optional(decidedAt?.rfc3339),
            "approved": isApproved.map { .bool($0) } ?? .null,
        ]
    }
}

extension Coupon {
    /// With what it is kept for and was used for.
    func told(at now: Instant) -> JSONValue {
        json(at: now)
            .setting(["reservation"], to: reservation(at: now)?.json(of: id) ?? .null)
            .setting(["redemptions"], to: .array(redemptions.map { $0.json(of: id).setting(["undone"], to: .bool($0.isUndone)) }))
    }
}

extension KnownCommand {
    /// What was asked for, and what was answered.
    var told: JSONValue {
        let asked: JSONValue
        do { asked = try JSONParser.parse(Array(content.utf8)) } catch { asked = .string(content) }
        return [
            "id": .string(id), "at": .string(recordedAt.rfc3339), "asked": asked, "refused": .bool(answer.isRefused),
            "answer": answer.body,
        ]
    }
}
