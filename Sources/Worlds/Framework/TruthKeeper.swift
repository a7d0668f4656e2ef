import Model

/// Keeps the truth while a world is simulated: people as their identities tell them apart, visits, orders, funnel steps.
///
/// The simulation says what it does (a visit begins, an order is paid, two people turn out to be one); nothing is read back
/// from the calls.
struct TruthKeeper {
    /// A person told apart by identities; merged ones point to the survivor.
    struct Person {
        var human: Int32
        var mergedInto: Int32 = -1
        var identities: [Identity] = []
        var firstSeen: Int64
        var firstVisit = Int64.max
        var visitCount: Int32 = 0
        var eventCount: Int32 = 0
        var giftCount: Int32 = 0
        /// Paid orders with an unreturned line.
        var openOrderCount: Int32 = 0
        /// (milliseconds << 3 | step), in the order of time for one person, unordered after a merge.
        var steps: [Int64] = []
    }

    struct Order {
        var payer: Int32
        var paidAt: Int64
        var total: Int64
        var refunded: Int64 = 0
        var returnedAt = Int64.max
    }

    let clock: WorldClock
    private let weekCount: Int
    private(set) var people: [Person] = []
    private(set) var orders: [Order] = []
    /// Visits by person and week: `weekCount` entries for each person, held at 255.
    private(set) var visitsByWeek: [UInt8] = []
    private(set) var refundCount = 0
    private(set) var giftCount = 0
    /// The cells as they were known at the end of a day, identities as of then.
    private(set) var cellsAsOf: [(day: Int, cells: TruthCells)] = []

    init(clock: WorldClock) {
        self.clock = clock
        weekCount = clock.weekCount
    }

    // MARK: - Who is who

    mutating func person(human: Int, at time: Int64) -> Int32 {
        people.append(Person(human: Int32(human), firstSeen: time))
        visitsByWeek.append(contentsOf: repeatElement(0, count: weekCount))
        return Int32(people.count - 1)
    }

    mutating func attach(_ identity: Identity, to person: Int32) { people[Int(root(person))].identities.append(identity) }

    /// The survivor of a person's merges.
    func root(_ person: Int32) -> Int32 {
        var person = person
        while people[Int(person)].mergedInto >= 0 { person = people[Int(person)].mergedInto }
        return person
    }

    /// Two people turn out to be one; the one seen first survives.
    mutating func merge(_ left: Int32, _ right: Int32) -> Int32 {
        let (left, right) = (root(left), root(right))
        if left == right { return left }
        let keepsLeft = (people[Int(left)].firstSeen, left) < (people[Int(right)].firstSeen, right)
        let (winner, loser) = keepsLeft ? (Int(left), Int(right)) : (Int(right), Int(left))
        let lost = people[loser]
        people[winner].identities += lost.identities
        people[winner].firstVisit = min(people[winner].firstVisit, lost.firstVisit)
        people[winner].visitCount += lost.visitCount
        people[winner].eventCount += lost.eventCount
        people[winner].giftCount += lost.giftCount
        people[winner].openOrderCount += lost.openOrderCount
        people[winner].steps += lost.steps
        for week in 0 ..< weekCount {
            let sum = Int(visitsByWeek[winner * weekCount + week]) + Int(visitsByWeek[loser * weekCount + week])
            visitsByWeek[winner * weekCount + week] = UInt8(min(sum, 255))
        }
        people[loser] = Person(human: lost.human, mergedInto: Int32(winner), firstSeen: lost.firstSeen)
        return Int32(winner)
    }

    // MARK: - What they do

    /// A visit begins: more than 30 minutes after this person's last event.
    mutating func visit(_ person: Int32, at time: Int64, week: Int) {
        let person = Int(root(person))
        people[person].visitCount += 1
        people[person].firstVisit = min(people[person].firstVisit, time)
        let slot = person * weekCount + week
        visitsByWeek[slot] = UInt8(min(Int(visitsByWeek[slot]) + 1, 255))
    }

    mutating func event(_ person: Int32) { people[Int(root(person))].eventCount += 1 }

    /// An event that is step 0 … 7 of the world's funnel.
    mutating func step(_ step: Int, _ person: Int32, at time: Int64) {
        people[Int(root(person))].steps.append(time << 3 | Int64(step))
    }

    /// A paid order; returns its number for ``refund(_:at:amount:returnsAll:)``.
    mutating func order(payer: Int32, at time: Int64, total: Int64) -> Int {
        people[Int(root(payer))].openOrderCount += 1
        orders.append(Order(payer: payer, paidAt: time, total: total))
        return orders.count - 1
    }

    mutating func refund(_ order: Int, at time: Int64, amount: Int64, returnsAll: Bool) {
        refundCount += 1
        orders[order].refunded += amount
        if returnsAll {
            orders[order].returnedAt = time
            people[Int(root(orders[order].payer))].openOrderCount -= 1
        }
    }

    mutating func gift(from person: Int32) {
        people[Int(root(person))].giftCount += 1
        giftCount += 1
    }

    // MARK: - Roles

    /// Keeps the cells as of the end of `day`: with the identities and events known by then.
    mutating func closeDay(_ day: Int) {
        guard clock.weekday(ofDay: day) == 6 || day == clock.dayCount - 1 else { return }
        let week = clock.week(ofDay: day)
        var cells = TruthCells()
        for (index, person) in people.enumerated() where person.mergedInto < 0 {
            cells.count(isUser: use(of: index, inWeek: week) == .user, isCustomer: person.openOrderCount > 0)
        }
        cellsAsOf.append((day, cells))
    }

    enum Use: String { case user, formerUser = "former_user", never }

    /// The default rule at the end of a day of `week`: at least two visits in an ISO week; still so for the four weeks after it.
    func use(of person: Int, inWeek week: Int) -> Use {
        let weeks = visitsByWeek[person * weekCount ..< person * weekCount + week + 1]
        guard let last = weeks.lastIndex(where: { $0 >= 2 }) else { return .never }
        return week - (last - weeks.startIndex) <= 4 ? .user : .formerUser
    }

    func visits(of person: Int, inWeek week: Int) -> Int { Int(visitsByWeek[person * weekCount + week]) }
}
