public import Model
import OrderedCollections

/// A kind of points, and how they come, stay and go.
public struct PointCurrency: Hashable, Sendable {
    /// When points end that are earned without a date of their own.
    public enum Expiry: Hashable, Sendable {
        case never
        /// At the end of the month that is so many months after the one in which they were earned.
        case monthEnd(afterMonths: Int)
    }

    /// Lower-case letters, digits and underscores.
    public let key: String
    public var name: String
    /// Digits after the point when points are shown; amounts are in the smallest part.
    public var scale: Int
    public var expiry: Expiry
    /// What a point is worth to the books, kept with each lot.
    public var value: PointValue
    public var rules: PointRules
    /// Adjustments above it wait for a second person.
    public var approvalAbove: Int64
    /// How much and how often members may give to each other.
    public var transfers: PointTransferRules
    /// What becomes of points whose owner does nothing; nil for nothing.
    public var dormancy: PointDormancyRules?
    /// Jurisdictions such as `CA-ON` in which points never end by time alone.
    public var noExpiryIn: Set<String> = []
    /// False for points that count towards something, such as a tier, and are never spent or given away: spending moves no count.
    public var isSpendable = true

    /// A currency whose points end 24 months after they were earned.
    public init(key: String, rules: PointRules = PointRules()) {
        (self.key, name, scale, self.rules) = (key, key, 0, rules)
        expiry = .monthEnd(afterMonths: 24)
        value = PointValue(minor: 1, points: 1)
        approvalAbove = 10_000
        transfers = PointTransferRules()
    }

    /// The end of points earned at an instant.
    public func expiry(of earnedAt: Instant, in calendar: ZoneCalendar) -> Instant? {
        guard case .monthEnd(let months) = expiry else { return nil }
        let first = calendar.firstDate(of: .month, holding: calendar.date(at: earnedAt))
        return calendar.start(of: first.advanced(byMonths: months + 1))
    }
}

/// How much and how often members may give points to each other.
public struct PointTransferRules: Hashable, Sendable {
    /// The least of one transfer.
    public var amountMin: Int64 = 1
    /// The most that a member gives away in a month of the calendar; nil for any amount.
    public var amountPerMonth: Int64?
    /// How often a member gives in a month of the calendar.
    public var countPerMonth: Int64 = 3
    /// Whether receivers who have said nothing must accept each time.
    public var asksReceiver = false
    /// How long what is offered waits for an answer, as far as holds may last.
    public var invitationDays: Int64 = 7
    /// How long members give nothing after a new device has come to them; 0 for no such rule.
    public var coolDownHours: Int64 = 0

    public init() {}

    /// When somebody may give again to whom a device has come; nil without such a rule or device.
    func coolDownEnd(newDeviceAt: Instant?) -> Instant? {
        guard coolDownHours > 0 else { return nil }
        return newDeviceAt?.advanced(byMicroseconds: coolDownHours * .microsecondsPerHour)
    }
}

extension PointCurrency {
    static let members = [
        "key", "name", "scale", "expires_after_months", "value", "shortfall", "restore_grace_days", "release_grace_days",
        "hold_days_max", "hops_max", "approval_above", "transfers",
        "dormancy", "no_expiry_in", "spendable",
    ]
    /// The largest amount that settings name.
    static let amountMax: Int64 = 1_000_000_000_000

