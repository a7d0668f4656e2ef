import Model
import OrderedCollections
import Records

/// What commands are going to ask the tables for, as far as they can tell before they are carried out.
///
/// Over a network, asking once for all commands of a group costs what asking for one does. What nobody foresaw is asked for as it is needed.
public struct PointForesight {
    fileprivate struct Wish {
        let member: MemberWish
        let currency: String
    }

    fileprivate private(set) var wishes: [Wish] = []
    fileprivate private(set) var givers: [Wish] = []
    fileprivate private(set) var receivers: [MemberWish] = []
    fileprivate private(set) var keys: [PointBookKey] = []
    fileprivate private(set) var sources: [String: OrderedSet<ExactText>] = [:]

    init() {}

    /// A member and the book.
    mutating func ask(_ member: MemberWish, _ currency: String) { wishes.append(Wish(member: member, currency: currency)) }

    /// What a member has given this month.
    mutating func ask(giver: MemberWish, _ currency: String) { givers.append(Wish(member: giver, currency: currency)) }

    /// Whether a member takes what others give.
    mutating func ask(receiver: MemberWish) { receivers.append(receiver) }

    mutating func ask(_ key: PointBookKey) { keys.append(key) }

    /// What was earned for a source.
    mutating func ask(_ source: PointSource, _ currency: String) { sources[currency, default: []].append(ExactText(source.id)) }

    /// The hashes of the members and sources that are asked for.
    var subjects: Set<Int> {
        var found = Set(wishes.map(\.member.name.hashValue))
        for key in keys { found.insert(MemberWish.Name.id(key.member).hashValue) }
        for list in sources.values { for source in list { found.insert(source.hashValue) } }
        return found
    }
}

/// What was read at once for the commands of a group.
struct ForeseenPoints {
    var identities: [Identity: ProgramMemberID?] = [:]
    var members: [ProgramMemberID: ProgramMember] = [:]
    var books: [PointBookKey: KeptPointBook] = [:]
    /// What receivers have said; nil for nothing.
    var consents: [ProgramMemberID: TransferConsent?] = [:]
    /// By source, all that was earned for it; empty for nothing.
    var earnings: [String: [ExactText: [(owner: ProgramMemberID, earning: PointEarning)]]] = [:]

    fileprivate func member(_ wish: MemberWish) -> ProgramMemberID? {
        switch wish.name {
        case .id(let id): id
        case .identity(let identity): identities[identity] ?? nil
        case .person: nil
        }
    }
}

extension ProgramTables {
    /// Reads what commands are going to ask for.
    ///
    /// - Parameters:
    ///   - month: The start of the month in which they are carried out.
    ///   - rules: Of a currency.
    func foresee(
        _ wanted: PointForesight, since month: Instant, _ rules: (String) -> PointRules
    ) throws(Problem) -> ForeseenPoints {
        var found = ForeseenPoints()
        try read(wanted.wishes.map(\.member), &found)
        let keys =
            wanted.keys
            + wanted.wishes.compactMap { wish in
                found.member(wish.member).map { PointBookKey(member: $0, currency: wish.currency) }
            }
        for (currency, keys) in Dictionary(grouping: keys, by: \.currency) {
            try readBooks(of: OrderedSet(keys.map(\.member)), currency, rules(currency), &found)
        }
        for (currency, wishes) in Dictionary(grouping: wanted.givers, by: \.currency) {
            try readGiven(OrderedSet(wishes.compactMap { found.member($0.member) }), currency, since: month, &found)
        }
        try readConsents(OrderedSet(wanted.receivers.compactMap { found.member($0) }), &found)
        for (currency, sources) in wanted.sources { try readEarnings(sources, currency, &found) }
        return found
    }

    private func read(_ wishes: [MemberWish], _ found: inout ForeseenPoints) throws(Problem) {
        var names: OrderedSet<Identity> = []
        for case .identity(let identity) in wishes.map(\.name) { names.append(identity) }
        for name in names { found.identities[name] = .some(nil) }
        for (type, names) in Dictionary(grouping: names, by: \.type) {
            let members = try rows(
                """
                SELECT i.value, m.member, m.kind, m.state, m.merged_into, m.enrolled_at FROM loyalty_identities i
                JOIN loyalty_members m ON m.workspace = i.workspace AND m.member = i.member
                WHERE i.workspace = ? AND i.type = ? AND i.value IN
                """, values(.text(type.text)), names.map { .text($0.value) }
            ) { reader throws(Problem) in
                let name = Identity(type: type, value: try reader.text())
                return (name, try Self.member(ProgramMemberID(number: try reader.integer()), &reader))
            }
            for (name, member) in members { (found.identities[name], found.members[member.id]) = (member.id, member) }
        }
    }

