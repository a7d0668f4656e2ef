public import Model

/// How many identities one person may hold, and which never join two people (specs: people, section 1, step 3).
public struct IdentityLimits: Hashable, Sendable {
    /// So many identities of a type, first seen within a period.
    public struct Limit: Hashable, Sendable {
        /// The days up to a call that count.
        public enum Period: Hashable, Sendable {
            case ever
            case days(Int)

            public static let year = Period.days(365)
            public static let month = Period.days(30)
            public static let week = Period.days(7)
        }

        public var count: Int
        public var period: Period

        public init(_ count: Int, per period: Period = .ever) {
            self.count = count
            self.period = period
        }
    }

    /// By type; nil is as many as there are.
    ///
    /// A person never has two user ids, whatever stands here: that is step 4 and 5.
    public var ofType: [IdentityType: Limit?] = [
        .anonymousID: Limit(1_000), .deviceID: Limit(1_000), .productCode: Limit(1_000),
    ]
    /// Of types that are not among these.
    public var ofOthers: Limit? = Limit(5)
    /// Types of which no identity joins two people.
    public var unique: Set<IdentityType> = []
    /// Merges that make up one person; nil is as many as there are.
    public var merges: Int? = 100
    /// Identities of one person, of any type; nil is as many as there are.
    public var identities: Int? = 1_000

    public init() {}

    /// A thousand anonymous ids, devices and product codes, five of any other type, a hundred merges, a thousand identities.
    public static let standard = IdentityLimits()

    /// Nothing is limited.
    public static var off: IdentityLimits {
        var limits = IdentityLimits()
        (limits.ofType, limits.ofOthers, limits.merges, limits.identities) = ([:], nil, nil, nil)
        return limits
    }

    /// Whether an identity of one of two types must not join two people.
    func hasUnique(_ left: IdentityType, _ right: IdentityType) -> Bool {
        !unique.isEmpty && (unique.contains(left) || unique.contains(right))
    }

    func limit(of type: IdentityType) -> Limit? { ofType[type] ?? ofOthers }
}
