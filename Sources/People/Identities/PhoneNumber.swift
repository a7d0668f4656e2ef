/// Reads phone numbers as people write them into E.164 (`+8613800138000`).
///
/// A small table of regions: enough to compare numbers, not to judge whether one can be dialled.
struct PhoneNumber: Sendable {
    /// How a region writes its own numbers.
    struct Plan: Sendable {
        var callingCode: String
        /// Dialled before a national number and no part of it.
        var trunk: String
        /// Dialled before a calling code.
        var international = "00"
        /// Digits of a national number without trunk, where an unmarked leading calling code can be told from it.
        var nationalLength: Int?
    }

    /// Source: ITU-T E.164 national numbering plans, the common ones.
    static let plans: [String: Plan] = [
        "CN": Plan(callingCode: "86", trunk: "0", nationalLength: 11),
        "HK": Plan(callingCode: "852", trunk: "", international: "001"), "MO": Plan(callingCode: "853", trunk: ""),
        "TW": Plan(callingCode: "886", trunk: "0", international: "002"),
        "US": Plan(callingCode: "1", trunk: "1", international: "011", nationalLength: 10),
        "CA": Plan(callingCode: "1", trunk: "1", international: "011", nationalLength: 10),
        "JP": Plan(callingCode: "81", trunk: "0", international: "010"), "KR": Plan(callingCode: "82", trunk: "0"),
        "SG": Plan(callingCode: "65", trunk: ""), "MY": Plan(callingCode: "60", trunk: "0"),
        "TH": Plan(callingCode: "66", trunk: "0"), "VN": Plan(callingCode: "84", trunk: "0"),
        "PH": Plan(callingCode: "63", trunk: "0"), "ID": Plan(callingCode: "62", trunk: "0"),
        "IN": Plan(callingCode: "91", trunk: "0", nationalLength: 10),
        "AU": Plan(callingCode: "61", trunk: "0", international: "0011"), "NZ": Plan(callingCode: "64", trunk: "0"),
        "GB": Plan(callingCode: "44", trunk: "0"), "IE": Plan(callingCode: "353", trunk: "0"),
        "FR": Plan(callingCode: "33", trunk: "0"), "DE": Plan(callingCode: "49", trunk: "0"),
        "AT": Plan(callingCode: "43", trunk: "0"), "CH": Plan(callingCode: "41", trunk: "0"),
        "NL": Plan(callingCode: "31", trunk: "0"), "BE": Plan(callingCode: "32", trunk: "0"),
        "LU": Plan(callingCode: "352", trunk: ""), "ES": Plan(callingCode: "34", trunk: ""),
        "PT": Plan(callingCode: "351", trunk: ""), "IT": Plan(callingCode: "39", trunk: ""),
        "GR": Plan(callingCode: "30", trunk: ""), "SE": Plan(callingCode: "46", trunk: "0"),
        "NO": Plan(callingCode: "47", trunk: ""), "DK": Plan(callingCode: "45", trunk: ""),
        "FI": Plan(callingCode: "358", trunk: "0"), "PL": Plan(callingCode: "48", trunk: ""),
        "CZ": Plan(callingCode: "420", trunk: ""), "UA": Plan(callingCode: "380", trunk: "0"),
        "RU": Plan(callingCode: "7", trunk: "8", international: "810", nationalLength: 10),
        "TR": Plan(callingCode: "90", trunk: "0"), "IL": Plan(callingCode: "972", trunk: "0"),
        "AE": Plan(callingCode: "971", trunk: "0"), "SA": Plan(callingCode: "966", trunk: "0"),
        "EG": Plan(callingCode: "20", trunk: "0"), "ZA": Plan(callingCode: "27", trunk: "0"),
        "NG": Plan(callingCode: "234", trunk: "0"), "KE": Plan(callingCode: "254", trunk: "0"),
        "BR": Plan(callingCode: "55", trunk: "0"), "MX": Plan(callingCode: "52", trunk: ""),
        "AR": Plan(callingCode: "54", trunk: "0"), "CL": Plan(callingCode: "56", trunk: ""),
        "CO": Plan(callingCode: "57", trunk: ""),
    ]

    private let plan: Plan?

    /// Numbers without a calling code are read as those of `region` (ISO 3166, two letters).
    init(region: String) { plan = PhoneNumber.plans[region.uppercased()] }

    /// The number in E.164, or nil when `text` is none: letters, fewer than 7 or more than 15 digits, no plan for a national number.
    func e164(_ text: String) -> String? {
        guard let (digits, hasPlus) = PhoneNumber.digits(of: text) else { return nil }
        guard let number = hasPlus ? digits : international(digits), (7 ... 15).contains(number.utf8.count),
            number.utf8.first != UInt8(ascii: "0")
        else { return nil }
        return "+" + number
    }

    /// Calling code and national number of digits written without a plus.
    private func international(_ digits: String) -> String? {
        guard let plan else { return nil }
        for prefix in [plan.international, "00"] where digits.hasPrefix(prefix) { return String(digits.dropFirst(prefix.count)) }
        if let length = plan.nationalLength, digits.utf8.count == length + plan.callingCode.utf8.count,
            digits.hasPrefix(plan.callingCode)
        {
            return digits
        }
        let hasTrunk = !plan.trunk.isEmpty && digits.hasPrefix(plan.trunk) && digits.utf8.count > (plan.nationalLength ?? 0)
        let isTrunk = hasTrunk || (plan.trunk == "0" && digits.hasPrefix("0"))
        return plan.callingCode + (isTrunk ? String(digits.dropFirst(plan.trunk.count)) : digits)
    }

    /// The digits of a number and whether a plus stood before them; nil when anything but digits and the usual separators is in it.
    private static func digits(of text: String) -> (digits: String, hasPlus: Bool)? {
        var digits = ""
        var hasPlus = false
        for scalar in text.unicodeScalars {
            switch scalar {
            case "0" ... "9": digits.unicodeScalars.append(scalar)
            case "\u{FF10}" ... "\u{FF19}":  // full-width digits
                digits.append(String(scalar.value - 0xFF10))
            case "+", "\u{FF0B}":
                guard digits.isEmpty, !hasPlus else { return nil }
                hasPlus = true
            case "-", "(", ")", ".", "/", " ", "\t", "\u{A0}", "\u{3000}", "\u{2010}" ... "\u{2015}", "\u{FF08}", "\u{FF09}":
                continue
            default: return nil
            }
        }
        return digits.isEmpty ? nil : (digits, hasPlus)
    }
}
