import Model

/// Software for firms: staff use it, a buyer pays, deciders decided; where use falls silent the contract lapses later.
struct SoftwareStory: Story {
    enum Kind: String {
        case technicalDecider = "technical_decider"
        case decider, buyer, staff
    }

    private struct Firm {
        let account: String
        let title: String
        let trialDay: Int
        let contractDay: Int
        /// The first day without use; nil: use goes on.
        var silentDay: Int?
        /// The day on which the contract is not renewed.
        var lapseDay: Int?
        var lastUse: Int64?
        var usesByWeek: [Bool]
    }

    static let name = "software"
    static let title = "云梯软件 Cloud Ladder"
    static let summary = "staff of firms use, a buyer pays; use ends before contracts do"

    private static let titles = ["山水科技", "Harbour Design", "松间事务所", "Pine & Partners", "北辰物流", "Blue Door Studio", "禾下食品"]
    private var firms: [Firm]
    private let termDays: Int

    init(_ stage: Stage<Kind>) {
        let (people, days) = (stage.shape.people, stage.shape.days)
        // Each block but the last has one human for each firm, so that the remainder of an index is its firm.
        let count = max(1, people / 20)
        stage.settle(.technicalDecider, count, joins: 0 ..< 1)
        stage.settle(.decider, count, joins: 0 ..< 1, hasDevice: false)
        stage.settle(.buyer, count, joins: 0 ..< 1, hasDevice: false)
        stage.settle(.staff, people, visits: 300 ... 800, joins: 0 ..< 1)
        let term = max(14, days / 4)
        termDays = term
        firms = (0 ..< count).map { number in
            let trialDay = stage.draw(number, 0 ... days / 6)
            let contractDay = trialDay + stage.draw(number, 5 ... 12)
            var firm = Firm(
                account: "firm-\(100 + number)", title: SoftwareStory.titles[number % SoftwareStory.titles.count],
                trialDay: trialDay,
                contractDay: contractDay, usesByWeek: Array(repeating: false, count: stage.clock.weekCount))
            let lapse = contractDay + term * (number % 2 + 1)
            if number % 3 == 0, lapse < days {
                firm.lapseDay = lapse
                firm.silentDay = lapse - term / 2
            } else if number % 5 == 1 {
                firm.silentDay = days - 21
            }
            return firm
        }
    }

    mutating func live(_ human: Int, on day: Int, _ stage: Stage<Kind>) {
        let number = human % firms.count
        let firm = firms[number]
        switch stage.humans[human].kind {
        case .technicalDecider:
            guard (firm.trialDay ..< firm.contractDay).contains(day), var visit = stage.begin(human, on: day) else { return }
            introduce(.technicalDecider, firm, &visit, stage)
            stage.tell("Trial Explored", ["hours": .int(Int64(stage.draw(human, 1 ... 6)))], in: &visit)
        case .decider:
            guard day == firm.contractDay, var visit = stage.begin(human, on: day) else { return }
            introduce(.decider, firm, &visit, stage)
            stage.tell("Contract Signed", ["termDays": .int(Int64(termDays))], in: &visit)
        case .buyer: pay(human, firm, on: day, stage)
        case .staff:
            guard day > firm.contractDay, day < firm.silentDay ?? day + 1, stage.clock.weekday(ofDay: day) < 5,
                var visit = stage.visit(human, on: day)
            else { return }
            introduce(.user, firm, &visit, stage)
            firms[number].lastUse = max(firm.lastUse ?? visit.time, visit.time)
            firms[number].usesByWeek[stage.clock.week(ofDay: day)] = true
            stage.tell("Report Opened", ["report": .int(Int64(stage.draw(human, 1 ... 40)))], in: &visit)
            if stage.chance(human, perMille: 250) { stage.tell("Report Shared", in: &visit) }
        }
    }

    private func pay(_ human: Int, _ firm: Firm, on day: Int, _ stage: Stage<Kind>) {
        guard day >= firm.contractDay, (day - firm.contractDay) % termDays == 0, day <= firm.lapseDay ?? day,
            var visit = stage.begin(human, on: day)
        else { return }
        introduce(.buyer, firm, &visit, stage)
        if day == firm.lapseDay {
            stage.tell("Contract Lapsed", in: &visit)
        } else {
            let seats = 5 + human % 16
            stage.order(
                StageOrder(product: "团队版 Team Plan", category: "seats", price: 90, quantity: seats), in: &visit)
        }
    }

    /// At the first visit: signs up, joins the firm's account, and says what one is to it.
    private func introduce(_ role: RelationshipRole, _ firm: Firm, _ visit: inout StageVisit, _ stage: Stage<Kind>) {
        guard stage.humans[visit.human].account == nil else { return }
        stage.signUp(in: &visit)
        stage.join(firm.account, named: firm.title, in: &visit)
        stage.declare(role, to: .account(firm.account), in: &visit)
    }

    // MARK: - The truth

    func figures(_ stage: Stage<Kind>) -> [WorldFigure] {
        let signed = stage.deeds("Contract Signed").humans.map { firms[$0 % firms.count] }
        let silent = signed.filter { $0.lastUse ?? 0 < stage.instant(daysBeforeEnd: 14) }
        let lapsed = Set(stage.deeds("Contract Lapsed").humans.map { firms[$0 % firms.count].account })
        let areSilent = Ask.all(
            Ask.role("decider"), Ask.not(Ask.related(.decider, to: Ask.did("Report Opened", within: ["last": "14d"]))))
        let hasLapsed: JSONValue = ["account": ["match": "any", "of": Ask.did("Contract Lapsed")]]
        return [
            stage.people(
                "staff use and pay nothing", Ask.all(Ask.did("Report Opened"), Ask.not(Ask.role("customer"))),
                stage.deeds("Report Opened").humans.count),
            stage.people(
                "buyers pay and never use", Ask.all(Ask.role("customer"), Ask.not(Ask.did("Report Opened"))),
                stage.deeds("Order Completed").humans.count),
            stage.people("deciders decided for firms where nobody has worked with it for two weeks", areSilent, silent.count),
            stage.people(
                "of them have a contract that still runs", Ask.all(areSilent, Ask.not(hasLapsed)),
                silent.count { !lapsed.contains($0.account) }),
            stage.weekly(
                "firms worked with it, week by week", ["event": "Report Opened"], by: "account",
                (0 ..< stage.clock.weekCount).map { week in firms.count { $0.usesByWeek[week] } }),
            stage.weekly(
                "contracts lapsed, week by week", ["event": "Contract Lapsed"], by: "account",
                stage.deeds("Contract Lapsed").countByWeek),
        ]
    }

    /// Each firm with the days of its last use and of its lapse.
    func details(_ stage: Stage<Kind>) -> [(String, JSONValue)] {
        let lapses = stage.deeds("Contract Lapsed").lastByHuman.map { ($0.key % firms.count, $0.value) }
        let lapseByFirm = Dictionary(uniqueKeysWithValues: lapses)
        func day(_ milliseconds: Int64?) -> JSONValue {
            milliseconds.map { .string(stage.clock.calendar.date(at: Instant(microseconds: $0 * 1_000)).text) } ?? .null
        }
        return [
            (
                "firms",
                .array(
                    firms.enumerated().map { number, firm in
                        [
                            "account": .string(firm.account), "name": .string(firm.title), "lastUse": day(firm.lastUse),
                            "lapsed": day(lapseByFirm[number]),
                        ]
                    })
            )
        ]
    }
}
