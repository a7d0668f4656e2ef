import Model

extension TeaShopSimulation {
    /// Looks around, may fill a cart, and may buy.
    func browse(_ visit: inout TeaVisit) {
        let index = visit.human
        let kind = humans[index].kind
        if visit.day - Int(humans[index].cartDay) > 20 { humans[index].cart.removeAll() }
        let stepCount = humans[index].random.within(kind.steps)
        for _ in 0 ..< stepCount {
            guard look(&visit) else { return }
        }
        guard !humans[index].cart.isEmpty else { return }
        checkOut(&visit)
    }

    /// One step of browsing; false when the day is over.
    private func look(_ visit: inout TeaVisit) -> Bool {
        let index = visit.human
        switch humans[index].random.index(weights: [18, 11, 62, 4, 5]) {
        case 0: tell(.listViewed, visit, first: humans[index].random.below(TeaCategory.allCases.count - 1))
        case 1: tell(.searched, visit, first: humans[index].random.below(12), second: humans[index].random.below(30))
        case 3: tell(.shared, visit, first: Int(chooseProduct(visit)), second: humans[index].random.below(3))
        case 4:
            if visit.isKnown, humans[index].lastOrderedProduct >= 0 { review(visit) } else { viewProduct(&visit) }
        default: viewProduct(&visit)
        }
        return visit.wait(4 ... 110, using: &humans[index].random)
    }

    private func viewProduct(_ visit: inout TeaVisit) {
        let index = visit.human
        let product = chooseProduct(visit)
        tell(.viewed, visit, first: Int(product))
        guard humans[index].random.chance(perMille: humans[index].kind.addsPerMille), humans[index].cart.count < 6,
            visit.wait(5 ... 60, using: &humans[index].random)
        else { return }
        add(product, to: &visit)
    }

    private func add(_ product: UInt8, to visit: inout TeaVisit) {
        let index = visit.human
        if humans[index].cart.isEmpty { humans[index].cartDay = Int16(visit.day) }
        humans[index].cart.append(product)
        tell(.added, visit, first: Int(product), second: 1)
    }

    private func review(_ visit: TeaVisit) {
        let index = visit.human
        let bad = plan.badWeek.contains(visit.day)
        let rating = humans[index].random.index(weights: bad ? [34, 22, 16, 14, 14] : [4, 5, 11, 30, 50])
        let text = humans[index].random.below(TeaWords.chineseReviews[rating].count)
        tell(.reviewed, visit, first: Int(humans[index].lastOrderedProduct), second: rating << 4 | text)
        humans[index].lastOrderedProduct = -1
    }

    /// Well-known products are looked at more often; before the festival gift boxes are.
    func chooseProduct(_ visit: TeaVisit) -> UInt8 {
        let index = visit.human
        if plan.festival.contains(visit.day), humans[index].random.chance(perMille: 250) {
            let boxes = TeaShopSimulation.giftBoxes
            return UInt8(boxes[humans[index].random.below(boxes.count)])
        }
        let count = TeaShopSimulation.goodsCount
        return UInt8(min(humans[index].random.below(count), humans[index].random.below(count)))
    }

    static let giftBoxes = TeaProduct.numbers(of: .gift)
    static let lessons = TeaProduct.numbers(of: .lesson)
    static let goodsCount = TeaProduct.all.count - lessons.count

    // MARK: - Checkout

