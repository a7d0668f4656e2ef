import Model

/// A phone maker that began with software: a community uses it long before there is a phone to buy.
struct PhoneStory: Story {
    enum Kind: String {
        /// Of the community from the first weeks on.
        case pioneer
        /// Found the software late.
        case latecomer
        /// Buys the phone without ever having used the software before.
        case buyer
    }

    static let name = "phone"
    static let title = "小谷手机 Little Valley Phone"
    static let summary = "a community uses the software long before the phone is sold"

    /// The day on which the phone can be bought.
    private let launchDay: Int
    /// The day on which somebody buys it.
    private var buyDays: [Int: Int] = [:]

    init(_ stage: Stage<Kind>) {
        let (people, days) = (stage.shape.people, stage.shape.days)
        let launch = days * 6 / 10
        launchDay = launch
        stage.settle(.pioneer, people * 45 / 100, visits: 120 ... 600, joins: 0 ..< launch / 2)
        stage.settle(.buyer, people * 20 / 100, visits: 60 ... 400, joins: launch ..< days, hasDevice: false)
        stage.settle(.latecomer, people, visits: 50 ... 400, joins: launch / 2 ..< days)
        for human in stage.humans.indices {
            switch stage.humans[human].kind {
            case .pioneer where stage.chance(human, perMille: 550): buyDays[human] = launch + stage.draw(human, 0 ... days / 4)
            case .latecomer where stage.chance(human, perMille: 150):
                buyDays[human] = max(launch, stage.humans[human].days.lowerBound + 1) + stage.draw(human, 0 ... days / 4)
            case .buyer: buyDays[human] = stage.humans[human].days.lowerBound
            default: break
            }
        }
    }

    func live(_ human: Int, on day: Int, _ stage: Stage<Kind>) {
        let buysNow = buyDays[human] == day
        guard var visit = buysNow ? stage.begin(human, on: day) : stage.visit(human, on: day) else { return }
        if stage.humans[human].kind != .buyer { useSoftware(&visit, stage) }
        if buysNow {
            stage.order(StageOrder(product: "小谷一代 Valley One", category: "phone", price: 1_999), in: &visit)
        } else if stage.deeds("Order Completed").timesByHuman[human] != nil {
            stage.tell("Phone Used", ["minutes": .int(Int64(stage.draw(human, 5 ... 300)))], in: &visit)
        }
    }

    private func useSoftware(_ visit: inout StageVisit, _ stage: Stage<Kind>) {
        let human = visit.human
        if !stage.humans[human].isKnown {
            stage.signUp(in: &visit)
            stage.tell("Build Installed", ["build": .int(Int64(visit.day / 7 + 1))], in: &visit)
        }
        stage.tell("Build Used", ["build": .int(Int64(visit.day / 7 + 1))], in: &visit)
        if stage.chance(human, perMille: 300) { stage.tell("Thread Posted", in: &visit) }
    }

    func figures(_ stage: Stage<Kind>) -> [WorldFigure] {
        let installs = stage.deeds("Build Installed").firstByHuman
        let orders = stage.deeds("Order Completed")
        let launch = stage.clock.dayStarts[launchDay]
        let weeks = launchDay / 21
        let early = launchDay - 7 * weeks
        let earlyCount = orders.humans.count { installs[$0].map { $0 < stage.clock.dayStarts[early] } ?? false }
        let usedEarly = Ask.did("Build Installed", within: ["from": "1971-01-01", "to": stage.date(early)])
        let longUsers = orders.firstByHuman.count { human, time in
            installs[human].map { time - $0 > 28 * 86_400_000 } ?? false
        }
        return [
            stage.people(
                "customers were there before the phone was", Ask.role("customer"),
                orders.firstByHuman.values.count { $0 < launch }, atEndOf: launchDay - 1),
            stage.people(
                "people used the software by then", Ask.did("Build Installed"), installs.values.count { $0 < launch },
                atEndOf: launchDay - 1),
            stage.people("people have bought the phone", Ask.role("customer"), orders.humans.count),
            stage.people(
                "of them used the software \(weeks) weeks and more before it was sold",
                Ask.all(Ask.role("customer"), usedEarly), earlyCount),
            stage.people(
                "of them had used it for more than four weeks when they bought",
                Ask.all(
                    Ask.did("Build Installed"), Ask.role("customer"),
                    Ask.not(Ask.sequence(["Build Installed", "Order Completed"], within: "28d"))), longUsers),
            stage.people(
                "of them never used it before", Ask.all(Ask.role("customer"), Ask.not(Ask.did("Build Installed"))),
                orders.humans.count { installs[$0] == nil }),
            stage.weekly(
                "people used the software, week by week", ["event": "Build Used"],
                stage.deeds("Build Used").peopleByWeek.map(\.count)),
            stage.weekly("people bought the phone, week by week", ["event": "Order Completed"], orders.peopleByWeek.map(\.count)),
        ]
    }
}
