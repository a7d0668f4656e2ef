public import Model

/// The numbers behind the derived roles (specs: people, section 4).
public struct RoleRules: Hashable, Sendable {
    /// Visits within one ISO week that make a user of a person.
    public var visitsPerWeek = 2
    /// Whole ISO weeks after the last such week for which the role is kept.
    public var activeWeeks = 4
    /// A pause longer than this ends a visit, in microseconds.
    public var visitGapMicroseconds: Int64 = 30 * .microsecondsPerMinute

    public init() {}

    /// Two visits a week, kept for four weeks, a visit ending with a pause of more than 30 minutes.
    public static let standard = RoleRules()
}

/// What of a workspace's settings decides how its people are seen.
public struct PeopleSettings: Sendable {
    /// Days and weeks of the workspace.
    public var calendar: ZoneCalendar
    /// Of orders that name none.
    public var currency: Currency
    /// Blocked values and default region; used for the parties that orders name.
    public var identities: IdentityRules
    public var roles: RoleRules

    public init(
        calendar: ZoneCalendar, currency: Currency, identities: IdentityRules = IdentityRules(), roles: RoleRules = .standard
    ) {
        self.calendar = calendar
        self.currency = currency
        self.identities = identities
        self.roles = roles
    }
}
