public import Model
import OrderedCollections
package import Records

/// Tells holders of coupons that they end soon: 7 days before the end and once more 1 day before it, as facts for the events.
///
/// What was not told in time, as by a server that was down, is told as soon as it runs again, and only what still holds then. A coupon
/// that is shorter than a reminder's time has none of it, one that is used up or was taken away none at all.
public struct RemindCoupons: ProgramCommand {
    /// So many days before the end, the earliest first.
    public static let leadDays: [Int64] = [7, 1]
    /// The most coupons of one command: others come between.
    public let countMax: Int

    public init(countMax: Int = 500) { self.countMax = countMax }

    public var content: JSONValue { ["command": "remind_coupons", "count_max": .int(Int64(countMax))] }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let (now, countMax) = (draft.now, countMax)
        let due = try draft.reading { tables throws(Problem) in try tables.couponsToRemind(at: now, countMax: countMax) }
        for coupon in due {
            let next = RemindCoupons.reminder(ofEnd: coupon.until, after: now)
            draft.write { tables throws(Problem) in
                try tables.connection.execute(
                    "UPDATE coupons SET remind_at = ?, reminded_at = ? WHERE workspace = ? AND id = ?",
                    [.optional(next), .instant(now), .text(tables.workspace.text), .text(coupon.id)])
            }
            guard coupon.until > now, let days = RemindCoupons.days(before: coupon.until, at: now) else { continue }
            draft.tell(
                .couponEnding, of: coupon.member, key: [coupon.id, String(days)],
                ["coupon": .string(coupon.template), "until": .string(coupon.until.rfc3339), "days": .int(days)])
        }
        return ["looked_at": .int(Int64(due.count))]
    }

    /// When a coupon is to be told of next; nil when it need not be any more.
    static func reminder(ofEnd until: Instant?, after now: Instant) -> Instant? {
        until.flatMap { until in
            leadDays.map { until.advanced(byMicroseconds: -$0 * .microsecondsPerDay) }.first { $0 > now }
        }
    }

    /// The reminder whose time it is; nil before the first.
    private static func days(before until: Instant, at now: Instant) -> Int64? {
        leadDays.last { until.advanced(byMicroseconds: -$0 * .microsecondsPerDay) <= now }
    }
}

extension ProgramDesk {
    /// Tells of all coupons whose reminder is due by now, a slice of them at a time.
    public func remind() async throws(Problem) {
        let start = clock.now.microseconds
        var slice = 0
        while true {
            let answer = try await perform(
                ProgramRequest(id: "remind-\(start)-\(slice)", actor: .server, command: RemindCoupons()))
            guard let count = answer.body["looked_at"]?.intValue, count > 0 else { return }
            slice += 1
        }
    }
}

extension ProgramReader {
    /// The workspaces with coupons whose reminder is due at an instant.
    package static func workspacesToRemind(_ records: RecordStore, at now: Instant) async throws(Problem) -> [WorkspaceID] {
        try await records.engine.read { connection throws(Problem) in
            try connection.rows(
                """
                SELECT id FROM workspaces WHERE EXISTS (SELECT 1 FROM coupons
                    WHERE workspace = workspaces.id AND usable = 1 AND remind_at IS NOT NULL AND remind_at <= ?)
                """, [.instant(now)]
            ).map { row throws(Problem) in
                var reader = RowReader(row)
                return try reader.id()
            }
        }
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
    fileprivate func couponsToRemind(at now: Instant, countMax: Int) throws(Problem) -> [EndingCoupon] {
        try list(
            """
            SELECT id, template, holder, ends_at FROM coupons
            WHERE workspace = ? AND usable = 1 AND remind_at IS NOT NULL AND remind_at <= ? AND holder IS NOT NULL
                AND ends_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM loyalty_members m
                    WHERE m.workspace = coupons.workspace AND m.member = coupons.holder AND m.state = 'erased')
            ORDER BY remind_at, id LIMIT ?
            """, values(.instant(now), .count(countMax))
        ) { reader throws(Problem) in
            EndingCoupon(
                id: try reader.text(), template: try reader.text(), member: ProgramMemberID(number: try reader.integer()),
                until: try reader.instant())
        }
    }
}
