import Model

/// Where a visit stands: who, on which device, and the time of its latest call.
struct TeaVisit {
    let human: Int
    /// -1 for what the server tells.
    let device: Int32
    let day: Int
    /// No call may come at or after this instant, shortly before midnight: no visit lies in two days.
    let limit: Int64
    var time: Int64
    var isKnown: Bool
    var isCampaign = false
    var hasBrokenUserID = false

    /// Lets some seconds pass; false when the day is over.
    mutating func wait(_ seconds: ClosedRange<Int>, using random: inout SplitMix64) -> Bool {
        time += Int64(random.within(seconds)) * 1_000 + Int64(random.within(1 ... 999))
        return time < limit
    }
}

extension TeaShopSimulation {
    /// One human's day: visits and what the server tells about them, well apart from each other.
    func live(_ index: Int, day: Int) {
        let kind = humans[index].kind
        guard day >= humans[index].joinDay else { return }
        if kind == .telephone {
            callByTelephone(index, day: day)
            return
        }
        var starts: [(time: Int64, refund: Int)] = []
        for refund in dueRefunds(index, day: day) { starts.append((serverTime(index, day: day), refund)) }
        let visitCount = visitCount(index, day: day)
        for _ in 0 ..< visitCount {
            starts.append((plan.clock.dayStarts[day] + plan.hours.draw(using: &humans[index].random), -1))
        }
        guard !starts.isEmpty else { return }
        if starts.count > 1 { starts.sort { $0.time < $1.time } }
        for start in starts {
            let time = max(start.time, humans[index].lastEvent + pause)
            let limit = plan.clock.dayStarts[day] + 86_400_000 - 10 * 60_000
            if start.refund >= 0 {
                // Too late in the day: tomorrow, if there is one.
                if time < limit {
                    tellRefund(start.refund, at: time, day: day)
                } else {
                    postponeRefund(index, day: day, order: start.refund)
                }
            } else if time < limit - 50 * 60_000 {
                visit(index, day: day, at: time, limit: limit)
            }
        }
    }

    private func serverTime(_ index: Int, day: Int) -> Int64 {
        plan.clock.dayStarts[day] + 9 * 3_600_000 + Int64(humans[index].random.below(9 * 3_600_000))
    }

    private func visitCount(_ index: Int, day: Int) -> Int {
        let kind = humans[index].kind
        if day == Int(humans[index].joinDay), kind != .child { return 1 }
        if kind == .passerby || day >= Int(humans[index].quitDay) { return 0 }
        if kind == .child {
            // A parent has to be there first.
            let parent = humans[index].companion
            guard parent >= 0, isKnown(parent, before: day) else { return 0 }
        }
        let chance = Int(humans[index].visitsPerMillion) * plan.visitCurve[day] / 1_000
        guard humans[index].random.chance(perMillion: min(chance, 950_000)) else { return 0 }
        let comesAgain = kind == .regular || kind == .child || kind == .drinker ? 220 : 60
        return humans[index].random.chance(perMille: comesAgain) ? 2 : 1
    }

    /// Whether a human's user id was told on an earlier day.
    func isKnown(_ human: Int32, before day: Int) -> Bool {
        let known = humans[Int(human)].knownDay
        return known >= 0 && known < day
    }

    // MARK: - A visit

    private func visit(_ index: Int, day: Int, at time: Int64, limit: Int64) {
        let device = chooseDevice(index, day: day)
        let isSignedIn = humans[index].sharesTablet ? humans[index].isKnown : devices[Int(device)].isSignedIn
        var visit = TeaVisit(human: index, device: device, day: day, limit: limit, time: time, isKnown: isSignedIn)
        let kind = humans[index].kind
        if plan.campaign.contains(day), kind != .child, kind != .drinker {
            visit.isCampaign = humans[index].random.chance(perMille: 300)
        }
        if plan.badWeek.contains(day), !isSignedIn, !devices[Int(device)].kind.isApp {
            visit.hasBrokenUserID = humans[index].random.chance(perMille: 250)
        }
        humans[index].visitCount += 1
        if humans[index].sharesTablet {
            // On the parent's tablet: the child is known from the first call on (a user switch, nobody is merged).
            if !humans[index].isKnown {
                becomeKnown(&visit)
                guard visit.wait(2 ... 9, using: &humans[index].random) else { return }
            }
            keeper.visit(humans[index].person, at: visit.time, week: plan.clock.week(ofDay: day))
        } else {
            if devices[Int(device)].person < 0 { meet(device, human: index, at: visit.time) }
            keeper.visit(person(of: visit), at: visit.time, week: plan.clock.week(ofDay: day))
        }
        enter(&visit)
        guard visit.wait(3 ... 40, using: &humans[index].random), signIn(&visit) else { return }
        switch kind {
        case .child: learn(&visit)
        case .drinker: drink(&visit)
        case .parent: payForChild(&visit)
        case .buyer: buyForCompany(&visit)
        default: browse(&visit)
        }
    }

