import Model
import Records

/// A part of everybody's limits that one server counts on, so that servers do not wait for each other's counts.
///
/// A limit's own row keeps what is taken there and what it has allotted to slices, together at most its maximum; each slice keeps what is
/// taken of its allotment. What a server takes within its allotment is written in its slice alone, and still no two exceed the limit
/// together. What is taken is the sum of all of these rows; one of them may be negative, where one server gives back what another took.
///
/// What slices had left over is called in once the limit has too little itself, and where its maximum changes: then everything stands in
/// the limit's row again. Small limits, and the end of large ones, are therefore counted in one row.
struct LimitSlice: Hashable {
    /// So many there are at most; two servers that have one and the same wait for each other.
    static let countMax: Int64 = 16

    let number: Int64

    static func random() -> LimitSlice { LimitSlice(number: .random(in: 0 ..< countMax)) }

    /// What a slice is allotted next, when a limit has so much that is neither taken nor allotted; nil when it is to be taken from the
    /// limit itself.
    ///
    /// - Parameter needed: How much is being taken now.
    static func allotment(of free: Int64, for needed: Int64) -> Int64? {
        let part = free / countMax
        return needed > 0 && part / 4 >= needed ? part : nil
    }
}

extension ProgramTables {
    /// What slices have taken of a limit of everybody's.
    func taken(bySlicesOf key: Limit.Key, of area: LimitArea) throws(Problem) -> (reserved: Int64, used: Int64) {
        let rows = try list(
            """
            SELECT reserved, used FROM loyalty_limit_slices WHERE workspace = ? AND area = ? AND name = ? AND period = ?
            """, sliceKey(key, area)
        ) { reader throws(Problem) in (reserved: try reader.integer(), used: try reader.integer()) }
        return rows.reduce(into: (0, 0)) { sum, row in sum = (sum.reserved + row.reserved, sum.used + row.used) }
    }

    /// Writes what has become of a limit of everybody's, where other servers count on it at the same moment.
    ///
    /// - Parameter before: As it was read in this transaction.
    func count(_ limit: Limit, from before: Limit, of area: LimitArea, on slice: LimitSlice) throws(Problem) {
        let (reserved, used) = (limit.reserved - before.reserved, limit.used - before.used)
        let needed = reserved + used
        if limit.max == before.max, try add(reserved, used, to: slice, of: limit.key, area) { return }
        let own = try first(
            "SELECT reserved, used, allotted FROM loyalty_limits WHERE \(LimitSlice.row)", limitKey(limit.key, area)
        ) { reader throws(Problem) in
            (reserved: try reader.integer(), used: try reader.integer(), allotted: try reader.integer())
        }
        guard let own, limit.max == before.max else { return try callIn(limit, area) }
        let free = limit.max.subtracting(own.reserved, own.used, own.allotted)
        if let part = LimitSlice.allotment(of: free, for: needed) {
            try change(limit.key, area, reserved: 0, used: 0, allotted: part)
            try allot(part, reserved, used, to: slice, of: limit.key, area)
        } else if needed <= max(free, 0) {
            try change(limit.key, area, reserved: reserved, used: used, allotted: 0)
        } else {
            try callIn(limit, area)
        }
    }

    /// False, and nothing has changed, when the slice is allotted too little for it.
    private func add(
        _ reserved: Int64, _ used: Int64, to slice: LimitSlice, of key: Limit.Key, _ area: LimitArea
    ) throws(Problem) -> Bool {
        let changed = try connection.execute(
            """
            UPDATE loyalty_limit_slices SET reserved = reserved + ?, used = used + ?
            WHERE workspace = ? AND area = ? AND name = ? AND period = ? AND slice = ? AND reserved + used + ? <= allotted
            """,
            [.integer(reserved), .integer(used)] + sliceKey(key, area) + [.integer(slice.number), .integer(reserved + used)])
        return changed > 0
    }

    private func allot(
        _ part: Int64, _ reserved: Int64, _ used: Int64, to slice: LimitSlice, of key: Limit.Key, _ area: LimitArea
    ) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO loyalty_limit_slices (workspace, area, name, period, slice, allotted, reserved, used)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (workspace, area, name, period, slice) DO UPDATE SET
                allotted = loyalty_limit_slices.allotted + excluded.allotted,
                reserved = loyalty_limit_slices.reserved + excluded.reserved, used = loyalty_limit_slices.used + excluded.used
            """,
            sliceKey(key, area) + [.integer(slice.number), .integer(part), .integer(reserved), .integer(used)])
    }

    private func change(
        _ key: Limit.Key, _ area: LimitArea, reserved: Int64, used: Int64, allotted: Int64
    ) throws(Problem) {
        try connection.execute(
            """
            UPDATE loyalty_limits SET reserved = reserved + ?, used = used + ?, allotted = allotted + ? WHERE \(LimitSlice.row)
            """, [.integer(reserved), .integer(used), .integer(allotted)] + limitKey(key, area))
    }

    /// Lets everything that is taken stand in the limit's own row again.
    private func callIn(_ limit: Limit, _ area: LimitArea) throws(Problem) {
        try connection.execute(
            "DELETE FROM loyalty_limit_slices WHERE workspace = ? AND area = ? AND name = ? AND period = ?",
            sliceKey(limit.key, area))
        try write(limit, of: area)
    }

    private func sliceKey(_ key: Limit.Key, _ area: LimitArea) -> [SQLValue] {
        values(.text(area.rawValue), .text(key.name), .text(key.period))
    }
}

extension LimitSlice {
    /// The condition that finds the row of ``ProgramTables/limitKey(_:_:)``.
    fileprivate static let row = "workspace = ? AND area = ? AND name = ? AND subject = ? AND period = ?"
}

extension Int64 {
    /// What is left after several are taken away, kept within what an integer holds.
    fileprivate func subtracting(_ parts: Int64...) -> Int64 {
        parts.reduce(self) { left, part in
            let (difference, isOver) = left.subtractingReportingOverflow(part)
            return isOver ? (part < 0 ? .max : .min) : difference
        }
    }
}
