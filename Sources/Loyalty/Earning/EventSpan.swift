import Model

extension Moment {
    init(_ reader: EarningReader) throws(Problem) {
        guard let moment = reader.value.stringValue.flatMap(Moment.init(text:)) else {
            throw reader.expected("An instant with an offset such as \"2026-01-31T12:00:00Z\", or a date such as \"2026-01-31\",")
        }
        self = moment
    }
}

/// A length of time as the language of questions writes it: `7d`, `1d12h`, `2w`, `P7D`, `PT30M`; days are 24 hours.
struct EventSpan: Hashable, Sendable {
    let text: String
    let microseconds: Int64

    /// nil for anything else: months and years are no durations.
    init?(text: String) {
        let isISO = text.hasPrefix("P")
        guard text.utf8.count <= 40, !isISO || text.utf8.count > 2, let microseconds = EventSpan.sum(text, isISO: isISO) else {
            return nil
        }
        self.text = text
        self.microseconds = microseconds
    }

    private static func sum(_ text: String, isISO: Bool) -> Int64? {
        let seconds: [Character: Int64] = ["w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1]
        var (total, digits, last, isTime) = (Int64(0), "", Int64.max, !isISO)
        for character in isISO ? text.dropFirst() : text[...] {
            if character.isASCII, character.isNumber {
                digits.append(character)
            } else if isISO, character == "T", !isTime, digits.isEmpty {
                isTime = true
            } else {
                // Minutes stand behind the T, months would stand before it; each unit once, the greater ones first.
                guard let unit = seconds[isISO ? Character(character.lowercased()) : character], unit < last,
                    !isISO || (character.isUppercase && isTime == (unit < 86_400)), let count = Int64(digits)
                else { return nil }
                let (part, over) = count.multipliedReportingOverflow(by: unit * .microsecondsPerSecond)
                let (sum, carry) = total.addingReportingOverflow(part)
                guard !over, !carry else { return nil }
                (total, digits, last) = (sum, "", unit)
            }
        }
        return digits.isEmpty && last != .max ? total : nil
    }
}
