/// When, where, for whom and for what a coupon counts; what is not set does not matter.
public struct CouponConditions: Hashable, Sendable {
    /// What eligible units cost together before any coupon, in minor units.
    public var spendMin: Int64?
    public var spendMax: Int64?
    /// How many units are eligible.
    public var unitsMin: Int64?
    public var unitsMax: Int64?
    public var products = Choice()
    public var categories = Choice()
    /// Units that are cheaper already are not eligible.
    public var leavesOutDiscounted = false
    /// ISO numbers of days, 1 for Monday; empty for all.
    public var weekdays: Set<Int> = []
    /// Times of the day that do not overlap; empty for all.
    public var hours: [Hours] = []
    public var isFirstOrderOnly = false
    /// One of these tiers; empty for any.
    public var tiers: Set<String> = []
    /// All of these tags.
    public var tags: Set<String> = []
    /// One of these channels; empty for any.
    public var channels: Set<String> = []
    /// One of these stores; empty for any.
    public var stores: Set<String> = []

    public init() {}

    /// Some of many names.
    public struct Choice: Hashable, Sendable {
        /// Nothing else counts; empty for everything.
        public var only: Set<String>
        public var except: Set<String>

        public init(only: Set<String> = [], except: Set<String> = []) {
            self.only = only
            self.except = except
        }

        public var isEverything: Bool { only.isEmpty && except.isEmpty }

        public func contains(_ name: String) -> Bool { (only.isEmpty || only.contains(name)) && !except.contains(name) }
    }

    /// From a minute of the day up to another, without that one.
    public struct Hours: Hashable, Comparable, Sendable {
        /// 0 … 1,439.
        public let from: Int
        /// 1 … 1,440, later than `from`.
        public let until: Int

        public init(from: Int, until: Int) {
            self.from = from
            self.until = until
        }

        public static func < (left: Hours, right: Hours) -> Bool { (left.from, left.until) < (right.from, right.until) }
    }
}
