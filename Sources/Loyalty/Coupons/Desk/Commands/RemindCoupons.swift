public import Model
import OrderedCollections
import Records

/// Notes once for each coupon that it ends soon and is still to be used: the facts by which its holder can be told.
public struct RemindCoupons: ProgramCommand {
    /// How long before the end, in microseconds.
    public let lead: Int64
    /// So many at once; the rest with the next command.
    public static let countMax = 1_000

    public init(lead: Int64) { self.lead = lead }

    public var content: JSONValue { ["command": "remind_coupons", "lead": .int(lead)] }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let (now, until) = (draft.now, draft.now.advanced(byMicroseconds: lead))
        let due = try draft.reading { tables throws(Problem) in try tables.couponsEnding(after: now, until: until) }
        for coupon in due {
            draft.write { tables throws(Problem) in
                try tables.connection.execute(
                    "UPDATE coupons SET reminded_at = ? WHERE workspace = ? AND id = ?",
                    [.instant(now), .text(tables.workspace.text), .text(coupon.id)])
            }
        }
        let facts = due.map { coupon -> JSONValue in
            [
                "coupon": .string(coupon.id), "template": .string(coupon.template), "member": .string(coupon.member.text),
                "until": .string(coupon.until.rfc3339),
            ]
        }
        return ["reminders": .array(facts), "more": .bool(due.count == RemindCoupons.countMax)]
    }
}

/// A coupon whose end is near.
private struct EndingCoupon {
    let id: String
    let template: String
    let member: ProgramMemberID
    let until: Instant
}

extension ProgramTables {
    fileprivate func couponsEnding(after now: Instant, until: Instant) throws(Problem) -> [EndingCoupon] {
        try list(
            """
            SELECT id, template, holder, ends_at FROM coupons
            WHERE workspace = ? AND usable = 1 AND reminded_at IS NULL AND holder IS NOT NULL AND ends_at > ? AND ends_at <= ?
                AND NOT EXISTS (SELECT 1 FROM loyalty_members m
                    WHERE m.workspace = coupons.workspace AND m.member = coupons.holder AND m.state = 'erased')
            ORDER BY ends_at, id LIMIT \(RemindCoupons.countMax)
            """, values(.instant(now), .instant(until))
        ) { reader throws(Problem) in
            EndingCoupon(
                id: try reader.text(), template: try reader.text(), member: ProgramMemberID(number: try reader.integer()),
                until: try reader.instant())
        }
    }
}
