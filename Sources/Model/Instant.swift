/// A moment in time, in microseconds UTC since 1970-01-01T00:00:00Z.
///
/// Leap seconds are not counted. The range is years 0000 to 9999 when parsed from text; arithmetic wraps nowhere, it traps.
public struct Instant: Hashable, Comparable, Sendable {
    /// Microseconds since 1970-01-01T00:00:00Z; negative before it.
    public var microseconds: Int64

    public init(microseconds: Int64) { self.microseconds = microseconds }

    /// 1970-01-01T00:00:00Z.
    public static let epoch = Instant(microseconds: 0)
    /// Earlier than every event.
    public static let distantPast = Instant(microseconds: Int64.min)
    /// Later than every event.
    public static let distantFuture = Instant(microseconds: Int64.max)

    public static func < (left: Instant, right: Instant) -> Bool { left.microseconds < right.microseconds }

    /// This instant moved by whole microseconds, held at the ends of the range instead of overflowing.
    public func advanced(byMicroseconds delta: Int64) -> Instant {
        let (sum, overflow) = microseconds.addingReportingOverflow(delta)
        return Instant(microseconds: overflow ? (delta < 0 ? Int64.min : Int64.max) : sum)
    }

    /// Microseconds from `other` to this instant.
    public func microseconds(since other: Instant) -> Int64 { microseconds &- other.microseconds }
}

extension Int64 {
    /// Microseconds in one second.
    public static let microsecondsPerSecond: Int64 = 1_000_000
    /// Microseconds in one minute.
    public static let microsecondsPerMinute: Int64 = 60_000_000
    /// Microseconds in one hour.
    public static let microsecondsPerHour: Int64 = 3_600_000_000
    /// Microseconds in 24 hours, which is not always a local day.
    public static let microsecondsPerDay: Int64 = 86_400_000_000
}

/// Where the current time comes from, so that tests can stop and turn it.
public protocol WallClock: Sendable {
    /// The current instant; it may go backwards when the machine's clock does.
    var now: Instant { get }
}
