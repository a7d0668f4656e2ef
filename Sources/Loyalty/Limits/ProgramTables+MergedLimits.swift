import Model
import Records

extension ProgramDraft {
    /// Counts against the heir's limits what a member had taken of theirs, and lets it come back there.
    mutating func moveLimits(from old: ProgramMemberID, to heir: ProgramMemberID) {
        write { tables throws(Problem) in
            try tables.moveCounts(from: old, to: heir)
            try tables.moveCharges(of: old, to: heir)
            try tables.moveEarningKeys(of: old, to: heir)
            try tables.moveAwardKeys(of: old, to: heir)
        }
    }
}

extension ProgramTables {
    /// Adds what was taken, limit by limit and period by period.
    fileprivate func moveCounts(from old: ProgramMemberID, to heir: ProgramMemberID) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO loyalty_limits (workspace, area, name, subject, period, max, reserved, used)
            SELECT workspace, area, name, CAST(? AS TEXT), period, max, reserved, used FROM loyalty_limits
            WHERE workspace = ? AND subject = ? AND subject <> ''
            ON CONFLICT (workspace, area, name, subject, period) DO UPDATE SET reserved = loyalty_limits.reserved + excluded.reserved,
                used = loyalty_limits.used + excluded.used
            """, [.text(heir.text)] + values(.text(old.text)))
        try connection.execute(
            "DELETE FROM loyalty_limits WHERE workspace = ? AND subject = ? AND subject <> ''", values(.text(old.text)))
    }

    /// Lets coupons that the member holds give back to the heir's limits.
    fileprivate func moveCharges(of old: ProgramMemberID, to heir: ProgramMemberID) throws(Problem) {
        for coupon in try couponIDs(of: old) {
            for (table, place) in [("coupon_reservations", "order_id"), ("coupon_redemptions", "CAST(position AS TEXT)")] {
                let rows = try list(
                    "SELECT \(place), charges FROM \(table) WHERE workspace = ? AND coupon = ?", values(.text(coupon))
                ) { reader throws(Problem) in (try reader.text(), try reader.text()) }
                for (id, text) in rows {
                    guard let charges = CouponRows.charges(text), charges.contains(where: { $0.key.subject == old.text }) else {
                        continue
                    }
                    try connection.execute(
                        "UPDATE \(table) SET charges = ? WHERE workspace = ? AND coupon = ? AND \(place) = ?",
                        [.text(CouponRows.text(charges.map { $0.moved(from: old.text, to: heir.text) }))]
                            + values(.text(coupon), .text(id)))
                }
            }
        }
    }

    /// Lets what is taken back of the member's orders give back to the heir's limits.
    fileprivate func moveEarningKeys(of old: ProgramMemberID, to heir: ProgramMemberID) throws(Problem) {
        let lines = try list(
            """
            SELECT l.program, l.order_id, l.product, l.rule, l.limits FROM earning_orders o JOIN earning_order_lines l
                ON l.workspace = o.workspace AND l.program = o.program AND l.order_id = o.order_id
            WHERE o.workspace = ? AND o.member = ?
            """, values(.integer(old.number))
        ) { reader throws(Problem) in
            let key: [SQLValue] = [
                .text(try reader.text()), .text(try reader.text()), .text(try reader.text()), .text(try reader.text()),
            ]
            return (key: key, limits: try reader.limitKeys())
        }
        for (key, limits) in lines where limits.contains(where: { $0.subject == old.text }) {
            let moved = limits.map { $0.moved(from: old.text, to: heir.text) }
            try connection.execute(
                """
                UPDATE earning_order_lines SET limits = ?
                WHERE workspace = ? AND program = ? AND order_id = ? AND product = ? AND rule = ?
                """, [.text(moved.text)] + values() + key)
        }
    }
}

extension ProgramTables {
    /// Lets what is taken back of the member's awards give back to the heir's limits.
    fileprivate func moveAwardKeys(of old: ProgramMemberID, to heir: ProgramMemberID) throws(Problem) {
        let awards = try list(
            "SELECT currency, source, line, rule, limits FROM earning_awards WHERE workspace = ? AND member = ?",
            values(.integer(old.number))
        ) { reader throws(Problem) in
            let key: [SQLValue] = [
                .text(try reader.text()), .text(try reader.text()), .text(try reader.text()), .text(try reader.text()),
            ]
            return (key: key, limits: try reader.limitKeys())
        }
        for (key, limits) in awards {
            let moved = limits.map { $0.moved(from: old.text, to: heir.text) }
            try connection.execute(
                """
                UPDATE earning_awards SET member = ?, limits = ?
                WHERE workspace = ? AND currency = ? AND source = ? AND line = ? AND rule = ?
                """, [.integer(heir.number), .text(moved.text)] + values() + key)
        }
    }
}

extension Limit.Key {
    fileprivate func moved(from old: String, to heir: String) -> Limit.Key {
        subject == old ? Limit.Key(name: name, subject: heir, period: period) : self
    }
}

extension LimitBook.Charge {
    fileprivate func moved(from old: String, to heir: String) -> LimitBook.Charge {
        LimitBook.Charge(key.moved(from: old, to: heir), max: max, amount: amount, isMoney: isMoney)
    }
}
