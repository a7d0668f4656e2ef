import Model
import Testing

@testable import Loyalty

struct GiftFulfilmentTests {
    private static func walk(
        _ steps: [GiftFulfilment.Step], _ gift: inout GiftFulfilment, _ stock: inout GiftStock
    ) throws(Refusal)
        -> [GiftFulfilment.Effect]
    {
        var effects: [GiftFulfilment.Effect] = []
        for step in steps { if let effect = try gift.take(step, from: &stock, now: Sample.day(1)) { effects.append(effect) } }
        return effects
    }

    @Test(
        "a gift goes its way, and its use and the stock with it",
        arguments: [
            ([.reserve, .pack, .ship, .deliver], [.confirm], .delivered, 4, 0),
            ([.reserve, .pack, .ship, .fail, .takeBack], [.confirm, .refund], .returned, 5, 0),
            ([.reserve, .pack, .ship, .fail, .ship, .deliver, .takeBack], [.confirm, .refund], .returned, 5, 0),
            ([.reserve, .pack, .cancel], [.cancel], .cancelled, 5, 0), ([.cancel], [.cancel], .cancelled, 5, 0),
            ([.reserve, .pack], [], .packed, 5, 1), ([.reserve, .pack, .ship], [.confirm], .shipped, 4, 0),
        ] as [([GiftFulfilment.Step], [GiftFulfilment.Effect], GiftFulfilment.State, Int64, Int64)])
    func ways(
        steps: [GiftFulfilment.Step], effects: [GiftFulfilment.Effect], state: GiftFulfilment.State, onHand: Int64, reserved: Int64
    ) throws {
        var stock = GiftStock(key: "mug", onHand: 5)
        var gift = GiftFulfilment(id: .init("g"), stock: "mug", now: Sample.day(0))
        gift.consent(true, now: Sample.day(0))
        #expect(try Self.walk(steps, &gift, &stock) == effects)
        #expect(gift.state == state && stock.onHand == onHand && stock.reserved == reserved)
        #expect(gift.history.count == steps.count + 1 && gift.history.last?.state == state)
    }

    @Test("without consent to use the address nothing is packed or sent")
    func consent() throws {
        var stock = GiftStock(key: "mug", onHand: 1)
        var gift = GiftFulfilment(id: .init("g"), stock: "mug", now: Sample.day(0))
        _ = try gift.take(.reserve, from: &stock, now: Sample.day(1))
        let before = gift
        #expect(code { try gift.take(.pack, from: &stock, now: Sample.day(1)) } == "CONSENT_MISSING")
        #expect(gift == before && stock.reserved == 1)
        gift.consent(true, now: Sample.day(1))
        _ = try gift.take(.pack, from: &stock, now: Sample.day(1))
        gift.consent(false, now: Sample.day(2))
        #expect(code { try gift.take(.ship, from: &stock, now: Sample.day(2)) } == "CONSENT_MISSING")
        #expect(stock.onHand == 1)
    }

    @Test("stock is never below zero, and what is promised is never taken out", arguments: [Int64.min, -3, 0, Int64.max])
    func bounds(count: Int64) throws {
        var stock = GiftStock(key: "mug", onHand: 3)
        try stock.reserve(2)
        let before = stock
        #expect(code { try stock.add(count) } == [Int64.min: "OUT_OF_STOCK", -3: "OUT_OF_STOCK", .max: "AMOUNT_TOO_LARGE"][count])
        #expect(stock == before)
        #expect(code { try stock.reserve(2) } == "OUT_OF_STOCK")
        #expect(GiftStock(key: "mug", onHand: -4).onHand == 0)
        var other = GiftStock(key: "cup", onHand: 3)
        var gift = GiftFulfilment(id: .init("g"), stock: "mug", now: Sample.day(0))
        #expect(code { try gift.take(.reserve, from: &other, now: Sample.day(0)) } == "STOCK_UNKNOWN")
    }

    @Test("any steps of many gifts keep the stock and the uses in line", arguments: Seeds.upTo(200))
    func histories(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var stock = GiftStock(key: "mug", onHand: 4)
        var book = Sample.book(.sum)
        try book.give(6, .tier, "gold")
        var gifts: [GiftFulfilment] = []
        for step in 0 ..< 80 {
            if random.below(6) == 0 {
                let id = BenefitID("g\(step)")
                if (try? book.reserve(until: Sample.day(20), id: id, now: Sample.day(1))) != nil {
                    gifts.append(GiftFulfilment(id: id, stock: "mug", now: Sample.day(1)))
                }
            }
            guard !gifts.isEmpty else { continue }
            let index = random.below(gifts.count)
            if random.below(3) == 0 { gifts[index].consent(random.below(4) > 0, now: Sample.day(1)) }
            let before = (gifts[index], stock)
            do throws(Refusal) {
                let step = GiftFulfilment.Step.allCases[random.below(GiftFulfilment.Step.allCases.count)]
                switch try gifts[index].take(step, from: &stock, now: Sample.day(1)) {
                case .confirm?: try book.confirm(gifts[index].id, now: Sample.day(1))
                case .cancel?: try book.cancel(gifts[index].id, now: Sample.day(1))
                case .refund?: try book.refund(gifts[index].id, now: Sample.day(1))
                case nil: break
                }
            } catch { #expect(gifts[index] == before.0 && stock == before.1, "seed \(seed): \(error)") }
            let out = gifts.filter { [.shipped, .delivered, .failed].contains($0.state) }.count
            let pinned = gifts.filter { $0.state == .reserved || $0.state == .packed }.count
            let over = gifts.filter { $0.state == .returned || $0.state == .cancelled }.count
            #expect(stock.onHand == 4 - Int64(out) && stock.reserved == Int64(pinned) && stock.free >= 0, "seed \(seed)")
            #expect(book.check(at: Sample.day(1)).remaining == 6 - Int64(gifts.count - over), "seed \(seed)")
        }
    }
}
