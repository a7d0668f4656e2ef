public import Model

/// One version of what a kind of coupon promises; it never changes, another promise is another version.
///
/// All that is enforced stands here as data, and the text that people read before they claim is made from it (``CouponText``).
public struct CouponTemplate: Hashable, Sendable {
    public var key: CouponTemplateKey
    public var currency: Currency
    /// The IANA zone of its days and hours.
    public var zone: String
    public var effect: CouponEffect
    public var conditions = CouponConditions()
    public var validity = CouponValidity()
    public var costBearer = CouponCostBearer.brand
    public var refundPolicy = CouponRefundPolicy.returnOnFullRefund
    public var isTransferable = false
    /// How many orders one coupon pays for; at least 1.
    public var useCount = 1
    public var stacking = CouponStacking()
    public var limits: [CouponLimit] = []

    public init(key: CouponTemplateKey, currency: Currency, zone: String, effect: CouponEffect) {
        self.key = key
        self.currency = currency
        self.zone = zone
        self.effect = effect
    }
}

/// Which version of which template.
public struct CouponTemplateKey: Hashable, Comparable, Sendable {
    /// The name of the template, the same in all its versions.
    public let name: String
    /// Counted from 1.
    public let version: Int

    public init(name: String, version: Int) {
        self.name = name
        self.version = version
    }

    public static func < (left: CouponTemplateKey, right: CouponTemplateKey) -> Bool {
        (left.name, left.version) < (right.name, right.version)
    }
}

/// Who pays for what a coupon takes off.
public enum CouponCostBearer: Hashable, Sendable {
    case brand
    case partner(String)
    case store(String)
}

/// What becomes of a coupon when goods that it made cheaper are returned.
public enum CouponRefundPolicy: String, Hashable, Sendable, CaseIterable {
    /// It can be used again once everything of the order is returned.
    case returnOnFullRefund = "return_on_full_refund"
    /// It stays used.
    case never
    /// What it took off the returned goods can be used again.
    case valuePart = "value_part"
}

/// How many uses, or how much money, a template may give away; templates that name the same limit share one count.
public struct CouponLimit: Hashable, Sendable {
    public enum Measure: String, Hashable, Sendable, CaseIterable {
        case uses
        /// What is taken off, in minor units.
        case money
    }

    /// Whose uses are counted together.
    public enum Subject: String, Hashable, Sendable, CaseIterable {
        case everybody, member
        /// A card or account that pays.
        case instrument
    }

    public enum Period: String, Hashable, Sendable, CaseIterable {
        case ever
        /// A day in the zone of the template.
        case day
    }

    public let name: String
    public let measure: Measure
    public let subject: Subject
    public let period: Period
    public let max: Int64

    public init(_ name: String, _ measure: Measure, per subject: Subject = .everybody, period: Period = .ever, max: Int64) {
        self.name = name
        self.measure = measure
        self.subject = subject
        self.period = period
        self.max = max
    }
}
