import Model

/// Money, days and names in the texts of coupons.
struct CouponTextFormats {
    let language: CouponText.Language
    let currency: Currency

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    private static let englishDays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    private static let chineseDays = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"]

    /// `¥1,234.50` in Chinese, `CN¥1,234.50` in English; decimals only where there are some.
    func money(_ minorUnits: Int64) -> String {
        let parts = Money(minorUnits: minorUnits, currency: currency).decimalText.split(separator: ".")
        let fraction = parts.count == 2 && parts[1].contains { $0 != "0" } ? "." + parts[1] : ""
        return sign + grouped(String(parts[0])) + fraction
    }

    private var sign: String {
        switch (currency.code, language) {
        case ("CNY", .chinese): "¥"
        case ("CNY", .english): "CN¥"
        case ("USD", .chinese): "US$"
        case ("USD", .english): "$"
        case ("JPY", .chinese): "JP¥"
        case ("JPY", .english): "¥"
        case ("EUR", _): "€"
        case ("GBP", _): "£"
        case ("HKD", _): "HK$"
        default: currency.code + "\u{A0}"
        }
    }

    func number(_ number: Int64) -> String { grouped(String(number)) }

    private func grouped(_ digits: String) -> String {
        var out = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { out.append(",") }
            out.append(digit)
        }
        return out
    }

    /// `5 Dec 2026`, `2026年12月5日`.
    func date(_ date: LocalDate) -> String {
        let (year, month, day) = date.components
        return switch language {
        case .english: "\(day) \(CouponTextFormats.months[Int(month) - 1]) \(year)"
        case .chinese: "\(year)年\(month)月\(day)日"
        }
    }

    func weekdays(_ days: Set<Int>) -> String {
        let names = language == .english ? CouponTextFormats.englishDays : CouponTextFormats.chineseDays
        return list(days.sorted().map { (1 ... 7).contains($0) ? names[$0 - 1] : String($0) })
    }

    func hours(_ hours: [CouponConditions.Hours]) -> String {
        list(hours.sorted().map { "\($0.from.clockText)–\($0.until.clockText)" })
    }

    func list(_ items: [String]) -> String { items.joined(separator: language == .english ? ", " : "、") }

    func names(_ names: Set<String>) -> String { list(names.sorted().map(quoted)) }

    /// In quotation marks, those inside the name doubled, so that a name cannot look like two.
    func quoted(_ name: String) -> String {
        let (open, close) = language == .english ? ("“", "”") : ("「", "」")
        return open + name.map { String($0) == close ? close + close : String($0) }.joined() + close
    }
}
