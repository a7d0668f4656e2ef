import Model

/// Writes the shop's happenings as Segment calls, one JSON object a line.
struct TeaShopScribe {
    static let homePage = 0

    private let seed: UInt64
    private let words = TeaShopJSON()
    private let messagePrefix: [UInt8]
    private var writer = CallWriter()
    private var lastSize = 0

    init(shop: TeaShop) {
        seed = shop.seed
        messagePrefix = Array("tea\(shop.seed)-".utf8)
    }

    /// The bytes written so far.
    mutating func take() -> [UInt8] {
        let bytes = writer.take(reserving: lastSize + lastSize / 8)
        lastSize = bytes.count
        return bytes
    }

    // MARK: - Ids

    static func humanKey(_ human: Int) -> String { "H\(100_000 + human)" }

    // MARK: - One call

    mutating func write(_ happening: TeaHappening, index: Int, shop: TeaShopSimulation) {
        writer.raw("{\"type\":\"")
        switch happening.kind {
        case .page: writer.raw("page")
        case .screen: writer.raw("screen")
        case .identify: writer.raw("identify")
        case .group: writer.raw("group")
        default: writer.raw("track")
        }
        writer.raw("\",\"messageId\":\"")
        writer.raw(messagePrefix)
        writer.base36(index, width: 5)
        writer.raw("\",\"timestamp\":")
        writer.instant(milliseconds: happening.time)
        // It arrives a quarter of a second after it happened, so that the past can be asked "as of".
        writer.raw(",\"receivedAt\":")
        writer.instant(milliseconds: happening.time + 250)
        writeIdentities(happening)
        writeContent(happening, shop: shop)
        writeContext(happening, shop: shop)
        writer.raw("}\n")
    }

    private mutating func writeIdentities(_ happening: TeaHappening) {
        if happening.isKnown {
            writer.raw(",\"userId\":\"u")
            writer.integer(100_000 + Int(happening.human))
            writer.raw("\"")
        } else if happening.hasBrokenUserID {
            writer.raw(",\"userId\":\"undefined\"")
        }
        // The server knows an order of a known buyer by the user id alone.
        guard happening.device >= 0, !(happening.kind == .orderRefunded && happening.isKnown) else { return }
        writer.raw(",\"anonymousId\":\"")
        writer.anonymousID(Int(happening.device), seed: seed)
        writer.raw("\"")
    }

    private mutating func writeContent(_ happening: TeaHappening, shop: TeaShopSimulation) {
        let human = Int(happening.human)
        switch happening.kind {
        case .identify:
            writer.raw(",\"traits\":")
            writeTraits(human, shop: shop)
        case .group:
            writer.raw(",\"groupId\":\"")
            writer.raw(Array(shop.plan.accounts[Int(happening.first)].id.utf8))
            writer.raw("\",\"traits\":")
            writer.raw(shop.plan.accounts[Int(happening.first)].groupTraits)
        case .page:
            writer.raw(",\"name\":\"Home\",\"properties\":{\"path\":\"/\",\"url\":\"https://tea.example.com/\",\"title\":")
            writer.raw(words.title(isChinese: shop.humans[human].isChinese))
            writer.raw(",\"referrer\":")
            writer.raw(words.referrers[Int(happening.second)])
            writer.raw("}")
        case .screen: writer.raw(",\"name\":\"Home\",\"properties\":{}")
        default:
            writer.raw(",\"event\":")
            writer.raw(words.eventNames[Int(happening.kind.rawValue)])
            writer.raw(",\"properties\":{")
            writeProperties(happening, shop: shop, isChinese: shop.humans[human].isChinese)
            writer.raw("}")
        }
    }