    init(_ reader: ObjectReader) throws(Problem) {
        key = try reader.requiredText("key")
        let isPlain = key.utf8.allSatisfy { (0x61 ... 0x7A).contains($0) || (0x30 ... 0x39).contains($0) || $0 == 0x5F }
        guard (1 ... 40).contains(key.utf8.count), isPlain else {
            throw reader.refused("key", "A key has 1 to 40 lower-case letters, digits and underscores.")
        }
        name = try reader.text("name") ?? key
        scale = Int(try reader.number("scale", in: 0 ... 6) ?? 0)
        let months = try reader.number("expires_after_months", in: 0 ... 1_200) ?? 24
        // 0 says never, for null stands for the standard.
        expiry = months == 0 ? .never : .monthEnd(afterMonths: Int(months))
        let worth = try reader.object("value", known: ["minor", "points"])
        value = PointValue(
            minor: try worth?.number("minor", in: 0 ... PointCurrency.amountMax) ?? 1,
            points: try worth?.number("points", in: 1 ... PointCurrency.amountMax) ?? 1)
        rules = try PointRules(reader)
        approvalAbove = try reader.number("approval_above", in: 0 ... .max) ?? 10_000
        transfers = PointTransferRules()
        if let limits = try reader.object("transfers", known: PointTransferRules.keys) {
            transfers.amountMin = try limits.number("min", in: 1 ... PointCurrency.amountMax) ?? 1
            transfers.amountPerMonth = try limits.number("per_month", in: 0 ... PointCurrency.amountMax)
            transfers.countPerMonth = try limits.number("times_per_month", in: 0 ... 1_000) ?? 3
            transfers.asksReceiver = try limits.flag("asks_receiver") ?? false
            transfers.invitationDays = try limits.number("invitation_days", in: 1 ... 365) ?? 7
            transfers.coolDownHours = try limits.number("cool_down_hours", in: 0 ... 8_784) ?? 0
        }
        dormancy = try reader.object("dormancy", known: PointDormancyRules.keys).map { rules throws(Problem) in
            try PointDormancyRules(rules)
        }
        noExpiryIn = Set(try reader.texts("no_expiry_in") ?? [])
        guard noExpiryIn.allSatisfy(PointCurrency.isJurisdiction) else {
            throw reader.refused("no_expiry_in", "Write jurisdictions such as CA or CA-ON.")
        }
        isSpendable = try reader.flag("spendable") ?? true
        guard isSpendable || dormancy == nil else {
            throw reader.refused("dormancy", "Points that are never spent are never dormant. Leave \"dormancy\" out.")
        }
    }

    /// As settings say it.
    public var json: JSONValue {
        var months: Int64 = 0
        if case .monthEnd(let after) = expiry { months = Int64(after) }
        var members: OrderedDictionary<String, JSONValue> = [
            "key": .string(key), "name": .string(name), "scale": .int(Int64(scale)), "expires_after_months": .int(months),
            "value": ["minor": .int(value.minor), "points": .int(value.points)], "shortfall": .string(rules.shortfall.rawValue),
            "restore_grace_days": .int(rules.restoreGrace / .microsecondsPerDay),
            "release_grace_days": .int(rules.releaseGrace / .microsecondsPerDay),
            "hold_days_max": .int(rules.holdMax / .microsecondsPerDay), "hops_max": .int(Int64(rules.hopMax)),
            "approval_above": .int(approvalAbove),
            "transfers": transfers.json,
        ]
        // Said only where it is wanted: versions from before say nothing of it.
        if let dormancy { members["dormancy"] = dormancy.json }
        if !isSpendable { members["spendable"] = false }
        if !noExpiryIn.isEmpty { members["no_expiry_in"] = .array(noExpiryIn.sorted().map { .string($0) }) }
        return .object(members)
    }
}

extension PointRules {
    fileprivate init(_ reader: ObjectReader) throws(Problem) {
        self.init()
        if let days = try reader.number("restore_grace_days", in: 0 ... 3_660) { restoreGrace = days * .microsecondsPerDay }
        if let days = try reader.number("release_grace_days", in: 0 ... 3_660) { releaseGrace = days * .microsecondsPerDay }
        if let days = try reader.number("hold_days_max", in: 1 ... 365) { holdMax = days * .microsecondsPerDay }
        if let hops = try reader.number("hops_max", in: 0 ... 100) { hopMax = Int(hops) }
        if let word = try reader.word("shortfall", Shortfall.self) { shortfall = word }
    }
}

extension PointTransferRules {
    fileprivate static let keys = ["min", "per_month", "times_per_month", "asks_receiver", "invitation_days", "cool_down_hours"]

    fileprivate var json: JSONValue {
        var members: OrderedDictionary<String, JSONValue> = [
            "min": .int(amountMin), "per_month": amountPerMonth.map { .int($0) } ?? .null, "times_per_month": .int(countPerMonth),
        ]
        if asksReceiver { members["asks_receiver"] = true }
        if invitationDays != PointTransferRules().invitationDays { members["invitation_days"] = .int(invitationDays) }
        if coolDownHours > 0 { members["cool_down_hours"] = .int(coolDownHours) }
        return .object(members)
    }
}