    private func checkOut(_ visit: inout TeaVisit) {
        let index = visit.human
        guard humans[index].random.chance(perMille: 750) else { return }
        tell(.cartViewed, visit, first: humans[index].cart.count)
        guard visit.wait(5 ... 90, using: &humans[index].random) else { return }
        if humans[index].cart.count > 1, humans[index].random.chance(perMille: 80) {
            let dropped = humans[index].cart.removeLast()
            tell(.removed, visit, first: Int(dropped), second: 1)
            guard visit.wait(3 ... 20, using: &humans[index].random) else { return }
        }
        guard humans[index].random.chance(perMille: humans[index].kind.checksOutPerMille) else { return }
        tell(.checkoutStarted, visit, first: humans[index].cart.count)
        guard visit.wait(15 ... 150, using: &humans[index].random) else { return }
        let isOut = plan.badWeek.contains(visit.day) && humans[index].random.chance(perMille: 550)
        if isOut {
            tell(.paymentFailed, visit, first: humans[index].random.below(2))
        } else if humans[index].random.chance(perMille: humans[index].kind.paysPerMille) {
            order(&visit)
        }
    }

    // MARK: - Others than shoppers

    /// A child's lessons in the app; now and then a pack of lessons that the parent pays for.
    func learn(_ visit: inout TeaVisit) {
        let index = visit.human
        for _ in 0 ..< humans[index].random.within(TeaKind.child.steps) {
            tell(.lessonCompleted, visit, first: humans[index].random.below(24), second: humans[index].random.within(60 ... 100))
            guard visit.wait(60 ... 600, using: &humans[index].random) else { return }
        }
        let parent = humans[index].companion
        guard visit.isKnown, humans[index].random.chance(perMille: 16), isKnown(parent, before: visit.day) else { return }
        orderAfterLooking(&visit, product: UInt8(TeaShopSimulation.lessons[humans[index].random.below(2)]), payer: parent)
    }

    /// Tea from the office machine.
    func drink(_ visit: inout TeaVisit) {
        let index = visit.human
        for _ in 0 ..< humans[index].random.within(TeaKind.drinker.steps) {
            tell(.teaBrewed, visit, first: Int(chooseProduct(visit)), second: humans[index].random.within(70 ... 98))
            guard visit.wait(30 ... 400, using: &humans[index].random) else { return }
        }
    }

    /// A parent looks at a lesson and sometimes buys it for the child.
    func payForChild(_ visit: inout TeaVisit) {
        let index = visit.human
        let lesson = UInt8(TeaShopSimulation.lessons[humans[index].random.below(TeaShopSimulation.lessons.count)])
        let child = humans.indices.first { humans[$0].kind == .child && humans[$0].companion == Int32(index) }
        guard let child, visit.isKnown, isKnown(Int32(child), before: visit.day), humans[index].random.chance(perMille: 450) else {
            tell(.viewed, visit, first: Int(lesson))
            return
        }
        orderAfterLooking(&visit, product: lesson, recipient: Int32(child))
    }

    /// The company's buyer orders for a month.
    func buyForCompany(_ visit: inout TeaVisit) {
        let index = visit.human
        guard visit.isKnown, humans[index].companion >= 0, visit.day - Int(humans[index].lastOrderDay) >= 20 else {
            tell(.listViewed, visit, first: humans[index].random.below(4))
            return
        }
        let drinkers = plan.accounts[Int(humans[index].companion)].drinkerCount
        humans[index].cart = [chooseProduct(visit), chooseProduct(visit), chooseProduct(visit)]
        orderAfterLooking(&visit, product: chooseProduct(visit), quantity: max(1, drinkers / 4))
    }

    /// View, add, check out, order: the whole way at once.
    private func orderAfterLooking(
        _ visit: inout TeaVisit, product: UInt8, quantity: Int = 1, payer: Int32 = -1, recipient: Int32 = -1
    ) {
        let index = visit.human
        tell(.viewed, visit, first: Int(product))
        guard visit.wait(5 ... 40, using: &humans[index].random) else { return }
        add(product, to: &visit)
        guard visit.wait(5 ... 40, using: &humans[index].random) else { return }
        tell(.checkoutStarted, visit, first: humans[index].cart.count)
        guard visit.wait(10 ... 60, using: &humans[index].random) else { return }
        order(&visit, quantity: quantity, payer: payer, recipient: recipient)
    }
}
