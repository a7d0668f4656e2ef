public import Model

/// How large a world is, and which of all possible ones.
public struct WorldShape: Sendable, Hashable {
    /// Other seeds make other worlds; the same one makes the same bytes.
    public var seed: UInt64
    /// Number of humans.
    public var people: Int
    public var days: Int
    /// The last simulated day.
    public var end: LocalDate

    public init(seed: UInt64, people: Int, days: Int, end: LocalDate) {
        self.seed = seed
        self.people = people
        self.days = days
        self.end = end
    }
}

/// A world as one chooses it on the command line.
public struct WorldListing: Sendable {
    /// The word for `--world`.
    public let name: String
    /// The name of the business, in Chinese and English.
    public let title: String
    /// Who uses and who pays, in a line.
    public let summary: String
    private let make: @Sendable (WorldShape) -> any World

    /// The made-up business itself.
    ///
    /// - Parameter shape: at least one person; 7 to 1,000 days.
    public func world(_ shape: WorldShape) -> any World { make(shape) }

    /// All of them, the default first.
    public static let all: [WorldListing] = [
        WorldListing(
            name: TeaShop.name, title: "山间茶舍 Mountain Tea", summary: "a tea shop where people use, pay, do both, or pay for others"
        ) { TeaShop(seed: $0.seed, people: $0.people, days: $0.days, end: $0.end) },
        WorldListing(SearchStory.self),
        WorldListing(MessengerStory.self),
        WorldListing(SoftwareStory.self),
        WorldListing(FormulaStory.self),
        WorldListing(PublisherStory.self),
        WorldListing(WritingStory.self),
        WorldListing(PhoneStory.self),
        WorldListing(ApplianceStory.self),
        WorldListing(AppStory.self),
    ]

    public static func named(_ name: String) -> WorldListing? { all.first { $0.name == name } }
}

extension WorldListing {
    private init<S: Story>(_ story: S.Type) {
        self.init(name: S.name, title: S.title, summary: S.summary) { StoryWorld<S>(shape: $0) }
    }
}
