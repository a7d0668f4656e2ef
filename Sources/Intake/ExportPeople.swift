public import Model
internal import OrderedCollections
public import People

/// Writes everybody, or those of a query: one person a row, with identities, roles, traits and what they brought.
public struct PeopleExport: Sendable {
    private let view: PeopleView
    private let query: PeopleQuery
    private let format: ExportFormat
    private var isStarted = false
    /// Where the next page begins; nil before the first and after the last.
    private var cursor: String?
    /// People written.
    public private(set) var count = 0

    public init(_ view: PeopleView, _ query: PeopleQuery = PeopleQuery(), format: ExportFormat) {
        self.view = view
        self.query = query
        self.format = format
    }

    private static let columns = [
        "id", "name", "identities", "cell", "former_user", "first_seen", "last_seen", "events", "orders", "revenue", "traits",
    ]

    /// The next piece of up to about 256 KB, people in the order of the People page; nil at the end.
    ///
    /// - Throws: ``Problem`` of the search.
    public mutating func next() throws(Problem) -> [UInt8]? {
        var piece: [UInt8] = []
        if isStarted, cursor == nil { return nil }
        if !isStarted, format == .csv { ExportCSV.write(PeopleExport.columns.map { Array($0.utf8) }, into: &piece) }
        isStarted = true
        repeat {
            let page = try view.people(query, cursor: cursor, limit: 100)
            for row in page.rows { append(row, to: &piece) }
            count += page.rows.count
            cursor = page.next
        } while cursor != nil && piece.count < EventExport.pieceBytes
        return piece.isEmpty ? nil : piece
    }

    private func append(_ row: PersonRow, to piece: inout [UInt8]) {
        let profile = view.profile(row.person)
        let members: OrderedDictionary<String, JSONValue> = [
            "id": .string(row.person.text), "name": .string(row.name),
            "identities": .array(
                (profile?.identities.map(\.identity) ?? row.identities)
                    .map { ["type": .string($0.type.text), "value": .string($0.value)] }),
            "cell": .string(row.cell.rawValue), "former_user": .bool(row.isFormerUser),
            "first_seen": row.firstSeen.map { .string($0.rfc3339) } ?? .null,
            "last_seen": row.lastSeen.map { .string($0.rfc3339) } ?? .null,
            "events": .int(Int64(row.eventCount)), "orders": .int(Int64(row.orders)),
            "revenue": .array(row.revenue.map { ["amount": .string($0.decimalText), "currency": .string($0.currency.code)] }),
            "traits": profile?.traitsObject.canonical ?? [:],
        ]
        switch format {
        case .ndjson:
            JSONValue.object(members).write(to: &piece)
            piece.append(UInt8(ascii: "\n"))
        case .csv:
            ExportCSV.write(
                PeopleExport.columns.map { column in
                    switch members[column] {
                    case nil, .null?: []
                    case .string(let text)?: Array(text.utf8)
                    case let value?: value.utf8
                    }
                }, into: &piece)
        }
    }
}
