import Model
import Records

@testable import Loyalty

/// One thing that a sender of a ``FaultLoad`` does; what it changes is told by its success alone, or by the answer to it.
enum FaultDeed {
    /// Points that a sender holds.
    struct Hold {
        let id: PointID
        let amount: Int64
        let member: String
    }

    /// A coupon of a sender's member.
    struct GivenCoupon {
        let coupon: String
        let member: String
        /// That it is kept for.
        var order = ""
    }

    /// An order that has been told.
    struct Order {
        let id: String
        let member: String
        let points: Int64
    }

    /// What a sender has come by, and what it can do something with.
    struct Hands {
        var holds: [Hold] = []
        var coupons: [GivenCoupon] = []
        var kept: [GivenCoupon] = []
        var orders: [Order] = []
        var uses: [(id: BenefitID, member: String)] = []
    }

    case earn(Int64, String, PointSource)
    case burn(Int64, String)
    case transfer(Int64, from: String, to: String)
    case hold(Int64, String)
    case capture(Hold)
    case release(Hold)
    case grant(String)
    case keep(GivenCoupon)
    case redeem(GivenCoupon)
    case letGo(GivenCoupon)
    /// An order, with the number of the printed code that it carries.
    case order(Order, code: UInt64)
    case cancel(Order)
    case use(String)
    case giveBack(BenefitID, String)

    init(sender: Int, step: Int, _ hands: inout Hands, _ random: inout SplitMix64) {
        let members = FaultLoad.members
        let (member, amount) = (members[random.below(3)], Int64(1 + random.below(50)))
        let other = members[random.below(3)]
        // Pairs of senders have the same codes, and earn for the same sources under ids of their own: one of them does.
        let pair = (code: UInt64(sender / 2 * 1_000 + step / 4), source: PointSource(id: "s\(sender / 2)-\(step / 3)"))
        var deed: FaultDeed?
        switch random.below(18) {
        case 0: deed = .burn(amount, member)
        case 1: deed = .transfer(amount, from: member, to: other)
        case 2, 3: deed = .hold(amount, member)
        case 4: deed = hands.holds.popLast().map { .capture($0) }
        case 5: deed = hands.holds.popLast().map { .release($0) }
        case 6: deed = .grant(member)
        case 7:
            deed = hands.coupons.popLast().map {
                .keep(GivenCoupon(coupon: $0.coupon, member: $0.member, order: "k\(sender)-\(step)"))
            }
        case 8: deed = hands.kept.popLast().map { .redeem($0) }
        case 9: deed = hands.kept.popLast().map { .letGo($0) }
        case 10, 11: deed = .order(Order(id: "o\(sender)-\(step)", member: member, points: amount), code: pair.code)
        case 12: deed = hands.orders.popLast().map { .cancel($0) }
        case 13: deed = .use(member)
        case 14: deed = hands.uses.popLast().map { .giveBack($0.id, $0.member) }
        default: break
        }
        self = deed ?? .earn(amount + 20, member, pair.source)
    }

    /// - Throws: What an order beyond all bounds is refused with.
    func command(holding seconds: Int64) throws(Refusal) -> any ProgramCommand {
        switch self {
        case .earn(let amount, let member, let source):
            EarnPoints(amount, of: "points", to: TestProgram.member(member), for: source)
        case .burn(let amount, let member): spend(.burn(amount, place: nil), member)
        case .transfer(let amount, let from, let to):
            TransferPoints(amount, of: "points", from: TestProgram.member(from), to: TestProgram.member(to))
        case .hold(let amount, let member): spend(.hold(amount, place: nil, seconds: seconds), member)
        case .capture(let hold): spend(.capture(hold.id, nil), hold.member)
        case .release(let hold): spend(.release(hold.id), hold.member)
        case .grant(let member): GrantCoupon(.template("fault"), to: TestProgram.member(member))
        case .keep(let given):
            ReserveCoupons([given.coupon], for: given.order, by: TestProgram.member(given.member), CouponCart.of([5_000]))
        case .redeem(let given): ChangeCouponOrder(.commit(finals: [:]), of: given.order)
        case .letGo(let given): ChangeCouponOrder(.cancel, of: given.order)
        case .order(let order, let code):
            try tell(
                .completed, of: order,
                [
                    "order_id": .string(order.id), "coupon": .string(FaultLoad.code(code)),
                    "products": [["product_id": "tea", "price": .int(order.points)]],
                ])
        case .cancel(let order): try tell(.cancelled, of: order, ["order_id": .string(order.id)])
        case .use(let member): UseBenefit(.consume(.hard), of: "lounge", by: TestProgram.member(member))
        case .giveBack(let use, _): SettleBenefitUse(.refund(nil), of: use)
        }
    }

