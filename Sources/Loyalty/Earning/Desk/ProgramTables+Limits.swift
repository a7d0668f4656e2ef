import Model
import OrderedCollections
import Records

extension ProgramTables {
    /// What is taken of limits; those of which nothing is are left out.
    func earningLimits(_ keys: some Collection<Limit.Key>) throws(Problem) -> EarningLimits {
        var limits: [Limit] = []
        for key in Set(keys).sorted() {
            let used = try first(
                "SELECT used FROM earning_limits WHERE workspace = ? AND name = ? AND subject = ? AND period = ?",
                values(.text(key.name), .text(key.subject), .text(key.period))
            ) { reader throws(Problem) in try reader.integer() }
            // The maximum is the program's, which says it when it asks.
            if let used { limits.append(Limit(key: key, max: used, used: used)) }
        }
        return EarningLimits(limits)
    }

    /// Writes what differs from before.
    func write(_ limits: EarningLimits, from before: EarningLimits) throws(Problem) {
        for (key, limit) in limits.limits.sorted(by: { $0.key < $1.key }) where before.limits[key]?.used != limit.used {
            try connection.execute(
                """
                INSERT INTO earning_limits (workspace, name, subject, period, used) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (workspace, name, subject, period) DO UPDATE SET used = excluded.used
                """, values(.text(key.name), .text(key.subject), .text(key.period), .integer(limit.used)))
        }
    }
}
