import Model
import Records

/// A part of everybody's limits that one server counts on, so that servers do not wait for each other's counts.
///
/// A limit's own row keeps what is taken there and what it has allotted to slices, together at most its maximum; each slice keeps what is
/// taken of its allotment. What a server takes within its allotment is written in its slice alone, and still no two exceed the limit
/// together. What is taken is the sum of all of these rows; one of them may be negative, where one server gives back what another took.
///
/// What slices had left over is called in once the limit has too little itself, as when its maximum is lowered: then everything stands in
/// the limit's row again. Small limits, and the end of large ones, are therefore counted in one row.
struct LimitSlice: Hashable {
    /// So many there are at most; two servers that have one and the same wait for each other.
    static let countMax: Int64 = 16

    let number: Int64
    /// Whether no other server counts meanwhile, so that slices can be called in.
    var isAlone = false

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
    /// - Throws: ``Problem/needsTurn`` when others' slices have to be called in, and they may be counting on them.
    func count(_ limit: Limit, from before: Limit, of area: LimitArea, on slice: LimitSlice) throws(Problem) {
        let more = (reserved: limit.reserved - before.reserved, used: limit.used - before.used)
        let (needed, isChanged) = (more.reserved + more.used, limit.max != before.max)
        if !isChanged, try add(more, to: slice, of: limit.key, area) { return }
        let own = try first(
            "SELECT reserved, used, allotted FROM loyalty_limits WHERE \(LimitSlice.row)", limitKey(limit.key, area)
        ) { reader throws(Problem) in
            (reserved: try reader.integer(), used: try reader.integer(), allotted: try reader.integer())
        }
        guard let own else { return try write(limit, of: area) }
        let free = limit.max.subtracting(own.reserved, own.used, own.allotted)
        if isChanged, free >= 0, try add(more, to: slice, of: limit.key, area) {
            try change(limit, area, (0, 0), allotted: 0)
        } else if let part = LimitSlice.allotment(of: free, for: needed) {
            try change(limit, area, (0, 0), allotted: part)
            try allot(part, more, to: slice, of: limit.key, area)
        } else if needed <= max(free, 0), free >= 0 || !isChanged {
            try change(limit, area, more, allotted: 0)
        } else if own.allotted == 0 || slice.isAlone {
            try callIn(limit, area)
        } else {
            throw .needsTurn
        }
    }

    /// False, and nothing has changed, when the slice is allotted too little for it.
    private func add(
        _ more: (reserved: Int64, used: Int64), to slice: LimitSlice, of key: Limit.Key, _ area: LimitArea
    ) throws(Problem) -> Bool {
        let changed = try connection.execute(
            """
            UPDATE loyalty_limit_slices SET reserved = reserved + ?, used = used + ?
            WHERE workspace = ? AND area = ? AND name = ? AND period = ? AND slice = ? AND reserved + used + ? <= allotted
            """,
            [.integer(more.reserved), .integer(more.used)] + sliceKey(key, area)
                + [.integer(slice.number), .integer(more.reserved + more.used)])
        return changed > 0
    }

    private func allot(
        _ part: Int64, _ more: (reserved: Int64, used: Int64), to slice: LimitSlice, of key: Limit.Key, _ area: LimitArea
    ) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO loyalty_limit_slices (workspace, area, name, period, slice, allotted, reserved, used)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (workspace, area, name, period, slice) DO UPDATE SET
                allotted = loyalty_limit_slices.allotted + excluded.allotted,
                reserved = loyalty_limit_slices.reserved + excluded.reserved, used = loyalty_limit_slices.used + excluded.used
            """,
            sliceKey(key, area) + [.integer(slice.number), .integer(part), .integer(more.reserved), .integer(more.used)])
    }

    private func change(
        _ limit: Limit, _ area: LimitArea, _ more: (reserved: Int64, used: Int64), allotted: Int64
    ) throws(Problem) {
        try connection.execute(
            """
            UPDATE loyalty_limits SET max = ?, reserved = reserved + ?, used = used + ?, allotted = allotted + ?
            WHERE \(LimitSlice.row)
            """,
            [.integer(limit.max), .integer(more.reserved), .integer(more.used), .integer(allotted)] + limitKey(limit.key, area))
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

extension Problem {
    /// A command has to be carried out while no other server's are.
    static var needsTurn: Problem {
        Problem(.needsTurn, "The command must be carried out while no other server's are.", status: 500)
    }
}

extension Problem.Code {
    static let needsTurn = Problem.Code("needs_turn")
}