    private func chooseDevice(_ index: Int, day: Int) -> Int32 {
        if humans[index].sharesTablet { return humans[index].device }
        if humans[index].secondDevice >= 0, day >= Int(humans[index].secondDeviceDay), humans[index].random.chance(perMille: 350) {
            return humans[index].secondDevice
        }
        // Some clear their cookies now and then: a new anonymous id.
        if humans[index].visitCount > 0, humans[index].random.chance(perMille: 4), !devices[Int(humans[index].device)].kind.isApp {
            humans[index].device = add(TeaDevice(kind: devices[Int(humans[index].device)].kind))
        }
        return humans[index].device
    }

    /// A device is seen for the first time: a new person, as far as anybody can know.
    private func meet(_ device: Int32, human: Int, at time: Int64) {
        let person = keeper.person(human: human, at: time)
        keeper.attach(Identity(type: .anonymousID, value: WorldIDs.anonymous(Int(device), seed: shop.seed)), to: person)
        devices[Int(device)].person = person
    }

    private func enter(_ visit: inout TeaVisit) {
        let isApp = devices[Int(visit.device)].kind.isApp
        if isApp {
            tell(.appOpened, visit)
            guard visit.wait(1 ... 3, using: &humans[visit.human].random) else { return }
        }
        let referrer = isApp ? 0 : humans[visit.human].random.index(weights: [45, 20, 20, 15])
        tell(isApp ? .screen : .page, visit, first: TeaShopScribe.homePage, second: referrer)
    }

    /// Signs up or in when this human does so now; false when the day is over.
    private func signIn(_ visit: inout TeaVisit) -> Bool {
        if visit.isKnown { return true }
        let kind = humans[visit.human].kind
        let isNew = !humans[visit.human].isKnown
        let perMille = isNew ? kind.signsUpPerMille * (visit.isCampaign ? 2 : 1) : 600
        guard humans[visit.human].random.chance(perMille: min(perMille, 1_000)) else { return true }
        becomeKnown(&visit)
        guard visit.wait(1 ... 4, using: &humans[visit.human].random) else { return false }
        tell(isNew ? .signedUp : .signedIn, visit)
        if isNew, kind == .drinker || kind == .buyer, humans[visit.human].companion >= 0 {
            guard visit.wait(1 ... 4, using: &humans[visit.human].random) else { return false }
            tell(.group, visit, first: Int(humans[visit.human].companion))
        }
        return visit.wait(2 ... 20, using: &humans[visit.human].random)
    }

    /// The identify call: from now on the device's calls carry the user id.
    private func becomeKnown(_ visit: inout TeaVisit) {
        let index = visit.human
        let sharesTablet = humans[index].sharesTablet
        visit.isKnown = true
        visit.hasBrokenUserID = false
        let userID = Identity(type: .userID, value: WorldIDs.user(index))
        if sharesTablet {
            humans[index].person = keeper.person(human: index, at: visit.time)
            keeper.attach(userID, to: humans[index].person)
        } else if humans[index].isKnown {
            humans[index].person = keeper.merge(humans[index].person, devices[Int(visit.device)].person)
            devices[Int(visit.device)].isSignedIn = true
        } else {
            humans[index].person = devices[Int(visit.device)].person
            keeper.attach(userID, to: humans[index].person)
            devices[Int(visit.device)].isSignedIn = true
        }
        if !humans[index].isKnown { humans[index].knownDay = Int16(visit.day) }
        tell(.identify, visit)
    }

    // MARK: - By telephone

    private func callByTelephone(_ index: Int, day: Int) {
        // More than a week lies between two orders, so that nobody uses anything twice in a week.
        guard day - Int(humans[index].lastOrderDay) >= 8,
            humans[index].random.chance(perMillion: Int(humans[index].visitsPerMillion)) || day == Int(humans[index].joinDay)
        else { return }
        let time = serverTime(index, day: day)
        var visit = TeaVisit(human: index, device: -1, day: day, limit: time + 3_600_000, time: time, isKnown: true)
        if !humans[index].isKnown {
            let person = keeper.person(human: index, at: time)
            keeper.attach(Identity(type: .userID, value: WorldIDs.user(index)), to: person)
            humans[index].person = person
            humans[index].knownDay = Int16(day)
            tell(.identify, visit)
            guard visit.wait(1 ... 1, using: &humans[index].random) else { return }
        }
        keeper.visit(humans[index].person, at: visit.time, week: plan.clock.week(ofDay: day))
        let first = chooseProduct(visit)
        humans[index].cart = [first]
        if humans[index].random.chance(perMille: 400) { humans[index].cart.append(chooseProduct(visit)) }
        order(&visit)
    }
}
