/// A point in time as people name it: an instant, or a date that starts when the workspace's local day does.
public enum Moment: Hashable, Sendable {
    case instant(Instant)
    case date(LocalDate)

    /// Reads RFC 3339 with an offset or `2026-01-31`; nil for anything else.
    public init?(text: String) {
        if let date = LocalDate(text: text) {
            self = .date(date)
        } else if let instant = Instant(rfc3339: text) {
            self = .instant(instant)
        } else {
            return nil
        }
    }

    public func resolved(in calendar: ZoneCalendar) -> Instant {
        switch self {
        case .instant(let instant): instant
        case .date(let date): calendar.start(of: date)
        }
    }

    /// As it is read.
    public var text: String {
        switch self {
        case .instant(let instant): instant.rfc3339
        case .date(let date): date.text
        }
    }
}
