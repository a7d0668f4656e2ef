import Model

/// What a program decides about points once, for all of them.
public struct PointRules: Hashable, Sendable {
    /// How points behave that cannot be clawed back because they were spent.
    public enum Shortfall: String, Sendable, CaseIterable {
        case debt, writeOff
    }

    /// How long points that come back after their expiry can be spent, in microseconds; 0 for not at all.
    public var restoreGrace = 30 * Int64.microsecondsPerDay
    /// The same for points that a hold lets go.
    public var releaseGrace: Int64 = 0
    public var shortfall = Shortfall.debt
    /// The longest hold.
    public var holdMax = 7 * Int64.microsecondsPerDay
    /// How often points can pass from member to member.
    public var hopMax = 2

    public init() {}
}
