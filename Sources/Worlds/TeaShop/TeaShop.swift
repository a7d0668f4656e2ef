public import Model

/// A tea shop with customers in two languages: the demo of Teahouse.
///
/// With the default 20,000 people and 180 days it makes about a million calls: people who drop in, who only browse, who drink
/// and pay, children whose parents pay, a company whose buyer pays for its drinkers, customers by telephone who never use
/// anything, gifts, reviews, returns, a spring festival, a campaign and a bad week.
public struct TeaShop: World {
    public static let name = "tea"
    public let seed: UInt64
    /// Number of humans; those on devices that never sign in are told apart as several people.
    public let people: Int
    public let days: Int
    /// The last simulated day, in the shop's time zone.
    public let end: LocalDate
    public let zone = TimeZoneTable.shanghai
    public let currency = Currency.cny

    /// - Parameters:
    ///   - seed: other seeds make other shops; the same one makes the same bytes.
    ///   - people: at least 1.
    ///   - days: 1 to 1,000.
    ///   - end: the last day. Choose yesterday for a shop that is alive now.
    public init(seed: UInt64, people: Int = 20_000, days: Int = 180, end: LocalDate) {
        precondition(people >= 1 && (1 ... 1_000).contains(days), "a tea shop has people and 1 to 1,000 days")
        self.seed = seed
        self.people = people
        self.days = days
        self.end = end
    }

    public func batches(of size: Int) -> WorldBatches {
        let simulation = TeaShopSimulation(shop: self, writesCalls: true)
        return WorldBatches(next: { simulation.nextBatch(of: size) }, finished: { simulation.truth })
    }

    public var truth: WorldTruth {
        let simulation = TeaShopSimulation(shop: self, writesCalls: false)
        while simulation.simulateDay() {}
        return simulation.finishedTruth()
    }
}
