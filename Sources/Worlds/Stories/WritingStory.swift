import Model

/// A writing site that sells courses: some authors buy them, and so do people from elsewhere who never write.
struct WritingStory: Story {
    enum Kind: String {
        /// Writes and buys nothing.
        case author
        /// Writes and buys courses.
        case student
        /// Heard of the courses elsewhere, buys, and never writes.
        case buyer
    }

    static let name = "writing"
    static let title = "三味写作 Three Flavours Writing"
    static let summary = "authors write, some buy courses, others buy and never write"

    private static let courses = [("小说入门 First Novel", 199), ("诗歌 Poems", 99), ("非虚构 True Stories", 299)]
    private static let channels = ["podcast", "bookshop", "newspaper"]

    init(_ stage: Stage<Kind>) {
        let (people, days) = (stage.shape.people, stage.shape.days)
        stage.settle(.student, people * 15 / 100, visits: 200 ... 600, joins: 0 ..< days * 2 / 3)
        stage.settle(.buyer, people * 20 / 100, joins: 0 ..< days / 2, hasDevice: false)
        stage.settle(.author, people, visits: 30 ... 600, joins: 0 ..< days)
    }

    func live(_ human: Int, on day: Int, _ stage: Stage<Kind>) {
        if stage.humans[human].kind == .buyer {
            guard var visit = stage.oncePerWeek(human, on: day, perMille: 180) else { return }
            buy(["channel": .string(WritingStory.channels[human % WritingStory.channels.count])], in: &visit, stage)
        } else if var visit = stage.visit(human, on: day) {
            write(&visit, stage)
        }
    }

    private func write(_ visit: inout StageVisit, _ stage: Stage<Kind>) {
        let human = visit.human
        stage.signUp(in: &visit)
        for _ in 0 ..< stage.draw(human, 1 ... 4) {
            stage.tell("Text Saved", ["words": .int(Int64(stage.draw(human, 20 ... 900)))], in: &visit)
        }
        guard stage.humans[human].kind == .student, stage.chance(human, perMille: 60) else { return }
        stage.tell("Course Viewed", in: &visit)
        buy(["channel": "site"], in: &visit, stage)
    }

    private func buy(_ more: JSONValue, in visit: inout StageVisit, _ stage: Stage<Kind>) {
        let (product, price) = WritingStory.courses[stage.draw(visit.human, 0 ... WritingStory.courses.count - 1)]
        stage.order(StageOrder(product: product, category: "course", price: price), more: more, in: &visit)
    }

    func figures(_ stage: Stage<Kind>) -> [WorldFigure] {
        let writers = stage.deeds("Text Saved").humans
        let buyers = stage.deeds("Order Completed").humans
        let onSite: JSONValue = [
            "did": ["event": "Order Completed", "where": ["property": "channel", "op": "=", "value": "site"]]
        ]
        return [
            stage.people(
                "authors buy nothing", Ask.all(Ask.did("Text Saved"), Ask.not(Ask.role("customer"))),
                writers.subtracting(buyers).count),
            stage.people(
                "authors buy courses", Ask.all(Ask.did("Text Saved"), Ask.role("customer")),
                writers.intersection(buyers).count),
            stage.people(
                "buyers of courses never write", Ask.all(Ask.role("customer"), Ask.not(Ask.did("Text Saved"))),
                buyers.subtracting(writers).count),
            stage.people("bought on the site itself", onSite, stage.deeds("Course Viewed").humans.count),
            stage.people(
                "bought more than one course", Ask.did("Order Completed", atLeast: 2),
                stage.deeds("Order Completed").timesByHuman.values.count { $0 >= 2 }),
            stage.income("yuan of courses, week by week", "course"),
        ]
    }
}
