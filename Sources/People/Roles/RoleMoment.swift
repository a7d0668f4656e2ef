import Model
import Questions

/// Who is user and customer at one instant, judged by the events up to it.
struct RoleMoment: Sendable {
    let at: Instant
    private(set) var users: PersonSet
    private(set) var formerUsers: PersonSet
    private(set) var customers: PersonSet
    /// People with a spell as user that began by then, current or not.
    private(set) var everUsers: PersonSet

    init(at: Instant, activity: BaseActivity, orders: OrderBook, capacity: Int) {
        self.at = at
        users = PersonSet(capacity: capacity)
        formerUsers = users
        customers = users
        everUsers = users
        activity.forEachUser { person, spells in
            guard let spell = spells.last(where: { $0.from <= at.microseconds }) else { return }
            everUsers.insert(person)
            if at.microseconds < spell.until { users.insert(person) } else { formerUsers.insert(person) }
        }
        orders.forEachCustomer { person, purchases in
            if purchases.contains(where: { $0.isCurrent(at: at) }) { customers.insert(person) }
        }
    }

    func cell(of person: UInt32) -> RoleCell {
        RoleCell(isUser: users.contains(person), isCustomer: customers.contains(person))
    }
}
