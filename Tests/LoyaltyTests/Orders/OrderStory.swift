import Model
import OrderedCollections
import Testing

@testable import Loyalty

/// Random events of one order.
struct OrderStory {
    var world: EarningWorld
    let program: EarningProgram
    private(set) var facts: [OrderFact] = []
    private var number = 0

    init(seed: UInt64, isChanged: Bool) throws {
        world = EarningWorld(seed: seed)
        program = world.program()
        for _ in 0 ... (isChanged ? world.random.below(3) : 0) {
            try add(facts.isEmpty || world.chance(3) ? .completed : .updated, content())
        }
        for _ in 0 ..< world.random.below(4) { try add(.refunded, refund()) }
        if world.chance(8) { try add(.cancelled, [:]) }
    }

    private mutating func content() -> OrderedDictionary<String, JSONValue> {
        var content: OrderedDictionary<String, JSONValue> = ["products": .array(products(1 + world.random.below(4)))]
        if world.chance(3) { content["coupon"] = "SPRING" }
        if world.chance(3) { content["discount"] = .int(world.number(1 ... 30)) }
        if world.chance(3) { content["total"] = .int(world.number(0 ... 200)) }
        if world.chance(4) { content["channel"] = "app" }
        return content
    }

    private mutating func refund() -> OrderedDictionary<String, JSONValue> {
        var refund: OrderedDictionary<String, JSONValue> = [:]
        if !world.chance(3) {
            refund["products"] = .array(products(1 + world.random.below(3)))
        } else if !world.chance(3) {
            refund["total"] = .int(world.number(1 ... 120))
        }
        if world.chance(8) { refund["currency"] = "USD" }
        return refund
    }

    private mutating func products(_ count: Int) -> [JSONValue] {
        (0 ..< count).map { _ in
            [
                "product_id": .string("p\(world.random.below(4))"), "price": .double(Double(world.number(0 ... 9_999)) / 100),
                "quantity": quantity(), "category": world.chance(2) ? "tea" : "cup",
            ]
        }
    }

    private mutating func quantity() -> JSONValue {
        if world.chance(2) { return .int(world.number(0 ... 3)) }
        let tenths = world.number(0 ... 30)
        return world.chance(2) ? .double(Double(tenths) / 10) : .string("\(tenths / 10).\(tenths % 10)")
    }

    private mutating func add(_ kind: OrderFact.Kind, _ properties: OrderedDictionary<String, JSONValue>) throws {
        number += 1
        facts.append(try OrderTests.fact(kind, "m\(number)", hour: world.number(0 ... 200), properties))
    }

    /// The same facts in another order, some of them again, some under another message id.
    mutating func shuffled() throws -> [OrderFact] {
        var all = facts
        for fact in facts where world.chance(2) {
            let message = world.chance(2) ? fact.messageID : "again-\(fact.messageID)"
            let again = try OrderFact(
                event: fact.kind.rawValue, messageID: message, at: fact.at, properties: fact.properties, standard: .cny)
            all.append(try #require(again))
        }
        return all.shuffled(using: &world.random)
    }
}
