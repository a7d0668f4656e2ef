/// A calendar date of the proleptic Gregorian calendar, without a time zone.
public struct LocalDate: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01; negative before it.
    public var daysSinceEpoch: Int32

    public init(daysSinceEpoch: Int32) { self.daysSinceEpoch = daysSinceEpoch }

    /// The date of a year 0…9999, month 1…12 and day 1…31, or nil when there is none such.
    public init?(year: Int32, month: Int32, day: Int32) {
        guard (0 ... 9999).contains(year), (1 ... 12).contains(month), day >= 1,
            day <= LocalDate.dayCount(year: year, month: month)
        else { return nil }
        // Days from civil: years are counted from March, so that the leap day is the last of its year.
        let shiftedYear = Int64(month <= 2 ? year - 1 : year)
        let era = shiftedYear.flooredQuotient(by: 400)
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = Int64((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1)
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        self.init(daysSinceEpoch: Int32(era * 146_097 + dayOfEra - 719_468))
    }

    /// Reads `2026-01-31`; nil for anything else.
    public init?(text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == 4, parts[1].utf8.count == 2, parts[2].utf8.count == 2,
            parts.allSatisfy({ $0.utf8.allSatisfy { (UInt8(ascii: "0") ... UInt8(ascii: "9")).contains($0) } }),
            let year = Int32(parts[0]), let month = Int32(parts[1]), let day = Int32(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// Year, month 1…12 and day 1…31 of this date.
    public var components: (year: Int32, month: Int32, day: Int32) {
        let shifted = Int64(daysSinceEpoch) + 719_468
        let era = shifted.flooredQuotient(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = Int32(dayOfYear - (153 * marchMonth + 2) / 5 + 1)
        let month = Int32(marchMonth < 10 ? marchMonth + 3 : marchMonth - 9)
        return (Int32(yearOfEra + era * 400) + (month <= 2 ? 1 : 0), month, day)
    }

    /// `2026-01-31`.
    public var text: String {
        let (year, month, day) = components
        var out: [UInt8] = []
        out.appendDigits(Int64(max(year, 0)), width: 4)
        out.append(UInt8(ascii: "-"))
        out.appendDigits(Int64(month), width: 2)
        out.append(UInt8(ascii: "-"))
        out.appendDigits(Int64(day), width: 2)
        return String(decoding: out, as: UTF8.self)
    }

    /// The Monday on or before this date: the start of its ISO week.
    public var monday: LocalDate {
        let day = Int64(daysSinceEpoch) + 3
        return LocalDate(daysSinceEpoch: Int32(day.flooredQuotient(by: 7) * 7 - 3))
    }

    /// Number of days of a month 1…12.
    public static func dayCount(year: Int32, month: Int32) -> Int32 {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// This date moved by whole days.
    public func advanced(byDays days: Int) -> LocalDate { LocalDate(daysSinceEpoch: daysSinceEpoch + Int32(days)) }

    /// This date moved by whole months; a day that the target month lacks becomes its last one.
    public func advanced(byMonths months: Int) -> LocalDate {
        let (year, month, day) = components
        let index = Int64(year) * 12 + Int64(month - 1) + Int64(months)
        let targetYear = Int32(index.flooredQuotient(by: 12))
        let targetMonth = Int32(index - Int64(targetYear) * 12) + 1
        let lastDay = LocalDate.dayCount(year: targetYear, month: targetMonth)
        return LocalDate(year: targetYear, month: targetMonth, day: min(day, lastDay)) ?? self
    }

    public static func < (left: LocalDate, right: LocalDate) -> Bool { left.daysSinceEpoch < right.daysSinceEpoch }
}

extension Int64 {
    /// Quotient rounded toward minus infinity.
    ///
    /// `divisor` must be positive.
    @inlinable public func flooredQuotient(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
