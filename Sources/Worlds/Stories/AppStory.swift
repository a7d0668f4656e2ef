import Model

/// An app with paid membership: some users become members, and some members cancel and go.
struct AppStory: Story {
    enum Kind: String {
        /// Opens it a few times.
        case visitor
        /// Uses it and never pays.
        case free
        case member
    }

    static let name = "apps"
    static let title = "晨跑 Morning Run"
    static let summary = "users become paying members, renew, cancel, and some go"

    /// A member's way: days of use before the first month, how many months, and whether use goes on after them.
    private struct Membership {
        let trialDays: Int
        let months: Int
        let staysAfter: Bool
    }

    private var memberships: [Int: Membership] = [:]

    init(_ stage: Stage<Kind>) {
        let (people, days) = (stage.shape.people, stage.shape.days)
        stage.settle(.member, max(1, people * 20 / 100), visits: 250 ... 800, joins: 0 ..< days / 2)
        stage.settle(.visitor, people * 30 / 100, visits: 5 ... 60, joins: 0 ..< days)
        stage.settle(.free, people, visits: 60 ... 600, joins: 0 ..< days * 3 / 4)
        for human in stage.indices(of: .member) {
            memberships[human] = Membership(
                trialDays: stage.draw(human, 3 ... 25), months: stage.draw(human, 1 ... 5),
                staysAfter: stage.chance(human, perMille: 400))
        }
    }

    func live(_ human: Int, on day: Int, _ stage: Stage<Kind>) {
        guard let membership = memberships[human] else {
            if var visit = stage.visit(human, on: day) { run(&visit, stage) }
            return
        }
        let age = day - stage.humans[human].days.lowerBound - membership.trialDays
        let isDue = age >= 0 && age % 30 == 0 && age / 30 <= membership.months
        guard var visit = isDue ? stage.begin(human, on: day) : stage.visit(human, on: day) else { return }
        run(&visit, stage)
        guard isDue else { return }
        stage.signUp(in: &visit)
        if age / 30 == membership.months {
            stage.tell("Membership Cancelled", in: &visit)
            if !membership.staysAfter { stage.humans[human].visitsPerMille = 0 }
        } else {
            stage.order(StageOrder(product: "会员月卡 Monthly Pass", category: "membership", price: 18), in: &visit)
        }
    }

    private func run(_ visit: inout StageVisit, _ stage: Stage<Kind>) {
        let human = visit.human
        stage.tell("App Opened", in: &visit)
        if stage.chance(human, perMille: 120) { stage.signUp(in: &visit) }
        if stage.chance(human, perMille: 700) {
            stage.tell("Run Finished", ["kilometres": .int(Int64(stage.draw(human, 1 ... 15)))], in: &visit)
        }
    }

    func figures(_ stage: Stage<Kind>) -> [WorldFigure] {
        let opened = stage.deeds("App Opened")
        let orders = stage.deeds("Order Completed")
        let cancelled = stage.deeds("Membership Cancelled")
        let silent = orders.humans.count { opened.lastByHuman[$0] ?? 0 < stage.instant(daysBeforeEnd: 28) }
        let stayed = cancelled.firstByHuman.count { human, time in opened.lastByHuman[human] ?? 0 > time }
        return [
            stage.people(
                "people opened the app and paid nothing", Ask.all(Ask.did("App Opened"), Ask.not(Ask.role("customer"))),
                opened.humans.subtracting(orders.humans).count),
            stage.people("became members", Ask.role("customer"), orders.humans.count),
            stage.people(
                "of them renewed twice or more", Ask.did("Order Completed", atLeast: 3),
                orders.timesByHuman.values.count { $0 >= 3 }),
            stage.people("cancelled", Ask.did("Membership Cancelled"), cancelled.humans.count),
            stage.people(
                "cancelled and opened the app again",
                Ask.sequence(["Membership Cancelled", "App Opened"], within: "1000d"), stayed),
            stage.people(
                "paid, and have not opened the app for four weeks",
                Ask.all(Ask.role("customer"), Ask.not(Ask.did("App Opened", within: ["last": "28d"]))), silent),
            stage.weekly("members paid, week by week", ["event": "Order Completed"], orders.peopleByWeek.map(\.count)),
        ]
    }
}
