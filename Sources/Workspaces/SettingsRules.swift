public import Model
package import Records

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Reads what people type into settings; each refusal names the member and what to write instead.
package enum SettingsRules {
    /// A name of a workspace, source, key or member: 1 to 100 characters without control characters, spaces trimmed.
    package static func name(_ text: String, place: String = "/name") throws(Problem) -> String {
        let trimmed = trim(text)
        let isPlain = trimmed.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: false
            default: !(0x202A ... 0x202E).contains(scalar.value) && !(0x2066 ... 0x2069).contains(scalar.value)
            }
        }
        guard !trimmed.isEmpty, trimmed.count <= 100, trimmed.utf8.count <= 400, isPlain else {
            throw Problem(.badName, "A name has 1 to 100 characters and no control characters.", place: place)
        }
        return trimmed
    }

    /// An IANA zone that this machine knows.
    package static func timezone(_ text: String) throws(Problem) -> TimeZoneTable {
        let isOdd = ["right/", "posix/"].contains { text.hasPrefix($0) } || ["localtime", "posixrules", "Factory"].contains(text)
        do throws(Problem) {
            return try TimeZoneTable(identifier: isOdd ? "" : text)
        } catch {
            throw Problem(
                .unknownTimeZone, "There is no time zone \"\(text.prefix(60))\". Use an IANA name such as Asia/Shanghai.",
                place: "/timezone")
        }
    }

    /// A currency of ISO 4217.
    package static func currency(_ text: String) throws(Problem) -> Currency {
        guard let currency = Currency(code: text), currencyCodes.contains(currency.code) else {
            throw Problem(
                .unknownCurrency, "There is no currency \"\(text.prefix(20))\". Use an ISO 4217 code such as CNY, USD or EUR.",
                place: "/currency")
        }
        return currency
    }

    package static func language(_ text: String) throws(Problem) -> Language {
        guard let language = Language(rawValue: text) else {
            throw Problem(.unknownLanguage, "There is no language \"\(text.prefix(20))\". Use en or zh-Hans.", place: "/language")
        }
        return language
    }

    /// A country code of two letters, upper-cased.
    package static func region(_ text: String) throws(Problem) -> String {
        let upper = text.uppercased()
        guard upper.utf8.count == 2, upper.utf8.allSatisfy({ (0x41 ... 0x5A).contains($0) }) else {
            throw Problem(
                .badRegion,
                "A region is a country code of two letters such as CN; phone numbers without a country are read as its.",
                place: "/region")
        }
        return upper
    }

    /// An address that mail could go to, trimmed and lower-cased.
    package static func email(_ text: String) throws(Problem) -> String {
        let trimmed = trim(text).lowercased()
        let parts = trimmed.split(separator: "@", omittingEmptySubsequences: false)
        let isPlain = trimmed.unicodeScalars.allSatisfy { scalar in
            !scalar.properties.isWhitespace && scalar.properties.generalCategory != .control
                && !"<>,;:\"()[]\\".unicodeScalars.contains(scalar)
        }
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, trimmed.utf8.count <= 254, isPlain, !parts[1].hasPrefix("."),
            !parts[1].hasSuffix(".")
        else { throw Problem(.badEmail, "This is not an e-mail address. Write it like name@example.com.", place: "/email") }
        return trimmed
    }

    /// The country that most of `timezone` lies in, by the system's table of zones; else the currency's; else US.
    package static func proposedRegion(
        timezone: String, currency: Currency, table: String = "/usr/share/zoneinfo/zone.tab"
    ) -> String {
        if let file = fopen(table, "r") {
            defer { fclose(file) }
            var line = [CChar](repeating: 0, count: 512)
            while fgets(&line, Int32(line.count), file) != nil {
                let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                let fields = text.split { $0 == "\t" || $0 == "\n" }
                if fields.count >= 3, fields[2] == timezone, fields[0].utf8.count == 2 { return String(fields[0]) }
            }
        }
        return currency.code == "EUR" || currency.code.hasPrefix("X") ? "US" : String(currency.code.prefix(2))
    }

    static func trim(_ text: String) -> String {
        let head = text.drop { $0.isWhitespace }
        return String(head.reversed().drop { $0.isWhitespace }.reversed())
    }

    /// The codes of ISO 4217, list one, that money is paid in.
    private static let currencyCodes: Set<String> = Set(
        """
        AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLF CLP CNY COP
        CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK
        JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN
        NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC
        SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
        """.split { $0 == " " || $0 == "\n" }.map(String.init))
}

extension Problem.Code {
    public static let badName = Problem.Code("bad_name")
    public static let badEmail = Problem.Code("bad_email")
    public static let badRegion = Problem.Code("bad_region")
    public static let unknownTimeZone = Problem.Code("unknown_time_zone")
    public static let unknownCurrency = Problem.Code("unknown_currency")
    public static let unknownLanguage = Problem.Code("unknown_language")
}