    private mutating func writeTraits(_ index: Int, shop: TeaShopSimulation) {
        let human = shop.humans[index]
        writer.raw("{\"name\":")
        writer.raw(words.name(of: human))
        if human.isChinese {
            writer.raw(",\"phone\":\"+86138")
            writer.integer(10_000_000 + index)
            writer.raw("\"")
        }
        if human.kind != .telephone, human.kind != .child {
            writer.raw(",\"email\":\"tea")
            writer.integer(index)
            writer.raw("@example.com\"")
        }
        writer.raw(",\"birthYear\":")
        writer.integer(Int(human.birthYear))
        writer.raw(human.isChinese ? words.chineseCities[Int(human.place)] : words.foreignCities[Int(human.place)])
        if human.kind == .child {
            writer.raw(",\"guardian\":\"")
            writer.raw(Array(WorldIDs.user(Int(human.companion)).utf8))
            writer.raw("\"")
        }
        writer.raw("}")
    }

    // MARK: - Properties

    private mutating func writeProperties(_ happening: TeaHappening, shop: TeaShopSimulation, isChinese: Bool) {
        let first = Int(happening.first)
        let second = Int(happening.second)
        switch happening.kind {
        case .listViewed:
            writer.raw("\"list_id\":\"shelf-")
            writer.integer(first)
            writer.raw("\",\"category\":")
            writer.raw(words.categories(isChinese: isChinese)[first])
        case .searched:
            writer.raw("\"query\":")
            writer.raw(words.searches(isChinese: isChinese)[first])
            writer.raw(",\"results\":")
            writer.integer(second)
        case .viewed: writer.raw(words.products(isChinese: isChinese)[first])
        case .added, .removed:
            writer.raw(words.products(isChinese: isChinese)[first])
            writer.raw(",\"quantity\":")
            writer.integer(second)
        case .cartViewed, .checkoutStarted:
            writer.raw("\"item_count\":")
            writer.integer(first)
            writer.raw(",\"currency\":\"CNY\"")
        case .couponApplied:
            writer.raw("\"coupon_id\":\"SPRING10\",\"coupon_name\":\"Spring harvest\",\"discount\":")
            writer.amount(hundredths: first)
        case .paymentFailed:
            writer.raw(first == 0 ? "\"reason\":\"gateway_timeout\"" : "\"reason\":\"bank_refused\"")
        case .orderCompleted: writeOrder(first, shop: shop, isChinese: isChinese)
        case .orderRefunded: writeRefund(first, amount: second, shop: shop, isChinese: isChinese)
        case .reviewed:
            writer.raw(words.products(isChinese: isChinese)[first])
            writer.raw(",\"rating\":")
            writer.integer((second >> 4) + 1)
            writer.raw(",\"review_body\":")
            writer.raw(words.reviews(isChinese: isChinese)[second >> 4][second & 15])
        case .shared:
            writer.raw(words.products(isChinese: isChinese)[first])
            writer.raw(",\"share_via\":")
            writer.raw(words.shareChannels[second])
        case .signedUp: writer.raw("\"method\":\"form\"")
        case .signedIn: writer.raw("\"method\":\"password\"")
        case .appOpened: writer.raw("\"from_background\":false")
        case .teaBrewed:
            writer.raw("\"tea\":")
            writer.raw(words.productNames(isChinese: isChinese)[first])
            writer.raw(",\"temperature\":")
            writer.integer(second)
        case .lessonCompleted:
            writer.raw("\"lesson\":")
            writer.integer(first + 1)
            writer.raw(",\"score\":")
            writer.integer(second)
        case .page, .screen, .identify, .group: break
        }
    }

