import Model

/// The shop day by day: everybody's visits are drawn, told to the truth, put in the order of time and written.
///
/// A class because batches are pulled from it one by one; it is used by one task at a time.
final class TeaShopSimulation {
    let shop: TeaShop
    let plan: TeaShopPlan
    let writesCalls: Bool
    var humans: [TeaHuman] = []
    var devices: [TeaDevice] = []
    var orders: [TeaOrder] = []
    var keeper: TruthKeeper
    /// The happenings of the current day.
    var happenings: [TeaHappening] = []
    /// Their order: milliseconds of the day and place, in one word that sorts fast.
    private var order: [UInt64] = []
    /// Sessions leave at least this many milliseconds between them, well over the 30 minutes that end one.
    let pause: Int64 = 45 * 60_000

    private var day = 0
    private var nextHappening = 0
    private var scribe: TeaShopScribe
    private var callCount = 0
    private(set) var callCounts = [Int](repeating: 0, count: CallType.allCases.count)
    private(set) var eventCounts = [Int](repeating: 0, count: TeaHappening.Kind.allCases.count)
    private(set) var truth: WorldTruth?

    init(shop: TeaShop, writesCalls: Bool) {
        self.shop = shop
        self.writesCalls = writesCalls
        plan = TeaShopPlan(shop: shop)
        keeper = TruthKeeper(clock: plan.clock)
        scribe = TeaShopScribe(shop: shop)
        settle()
    }

    // MARK: - Batches

    func nextBatch(of size: Int) -> WorldBatch? {
        let firstIndex = callCount
        while callCount - firstIndex < size {
            if nextHappening == happenings.count, !simulateDay() { break }
            guard nextHappening < happenings.count else { continue }
            let end = min(happenings.count, nextHappening + size - (callCount - firstIndex))
            for index in nextHappening ..< end {
                scribe.write(happenings[Int(order[index] & 0xFFFF_FFFF)], index: callCount, shop: self)
                callCount += 1
            }
            nextHappening = end
        }
        guard callCount > firstIndex else {
            if truth == nil { truth = finishedTruth() }
            return nil
        }
        return WorldBatch(
            lines: scribe.take(), count: callCount - firstIndex, firstIndex: firstIndex, progress: Double(day) / Double(shop.days))
    }

    /// Simulates the next day into ``happenings``; false after the last one.
    func simulateDay() -> Bool {
        guard day < shop.days else { return false }
        happenings.removeAll(keepingCapacity: true)
        nextHappening = 0
        for index in humans.indices { live(index, day: day) }
        keeper.closeDay(day)
        if writesCalls {
            // Humans live one after another, so equal times are told in the order of the humans.
            let start = plan.clock.dayStarts[day]
            order = happenings.enumerated().map { UInt64($0.element.time - start) << 32 | UInt64($0.offset) }
            order.sort()
        }
        day += 1
        return true
    }

    // MARK: - Who lives here

    private func settle() {
        for (index, kind) in plan.kinds.enumerated() {
            var human = TeaHuman(index: index, kind: kind, plan: plan, seed: shop.seed)
            let weights = human.isChinese ? TeaDeviceKind.chineseWeights : TeaDeviceKind.foreignWeights
            if kind != .telephone {
                let appOnly = kind == .child || kind == .drinker
                let drawn = appOnly ? human.random.below(2) : human.random.index(weights: weights)
                human.device = add(TeaDevice(kind: .init(drawn: drawn)))
                if human.secondDeviceDay != Int16.max {
                    human.secondDevice = add(TeaDevice(kind: .init(drawn: human.random.index(weights: weights))))
                }
            }
            humans.append(human)
        }
        joinFamilies()
        joinAccounts()
        let friends = humans.indices.filter { humans[$0].kind == .regular || humans[$0].kind == .occasional }
        for index in friends where friends.count > 1 {
            let friend = friends[humans[index].random.below(friends.count)]
            if friend != index { humans[index].companion = Int32(friend) }
        }
    }

    func add(_ device: TeaDevice) -> Int32 {
        devices.append(device)
        return Int32(devices.count - 1)
    }

    private func joinFamilies() {
        let parents = humans.indices.filter { humans[$0].kind == .parent }
        let children = humans.indices.filter { humans[$0].kind == .child }
        for (number, child) in children.enumerated() {
            guard !parents.isEmpty else { return }
            let parent = parents[number % parents.count]
            humans[child].companion = Int32(parent)
            // One child in five learns on the parent's tablet, where the parent's user id was told before.
            if number % 5 == 4 {
                humans[child].sharesTablet = true
                humans[child].device = humans[parent].device
            }
        }
    }

    private func joinAccounts() {
        let buyers = humans.indices.filter { humans[$0].kind == .buyer }
        let drinkers = humans.indices.filter { humans[$0].kind == .drinker }
        var next = 0
        for (account, buyer) in buyers.enumerated() where account < plan.accounts.count {
            humans[buyer].companion = Int32(account)
            for drinker in drinkers[next ..< min(drinkers.count, next + plan.accounts[account].drinkerCount)] {
                humans[drinker].companion = Int32(account)
            }
            next += min(drinkers.count - next, plan.accounts[account].drinkerCount)
        }
    }

    // MARK: - Telling

    /// Tells one call: to the truth at once, to the stream when the day is over.
    func tell(_ kind: TeaHappening.Kind, _ visit: TeaVisit, first: Int = 0, second: Int = 0) {
        let person = self.person(of: visit)
        if kind.eventName != nil {
            keeper.event(person)
            eventCounts[Int(kind.rawValue)] += 1
        }
        if let step = kind.funnelStep { keeper.step(step, person, at: visit.time) }
        callCounts[Int(kind.callType.rawValue)] += 1
        humans[visit.human].lastEvent = visit.time
        guard writesCalls else { return }
        happenings.append(
            TeaHappening(
                time: visit.time, human: Int32(visit.human), device: visit.device, kind: kind, isKnown: visit.isKnown,
                isCampaign: visit.isCampaign, hasBrokenUserID: visit.hasBrokenUserID, first: Int32(truncatingIfNeeded: first),
                second: Int32(truncatingIfNeeded: second)))
    }

    /// The truth's person to whom the calls of a visit belong.
    func person(of visit: TeaVisit) -> Int32 {
        visit.isKnown ? humans[visit.human].person : devices[Int(visit.device)].person
    }

    func finishedTruth() -> WorldTruth {
        TeaShopTruth(simulation: self).truth
    }
}

extension TeaDeviceKind {
    /// The kind of a drawn index of the weights.
    fileprivate init(drawn index: Int) { self = TeaDeviceKind.allCases[index] }
}

extension TeaHappening.Kind {
    /// The call that tells it.
    var callType: CallType {
        switch self {
        case .page: .page
        case .screen: .screen
        case .identify: .identify
        case .group: .group
        default: .track
        }
    }
}
