import Model

/// Numbers, money, dates and durations as people read them in one language.
package struct Formats: Sendable {
    let language: Language

    init(_ language: Language) { self.language = language }

    /// Digits in groups of three: `12,345`.
    func number(_ value: Int) -> String { Formats.grouped(String(value)) }

    /// A number with at most `digits` decimals, without trailing zeros: `3.5`.
    func decimal(_ value: Double, digits: Int = 1) -> String {
        guard value.isFinite else { return "–" }
        guard abs(value) < 1e15 else { return value.description }
        let scale = Formats.power(digits)
        let rounded = (abs(value) * scale).rounded()
        let whole = Int64(rounded / scale)
        var fraction = String(Int64(rounded - Double(whole) * scale))
        fraction = String(repeating: "0", count: max(0, digits - fraction.count)) + fraction
        while fraction.hasSuffix("0") { fraction.removeLast() }
        let sign = value < 0 && rounded != 0 ? "−" : ""
        return sign + Formats.grouped(String(whole)) + (fraction.isEmpty || digits == 0 ? "" : "." + fraction)
    }

    /// A short form for axes and headlines: `1.2M`, `12k`; in Chinese `120万`, `1.2亿`.
    func compact(_ value: Double) -> String {
        let steps: [(Double, String)] =
            switch language {
            case .english: [(1e9, "B"), (1e6, "M"), (1e3, "k")]
            case .chinese: [(1e8, "亿"), (1e4, "万")]
            }
        for (size, suffix) in steps where abs(value) >= size {
            let scaled = value / size
            return decimal(scaled, digits: abs(scaled) < 100 ? 1 : 0) + suffix
        }
        return decimal(value, digits: abs(value) < 10 ? 2 : 0)
    }

    /// A ratio 0…1 as per cent: `12.3%`; below 0.1% it says so instead of rounding to nothing.
    func percent(_ ratio: Double) -> String {
        guard ratio.isFinite else { return "–" }
        if ratio > 0, ratio < 0.001 { return "<0.1%" }
        if ratio < 1, ratio > 0.999 { return ">99.9%" }
        return decimal(ratio * 100, digits: 1) + "%"
    }

    /// `part` of `whole` as per cent, or a dash when there is no whole.
    func percent(_ part: Int, of whole: Int) -> String { whole == 0 ? "–" : percent(Double(part) / Double(whole)) }

    /// An amount with its currency's sign: `¥1,234.50`, `US$20`.
    func money(_ money: Money) -> String {
        let text = money.decimalText
        let negative = text.hasPrefix("-")
        let parts = text.drop { $0 == "-" }.split(separator: ".")
        let whole = Formats.grouped(parts.first.map(String.init) ?? "0")
        let fraction = parts.count == 2 && parts[1].contains { $0 != "0" } ? "." + parts[1] : ""
        return (negative ? "−" : "") + sign(of: money.currency) + whole + fraction
    }

    /// Money in short form: `¥1.2M`.
    func compactMoney(_ minorUnits: Double, _ currency: Currency) -> String {
        let major = minorUnits / Formats.power(currency.minorDigits)
        return (major < 0 ? "−" : "") + sign(of: currency) + compact(abs(major))
    }

    func sign(of currency: Currency) -> String {
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
        case ("TWD", _): "NT$"
        case ("INR", _): "₹"
        case ("KRW", _): "₩"
        default: currency.code + "\u{A0}"
        }
    }

    static func grouped(_ digits: String) -> String {
        let negative = digits.hasPrefix("-")
        let plain = Array(digits.utf8.drop { $0 == UInt8(ascii: "-") })
        var out: [UInt8] = []
        for (index, digit) in plain.enumerated() {
            if index > 0, (plain.count - index) % 3 == 0 { out.append(UInt8(ascii: ",")) }
            out.append(digit)
        }
        return (negative ? "−" : "") + String(decoding: out, as: UTF8.self)
    }

    static func power(_ digits: Int) -> Double { (0 ..< max(digits, 0)).reduce(1.0) { product, _ in product * 10 } }
}
