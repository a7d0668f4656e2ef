import Model
import People

/// Users and customers: where people stand, how they moved, and what they bring.
struct RolesPage: PageModel {
    static let template = Template.roles

    struct Cell: Sendable {
        let styleClass: String
        let name: String
        let hint: String
        let count: String
        let share: String
        let url: String?
    }

    /// People whom one sentence describes.
    struct List: Sendable {
        let title: String
        let rule: String
        let count: String
        let url: String
        /// What the link says to those who do not see what stands above it.
        let linkName: String
    }

    struct Groups: Sendable {
        let when: String
        let lead: String
        let figure: Figure
        let cells: [Cell]
        let everybody: String
        let lists: [List]
        /// The moves in each interval; nil where nobody moved.
        let moves: Figure?
        let movesCut: String?
        let brings: FigureTable
        let bringsURL: String
        let missing: HomePage.Missing?
    }

    /// The form, and the answer of its question.
    let base: QuestionPage
    let groups: Groups?
}

/// What is known of the people of each cell at the end of a range.
struct RolesFacts: Sendable {
    /// Says where cells lead.
    let people: AnswerPeople
    /// The last interval.
    let bucket: String
    /// The day with whose start the range is over; nil while it goes on.
    let end: LocalDate?
    let currency: Currency
    var counts = RoleCounts()
    var active: [RoleCell: Int] = [:]
    var events: [RoleCell: Int] = [:]
    var money: [CellRevenue] = []
    var hasOrders = true
    /// The event before paying that the data has; nil when it has none.
    var step: String?
    /// By list, in the order of the page.
    var listCounts: [Int] = []

    init(people: AnswerPeople, bucket: String, end: LocalDate?, currency: Currency) {
        self.people = people
        self.bucket = bucket
        self.end = end
        self.currency = currency
    }

    /// Customers who were users and are no more.
    static let stopped: JSONValue = ["all": [["role": "customer"], ["role": "former_user"]]]

    /// Users on their way to the first payment.
    static func nearly(_ step: String) -> JSONValue {
        ["all": [RoleCells.rule(.userOnly), ["did": ["event": .string(step)], "within": ["last": "30d"]]]]
    }

    /// The last step before paying, of the Segment commerce specification.
    static func lastStep(_ names: Set<String>) -> String? {
        ["Checkout Started", "Product Added", "Cart Viewed"].first { names.contains($0) }
    }

    /// - Parameter row: of an answer about the cells.
    mutating func take(counts row: JSONValue) {
        func count(_ cell: RoleCell) -> Int { Int(row[cell.rawValue]?.doubleValue ?? 0) }
        counts = RoleCounts(
            userOnly: count(.userOnly), customerOnly: count(.customerOnly), both: count(.both), neither: count(.neither))
    }

    mutating func take(active: JSONValue, events: JSONValue, lists: [Int]) {
        for row in active["rows"]?.arrayValue ?? [] {
            guard let cell = row["value"]?.stringValue.flatMap({ RoleCell(rawValue: $0) }) else { continue }
            self.active[cell] = Int(row["count"]?.doubleValue ?? 0)
        }
        for row in events["rows"]?.arrayValue ?? [] {
            guard let cell = row["value"]?.arrayValue?.first?.stringValue.flatMap({ RoleCell(rawValue: $0) }) else { continue }
            self.events[cell, default: 0] += Int(row["values"]?.arrayValue?.first?.doubleValue ?? 0)
        }
        listCounts = lists
    }

    func count(_ cell: RoleCell) -> Int {
        switch cell {
        case .userOnly: counts.userOnly
        case .both: counts.both
        case .customerOnly: counts.customerOnly
        case .neither: counts.neither
        }
    }
}
