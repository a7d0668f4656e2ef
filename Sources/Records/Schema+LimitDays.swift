internal import Columns
import Model

extension Schema {
    /// What was taken from limits that count for everybody, by days of the workspace's zone: how budgets burn down.
    static let limitDays = Migration(
        version: 38, name: "what limits gave day by day",
        statements: [
            """
            CREATE TABLE loyalty_limit_days (
                workspace TEXT NOT NULL, area TEXT NOT NULL, name TEXT NOT NULL, day BIGINT NOT NULL,
                slice BIGINT NOT NULL, used BIGINT NOT NULL, PRIMARY KEY (workspace, area, name, day, slice))
            """
        ], finish: fillLimitDays)

    private struct LimitDay: Hashable {
        let workspace: String
        let name: String
        let day: Int64
    }

    private static let redemptionsPerPage: Int64 = 2_000

    /// Nothing tells when uses came back until now: what of them still counts is of the day on which they were made.
    private static func fillLimitDays(on connection: any SQLConnection) throws(Problem) {
        let calendars = try calendars(on: connection)
        var used: [LimitDay: Int64] = [:]
        var (workspace, coupon, position): (String, String, Int64) = ("", "", -1)
        while true {
            let rows = try connection.rows(
                """
                SELECT workspace, coupon, position, redeemed_at, charges, returned_amount, undone FROM coupon_redemptions
                WHERE (workspace, coupon, position) > (?, ?, ?) ORDER BY workspace, coupon, position LIMIT ?
                """, [.text(workspace), .text(coupon), .integer(position), .integer(redemptionsPerPage)])
            if rows.isEmpty { break }
            for row in rows {
                var reader = RowReader(row)
                (workspace, coupon, position) = (try reader.text(), try reader.text(), try reader.integer())
                guard let calendar = calendars[workspace] else { continue }
                let day = Int64(calendar.date(at: try reader.instant()).daysSinceEpoch)
                let charges = try JSONParser.parse(Array(try reader.text().utf8))
                let (returned, isUndone) = (try reader.integer(), try reader.flag())
                for (name, amount) in counted(charges, returned: returned, isUndone: isUndone) {
                    used[LimitDay(workspace: workspace, name: name, day: day), default: 0] += amount
                }
            }
        }
        let days: [[SQLValue]] = used.filter { $0.value != 0 }.map { key, amount in
            [.text(key.workspace), .text(key.name), .integer(key.day), .integer(amount)]
        }
        try connection.execute(
            "INSERT INTO loyalty_limit_days (workspace, area, name, day, slice, used) VALUES (?, 'coupons', ?, ?, -1, ?)",
            each: days)
    }

    private static func calendars(on connection: any SQLConnection) throws(Problem) -> [String: ZoneCalendar] {
        var calendars: [String: ZoneCalendar] = [:]
        for row in try connection.rows("SELECT id, timezone FROM workspaces", []) {
            var reader = RowReader(row)
            let id = try reader.text()
            calendars[id] = ZoneCalendar(zone: try TimeZoneTable(identifier: try reader.text()))
        }
        return calendars
    }

    /// What of `[[name, subject, period, max, amount, counts money], …]` still counts for everybody, in one count for ever.
    private static func counted(
        _ charges: JSONValue, returned: Int64, isUndone: Bool
    ) -> [(name: String, amount: Int64)] {
        (charges.arrayValue ?? []).compactMap { charge in
            guard let parts = charge.arrayValue, parts.count == 6, let name = parts[0].stringValue, parts[1] == "", parts[2] == "",
                let amount = parts[4].intValue, let isMoney = parts[5].boolValue
            else { return nil }
            return (name, isMoney ? amount - returned : isUndone ? 0 : amount)
        }
    }
}
