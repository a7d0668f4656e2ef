/// What a program can give beside points: a right that is checked and used, by the same rules for whoever has it.
///
/// Nothing is counted of a switch, a status or a priority. All others are counted, in each period anew when there is one.
public struct Benefit: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// Has it or not, such as free delivery.
        case onOff
        /// So many times, such as visits of a lounge.
        case metered
        /// One time ever.
        case once
        /// Each use makes a coupon of that template.
        case issueCoupon(template: String)
        /// Each use sends a thing out of that stock.
        case physicalGift(stock: String)
        /// A name to be called by.
        case status
        /// A place in a queue: the higher the weight, the earlier.
        case priority(weight: Int64)
    }

    /// What several sources give together.
    public enum Combination: String, Sendable, CaseIterable {
        /// Enough that one of them gives it.
        case any
        /// As much as the one that gives most.
        case max
        /// What each gives, added.
        case sum
    }

    /// What a better grant of the same line of sources brings in the middle of a period.
    public enum Upgrade: String, Sendable, CaseIterable {
        /// What it gives more than the one before.
        case topUpDifference
    }

    /// What is left of a grant that its source ends in the middle of a period.
    public enum Downgrade: String, Sendable, CaseIterable {
        /// All of it, until the period ends.
        case keepToPeriodEnd
        /// The share of the time for which it was held, until the period ends.
        case prorate
        /// Nothing.
        case cut
    }

    /// The same thing in the two languages of the program.
    public struct Name: Hashable, Sendable {
        public let english: String
        public let chinese: String

        public init(english: String, chinese: String) {
            self.english = english
            self.chinese = chinese
        }
    }

    /// For programs, such as `lounge`.
    public let key: String
    public let name: Name
    public let kind: Kind
    /// nil counts over all time.
    public var period: BenefitPeriod?
    /// How much a grant gives in each period when it does not say; nil for as much as one likes.
    public var quota: Int64?
    /// The most that comes over from earlier periods.
    public var carryOverMax: Int64 = 0
    public var combination: Combination
    public var onUpgrade = Upgrade.topUpDifference
    public var onDowngrade = Downgrade.cut
    /// Where it can be used; empty for anywhere.
    public var places: Set<String> = []
    /// What one use would cost, in minor units of the program's currency; nil when it is not for sale.
    public var listPrice: Int64?

    /// A benefit with no period and no quota, in the combination that suits its kind.
    public init(key: String, name: Name, kind: Kind) {
        self.key = key
        self.name = name
        self.kind = kind
        combination = kind.isCounted || kind.weight != nil ? .max : .any
    }
}

extension Benefit.Kind {
    /// Whether it is used up.
    public var isCounted: Bool {
        switch self {
        case .metered, .once, .issueCoupon, .physicalGift: true
        case .onOff, .status, .priority: false
        }
    }

    /// Whether there is anything that could be called a use.
    public var isUsable: Bool { isCounted || self == .onOff }

    /// Of a priority.
    public var weight: Int64? { if case .priority(let weight) = self { weight } else { nil } }

    /// The word for programs.
    public var word: String {
        switch self {
        case .onOff: "switch"
        case .metered: "metered"
        case .once: "once"
        case .issueCoupon: "issue_coupon"
        case .physicalGift: "physical_gift"
        case .status: "status"
        case .priority: "priority"
        }
    }

    static let words = ["switch", "metered", "once", "issue_coupon", "physical_gift", "status", "priority"]
}
