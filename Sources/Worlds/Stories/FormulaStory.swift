import Model

/// Formula for infants: infants drink, parents buy for them, grandparents give.
struct FormulaStory: Story {
    enum Kind: String {
        case parent, grandparent, infant, visitor
    }

    static let name = "formula"
    static let title = "小白杨奶粉 Little Poplar Formula"
    static let summary = "infants drink, parents buy, grandparents give"

    /// The infants of each parent; the grandparent stands a block of parents further.
    private var infants: [Int: [Int]] = [:]
    private let familyCount: Int

    init(_ stage: Stage<Kind>) {
        let (people, days) = (stage.shape.people, stage.shape.days)
        let families = max(1, people / 4)
        familyCount = families
        stage.settle(.parent, families, visits: 20 ... 90, joins: 0 ..< days * 6 / 10)
        stage.settle(.grandparent, families, joins: 0 ..< 1, hasDevice: false)
        // One family in six has twins.
        stage.settle(.infant, families + families / 6, visits: 900 ... 970, joins: 0 ..< 1, hasDevice: false)
        stage.settle(.visitor, people, visits: 10 ... 120, joins: 0 ..< days)
        for (number, infant) in stage.indices(of: .infant).enumerated() {
            let parent = number < families ? number : (number - families) * 6
            infants[parent, default: []].append(infant)
            let start = stage.humans[parent].days.lowerBound + 1
            let weaning = stage.chance(parent, perMille: 400) ? start + stage.draw(parent, 20 ... 200) : days
            stage.humans[infant].days = start ..< max(start, min(days, weaning))
        }
    }

    func live(_ human: Int, on day: Int, _ stage: Stage<Kind>) {
        switch stage.humans[human].kind {
        case .parent: care(human, on: day, stage)
        case .grandparent: give(human, on: day, stage)
        case .infant:
            guard var visit = stage.visit(human, on: day) else { return }
            for _ in 0 ..< stage.draw(human, 1 ... 2) {
                stage.tell("Bottle Fed", ["millilitres": .int(Int64(stage.draw(human, 9 ... 24)) * 10)], in: &visit)
            }
        case .visitor:
            guard var visit = stage.visit(human, on: day) else { return }
            stage.tell("Guide Read", ["chapter": .int(Int64(stage.draw(human, 1 ... 12)))], in: &visit)
        }
    }

    /// Signs up, says whose guardian one is, and buys whenever the tin is empty.
    private func care(_ parent: Int, on day: Int, _ stage: Stage<Kind>) {
        let age = day - stage.humans[parent].days.lowerBound
        let drinking = drinkers(of: parent, on: day, stage)
        let buys = age > 0 && age % (12 + parent % 8) == 0 && !drinking.isEmpty
        guard var visit = age == 0 || buys ? stage.begin(parent, on: day) : stage.visit(parent, on: day) else { return }
        stage.tell("Guide Read", ["chapter": .int(Int64(stage.draw(parent, 1 ... 12)))], in: &visit)
        if age == 0 {
            stage.signUp(in: &visit)
            for infant in infants[parent] ?? [] { stage.declare(.guardian, to: .human(infant), in: &visit) }
        }
        for infant in buys ? drinking : [] {
            stage.order(
                StageOrder(
                    product: "一段奶粉 Stage 1 Formula", category: "formula", price: 298, quantity: stage.draw(parent, 1 ... 3),
                    party: (.beneficiary, infant)), in: &visit)
        }
    }

    private func give(_ grandparent: Int, on day: Int, _ stage: Stage<Kind>) {
        let drinking = drinkers(of: grandparent - familyCount, on: day, stage)
        guard !drinking.isEmpty, var visit = stage.oncePerWeek(grandparent, on: day, perMille: 170) else { return }
        stage.order(
            StageOrder(
                product: "满月礼盒 Gift Box", category: "gift", price: 588,
                party: (.recipient, drinking[stage.draw(grandparent, 0 ... drinking.count - 1)])), in: &visit)
    }

    /// The infants of a family who were seen before and are not weaned.
    private func drinkers(of parent: Int, on day: Int, _ stage: Stage<Kind>) -> [Int] {
        (infants[parent] ?? []).filter { stage.isKnown($0, before: day) && stage.humans[$0].days.contains(day) }
    }

    func figures(_ stage: Stage<Kind>) -> [WorldFigure] {
        let feedings = stage.deeds("Bottle Fed")
        let payers = stage.others(of: .payer)
        let recent = feedings.lastByHuman.filter { $0.value >= stage.instant(daysBeforeEnd: 14) }
        let givers = stage.deeds("Order Completed").humans.count { stage.humans[$0].kind == .grandparent }
        return [
            stage.people(
                "infants pay", Ask.all(Ask.did("Bottle Fed"), Ask.role("customer")),
                feedings.humans.intersection(stage.deeds("Order Completed").humans).count),
            stage.people(
                "infants drink, and others pay for them", Ask.all(Ask.did("Bottle Fed"), Ask.role("beneficiary")),
                payers.values.reduce(into: Set()) { $0.formUnion($1) }.count),
            stage.people("guardians buy", Ask.all(Ask.role("guardian"), Ask.role("payer")), payers.count - givers),
            stage.people("grandparents give", Ask.all(Ask.role("payer"), Ask.not(Ask.role("guardian"))), givers),
            stage.people(
                "payers pay for infants who have not drunk for two weeks",
                Ask.all(
                    Ask.role("payer"), Ask.not(Ask.related(.payer, to: Ask.did("Bottle Fed", within: ["last": "14d"])))),
                payers.values.count { $0.allSatisfy { recent[$0] == nil } }),
            stage.weekly(
                "payers had infants who drank, week by week", ["event": "Bottle Fed"], by: "payer",
                feedings.peopleByWeek.map { drank in payers.values.count { !$0.isDisjoint(with: drank) } }),
        ]
    }
}
