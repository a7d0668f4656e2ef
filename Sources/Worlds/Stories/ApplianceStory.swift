import Model

/// An appliance sold through resellers: they pay, and the user comes home by registering the code on the goods.
struct ApplianceStory: Story {
    enum Kind: String {
        case reseller, household, visitor
    }

    static let name = "appliance"
    static let title = "暖灶电器 Warm Hearth"
    static let summary = "resellers pay; households are known once they register a code"

    /// Codes of goods that resellers have bought and nobody has registered, the oldest first.
    private var stock: [(code: String, reseller: Int)] = []
    private var nextInStock = 0
    private var unitCount = 0
    private var registrations: [(code: String, reseller: Int, household: Int)] = []

    init(_ stage: Stage<Kind>) {
        let (people, days) = (stage.shape.people, stage.shape.days)
        stage.settle(.reseller, max(1, people * 4 / 100), joins: 0 ..< 1, hasDevice: false)
        stage.settle(.household, people * 65 / 100, visits: 100 ... 600, joins: min(10, days / 2) ..< days)
        stage.settle(.visitor, people, visits: 10 ... 100, joins: 0 ..< days)
    }

    mutating func live(_ human: Int, on day: Int, _ stage: Stage<Kind>) {
        switch stage.humans[human].kind {
        case .reseller:
            guard var visit = stage.oncePerWeek(human, on: day, perMille: 400) else { return }
            let quantity = stage.draw(human, 5 ... 20)
            stage.order(StageOrder(product: "多功能锅 Cooker", category: "cooker", price: 600, quantity: quantity), in: &visit)
            for _ in 0 ..< quantity {
                unitCount += 1
                stock.append(("WH-\(day)-\(100_000 + unitCount)", human))
            }
        case .household:
            guard var visit = stage.visit(human, on: day) else { return }
            if !stage.humans[human].isKnown, !register(&visit, stage) { return }
            stage.tell("Appliance Started", ["programme": stage.chance(human, perMille: 400) ? "soup" : "rice"], in: &visit)
        case .visitor:
            guard var visit = stage.visit(human, on: day) else { return }
            stage.tell("Recipe Read", ["recipe": .int(Int64(stage.draw(human, 1 ... 200)))], in: &visit)
        }
    }

    /// Brings a bought appliance home; false while the shops have none.
    private mutating func register(_ visit: inout StageVisit, _ stage: Stage<Kind>) -> Bool {
        guard nextInStock < stock.count else { return false }
        let (code, reseller) = stock[nextInStock]
        nextInStock += 1
        registrations.append((code, reseller, visit.human))
        stage.signUp(in: &visit)
        stage.tell("Product Registered", ["code": .string(code), "product": "cooker"], in: &visit)
        return true
    }

    func figures(_ stage: Stage<Kind>) -> [WorldFigure] {
        let users = stage.deeds("Appliance Started").humans
        let registered = stage.deeds("Product Registered")
        let payers = stage.deeds("Order Completed").humans
        return [
            stage.people(
                "people use an appliance and have paid us", Ask.all(Ask.did("Appliance Started"), Ask.role("customer")),
                users.intersection(payers).count),
            stage.people(
                "households registered what somebody else was paid for",
                Ask.all(Ask.did("Product Registered"), Ask.not(Ask.role("customer"))), registrations.count),
            stage.people(
                "resellers pay and never use", Ask.all(Ask.role("customer"), Ask.not(Ask.did("Appliance Started"))),
                payers.count),
            stage.people(
                "only looked at recipes", Ask.all(Ask.did("Recipe Read"), Ask.not(Ask.did("Product Registered"))),
                stage.deeds("Recipe Read").humans.count),
            stage.weekly(
                "appliances registered, week by week", ["event": "Product Registered"], measure: "total",
                registered.countByWeek),
            stage.income("yuan of resellers, week by week", "cooker"),
        ]
    }

    /// How many were sold, and which code came from whom to whom.
    func details(_ stage: Stage<Kind>) -> [(String, JSONValue)] {
        [
            ("unitsSold", .int(Int64(unitCount))),
            (
                "registrations",
                .array(
                    registrations.map {
                        [
                            "code": .string($0.code), "reseller": .string(WorldIDs.user($0.reseller)),
                            "user": .string(WorldIDs.user($0.household)),
                        ]
                    })
            ),
        ]
    }
}
