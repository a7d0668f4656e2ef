import Columns
import EventStore
import Model

/// Which accounts each event counts for: the one in its context, else every one its person has joined (specs: questions, N12).
struct AccountTable: Sendable {
    /// By part and dictionary code of `context.groupId` the account's number; empty where the part has no such column.
    private let numbersOfCode: [[Int32]]
    private let columns: [PropertyColumn?]
    private let joined: [UInt32: [Int32]]
    /// Number of accounts.
    let count: Int
    let byteCount: Int

    init(_ executor: Executor) {
        var numbers: [String: Int32] = [:]
        func number(_ account: String) -> Int32 {
            if let known = numbers[account] { return known }
            let next = Int32(numbers.count)
            numbers[account] = next
            return next
        }
        var joined: [UInt32: [Int32]] = [:]
        for person in executor.population.persons {
            let accounts = executor.population.accounts(of: person)
            if !accounts.isEmpty { joined[person] = accounts.map(number) }
        }
        columns = executor.snapshot.parts.map { $0.column(.context, "groupId") }
        numbersOfCode = columns.map { column in
            guard let column else { return [] }
            return (0 ..< column.dictionary.count).map { number(column.dictionary.text($0)) }
        }
        self.joined = joined
        count = numbers.count
        let lists = joined.values.reduce(0) { $0 + blockBytes + $1.byteCount }
        byteCount = numbersOfCode.reduce(joined.byteCount + lists) { $0 + $1.byteCount }
    }

    /// Visits the accounts of a row; nobody has joined none.
    func forEach(part: Int32, row: Int32, person: UInt32?, _ body: (Int32) -> Void) {
        if let column = columns[Int(part)], case .string(let code) = column.value(at: Int(row)) {
            body(numbersOfCode[Int(part)][code])
        } else if let person {
            for account in joined[person] ?? [] { body(account) }
        }
    }
}

/// Collects the rows of some accounts, each row once for each of its accounts.
private struct AccountRowTally: Tally {
    static var readsArrivals: Bool { true }

    private let table: AccountTable
    private let wanted: Range<Int32>
    private(set) var accounts: [Int32] = []
    private(set) var rows = History()
    private var found: [Int32] = []

    init(_ table: AccountTable, wanted: Range<Int32>) {
        self.table = table
        self.wanted = wanted
    }

    mutating func add(_ unit: CountedUnit, _ history: borrowing History) { take(unit.person, history) }
    mutating func addNobody(_ history: borrowing History) { take(nil, history) }

    private mutating func take(_ person: UInt32?, _ history: borrowing History) {
        let (table, wanted) = (table, wanted)
        for index in 0 ..< history.count {
            table.forEach(part: history.parts[index], row: history.rows[index], person: person) { account in
                if wanted.contains(account) { found.append(account) }
            }
            for account in found {
                accounts.append(account)
                rows.append(history, index)
            }
            found.removeAll(keepingCapacity: true)
        }
    }

    var byteCount: Int { accounts.byteCount + rows.byteCount + found.byteCount + table.byteCount }

    mutating func merge(_ other: AccountRowTally) {
        accounts += other.accounts
        for index in 0 ..< other.rows.count { rows.append(other.rows, index) }
    }
}

/// Counts rows by account, so that they can be taken a bounded number at a time.
private struct AccountCountTally: Tally {
    private let table: AccountTable
    private(set) var counts: [Int]

    init(_ table: AccountTable) {
        self.table = table
        counts = [Int](repeating: 0, count: table.count)
    }

    mutating func add(_ unit: CountedUnit, _ history: borrowing History) { take(unit.person, history) }
    mutating func addNobody(_ history: borrowing History) { take(nil, history) }

    private mutating func take(_ person: UInt32?, _ history: borrowing History) {
        let table = table
        for index in 0 ..< history.count {
            table.forEach(part: history.parts[index], row: history.rows[index], person: person) { counts[Int($0)] += 1 }
        }
    }

    var byteCount: Int { counts.byteCount + table.byteCount }

    mutating func merge(_ other: AccountCountTally) {
        for index in counts.indices { counts[index] += other.counts[index] }
    }
}

extension History {
    mutating func append(_ other: borrowing History, _ index: Int) {
        append(
            timestamp: other.timestamps[index], arrival: other.arrivals[index], marks: other.marks[index], code: other.codes[index],
            part: other.parts[index], row: other.rows[index])
    }
}

extension QuestionRun {
    /// Rows of accounts that are held at a time, about 40 bytes each; one account's rows are always held together.
    private static let accountRowsMax = 2_000_000
    private static let rowsPerLook = 4_096

    /// Gives the tally the history of each account, over all its people.
    mutating func scanAccounts<T: Tally>(_ selectors: [Selector], _ tally: T) -> T {
        let table = AccountTable(executor)
        let held = executor.heldBytes
        var tally = tally
        var noted = 0
        for accounts in accountRanges(table, selectors) {
            let empty = AccountRowTally(table, wanted: accounts)
            let found = scanPeople(selectors, includesNobody: true) { empty }
            guard add(found, to: &tally, &noted) else { break }
            executor.watch?.giveBack(to: held + tally.byteCount)
        }
        return tally
    }

    /// Gives the tally the rows account by account; false when the question is over.
    private func add<T: Tally>(_ found: AccountRowTally, to tally: inout T, _ noted: inout Int) -> Bool {
        let order = found.accounts.indices.sorted { first, second in
            let (one, two) = (found.accounts[first], found.accounts[second])
            if one != two { return one < two }
            let times = (found.rows.timestamps[first], found.rows.timestamps[second])
            return times.0 != times.1 ? times.0 < times.1 : found.rows.arrivals[first] < found.rows.arrivals[second]
        }
        var history = History()
        var rowsUntilLook = 0
        for (place, index) in order.enumerated() {
            history.append(found.rows, index)
            let account = found.accounts[index]
            if place + 1 < order.count, found.accounts[order[place + 1]] == account { continue }
            tally.add(CountedUnit(number: UInt32(account), person: nil), history)
            rowsUntilLook -= history.count
            history.removeAll()
            if rowsUntilLook > 0 { continue }
            rowsUntilLook = QuestionRun.rowsPerLook
            let bytes = tally.byteCount + history.byteCount + order.byteCount
            if executor.watch?.goesOn(holding: bytes, noted: &noted) == false { return false }
        }
        return executor.watch?.goesOn(holding: tally.byteCount, noted: &noted) ?? true
    }

    /// Ranges of account numbers whose rows together stay within bounds.
    private mutating func accountRanges(_ table: AccountTable, _ selectors: [Selector]) -> [Range<Int32>] {
        if executor.snapshot.eventCount <= QuestionRun.accountRowsMax { return [0 ..< Int32(table.count)] }
        let empty = AccountCountTally(table)
        let counts = scanPeople(selectors, includesNobody: true) { empty }.counts
        var out: [Range<Int32>] = []
        var (start, rows) = (0, 0)
        for (account, count) in counts.enumerated() {
            if rows + count > QuestionRun.accountRowsMax, account > start {
                out.append(Int32(start) ..< Int32(account))
                (start, rows) = (account, 0)
            }
            rows += count
        }
        if start < counts.count { out.append(Int32(start) ..< Int32(counts.count)) }
        return out
    }
}
