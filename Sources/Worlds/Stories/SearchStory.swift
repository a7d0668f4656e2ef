import Model

/// A search engine: searchers use, advertisers pay, and nobody does both.
struct SearchStory: Story {
    enum Kind: String {
        case searcher, passerby, advertiser
    }

    static let name = "search"
    static let title = "山海搜索 Shanhai Search"
    static let summary = "searchers use, advertisers pay, nobody does both"

    private static let queries = ["天气", "火车票", "龙井茶", "how to boil an egg", "新闻", "translate", "地图", "cat pictures"]
    private let advertisers: [Int]

    init(_ stage: Stage<Kind>) {
        let (people, days) = (stage.shape.people, stage.shape.days)
        stage.settle(.advertiser, max(2, people / 16), joins: 0 ..< days / 2, hasDevice: false)
        stage.settle(.passerby, people * 4 / 10, visits: 10 ... 60, joins: 0 ..< days)
        stage.settle(.searcher, people, visits: 150 ... 650, joins: 0 ..< days * 2 / 3)
        advertisers = stage.indices(of: .advertiser)
    }

    func live(_ human: Int, on day: Int, _ stage: Stage<Kind>) {
        if stage.humans[human].kind == .advertiser {
            advertise(human, on: day, stage)
        } else if var visit = stage.visit(human, on: day) {
            search(&visit, stage)
        }
    }

    /// Pays for next week's clicks.
    private func advertise(_ human: Int, on day: Int, _ stage: Stage<Kind>) {
        guard var visit = stage.oncePerWeek(human, on: day, perMille: 450) else { return }
        let order = StageOrder(product: "广告充值 Ad Credit", category: "ads", price: 500, quantity: stage.draw(human, 1 ... 20))
        stage.order(order, in: &visit)
    }

    private func search(_ visit: inout StageVisit, _ stage: Stage<Kind>) {
        let human = visit.human
        if stage.chance(human, perMille: 30) { stage.signUp(in: &visit) }
        for _ in 0 ..< stage.draw(human, 1 ... 3) {
            let query = SearchStory.queries[stage.draw(human, 0 ... SearchStory.queries.count - 1)]
            stage.tell("Searched", ["query": .string(query), "results": .int(Int64(stage.draw(human, 3 ... 900)))], in: &visit)
            if stage.chance(human, perMille: 550) {
                stage.tell("Result Clicked", ["position": .int(Int64(stage.draw(human, 1 ... 10)))], in: &visit)
            } else if stage.chance(human, perMille: 120) {
                let advertiser = advertisers[stage.draw(human, 0 ... advertisers.count - 1)]
                guard stage.isKnown(advertiser, before: visit.day) else { continue }
                stage.tell("Ad Clicked", ["advertiser": .string(WorldIDs.user(advertiser))], in: &visit)
            }
        }
    }

    func figures(_ stage: Stage<Kind>) -> [WorldFigure] {
        let searchers = stage.deeds("Searched").humans
        let payers = stage.deeds("Order Completed").humans
        let clicks = stage.deeds("Ad Clicked")
        return [
            stage.people("people use and pay", Ask.all(Ask.role("user"), Ask.role("customer")), stage.cells.both),
            stage.people(
                "people search and pay nothing", Ask.all(Ask.did("Searched"), Ask.not(Ask.role("customer"))), searchers.count),
            stage.people(
                "advertisers pay and never search", Ask.all(Ask.role("customer"), Ask.not(Ask.did("Searched"))), payers.count),
            stage.people("searchers clicked what advertisers paid for", Ask.did("Ad Clicked"), clicks.humans.count),
            stage.weekly("clicks on advertisements, week by week", ["event": "Ad Clicked"], measure: "total", clicks.countByWeek),
        ]
    }
}
