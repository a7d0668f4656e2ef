import Model

/// How a human of the shop behaves.
enum TeaKind: UInt8, Sendable, CaseIterable {
    /// Drops in once.
    case passerby
    /// Comes back to look and never pays.
    case browser
    case occasional
    case regular
    /// Was a regular until some day.
    case lapsed
    /// Orders by telephone; the server tells. Never uses anything.
    case telephone
    /// Learns in the app; a parent pays.
    case child
    /// Pays for a child and hardly visits.
    case parent
    /// Drinks the company's tea and uses its app.
    case drinker
    /// Orders for the company.
    case buyer

    var word: String {
        switch self {
        case .passerby: "passerby"
        case .browser: "browser"
        case .occasional: "occasional"
        case .regular: "regular"
        case .lapsed: "lapsed"
        case .telephone: "telephone"
        case .child: "child"
        case .parent: "parent"
        case .drinker: "drinker"
        case .buyer: "buyer"
        }
    }

    /// Chance of a visit on a plain day, in millionths.
    var visitsPerMillion: ClosedRange<Int> {
        switch self {
        case .passerby: 0 ... 0
        case .browser: 15_000 ... 70_000
        case .occasional: 12_000 ... 60_000
        case .regular: 120_000 ... 330_000
        case .lapsed: 110_000 ... 290_000
        case .telephone: 6_000 ... 22_000
        case .child: 200_000 ... 520_000
        case .parent: 5_000 ... 20_000
        case .drinker: 350_000 ... 650_000
        case .buyer: 25_000 ... 40_000
        }
    }

    /// Steps of a visit after the entry.
    var steps: ClosedRange<Int> {
        switch self {
        case .passerby: 0 ... 4
        case .browser: 2 ... 9
        case .occasional: 2 ... 10
        case .regular, .lapsed: 2 ... 8
        case .telephone: 0 ... 0
        case .child: 1 ... 4
        case .parent: 1 ... 3
        case .drinker: 1 ... 3
        case .buyer: 2 ... 4
        }
    }

    /// How often a viewed product goes into the cart, in thousandths.
    var addsPerMille: Int {
        switch self {
        case .passerby: 25
        case .browser: 70
        case .occasional: 210
        case .regular, .lapsed: 170
        default: 0
        }
    }

    /// How often a filled cart goes to the checkout, in thousandths.
    var checksOutPerMille: Int {
        switch self {
        case .passerby: 150
        case .browser: 120
        case .occasional: 600
        case .regular, .lapsed: 700
        default: 0
        }
    }

    /// How often a checkout ends with a paid order, in thousandths.
    var paysPerMille: Int {
        switch self {
        case .passerby, .browser: 0
        case .occasional: 720
        case .regular, .lapsed: 860
        default: 1_000
        }
    }

    /// How often a visit without a known id leads to one, in thousandths.
    var signsUpPerMille: Int {
        switch self {
        case .passerby: 15
        case .browser: 60
        case .occasional: 160
        case .regular, .lapsed: 450
        default: 1_000
        }
    }
}

/// A company account.
struct TeaAccount: Sendable {
    let id: String
    let chinese: String
    let english: String
    let drinkerCount: Int
    var groupTraits: [UInt8] {
        var out: [UInt8] = []
        let traits: JSONValue = [
            "name": .string(chinese), "nameEnglish": .string(english), "industry": "technology", "plan": "office",
            "seats": .int(Int64(drinkerCount)),
        ]
        traits.write(to: &out)
        return out
    }
}

/// What happens to the shop as a whole, and how many people of each kind it has.
struct TeaShopPlan: Sendable {
    let clock: WorldClock
    /// Visits, in thousandths of a plain day.
    let visitCurve: DayCurve
    let hours = HourCurve([2, 1, 0, 0, 0, 2, 8, 22, 40, 60, 75, 62, 50, 45, 60, 85, 70, 50, 48, 70, 95, 80, 40, 0])
    /// Before and into the spring festival: gifts.
    let festival: Range<Int>
    let campaign: Range<Int>
    /// Payments fail, and what was ordered comes back.
    let badWeek: Range<Int>
    let accounts: [TeaAccount]
    let kinds: [TeaKind]

    init(shop: TeaShop) {
        let clock = WorldClock(zone: shop.zone, lastDate: shop.end, dayCount: shop.days)
        self.clock = clock
        let days = shop.days
        festival = days * 40 / 100 ..< days * 40 / 100 + max(1, days / 12)
        campaign = days * 62 / 100 ..< days * 62 / 100 + max(1, days / 12)
        let badStart = days * 80 / 100
        badWeek = badStart ..< min(days, badStart + 7)
        var curve = DayCurve(clock: clock, weekdays: [900, 860, 880, 920, 1_020, 1_250, 1_180])
        curve.scale(festival, by: 1_500)
        curve.scale(festival.upperBound ..< festival.upperBound + max(1, days / 25), by: 550)
        curve.scale(campaign, by: 1_200)
        curve.scale(badWeek, by: 850)
        visitCurve = curve
        let people = shop.people
        let full = people >= 2_000
        accounts = [
            TeaAccount(
                id: "acct-shanshui", chinese: "山水科技", english: "Shanshui Technology", drinkerCount: full ? 60 : people / 40),
            TeaAccount(id: "acct-harbour", chinese: "海港设计", english: "Harbour Design", drinkerCount: full ? 20 : 0),
            TeaAccount(id: "acct-pine", chinese: "松间事务所", english: "Pine & Partners", drinkerCount: full ? 12 : 0),
        ].filter { $0.drinkerCount > 0 }
        kinds = TeaShopPlan.kinds(people: people, accounts: accounts, seed: shop.seed)
    }

    /// The kind of each human: fixed shares in a seeded order, so that every kind is there even in a small shop.
    private static func kinds(people: Int, accounts: [TeaAccount], seed: UInt64) -> [TeaKind] {
        let parents = people * 14 / 1_000
        var kinds: [TeaKind] = []
        func add(_ kind: TeaKind, _ count: Int) {
            kinds.append(contentsOf: repeatElement(kind, count: min(count, people - kinds.count)))
        }
        for account in accounts {
            add(.buyer, 1)
            add(.drinker, account.drinkerCount)
        }
        add(.parent, parents)
        add(.child, parents + parents / 10)
        add(.telephone, people * 35 / 1_000)
        add(.regular, people * 72 / 1_000)
        add(.lapsed, people * 60 / 1_000)
        add(.browser, people * 220 / 1_000)
        add(.passerby, people * 330 / 1_000)
        add(.occasional, people)
        var random = SplitMix64.derived(seed: seed, stream: 1, index: 0)
        random.shuffle(&kinds)
        return kinds
    }
}
