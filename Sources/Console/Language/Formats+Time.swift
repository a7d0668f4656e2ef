import Model

extension Formats {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    private static let englishDays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    private static let chineseDays = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"]

    /// `22 Nov 2026`, `2026年11月22日`.
    func date(_ date: LocalDate) -> String {
        let (year, month, day) = date.components
        return switch language {
        case .english: "\(day) \(Formats.months[Int(month) - 1]) \(year)"
        case .chinese: "\(year)年\(month)月\(day)日"
        }
    }

    /// `22 Nov`, `11月22日`: where the year is known.
    func shortDate(_ date: LocalDate) -> String {
        let (_, month, day) = date.components
        return switch language {
        case .english: "\(day) \(Formats.months[Int(month) - 1])"
        case .chinese: "\(month)月\(day)日"
        }
    }

    /// `Nov 2026`, `2026年11月`.
    func month(_ date: LocalDate) -> String {
        let (year, month, _) = date.components
        return switch language {
        case .english: "\(Formats.months[Int(month) - 1]) \(year)"
        case .chinese: "\(year)年\(month)月"
        }
    }

    /// `Sun`, `周日`.
    func weekday(_ date: LocalDate) -> String {
        let index = Int((Int64(date.daysSinceEpoch) + 3) - (Int64(date.daysSinceEpoch) + 3).flooredQuotient(by: 7) * 7)
        return switch language {
        case .english: Formats.englishDays[index]
        case .chinese: Formats.chineseDays[index]
        }
    }

    /// `14:05` on the wall clock of the workspace; with seconds when asked.
    func time(_ instant: Instant, _ calendar: ZoneCalendar, seconds: Bool = false) -> String {
        let local = instant.microseconds.flooredQuotient(by: 1_000_000) + calendar.zone.offsetSeconds(at: instant)
        let second = local - local.flooredQuotient(by: 86_400) * 86_400
        let clock = "\(Formats.two(second / 3_600)):\(Formats.two(second / 60 % 60))"
        return seconds ? clock + ":" + Formats.two(second % 60) : clock
    }

    /// `22 Nov 2026, 14:05`, `2026年11月22日 14:05`.
    func dateTime(_ instant: Instant, _ calendar: ZoneCalendar) -> String {
        let separator = language == .english ? ", " : " "
        return date(calendar.date(at: instant)) + separator + time(instant, calendar)
    }

    /// How long ago `instant` was: `3 min ago`, `3 分钟前`; a date after 30 days.
    func ago(_ instant: Instant, now: Instant, _ calendar: ZoneCalendar) -> String {
        let words = Words(language)
        let seconds = Int(now.microseconds(since: instant) / .microsecondsPerSecond)
        switch seconds {
        case ..<(-60): return dateTime(instant, calendar)
        case ..<10: return words(\.common.justNow)
        case ..<60: return words(\.common.secondsAgo, count: seconds)
        case ..<3_600: return words(\.common.minutesAgo, count: seconds / 60)
        case ..<86_400: return words(\.common.hoursAgo, count: seconds / 3_600)
        case ..<(30 * 86_400): return words(\.common.daysAgo, count: seconds / 86_400)
        default: return date(calendar.date(at: instant))
        }
    }

    /// A length of time in its two greatest units: `2 d 5 h`, `2 天 5 小时`.
    func duration(seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return "–" }
        let whole = Int(seconds.rounded())
        let units: [(Int, String, String)] = [(86_400, "d", "天"), (3_600, "h", "小时"), (60, "min", "分"), (1, "s", "秒")]
        guard let first = units.firstIndex(where: { whole >= $0.0 }) else { return language == .english ? "0 s" : "0 秒" }
        var parts: [String] = []
        var rest = whole
        for (size, english, chinese) in units[first ..< min(first + 2, units.count)] where rest >= size {
            parts.append("\(number(rest / size))\u{A0}\(language == .english ? english : chinese)")
            rest %= size
        }
        return parts.joined(separator: " ")
    }

    private static func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : String(value) }
}
