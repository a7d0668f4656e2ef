import Model

extension TeaShopSimulation {
    /// Orders what is in the cart, as a gift perhaps, and decides whether it will come back.
    func order(_ visit: inout TeaVisit, quantity: Int = 1, payer: Int32 = -1, recipient: Int32 = -1) {
        let index = visit.human
        let lines = lines(visit, quantity: quantity)
        let recipient = recipient < 0 && payer < 0 ? friendWithGift(visit) : recipient
        let subtotal = lines.reduce(0) { $0 + TeaProduct.all[Int($1.product)].price * Int($1.quantity) }
        let mayHaveCoupon = plan.campaign.contains(visit.day) && payer < 0 && visit.device >= 0
        let hasCoupon = mayHaveCoupon && humans[index].random.chance(perMille: 350)
        if hasCoupon {
            tell(.couponApplied, visit, first: subtotal / 10)
            guard visit.wait(2 ... 9, using: &humans[index].random) else { return }
        }
        var order = TeaOrder(
            human: Int32(index), device: visit.device, isKnown: visit.isKnown, lines: lines,
            discount: hasCoupon ? subtotal / 10 : 0, shipping: subtotal < 9_900 && humans[index].kind != .child ? 800 : 0,
            payer: payer, recipient: recipient, hasCoupon: hasCoupon)
        let payingPerson = payer >= 0 ? humans[Int(payer)].person : person(of: visit)
        order.truthOrder = keeper.order(payer: payingPerson, at: visit.time, total: Int64(order.total))
        if recipient >= 0 { keeper.gift(from: payingPerson) }
        orders.append(order)
        tell(.orderCompleted, visit, first: orders.count - 1)
        humans[index].cart.removeAll()
        humans[index].lastOrderDay = Int16(visit.day)
        humans[index].lastOrderedProduct = Int16(lines[0].product)
        planRefund(orders.count - 1, visit)
    }

    /// The friend whom this order is for; -1 when it is no gift.
    ///
    /// Before the festival many are.
    private func friendWithGift(_ visit: TeaVisit) -> Int32 {
        let index = visit.human
        guard humans[index].kind == .regular || humans[index].kind == .occasional, visit.isKnown else { return -1 }
        let friend = humans[index].companion
        guard friend >= 0, isKnown(friend, before: visit.day) else { return -1 }
        return humans[index].random.chance(perMille: plan.festival.contains(visit.day) ? 260 : 45) ? friend : -1
    }

    private func lines(_ visit: TeaVisit, quantity: Int) -> [TeaOrder.Line] {
        let index = visit.human
        var lines: [TeaOrder.Line] = []
        for product in humans[index].cart where !lines.contains(where: { $0.product == product }) {
            let more = quantity == 1 && humans[index].kind != .child && humans[index].random.chance(perMille: 180)
            lines.append(TeaOrder.Line(product: product, quantity: UInt8(min(more ? 2 : quantity, 255))))
        }
        return lines
    }

    private func planRefund(_ order: Int, _ visit: TeaVisit) {
        let index = visit.human
        let perMille = plan.badWeek.contains(visit.day) ? 150 : 32
        // Nothing comes back from telephone customers: a refund is an event, and they are to have one event a week at most.
        guard humans[index].kind != .telephone, humans[index].random.chance(perMille: perMille) else { return }
        let due = visit.day + humans[index].random.within(2 ... 9)
        let isSingle = orders[order].lines.count == 1 && orders[order].lines[0].quantity == 1
        orders[order].returnsAll = isSingle || humans[index].random.chance(perMille: 650)
        guard due < shop.days else { return }
        humans[index].refunds.append((Int16(due), Int32(order)))
    }

    /// Takes the orders out that come back on `day`.
    func dueRefunds(_ index: Int, day: Int) -> [Int] {
        guard !humans[index].refunds.isEmpty else { return [] }
        let due = humans[index].refunds.filter { Int($0.day) <= day }.map { Int($0.order) }
        if !due.isEmpty { humans[index].refunds.removeAll { Int($0.day) <= day } }
        return due
    }

    func postponeRefund(_ index: Int, day: Int, order: Int) {
        humans[index].refunds.append((Int16(day + 1), Int32(order)))
    }

    /// The server tells that an order, or one unit of its first line, came back and was paid back.
    func tellRefund(_ number: Int, at time: Int64, day: Int) {
        let order = orders[number]
        let amount = order.returnsAll ? order.total : TeaProduct.all[Int(order.lines[0].product)].price
        let visit = TeaVisit(
            human: Int(order.human), device: order.device, day: day, limit: Int64.max, time: time, isKnown: order.isKnown)
        keeper.visit(person(of: visit), at: time, week: plan.clock.week(ofDay: day))
        keeper.refund(order.truthOrder, at: time, amount: Int64(amount), returnsAll: order.returnsAll)
        tell(.orderRefunded, visit, first: number, second: amount)
    }
}
