import Columns
import EventStore
import Model
import OrderedCollections
import Questions

/// Who joined which account by `group`, and what is known of the accounts.
struct AccountTable: Sendable {
    /// A person's membership of an account.
    struct Membership: Hashable, Sendable {
        var account: String
        /// Time of the first `group` call, in microseconds.
        var since: Int64
    }

    /// A value of a trait with the time of the call that said it.
    private struct Said {
        var value: JSONValue
        var time: Int64
        var arrival: UInt64

        func yields(to other: Said) -> Bool { (time, arrival) < (other.time, other.arrival) }
    }

    /// By person; each list is sorted by the bytes of the account's id.
    private(set) var memberships: [UInt32: [Membership]] = [:]
    /// By account id, ascending.
    private(set) var members: [String: [UInt32]] = [:]
    private var names: [String: Said] = [:]
    private var contracts: [String: Said] = [:]

    static let contractTrait = "contract_until"

    init(parts: [PartRows], personOf: [UInt32]) {
        for rows in parts {
            let part = rows.part
            guard let column = part.field(.groupID) else { continue }
            let name = part.column(.traits, "name")
            let contract = part.column(.traits, AccountTable.contractTrait)
            var cursor = OwnerCursor()
            part.rows(ofType: .group).forEach { row in
                guard !rows.isLate(row), case .string(let account)? = column.jsonValue(at: row) else { return }
                let time = part.timestamp(at: row)
                func note(_ column: PropertyColumn?, in said: inout [String: Said]) {
                    guard let value = column?.jsonValue(at: row) else { return }
                    let new = Said(value: value, time: time, arrival: part.arrival(at: row))
                    if said[account].map({ $0.yields(to: new) }) ?? true { said[account] = new }
                }
                note(name, in: &names)
                note(contract, in: &contracts)
                let owner = cursor.owner(of: row, in: part)
                guard Int(owner) < personOf.count, personOf[Int(owner)] != IdentityGraph.none else { return }
                add(personOf[Int(owner)], account, time)
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

    /// Its newest trait `name`, where that is a text.
    func name(of account: String) -> String? {
        names[account]?.value.stringValue.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The instant at which the contract ends: that of its newest trait, or the end of the day that it names.
    func contractUntil(of account: String, in calendar: ZoneCalendar) -> Instant? {
        guard let text = contracts[account]?.value.stringValue else { return nil }
        if let date = LocalDate(text: text) { return calendar.start(of: date.advanced(byDays: 1)) }
        return Instant(rfc3339: text)
    }

    /// All current traits of one account, by the bytes of their keys; looks at every `group` call.
    func traits(of account: String, in parts: [PartRows]) -> [AccountPortrait.Trait] {
        var held: [String: Said] = [:]
        for rows in parts {
            guard let column = rows.part.field(.groupID) else { continue }
            rows.part.rows(ofType: .group).forEach { row in
                guard !rows.isLate(row), column.jsonValue(at: row) == .string(account) else { return }
                let call = rows.part.call(at: row)
                for (key, value) in call.traits.objectValue ?? [:] {
                    let new = Said(value: value, time: call.timestamp.microseconds, arrival: rows.part.arrival(at: row))
                    if held[key].map({ $0.yields(to: new) }) ?? true { held[key] = new }
                }
            }
        }
        return held.filter { !$0.value.value.isNull }.map { AccountPortrait.Trait(key: $0.key, value: $0.value.value) }
            .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }
}