    private func readBooks(
        of members: OrderedSet<ProgramMemberID>, _ currency: String, _ rules: PointRules, _ found: inout ForeseenPoints
    ) throws(Problem) {
        let (first, numbers) = (values(.text(currency)), members.map { SQLValue.integer($0.number) })
        func key(_ reader: inout RowReader) throws(Problem) -> PointBookKey {
            PointBookKey(member: ProgramMemberID(number: try reader.integer()), currency: currency)
        }
        for member in members {
            found.books[PointBookKey(member: member, currency: currency)] = KeptPointBook(
                book: PointBook(owner: member, rules: rules))
        }
        let books = try rows(
            "SELECT member, \(PointBookRow.columns) FROM point_books WHERE workspace = ? AND currency = ? AND member IN", first,
            numbers
        ) { reader throws(Problem) in
            let key = try key(&reader)
            return (key, try PointBookRow.read(&reader, of: key.member, rules))
        }
        for (key, book) in books { found.books[key] = book }
        let lots = try rows(
            """
            SELECT member, \(PointLotRow.columns) FROM point_lots
            WHERE workspace = ? AND currency = ? AND closed = 0 AND member IN
            """, first, numbers
        ) { reader throws(Problem) in (try key(&reader), try PointLotRow.read(&reader)) }
        for (key, lot) in lots { found.books[key]?.book.lots[lot.id] = lot }
        let holds = try rows(
            """
            SELECT member, \(PointHoldRow.columns) FROM point_holds
            WHERE workspace = ? AND currency = ? AND ending IS NULL AND member IN
            """, first, numbers
        ) { reader throws(Problem) in (try key(&reader), try PointHoldRow.read(&reader)) }
        for (key, hold) in holds { found.books[key]?.book.holds[hold.id] = hold }
    }

    private func readGiven(
        _ members: OrderedSet<ProgramMemberID>, _ currency: String, since month: Instant, _ found: inout ForeseenPoints
    ) throws(Problem) {
        for member in members { found.books[.init(member: member, currency: currency)]?.given = PointsGiven(start: month) }
        let given = try rows(
            """
            SELECT member, CAST(COALESCE(SUM(amount), 0) AS BIGINT), COUNT(DISTINCT command) FROM point_entries
            WHERE workspace = ? AND currency = ? AND kind = 'moved' AND +effective_at >= ? AND member IN
            """, values(.text(currency), .instant(month)), members.map { .integer($0.number) }, end: "GROUP BY member"
        ) { reader throws(Problem) in
            (
                ProgramMemberID(number: try reader.integer()),
                PointsGiven(start: month, amount: try reader.integer(), count: try reader.count())
            )
        }
        for (member, given) in given { found.books[.init(member: member, currency: currency)]?.given = given }
    }

    private func readConsents(_ members: OrderedSet<ProgramMemberID>, _ found: inout ForeseenPoints) throws(Problem) {
        for member in members { found.consents[member] = .some(nil) }
        let said = try rows(
            "SELECT member, consent FROM point_receivers WHERE workspace = ? AND member IN", values(),
            members.map { .integer($0.number) }
        ) { reader throws(Problem) in
            (ProgramMemberID(number: try reader.integer()), try reader.word { TransferConsent(rawValue: $0) })
        }
        for (member, consent) in said { found.consents[member] = consent }
    }

    private func readEarnings(
        _ sources: OrderedSet<ExactText>, _ currency: String, _ found: inout ForeseenPoints
    ) throws(Problem) {
        for source in sources { found.earnings[currency, default: [:]][source] = [] }
        let earnings = try rows(
            "SELECT source, line, rule, \(PointEarningRow.columns) FROM point_earnings WHERE workspace = ? AND currency = ? AND source IN",
            values(.text(currency)), sources.map { .text($0.text) }
        ) { reader throws(Problem) in
            let source = PointSource(id: try reader.text(), line: try reader.text(), rule: try reader.text())
            return try PointEarningRow.read(source, &reader)
        }
        for earning in earnings { found.earnings[currency]?[ExactText(earning.earning.source.id)]?.append(earning) }
    }

    /// The rows in which a column has one of many values, some values at a time.
    ///
    /// - Parameters:
    ///   - sql: Ends in `IN`.
    ///   - first: The values before those.
    ///   - end: What follows them.
    private func rows<Item>(
        _ sql: String, _ first: [SQLValue], _ values: [SQLValue], end: String = "",
        _ read: (inout RowReader) throws(Problem) -> Item
    ) throws(Problem) -> [Item] {
        guard let last = values.last else { return [] }
        // Two lengths, so that few statements are prepared; what is asked for twice is found once.
        let length = values.count > 8 ? 64 : 8
        let marks = repeatElement("?", count: length).joined(separator: ", ")
        let parts = stride(from: 0, to: values.count, by: length).map { start -> [SQLValue] in
            let part = values[start ..< min(start + length, values.count)]
            return first + part + repeatElement(last, count: length - part.count)
        }
        var items: [Item] = []
        for row in try connection.rows("\(sql) (\(marks)) \(end)", each: parts).joined() {
            var reader = RowReader(row)
            items.append(try read(&reader))
        }
        return items
    }
}
