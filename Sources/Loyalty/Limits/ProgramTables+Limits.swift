import Model
import OrderedCollections
import Records

extension ProgramTables {
    /// Whose limits they are: a coupon's and an earning program's of one name are two.
    enum LimitArea: String {
        case coupons, earning
    }

    /// How a limit stands; nil while nobody has counted on it.
    func limit(_ key: Limit.Key, of area: LimitArea = .coupons) throws(Problem) -> Limit? {
        let own = try first(
            """
            SELECT max, reserved, used, allotted FROM loyalty_limits
            WHERE workspace = ? AND area = ? AND name = ? AND subject = ? AND period = ?
            """, limitKey(key, area)
        ) { reader throws(Problem) in
            (
                max: try reader.integer(), reserved: try reader.integer(), used: try reader.integer(),
                allotted: try reader.integer()
            )
        }
        guard let own else { return nil }
        let sliced = own.allotted == 0 ? (reserved: 0, used: 0) : try taken(bySlicesOf: key, of: area)
        return Limit(key: key, max: own.max, reserved: own.reserved + sliced.reserved, used: own.used + sliced.used)
    }

    /// Writes what has become of a limit.
    ///
    /// - Parameter before: As it was read in this transaction; nil when nobody had counted on it.
    func set(_ limit: Limit, from before: Limit?, of area: LimitArea = .coupons) throws(Problem) {
        if let slice, let before, limit.key.subject.isEmpty {
            try count(limit, from: before, of: area, on: slice)
        } else {
            try write(limit, of: area)
        }
    }

    /// Writes a limit of which no slice has taken anything.
    func write(_ limit: Limit, of area: LimitArea) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO loyalty_limits (workspace, area, name, subject, period, max, reserved, used) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (workspace, area, name, subject, period) DO UPDATE SET max = excluded.max, reserved = excluded.reserved,
                used = excluded.used, allotted = 0
            """,
            limitKey(limit.key, area) + [.integer(limit.max), .integer(limit.reserved), .integer(limit.used)])
    }

    func limitKey(_ key: Limit.Key, _ area: LimitArea) -> [SQLValue] {
        values(.text(area.rawValue), .text(key.name), .text(key.subject), .text(key.period))
    }

    /// What is taken of limits; those of which nothing is are left out.
    ///
    /// - Parameter currency: Of the points, whose blocks of partners are limits, too.
    func earningLimits(_ keys: some Collection<Limit.Key>, of currency: String) throws(Problem) -> EarningLimits {
        var limits: [Limit] = []
        for key in Set(keys).sorted() {
            if let partner = key.partner {
                limits.append(try block(partner, of: currency).limit)
                continue
            }
            // The maximum that counts is the program's, which says it when it asks.
            if let limit = try limit(key, of: .earning) { limits.append(limit) }
        }
        return EarningLimits(limits)
    }

    /// Writes what differs from before, but blocks: they change with what is booked.
    func write(_ limits: EarningLimits, from before: EarningLimits) throws(Problem) {
        for (key, limit) in limits.limits.sorted(by: { $0.key < $1.key })
        where key.partner == nil && before.limits[key]?.used != limit.used {
            try set(limit, from: before.limits[key], of: .earning)
        }
    }
}
