import Model

/// A publishing platform with two sides: authors and readers use it, advertisers and tippers pay.
struct PublisherStory: Story {
    enum Kind: String {
        case author, reader, tipper, advertiser
    }

    static let name = "publisher"
    static let title = "百叶 Hundred Leaves"
    static let summary = "authors and readers use, advertisers pay, some readers tip"

    private let authors: [Int]

    init(_ stage: Stage<Kind>) {
        let (people, days) = (stage.shape.people, stage.shape.days)
        stage.settle(.author, max(1, people * 6 / 100), visits: 150 ... 500, joins: 0 ..< days / 2)
        stage.settle(.advertiser, max(1, people * 4 / 100), joins: 0 ..< days / 3, hasDevice: false)
        stage.settle(.tipper, people * 12 / 100, visits: 100 ... 600, joins: 0 ..< days * 3 / 4)
        stage.settle(.reader, people, visits: 20 ... 500, joins: 0 ..< days)
        authors = stage.indices(of: .author)
    }

    func live(_ human: Int, on day: Int, _ stage: Stage<Kind>) {
        switch stage.humans[human].kind {
        case .author:
            guard var visit = stage.visit(human, on: day) else { return }
            stage.signUp(in: &visit)
            stage.tell("Article Published", ["words": .int(Int64(stage.draw(human, 300 ... 4_000)))], in: &visit)
        case .advertiser:
            guard var visit = stage.oncePerWeek(human, on: day, perMille: 300) else { return }
            stage.order(
                StageOrder(product: "广告位 Ad Space", category: "ads", price: 2_000, quantity: stage.draw(human, 1 ... 5)), in: &visit
            )
        case .reader, .tipper:
            guard var visit = stage.visit(human, on: day) else { return }
            read(&visit, stage)
        }
    }

    private func read(_ visit: inout StageVisit, _ stage: Stage<Kind>) {
        let human = visit.human
        for _ in 0 ..< stage.draw(human, 1 ... 3) {
            let author = authors[stage.draw(human, 0 ... authors.count - 1)]
            guard stage.isKnown(author, before: visit.day) else { continue }
            stage.tell("Article Read", ["author": .string(WorldIDs.user(author))], in: &visit)
            guard stage.humans[human].kind == .tipper, stage.chance(human, perMille: 90) else { continue }
            stage.signUp(in: &visit)
            stage.order(
                StageOrder(
                    product: "打赏 Tip", category: "tips", price: [5, 10, 20, 50][stage.draw(human, 0 ... 3)],
                    party: (.recipient, author)), in: &visit)
        }
    }

    func figures(_ stage: Stage<Kind>) -> [WorldFigure] {
        let readers = stage.deeds("Article Read").humans
        let payers = stage.deeds("Order Completed").humans
        let tipped = stage.others(of: .recipient).keys
        return [
            stage.people("authors write", Ask.did("Article Published"), stage.deeds("Article Published").humans.count),
            stage.people("of them were tipped", Ask.all(Ask.did("Article Published"), Ask.role("recipient")), tipped.count),
            stage.people(
                "readers pay nothing", Ask.all(Ask.did("Article Read"), Ask.not(Ask.role("customer"))),
                readers.subtracting(payers).count),
            stage.people("readers tip", Ask.all(Ask.did("Article Read"), Ask.role("payer")), stage.others(of: .payer).count),
            stage.people(
                "advertisers pay and do not read", Ask.all(Ask.role("customer"), Ask.not(Ask.did("Article Read"))),
                payers.subtracting(readers).count),
            stage.income("yuan of advertisers, week by week", "ads"),
            stage.income("yuan of tips, week by week", "tips"),
        ]
    }
}