    private func spend(_ deed: SpendPoints.Deed, _ member: String) -> SpendPoints {
        SpendPoints(deed, of: "points", by: TestProgram.member(member))
    }

    private func tell(_ kind: OrderFact.Kind, of order: Order, _ properties: JSONValue) throws(Refusal) -> TakeOrder {
        let fact = try OrderFact(
            event: kind.rawValue, messageID: "\(kind.rawValue) \(order.id)", at: FaultLoad.orderedAt, properties: properties,
            standard: .cny)
        guard let fact else { throw Refusal("OTHER_ORDER") }
        return TakeOrder(fact, of: TestProgram.member(order.member), in: "club")
    }

    /// Takes up what has come of it.
    func take(_ answer: ProgramAnswer, _ id: String, into hands: inout Hands) {
        guard !answer.isRefused else { return }
        switch self {
        case .hold(let amount, let member):
            guard let number = answer.body["hold"]?.intValue else { return }
            hands.holds.append(Hold(id: PointID(number), amount: amount, member: member))
        case .grant(let member):
            guard let coupon = answer.body["coupon"]?.stringValue else { return }
            hands.coupons.append(GivenCoupon(coupon: coupon, member: member))
        case .keep(let given): hands.kept.append(given)
        case .order(let order, _): hands.orders.append(order)
        case .use(let member): hands.uses.append((BenefitID(id), member))
        default: return
        }
    }

    var source: PointSource? {
        if case .earn(_, _, let source) = self { source } else { nil }
    }

    /// What it changes of points when it succeeds.
    var effects: [(member: String, available: Int64, held: Int64)] {
        switch self {
        case .earn(let amount, let member, _): [(member, amount, 0)]
        case .burn(let amount, let member): [(member, -amount, 0)]
        case .transfer(let amount, let from, let to): [(from, -amount, 0), (to, amount, 0)]
        case .hold(let amount, let member): [(member, -amount, amount)]
        case .capture(let hold): [(hold.member, 0, -hold.amount)]
        case .release(let hold): [(hold.member, hold.amount, -hold.amount)]
        case .order(let order, _): [(order.member, order.points, 0)]
        case .cancel(let order): [(order.member, -order.points, 0)]
        case .grant, .keep, .redeem, .letGo, .use, .giveBack: []
        }
    }

    /// How often a benefit is used more by it when it succeeds.
    var uses: (member: String, count: Int64)? {
        switch self {
        case .use(let member): (member, 1)
        case .giveBack(_, let member): (member, -1)
        default: nil
        }
    }

    /// Which coupon an order has used by it, when it succeeds with that answer.
    func used(_ answer: ProgramAnswer) -> (coupon: String, order: String)? {
        switch self {
        case .redeem(let given): (given.coupon, given.order)
        case .order(let order, _):
            answer.body["coupons"]?.arrayValue?.first { $0["state"] == "priced" }?["coupon"]?.stringValue.map { ($0, order.id) }
        default: nil
        }
    }

    /// The order that has no coupon any more by it, when it succeeds.
    var emptied: String? {
        if case .cancel(let order) = self { order.id } else { nil }
    }
}
