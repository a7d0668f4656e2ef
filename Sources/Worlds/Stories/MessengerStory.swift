import Model

/// A messenger: everybody chats, and some of those who chat become paying members.
struct MessengerStory: Story {
    enum Kind: String {
        /// Chats and never pays.
        case chatter
        /// Stops some day.
        case quitter
        /// Chats every day, and becomes a member after some weeks of it.
        case member
    }

    static let name = "messenger"
    static let title = "鸿雁 Swan Messenger"
    static let summary = "everybody chats, some of those who chat become paying members"

    /// Days of chatting before a member pays for the first time.
    private var trialDays: [Int: Int] = [:]

    init(_ stage: Stage<Kind>) {
        let (people, days) = (stage.shape.people, stage.shape.days)
        stage.settle(.member, max(2, people * 15 / 100), visits: 1_000 ... 1_000, joins: 0 ..< days * 3 / 4)
        stage.settle(.quitter, people * 25 / 100, visits: 200 ... 700, joins: 0 ..< days / 2)
        stage.settle(.chatter, people, visits: 100 ... 800, joins: 0 ..< days)
        for human in stage.indices(of: .member) { trialDays[human] = stage.draw(human, 14 ... 60) }
        for human in stage.indices(of: .quitter) {
            let first = stage.humans[human].days.lowerBound
            stage.humans[human].days = first ..< min(days, first + stage.draw(human, 7 ... 60))
        }
    }

    func live(_ human: Int, on day: Int, _ stage: Stage<Kind>) {
        guard var visit = stage.visit(human, on: day) else { return }
        if !stage.humans[human].isKnown {
            stage.tell("App Opened", in: &visit)
            stage.signUp(in: &visit)
            stage.tell("Signed Up", ["method": "phone"], in: &visit)
        }
        for _ in 0 ..< stage.draw(human, 1 ... 4) {
            stage.tell("Message Sent", ["to": stage.chance(human, perMille: 400) ? "group" : "friend"], in: &visit)
        }
        guard let trial = trialDays[human] else { return }
        let membershipDay = day - stage.humans[human].days.lowerBound - trial
        if membershipDay >= 0, membershipDay % 30 == 0 {
            stage.order(StageOrder(product: "月度会员 Monthly Membership", category: "membership", price: 15), in: &visit)
        } else if membershipDay > 0, stage.chance(human, perMille: 300) {
            stage.tell("Sticker Sent", ["pack": "members"], in: &visit)
        }
    }

    func figures(_ stage: Stage<Kind>) -> [WorldFigure] {
        let signedUp = stage.deeds("Signed Up").firstByHuman
        let orders = stage.deeds("Order Completed")
        let early = orders.firstByHuman.count { human, time in
            signedUp[human].map { time - $0 <= 30 * 86_400_000 } ?? false
        }
        return [
            stage.people(
                "people pay and do not use", Ask.all(Ask.role("customer"), Ask.not(Ask.role("user"))), stage.cells.customerOnly),
            stage.people("people chat", Ask.did("Message Sent"), stage.deeds("Message Sent").humans.count),
            stage.people("of them became members", Ask.all(Ask.did("Message Sent"), Ask.role("customer")), orders.humans.count),
            stage.people(
                "paid within 30 days of signing up", Ask.sequence(["Signed Up", "Order Completed"], within: "30d"), early),
            stage.people(
                "members renewed at least once", Ask.did("Order Completed", atLeast: 2),
                orders.timesByHuman.values.count { $0 >= 2 }),
            stage.weekly("members paid, week by week", ["event": "Order Completed"], orders.peopleByWeek.map(\.count)),
        ]
    }
}
