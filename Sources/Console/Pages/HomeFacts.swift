import Model

/// The four disjoint groups of the overview.
struct RoleCounts: Sendable, Equatable {
    var userOnly = 0
    var customerOnly = 0
    var both = 0
    var neither = 0

    var users: Int { userOnly + both }
    var customers: Int { customerOnly + both }
    var everybody: Int { userOnly + customerOnly + both + neither }
}

/// What the home page knows before it is put into words.
struct HomeFacts: Sendable {
    struct Active: Sendable {
        let date: LocalDate
        let day: Int
        let week: Int
        let month: Int
    }

    struct WeekRevenue: Sendable {
        let week: LocalDate
        /// Minor units from people who are users, and from the others.
        let fromUsers: Int64
        let fromOthers: Int64
    }

    struct Funnel: Sendable {
        let steps: [(label: String, count: Int)]
        /// The question as JSON text, for the way deeper.
        let question: String
    }

    struct Quote: Sendable {
        let text: String
        let rating: Int?
        let name: String
        let personURL: String
        let when: String
    }

    struct Voice: Sendable {
        let count: Int
        let average: Double?
        /// Reviews with 1, 2, 3, 4 and 5 stars.
        let ratings: [Int]
        let quotes: [Quote]
    }

    var date: LocalDate
    var today: LocalDate
    /// The days of the first and of the last event.
    var earliest: LocalDate
    var latest: LocalDate
    var eventCount: Int
    var roles = RoleCounts()
    var formerUsers = 0
    var newThisWeek = 0
    var activeToday = 0
    var active7Days = 0
    var active30Days = 0
    var orders = 0
    var revenue: [Money] = []
    var refunds: [Money] = []
    var medianDaysToPay: Double?
    var usersEver = 0
    var usersWhoPaid = 0
    var newByWeek: [(week: LocalDate, count: Int)] = []
    var activeByDay: [Active] = []
    /// Mean number of people by weekday (Monday first) and hour of the last four weeks; empty when not known.
    var activeByHour: [[Double]] = []
    var activeQuestion = ""
    var revenueByWeek: [WeekRevenue] = []
    var currency = Currency.usd
    var funnel: Funnel?
    var voice: Voice?
}
