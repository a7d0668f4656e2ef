import Model
import OrderedCollections

/// What becomes of points whose owner does nothing: never a silent end, but a ladder of notices, offers and one more time.
public struct PointDormancyRules: Hashable, Sendable {
    /// What members are told they can do with their points instead.
    public enum Offer: String, Hashable, Sendable, CaseIterable {
        case spend, transfer, donate, coupon
    }

    /// Points are dormant at the end of the month that is so many months after the one in which their owner did something.
    public var inactiveMonths = 24
    /// So many days before the end members are told, the longest first.
    public var noticeDays: [Int64] = [60, 30, 7]
    /// How much longer points live once when their end comes.
    public var extensionDays: Int64 = 30
    public var offers = Offer.allCases
    /// What dormant points can be turned into; nil for nothing.
    public var conversion: Conversion?

    /// A coupon of the newest version of a template, for so many points.
    public struct Conversion: Hashable, Sendable {
        public let template: String
        public let points: Int64

        public init(_ template: String, for points: Int64) {
            self.template = template
            self.points = points
        }
    }

    public init() {}

    /// What is told: nobody is offered a coupon where there is none.
    var toldOffers: [Offer] { offers.filter { $0 != .coupon || conversion != nil } }

    /// In microseconds: nobody's points end sooner after the ladder begins.
    var longestLead: Int64 { (noticeDays.max() ?? 0) * .microsecondsPerDay }
    /// In microseconds: nobody's points end sooner after a notice was delivered.
    var shortestLead: Int64 { (noticeDays.min() ?? 0) * .microsecondsPerDay }
}

extension PointDormancyRules {
    init(_ reader: ObjectReader) throws(Problem) {
        self.init()
        if let months = try reader.number("after_months", in: 1 ... 240) { inactiveMonths = Int(months) }
        if let days = try reader.number("extension_days", in: 1 ... 366) { extensionDays = days }
        if let numbers = reader.present("notices_days") {
            let days = (numbers.arrayValue ?? []).compactMap(\.intValue)
            let isFalling = zip(days, days.dropFirst()).allSatisfy { $0 > $1 }
            guard days.count == numbers.arrayValue?.count, (1 ... 10).contains(days.count), isFalling,
                days.allSatisfy({ (1 ... 366).contains($0) })
            else {
                throw reader.refused("notices_days", "Write 1 to 10 numbers of days from 366 to 1, each less than the one before.")
            }
            noticeDays = days
        }
        if let words = try reader.texts("offers") {
            offers = try words.map { word throws(Problem) in
                guard let offer = Offer(rawValue: word) else {
                    throw reader.refused("offers", "An offer is spend, transfer, donate or coupon.")
                }
                return offer
            }
        }
        if let coupon = try reader.object("coupon", known: ["template", "points"]) {
            guard let points = try coupon.number("points", in: 1 ... PointCurrency.amountMax) else {
                throw coupon.refused("points", "Say for how many points there is one coupon.")
            }
            conversion = Conversion(try coupon.requiredText("template"), for: points)
            guard offers.contains(.coupon) else {
                throw reader.refused("offers", "Offer coupon, too, or leave \"coupon\" out.")
            }
        }
    }

    static let keys = ["after_months", "notices_days", "extension_days", "offers", "coupon"]

    var json: JSONValue {
        var members: OrderedDictionary<String, JSONValue> = [
            "after_months": .int(Int64(inactiveMonths)), "notices_days": .array(noticeDays.map { .int($0) }),
            "extension_days": .int(extensionDays), "offers": .array(offers.map { .string($0.rawValue) }),
        ]
        if let conversion { members["coupon"] = ["template": .string(conversion.template), "points": .int(conversion.points)] }
        return .object(members)
    }
}
