internal import Model

/// What the columns of a file mean: which calls its rows become.
///
/// Proposed from the header and the first rows by ``FileImporter/open(_:options:)``, shown, kept as JSON, and changed by hand where it
/// guessed wrong. Columns are named as in the header; `column_1`, `column_2`, … where there is none; dotted paths in JSON objects.
public struct ImportMapping: Sendable, Hashable {
    /// What a row is.
    public enum Kind: String, Sendable, CaseIterable {
        /// A Segment call, taken as it is.
        case calls
        /// Something a person did.
        case events
        /// A line of an order: `Order Completed`, or `Order Refunded` when its amount is negative.
        case orders
        /// Facts about a person.
        case people
    }

    /// Which rows make one order.
    public enum OrderRows: String, Sendable, CaseIterable {
        /// Neighbours with the same order id.
        case sameID
        /// Neighbours of one person on one day.
        case samePersonAndDay
        /// Every row is an order.
        case row
    }

    /// What stands before the fraction of an amount.
    public enum DecimalMark: String, Sendable, CaseIterable {
        case point = "."
        case comma = ","
    }

    /// How a column becomes a property or trait.
    public enum ValueKind: String, Sendable, CaseIterable { case text, number }

    public var format: ImportFormat
    public var kind: Kind
    /// The columns of the file in their order; empty for JSON.
    public var columns: [String]
    public var timestamp: String?
    public var timestampFormat: ImportTimeFormat = .yearFirst
    /// The time zone of times without an offset; nil is the workspace's.
    public var zone: String?
    /// The column of the user id.
    public var person: String?
    public var anonymous: String?
    /// Columns of e-mail addresses and phone numbers: told as traits, and the person's id where a row has no other.
    public var email: String?
    public var phone: String?
    /// The column of the event's name, or the name of all.
    public var event: String?
    public var eventName: String?
    public var messageID: String?
    public var order: String?
    public var orderRows: OrderRows = .row
    public var product: String?
    public var productName: String?
    public var category: String?
    public var quantity: String?
    public var price: String?
    /// The column of an amount; summed over the rows of an order unless `totalIsOfOrder`.
    public var total: String?
    public var totalIsOfOrder = false
    /// The column of what was given back of an order so far.
    public var refundedTotal: String?
    /// How quantities, prices and amounts are written.
    public var decimal = DecimalMark.point
    public var currency: String?
    public var currencyCode: String?
    public var properties: [Field] = []
    public var traits: [Field] = []
    /// Rows left out: those whose column holds one of the values.
    public var skip: [Rule] = []
    /// Rows of an order that give money back, whatever the sign of their amounts.
    public var refund: [Rule] = []

    public struct Field: Sendable, Hashable {
        public var column: String
        public var name: String
        public var kind: ValueKind
    }

    /// Rows whose column holds one of the values; capitals do not matter.
    public struct Rule: Sendable, Hashable {
        public var column: String
        public var values: [String]
    }

    init(format: ImportFormat, kind: Kind, columns: [String]) {
        self.format = format
        self.kind = kind
        self.columns = columns
    }

    /// The columns with a meaning of their own and that meaning's word, in the order of the mapping file.
    var named: [(role: String, column: String)] {
        let all: [(String, String?)] = [
            ("timestamp", timestamp), ("person", person), ("anonymous", anonymous), ("email", email), ("phone", phone),
            ("event", event), ("messageId", messageID),
            ("order", order), ("product", product), ("productName", productName), ("category", category), ("quantity", quantity),
            ("price", price), ("total", total), ("refundedTotal", refundedTotal), ("currency", currency),
        ]
        return all.compactMap { role, column in column.map { (role, $0) } }
    }

    /// - Throws: ``Problem`` with code `bad_mapping` for what cannot make calls.
    func validate() throws(Problem) {
        guard kind != .calls else { return }
        if person == nil, anonymous == nil, email == nil, phone == nil {
            throw .badMapping(
                "Nothing says whom a row is about. Name the column of the customer or user id as \"person\", or that of the e-mail as \"email\", in a mapping file.",
                "/person")
        }
        if kind == .events, event == nil, eventName == nil {
            throw .badMapping(
                "Nothing says what happened. Name a column as \"event\", or one name for all rows as \"eventName\".", "/event")
        }
        if kind != .people, timestamp == nil {
            throw .badMapping("Nothing says when it happened. Name the column of the time as \"timestamp\".", "/timestamp")
        }
        if kind == .orders, total == nil, price == nil {
            throw .badMapping("Nothing says how much an order cost. Name a column as \"total\" or as \"price\".", "/total")
        }
        guard !columns.isEmpty else { return }
        let all =
            named.map { ($0.column, "/" + $0.role) } + properties.map { ($0.column, "/properties") }
            + traits.map { ($0.column, "/traits") } + skip.map { ($0.column, "/skip") } + refund.map { ($0.column, "/refund") }
        for (column, place) in all where !columns.contains(column) {
            throw .badMapping("There is no column \"\(column)\". The file has: \(columns.joined(separator: ", ")).", place)
        }
    }
}

extension Problem {
    static func badMapping(_ wording: Wording, _ place: String) -> Problem { Problem(.init("bad_mapping"), wording, place: place) }
}
