import Model
import OrderedCollections

/// One client of a ``ProgramLoad``: what it does next is decided by its seed and by what it was answered.
struct ProgramSender: Sendable {
    struct Effect: Hashable, Sendable {
        var member: String
        var available: Int64 = 0
        var held: Int64 = 0
    }

    struct Deed: Hashable, Sendable {
        /// The Idempotency-Key.
        var id = ""
        var path: String
        var body: JSONValue
        /// What it changes when it succeeds.
        var effects: [Effect]
        /// What it earns for.
        var source: String?
        /// The coupon that is used by it, and for which order.
        var coupon: String?
        var order: String?
        /// Who uses a benefit by it.
        var user: String?
    }

    private struct Hold {
        var number: Int64
        var amount: Int64
        var member: String
    }

    private struct Coupon {
        var id: String
        var member: String
        /// Since when it can be used.
        var from: JSONValue
        var order = ""
        var points: Int64 = 0
    }

    private let number: Int
    private var random: SplitMix64
    private var step = 0
    private var holds: [Hold] = []
    private var coupons: [Coupon] = []
    /// Coupons that are kept for an order, and orders that were told, with what they have earned.
    private var kept: [Coupon] = []
    private var orders: [Coupon] = []
    /// What is still to be answered, and the coupon that it is about.
    private var pending: Deed?
    private var next: Coupon?

    init(number: Int, seed: UInt64) {
        self.number = number
        random = SplitMix64(seed: seed &* 31 &+ UInt64(number))
    }

    /// What is to be sent now: the same until it is answered.
    mutating func current() -> Deed {
        if let pending { return pending }
        next = nil
        var deed = decide()
        deed.id = "p\(number)-\(step)"
        step += 1
        pending = deed
        return deed
    }

    /// Takes in the answer to ``current()``.
    mutating func answered(_ answer: ProgramLoad.Answer) {
        if let deed = pending, answer.status == 200 { take(answer.body, of: deed) }
        pending = nil
    }

    private mutating func take(_ body: JSONValue, of deed: Deed) {
        switch deed.path {
        case "points/hold":
            guard let hold = body["hold"]?.intValue, let effect = deed.effects.first else { return }
            holds.append(Hold(number: hold, amount: effect.held, member: effect.member))
        case "coupons/grant":
            guard let coupon = body["coupon"]?.stringValue, let from = body["from"], let effect = deed.effects.first else { return }
            coupons.append(Coupon(id: coupon, member: effect.member, from: from))
        case "coupons/reserve": if let coupon = next { kept.append(coupon) }
        case "earning/club/orders": if let coupon = next, deed.coupon != nil { orders.append(coupon) }
        default: return
        }
    }

    private mutating func member() -> String {
        ProgramLoad.members[Int.random(in: 0 ..< ProgramLoad.members.count, using: &random)]
    }

    private mutating func decide() -> Deed {
        let (member, amount) = (member(), Int64.random(in: 1 ... 50, using: &random))
        switch Int.random(in: 0 ..< 18, using: &random) {
        case 0: return spend("burn", member, ["amount": .int(amount)], .init(member: member, available: -amount))
        case 1:
            let other = self.member()
            return Deed(
                path: "points/transfer",
                body: ["from": .string("user_id:\(member)"), "to": .string("user_id:\(other)"), "amount": .int(amount)],
                effects: [.init(member: member, available: -amount), .init(member: other, available: amount)])
        case 2, 3:
            return spend(
                "hold", member, ["amount": .int(amount), "seconds": 500_000],
                .init(member: member, available: -amount, held: amount))
        case 4:
            guard let hold = holds.popLast() else { return earn(member, amount) }
            return spend("capture", hold.member, ["hold": .int(hold.number)], .init(member: hold.member, held: -hold.amount))
        case 5:
            guard let hold = holds.popLast() else { return earn(member, amount) }
            return spend(
                "release", hold.member, ["hold": .int(hold.number)],
                .init(member: hold.member, available: hold.amount, held: -hold.amount))
        case 6, 7:
            return Deed(
                path: "coupons/grant", body: ["template": "fault", "member": .string("user_id:\(member)")],
                effects: [.init(member: member)])
        case 8:
            guard let coupon = coupons.popLast() else { return earn(member, amount) }
            return keep(coupon)
        case 9:
            guard let coupon = kept.popLast() else { return earn(member, amount) }
            return Deed(
                path: "coupons/commit", body: ["order": .string(coupon.order)], effects: [], coupon: coupon.id, order: coupon.order)
        case 10, 11:
            guard let coupon = coupons.popLast() else { return earn(member, amount) }
            return order(coupon, amount)
        case 12:
            guard let order = orders.popLast() else { return earn(member, amount) }
            return cancel(order)
        case 13:
            return Deed(
                path: "benefits/consume", body: ["benefit": "lounge", "member": .string("user_id:\(member)")], effects: [],
                user: member)
        default: return earn(member, amount)
        }
    }

    private mutating func keep(_ coupon: Coupon) -> Deed {
        var coupon = coupon
        coupon.order = "k\(number)-\(step)"
        next = coupon
        return Deed(
            path: "coupons/reserve",
            body: [
                "member": .string("user_id:\(coupon.member)"), "order": .string(coupon.order), "coupons": [.string(coupon.id)],
                "cart": ["currency": "CNY", "lines": [["id": "1", "sku": "tin", "unit_price": 5_000]]],
            ], effects: [])
    }

    /// An order that uses a coupon, completed in the instant in which it was given.
    private mutating func order(_ coupon: Coupon, _ points: Int64) -> Deed {
        var coupon = coupon
        (coupon.order, coupon.points) = ("o\(number)-\(step)", points)
        next = coupon
        return Deed(
            path: "earning/club/orders",
            body: tell(
                "Order Completed", coupon,
                [
                    "order_id": .string(coupon.order), "coupon": .string(coupon.id), "currency": "CNY",
                    "products": [["product_id": "tea", "price": .int(points)]],
                ]),
            effects: [.init(member: coupon.member, available: points)], coupon: coupon.id, order: coupon.order)
    }

    private func cancel(_ order: Coupon) -> Deed {
        Deed(
            path: "earning/club/orders", body: tell("Order Cancelled", order, ["order_id": .string(order.order)]),
            effects: [.init(member: order.member, available: -order.points)], order: order.order)
    }

    private func tell(_ event: String, _ coupon: Coupon, _ properties: JSONValue) -> JSONValue {
        [
            "member": .string("user_id:\(coupon.member)"), "event": .string(event), "timestamp": coupon.from,
            "message_id": .string("\(event) \(coupon.order)"), "properties": properties,
        ]
    }

    /// Pairs of senders earn for the same sources: one of them does.
    private func earn(_ member: String, _ amount: Int64) -> Deed {
        let source = "s\(number / 2)-\(step / 3)"
        let more = amount + 30
        return Deed(
            path: "points/earn", body: ["member": .string("user_id:\(member)"), "amount": .int(more), "source": .string(source)],
            effects: [.init(member: member, available: more)], source: source)
    }

    private func spend(
        _ path: String, _ member: String, _ members: OrderedDictionary<String, JSONValue>, _ effect: Effect
    ) -> Deed {
        var body = members
        body["member"] = .string("user_id:\(member)")
        return Deed(path: "points/\(path)", body: .object(body), effects: [effect])
    }
}
