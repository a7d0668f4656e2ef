import EventStore
import Model
import Questions

/// Counts an overview from the facts of one state of the store.
struct OverviewBuilder {
    let facts: PeopleFacts
    let moment: RoleMoment
    /// Whether people first seen after the instant count too (as neither): true for "now".
    let countsEverybody: Bool

    func build() -> Overview {
        var overview = Overview(at: moment.at)
        let calendar = facts.settings.calendar
        var firstSeen = facts.activity.firstSeen
        let at = moment.at.microseconds
        let week = calendar.bucketStart(of: .week, at: moment.at).microseconds
        for person in facts.everyone {
            let first = firstSeen[person]
            let cell = moment.cell(of: person)
            guard countsEverybody || first <= at || cell == .customerOnly else { continue }
            overview.everybody += 1
            if first >= week, first <= at { overview.newThisWeek += 1 }
            switch cell {
            case .userOnly: overview.userOnly += 1
            case .customerOnly: overview.customerOnly += 1
            case .both: overview.both += 1
            case .neither: overview.neither += 1
            }
        }
        overview.formerUsers = moment.formerUsers.count
        countActive(&overview)
        countOrders(&overview)
        overview.conversion = conversion()
        return overview
    }

    private func countActive(_ overview: inout Overview) {
        let calendar = facts.settings.calendar
        let today = calendar.date(at: moment.at)
        let starts = [0, -6, -29].map { calendar.start(of: today.advanced(byDays: $0)).microseconds }
        let at = moment.at.microseconds
        var counts = [0, 0, 0]
        forEachLastEvent(upTo: at) { last in
            for index in 0 ..< 3 where last >= starts[index] { counts[index] += 1 }
        }
        overview.activeToday = counts[0]
        overview.activeLast7Days = counts[1]
        overview.activeLast30Days = counts[2]
    }

    /// Visits the time of the latest event up to `at` of everybody who has one.
    private func forEachLastEvent(upTo at: Int64, _ body: (Int64) -> Void) {
        var lastEvent = facts.activity.lastEvent
        var later: [UInt32] = []
        for person in 0 ..< UInt32(lastEvent.count) {
            let last = lastEvent[person]
            if last > at { later.append(person) } else if last != .min { body(last) }
        }
        // A few come after "now": from clocks that are ahead, or between taking the time and the snapshot.
        if later.count <= max(64, lastEvent.count / 32) {
            for person in later {
                if let place = facts.places(of: person).last(where: { $0.isEvent && $0.timestamp <= at }) { body(place.timestamp) }
            }
            return
        }
        ActivityPass(parts: facts.partRows, personOf: facts.people).run { person, times in
            guard lastEvent[person] > at else { return }
            var low = 0
            var high = times.count
            while low < high {
                let middle = (low + high) / 2
                if times[middle] <= at { low = middle + 1 } else { high = middle }
            }
            if low > 0 { body(times[low - 1]) }
        }
    }

    private func countOrders(_ overview: inout Overview) {
        var revenue = MoneySums(first: facts.settings.currency)
        var refunds = MoneySums(first: facts.settings.currency)
        let book = facts.orders
        for purchase in book.purchases where purchase.paidAt <= moment.at {
            overview.orders += 1
            if purchase.customer == nil { overview.ordersOfUnknownPayers += 1 }
            revenue.add(purchase.amount)
            for refund in purchase.refunds where refund.at <= moment.at {
                refunds.add(Money(minorUnits: refund.minorUnits, currency: purchase.amount.currency))
            }
        }
        for stray in book.strayRefunds where stray.at <= moment.at.microseconds { refunds.add(stray.amount) }
        overview.revenue = revenue.sums
        overview.refunds = refunds.sums
    }

    private func conversion() -> Conversion {
        var out = Conversion()
        let activity = facts.activity
        var userSince: [UInt32: Int64] = [:]
        activity.forEachUser { person, spells in
            if let first = spells.first, first.from <= moment.at.microseconds { userSince[person] = first.from }
        }
        out.usersEver = userSince.count
        var waits: [Int64] = []
        var firstEvent = activity.firstEvent
        facts.orders.forEachCustomer { person, purchases in
            guard let paid = purchases.lazy.filter({ $0.isCurrent(at: moment.at) }).map(\.paidAt.microseconds).min() else { return }
            out.customers += 1
            if let since = userSince[person] {
                out.usersWhoPay += 1
                if since < paid { out.usersFirst += 1 }
            }
            let first = firstEvent[person]
            if first < paid { waits.append(paid - first) } else { out.withoutVisits += 1 }
        }
        out.afterVisits = waits.count
        waits.sort()
        if !waits.isEmpty { out.medianDays = Double(waits[(waits.count - 1) / 2]) / Double(Int64.microsecondsPerDay) }
        for wait in waits {
            switch wait {
            case ...Int64.microsecondsPerDay: out.within1Day += 1
            case ...(7 * Int64.microsecondsPerDay): out.within7Days += 1
            case ...(30 * Int64.microsecondsPerDay): out.within30Days += 1
            default: out.later += 1
            }
        }
        return out
    }
}

/// Adds up amounts by currency.
struct MoneySums {
    private var units: [Currency: Int64]
    private let first: Currency

    /// - Parameter first: The currency that comes first and is there even when nothing is in it.
    init(first: Currency) {
        self.first = first
        units = [first: 0]
    }

    mutating func add(_ amount: Money) {
        units[amount.currency] = (units[amount.currency] ?? 0).addingClamped(amount.minorUnits)
    }

    /// The sums, the first currency first, the others by code.
    var sums: [Money] {
        [Money(minorUnits: units[first] ?? 0, currency: first)]
            + units.filter { $0.key != first }.sorted { $0.key.code < $1.key.code }
            .map { Money(minorUnits: $0.value, currency: $0.key) }
    }
}
