import Model

extension TruthKeeper {
    /// The people at the end, in the order they were first seen.
    func finishedPeople(human: (Int) -> (key: String, kind: String)) -> [TruthPerson] {
        var byPayer: [Int32: [Int]] = [:]
        for (index, order) in orders.enumerated() { byPayer[root(order.payer), default: []].append(index) }
        let survivors = people.indices.filter { people[$0].mergedInto < 0 }
            .sorted { (people[$0].firstSeen, $0) < (people[$1].firstSeen, $1) }
        let lastWeek = clock.weekCount - 1
        return survivors.map { index in
            let person = people[index]
            let own = byPayer[Int32(index)] ?? []
            let (key, kind) = human(Int(person.human))
            return TruthPerson(
                human: key, kind: kind, identities: person.identities.sorted(), use: use(of: index, inWeek: lastWeek).rawValue,
                isCustomer: person.openOrderCount > 0, firstSeen: instant(person.firstSeen),
                firstVisit: person.firstVisit == Int64.max ? nil : instant(person.firstVisit), visitCount: Int(person.visitCount),
                eventCount: Int(person.eventCount), firstOrder: own.map { orders[$0].paidAt }.min().map(instant),
                orderCount: own.count, revenue: own.reduce(0) { $0 + orders[$1].total },
                refunded: own.reduce(0) { $0 + orders[$1].refunded }, giftCount: Int(person.giftCount))
        }
    }

    /// The cells at the end of a day with the identities known at the end of the world, events cut at that day.
    func cells(atEndOf day: Int) -> TruthCells {
        let cut = clock.dayStarts[day + 1]
        let week = clock.week(ofDay: day)
        var open = [Int32](repeating: 0, count: people.count)
        for order in orders where order.paidAt < cut && order.returnedAt >= cut { open[Int(root(order.payer))] += 1 }
        var cells = TruthCells()
        for (index, person) in people.enumerated() where person.mergedInto < 0 && person.firstSeen < cut {
            cells.count(isUser: use(of: index, inWeek: week) == .user, isCustomer: open[index] > 0)
        }
        return cells
    }

    /// How many people reach each step within `window` milliseconds of a first step, any first step counting.
    func funnelCounts(stepCount: Int, window: Int64) -> [Int] {
        var counts = [Int](repeating: 0, count: stepCount)
        for person in people where !person.steps.isEmpty {
            // For each step the latest start of a chain that has come so far.
            var starts = [Int64](repeating: Int64.min, count: stepCount)
            var level = 0
            for step in person.steps.sorted() {
                let (time, index) = (step >> 3, Int(step & 7))
                if index == 0 {
                    starts[0] = time
                } else if starts[index - 1] != Int64.min, time - starts[index - 1] <= window {
                    starts[index] = max(starts[index], starts[index - 1])
                } else {
                    continue
                }
                level = max(level, index + 1)
            }
            for reached in 0 ..< level { counts[reached] += 1 }
        }
        return counts
    }

    /// People with at least one event in each ISO week.
    func weeklyActives() -> [Int] {
        (0 ..< clock.weekCount).map { week in
            people.indices.count { people[$0].mergedInto < 0 && visits(of: $0, inWeek: week) > 0 }
        }
    }

    func instant(_ milliseconds: Int64) -> Instant { Instant(microseconds: milliseconds * 1_000) }
}
