public import Model
import Records

/// A version of a template with who made it when.
public struct KeptCouponTemplate: Hashable, Sendable {
    public let template: CouponTemplate
    public let actor: String
    public let createdAt: Instant
}

/// A limit of a template and how far it is used.
public struct CouponLimitStand: Hashable, Sendable {
    public let limit: CouponLimit
    /// What is counted on it in this period; nil for a limit of each member or card, which have a count of their own.
    public let count: Limit?
}

extension ProgramReader {
    /// The newest version of every template, by name.
    public func couponTemplates() async throws(Problem) -> [KeptCouponTemplate] {
        try await read { tables throws(Problem) in
            try tables.keptCouponTemplates(
                where: "AND version = (SELECT MAX(version) FROM coupon_templates newer "
                    + "WHERE newer.workspace = kept.workspace AND newer.name = kept.name)")
        }
    }

    /// All versions of one template, the newest first.
    public func couponVersions(_ name: String) async throws(Problem) -> [KeptCouponTemplate] {
        try await read { tables throws(Problem) in try tables.keptCouponTemplates(where: "AND name = ?", [.text(name)]) }
    }

    /// The limits of a template as they stand at an instant: what lapsed reservations had pinned is free.
    public func couponLimits(of template: CouponTemplate, at now: Instant) async throws(Problem) -> [CouponLimitStand] {
        let calendar = try await program().calendar
        return try await read { tables throws(Problem) in try tables.couponLimits(of: template, at: now, calendar) }
    }

    /// How those limits of a template burn down that count for everybody and for ever, by days of the workspace's zone.
    ///
    /// - Complexity: O(days) for each limit, however many coupons there are.
    public func couponBudgets(of template: CouponTemplate, at now: Instant) async throws(Problem) -> [CouponBudget] {
        let calendar = try await program().calendar
        let today = calendar.date(at: now)
        return try await read { tables throws(Problem) in
            var budgets: [CouponBudget] = []
            for stand in try tables.couponLimits(of: template, at: now, calendar) {
                guard let count = stand.count, count.key.isBudget else { continue }
                let name = count.key.name
                budgets.append(
                    CouponBudget(
                        stand.limit, count, first: try tables.firstDay(ofBudget: name),
                        used: try tables.daysUsed(ofBudget: name, from: CouponBudget.windowStart(today)), today: today,
                        lastDay: template.validity.lastDay))
            }
            return budgets
        }
    }

    /// Batches of codes, the newest first.
    ///
    /// - Parameter template: nil for those of all templates.
    public func couponBatches(of template: String? = nil) async throws(Problem) -> [CouponBatch] {
        try await read { tables throws(Problem) in
            try tables.couponBatches(where: template == nil ? "" : "AND template = ?", template.map { [.text($0)] } ?? [])
        }
    }

    /// A coupon by its id, with what it promises; nil while nobody has it.
    public func coupon(_ id: String) async throws(Problem) -> (coupon: Coupon, terms: CouponTerms)? {
        let calendar = try await program().calendar
        return try await read { tables throws(Problem) in
            try tables.couponDesk([id], for: nil, at: .distantPast, calendar).checkout.items.first.map { ($0.coupon, $0.terms) }
        }
    }

    /// What a code stands for: its batch, and its coupon once somebody has claimed it; nil when there is no such code.
    public func coupon(
        at place: CouponCodeCipher.Place
    ) async throws(Problem) -> (batch: CouponBatch, claimed: (coupon: Coupon, terms: CouponTerms)?)? {
        guard let batch = try await couponBatch(Int64(place.batch)), place.index < UInt64(batch.count) else { return nil }
        return (batch, try await coupon(place.couponID))
    }

    /// How many coupons of each template there are, those of codes that nobody has claimed left out.
    public func couponCounts() async throws(Problem) -> [String: Int64] {
        try await read { tables throws(Problem) in
            let counts = try tables.list(
                "SELECT template, COUNT(*) FROM coupons WHERE workspace = ? GROUP BY template", [.text(tables.workspace.text)]
            ) { reader throws(Problem) in (try reader.text(), try reader.integer()) }
            return Dictionary(uniqueKeysWithValues: counts)
        }
    }
}

extension CouponCodeCipher.Place {
    /// The id of the coupon behind the code.
    public var couponID: String { "b\(batch)_\(index)" }

    /// The place of the code that a coupon came from; nil for one that had no code.
    public init?(couponID: String) {
        let parts = couponID.dropFirst().split(separator: "_")
        guard couponID.hasPrefix("b"), parts.count == 2, let batch = UInt32(parts[0]), let index = UInt64(parts[1]) else {
            return nil
        }
        self.init(batch: batch, index: index)
    }
}

extension ProgramTables {
    /// - Parameter calendar: The program's.
    fileprivate func couponLimits(
        of template: CouponTemplate, at now: Instant, _ calendar: ZoneCalendar
    ) throws(Problem) -> [CouponLimitStand] {
        let calendar = template.zone == calendar.zone.identifier ? calendar : try CouponTerms(template).calendar
        let lapsed = try couponReservations(where: "until <= ?", .instant(now)).flatMap(\.reservation.charges)
        return try template.limits.map { limit throws(Problem) in
            guard limit.subject == .everybody else { return CouponLimitStand(limit: limit, count: nil) }
            let period = limit.period == .day ? calendar.date(at: now).text : ""
            let key = Limit.Key(name: limit.name, subject: "", period: period)
            var count = try self.limit(key) ?? Limit(key: key, max: limit.max)
            // Another version may have counted last.
            count.change(max: limit.max)
            for charge in lapsed where charge.key == key { count.release(charge.amount) }
            return CouponLimitStand(limit: limit, count: count)
        }
    }

    /// Versions of templates that a condition names, by name and the newest first; all without one.
    func keptCouponTemplates(
        where condition: String = "", _ more: [SQLValue] = []
    ) throws(Problem) -> [KeptCouponTemplate] {
        try list(
            """
            SELECT template, actor, created_at FROM coupon_templates kept WHERE workspace = ? \(condition)
            ORDER BY name, version DESC
            """, [.text(workspace.text)] + more
        ) { reader throws(Problem) in
            let json = try reader.word { CouponRows.json($0) }
            return KeptCouponTemplate(
                template: try CouponTemplate(kept: json), actor: try reader.text(), createdAt: try reader.instant())
        }
    }
}
