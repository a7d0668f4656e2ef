import Columns
import EventStore
import Model

/// Who joined which account by `group`, and what is known of the accounts.
struct AccountTable: Sendable {
    /// A person's membership of an account.
    struct Membership: Hashable, Sendable {
        var account: String
        /// Time of the first `group` call, in microseconds.
        var since: Int64
    }
    /// By person; each list is sorted by the bytes of the account's id.
    private(set) var memberships: [UInt32: [Membership]] = [:]
    /// By account id, ascending.
    private(set) var members: [String: [UInt32]] = [:]

    init(parts: [PartRows], personOf: [UInt32]) {
        for rows in parts {
            let part = rows.part
            guard let column = part.field(.groupID) else { continue }
            var cursor = OwnerCursor()
            part.rows(ofType: .group).forEach { row in
                guard !rows.isLate(row), case .string(let account)? = column.jsonValue(at: row) else { return }
                let owner = cursor.owner(of: row, in: part)
                guard Int(owner) < personOf.count, personOf[Int(owner)] != IdentityGraph.none else { return }
                add(personOf[Int(owner)], account, part.timestamp(at: row))
            }
        }
        for key in memberships.keys { memberships[key]?.sort { $0.account.utf8.lexicographicallyPrecedes($1.account.utf8) } }
        for key in members.keys { members[key]?.sort() }
    }

    private mutating func add(_ person: UInt32, _ account: String, _ time: Int64) {
        if let place = memberships[person]?.firstIndex(where: { $0.account == account }) {
            let since = memberships[person]?[place].since ?? time
            memberships[person]?[place].since = min(since, time)
        } else {
            memberships[person, default: []].append(Membership(account: account, since: time))
            members[account, default: []].append(person)
        }
    }
}