    private mutating func writeOrder(_ number: Int, shop: TeaShopSimulation, isChinese: Bool) {
        let order = shop.orders[number]
        writeOrderID(number)
        writer.raw(",\"total\":")
        writer.amount(hundredths: order.total)
        writer.raw(",\"subtotal\":")
        writer.amount(hundredths: order.subtotal)
        writer.raw(",\"shipping\":")
        writer.amount(hundredths: order.shipping)
        if order.hasCoupon {
            writer.raw(",\"discount\":")
            writer.amount(hundredths: order.discount)
            writer.raw(",\"coupon\":\"SPRING10\"")
        }
        writer.raw(",\"currency\":\"CNY\"")
        if order.payer >= 0 { writeParty("payer", Int(order.payer)) }
        if order.recipient >= 0 {
            writeParty(shop.humans[Int(order.human)].kind == .parent ? "beneficiary" : "recipient", Int(order.recipient))
        }
        if order.device < 0 { writer.raw(",\"channel\":\"telephone\"") }
        writer.raw(",\"products\":[")
        for (index, line) in order.lines.enumerated() {
            if index > 0 { writer.raw(",") }
            writer.raw("{")
            writer.raw(words.products(isChinese: isChinese)[Int(line.product)])
            writer.raw(",\"quantity\":")
            writer.integer(Int(line.quantity))
            writer.raw("}")
        }
        writer.raw("]")
    }

    private mutating func writeRefund(_ number: Int, amount: Int, shop: TeaShopSimulation, isChinese: Bool) {
        let order = shop.orders[number]
        writeOrderID(number)
        writer.raw(",\"total\":")
        writer.amount(hundredths: amount)
        writer.raw(",\"currency\":\"CNY\"")
        guard !order.returnsAll else { return }
        writer.raw(",\"products\":[{")
        writer.raw(words.products(isChinese: isChinese)[Int(order.lines[0].product)])
        writer.raw(",\"quantity\":1}]")
    }

    private mutating func writeOrderID(_ number: Int) {
        writer.raw("\"order_id\":\"T")
        writer.integer(100_001 + number)
        writer.raw("\"")
    }

    private mutating func writeParty(_ role: StaticString, _ human: Int) {
        writer.raw(",\"")
        writer.raw(role)
        writer.raw("\":{\"type\":\"user_id\",\"id\":\"u")
        writer.integer(100_000 + human)
        writer.raw("\"}")
    }

    // MARK: - Context

    private mutating func writeContext(_ happening: TeaHappening, shop: TeaShopSimulation) {
        writer.raw(",\"context\":{")
        if happening.device < 0 || happening.kind == .orderRefunded {
            writer.raw("\"library\":{\"name\":\"tea-shop-server\",\"version\":\"3.1.0\"}}")
            return
        }
        let human = Int(happening.human)
        let kind = shop.devices[Int(happening.device)].kind
        writer.raw(kind.contextMembers)
        let place = Int(shop.humans[human].place)
        writer.raw(shop.humans[human].isChinese ? words.chineseLocales[place] : words.foreignLocales[place])
        if !kind.isApp { writePage(happening) }
        if happening.isCampaign {
            writer.raw(",\"campaign\":{\"name\":\"spring-harvest\",\"source\":\"wechat\",\"medium\":\"social\"}")
        }
        if shop.humans[human].kind == .drinker || shop.humans[human].kind == .buyer, happening.isKnown, happening.kind != .identify
        {
            writer.raw(",\"groupId\":\"")
            writer.raw(words.utf8(of: shop.plan.accounts[Int(shop.humans[human].companion)].id))
            writer.raw("\"")
        }
        writer.raw("}")
    }

    private mutating func writePage(_ happening: TeaHappening) {
        writer.raw(",\"page\":{\"path\":\"")
        writePath(happening)
        writer.raw("\",\"url\":\"https://tea.example.com")
        writePath(happening)
        writer.raw("\"}")
    }

    private mutating func writePath(_ happening: TeaHappening) {
        switch happening.kind {
        case .viewed, .added, .reviewed, .shared:
            writer.raw("/p/")
            writer.integer(Int(happening.first) + 1)
        case .listViewed:
            writer.raw("/shelf/")
            writer.integer(Int(happening.first))
        case .searched: writer.raw("/search")
        case .cartViewed, .removed: writer.raw("/cart")
        case .checkoutStarted, .couponApplied, .paymentFailed, .orderCompleted: writer.raw("/checkout")
        case .signedUp, .signedIn, .identify: writer.raw("/account")
        default: writer.raw("/")
        }
    }
}
