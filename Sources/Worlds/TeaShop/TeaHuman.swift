import Model

/// The state of one human while the shop is simulated.
struct TeaHuman {
    var random: SplitMix64
    let kind: TeaKind
    let isChinese: Bool
    let firstName: UInt8
    let lastName: UInt8
    let place: UInt8
    let birthYear: Int16
    /// First day on which a visit is possible.
    let joinDay: Int16
    /// First day on which none is any more.
    let quitDay: Int16
    let visitsPerMillion: Int32
    /// Of a child its parent, of a drinker and a buyer the account, of others a friend who gets gifts; -1 for none.
    var companion: Int32 = -1
    /// Whether a child learns on the parent's tablet.
    var sharesTablet = false
    /// The day on which the user id was first told; -1 before.
    var knownDay: Int16 = -1
    /// The truth's person that holds the user id; -1 before.
    var person: Int32 = -1
    var device: Int32 = -1
    var secondDevice: Int32 = -1
    /// The day from which the second device is used.
    let secondDeviceDay: Int16
    /// Milliseconds UTC of the last event of any kind.
    var lastEvent = Int64.min / 2
    var visitCount: Int32 = 0
    var lastOrderDay: Int16 = -100
    var lastOrderedProduct: Int16 = -1
    /// Products in the cart, and since when.
    var cart: [UInt8] = []
    var cartDay: Int16 = 0
    /// Refunds to come: day and order.
    var refunds: [(day: Int16, order: Int32)] = []

    var isKnown: Bool { knownDay >= 0 }

    init(index: Int, kind: TeaKind, plan: TeaShopPlan, seed: UInt64) {
        var random = SplitMix64.derived(seed: seed, stream: 2, index: index)
        self.kind = kind
        isChinese = kind == .child || kind == .parent || random.chance(perMille: 680)
        firstName = UInt8(random.below(isChinese ? HumanNames.givenNames.count : HumanNames.firstNames.count))
        lastName = UInt8(random.below(isChinese ? HumanNames.surnames.count : HumanNames.lastNames.count))
        place = UInt8(random.below(isChinese ? TeaWords.chinesePlaces.count : TeaWords.foreignPlaces.count))
        let days = plan.clock.dayCount
        switch kind {
        case .child: birthYear = Int16(random.within(2012 ... 2019))
        case .parent: birthYear = Int16(random.within(1978 ... 1992))
        default: birthYear = Int16(random.within(1955 ... 2005))
        }
        // A quarter was there from the first days; the others come evenly, some more with the campaign.
        let start: Int
        switch kind {
        case .parent: start = random.below(max(1, days / 3))
        case .child: start = days / 3 + random.below(max(1, days / 4))
        case .buyer: start = 0
        case .drinker: start = min(days - 1, 2 + random.below(max(1, days / 8)))
        case .lapsed: start = random.below(max(1, days / 4))
        case .passerby:
            start = random.chance(perMille: 200) ? plan.campaign.lowerBound + random.below(plan.campaign.count) : random.below(days)
        default:
            start = random.chance(perMille: 250) ? random.below(max(1, days / 18)) : random.below(days)
        }
        joinDay = Int16(min(start, days - 1))
        quitDay = kind == .lapsed ? Int16(min(days, Int(joinDay) + days / 9 + random.below(max(1, days / 4)))) : Int16.max
        visitsPerMillion = Int32(random.within(kind.visitsPerMillion))
        let second = kind == .regular || kind == .lapsed ? 450 : kind == .occasional ? 250 : kind == .browser ? 150 : 0
        secondDeviceDay = random.chance(perMille: second) ? joinDay + Int16(1 + random.below(max(1, days / 4))) : Int16.max
        self.random = random
    }
}

/// One device or browser with its anonymous id.
struct TeaDevice {
    let kind: TeaDeviceKind
    /// The truth's person that the anonymous id belongs to; -1 before the first visit.
    var person: Int32 = -1
    /// Whether its owner's user id was told on it.
    var isSignedIn = false
}

/// An order as it must be told and may be returned.
struct TeaOrder {
    struct Line {
        let product: UInt8
        let quantity: UInt8
    }

    let human: Int32
    let device: Int32
    /// Whether the buyer was known when ordering; else the order is the device's.
    let isKnown: Bool
    let lines: [Line]
    let discount: Int
    let shipping: Int
    /// The human who pays for the one who orders; -1 when they are the same.
    let payer: Int32
    /// The human whom it is for; -1 when it is for the one who orders.
    let recipient: Int32
    let hasCoupon: Bool
    /// Its number in the truth.
    var truthOrder = 0
    /// Whether the refund that is due takes everything back or one unit of the first line.
    var returnsAll = true

    var subtotal: Int { lines.reduce(0) { $0 + TeaProduct.all[Int($1.product)].price * Int($1.quantity) } }
    var total: Int { subtotal - discount + shipping }
}
