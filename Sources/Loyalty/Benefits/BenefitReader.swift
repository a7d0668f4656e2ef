import Model
import OrderedCollections

/// One place in the JSON of a benefit.
struct BenefitReader {
    let value: JSONValue
    let pointer: String

    static let textBytesMax = 200
    static let listMax = 100
    /// More of anything is a mistake.
    static let countMax: Int64 = 1_000_000_000_000

    init(_ value: JSONValue, pointer: String = "") {
        self.value = value
        self.pointer = pointer
    }

    static func refused(_ wording: Wording, _ place: String) -> Problem { Problem(.badBenefit, wording, place: place) }

    func expected(_ what: Wording) -> Problem {
        BenefitReader.refused("\(what) was expected, not \(value.kindName).", pointer)
    }

    private func child(_ key: String, _ value: JSONValue) -> BenefitReader {
        let escaped = key.prefix(60).map { $0 == "~" ? "~0" : $0 == "/" ? "~1" : String($0) }.joined()
        return BenefitReader(value, pointer: "\(pointer)/\(escaped)")
    }

    /// Refuses what is not an object, and members that are not known.
    func allow(_ keys: [String]) throws(Problem) {
        guard let members = value.objectValue else { throw expected("An object") }
        for (key, member) in members where !keys.contains(key) {
            throw BenefitReader.refused(
                "\"\(key.prefix(60))\" is not known here. Known are \(keys.joined(separator: ", ")).", child(key, member).pointer)
        }
    }

    /// nil when it is left out or null.
    func optional(_ key: String) -> BenefitReader? {
        value[key].flatMap { $0.isNull ? nil : child(key, $0) }
    }

    func required(_ key: String) throws(Problem) -> BenefitReader {
        guard let member = optional(key) else {
            throw BenefitReader.refused("\"\(key)\" is missing.", child(key, .null).pointer)
        }
        return member
    }

    func text() throws(Problem) -> String {
        guard let text = value.stringValue, (1 ... BenefitReader.textBytesMax).contains(text.utf8.count) else {
            throw expected("A text of 1 to \(BenefitReader.textBytesMax) bytes")
        }
        return text
    }

    /// A word for programs.
    func key() throws(Problem) -> String {
        let text = try text()
        let isPlain = text.utf8.allSatisfy { byte in
            (0x61 ... 0x7A).contains(byte | 0x20) || (0x30 ... 0x39).contains(byte) || byte == 0x2D || byte == 0x2E || byte == 0x5F
        }
        guard isPlain else {
            throw BenefitReader.refused("A key is made of letters, digits, dots, hyphens and underscores.", pointer)
        }
        return text
    }

    func whole(from minimum: Int64) throws(Problem) -> Int64 {
        guard let number = value.intValue, (minimum ... BenefitReader.countMax).contains(number) else {
            throw BenefitReader.refused("This is a whole number from \(minimum) to \(BenefitReader.countMax).", pointer)
        }
        return number
    }

    func list() throws(Problem) -> [BenefitReader] {
        guard let elements = value.arrayValue, elements.count <= BenefitReader.listMax else {
            throw expected("A list of at most \(BenefitReader.listMax)")
        }
        return elements.enumerated().map { child(String($0.offset), $0.element) }
    }

    func choice<Choice: RawRepresentable & CaseIterable>() throws(Problem) -> Choice where Choice.RawValue == String {
        if let choice = value.stringValue.flatMap(Choice.init(rawValue:)) { return choice }
        throw expected("One of \(Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))")
    }

    // MARK: - Parts of a benefit

    func kind() throws(Problem) -> Benefit.Kind {
        let word = try required("kind")
        let kind: Benefit.Kind
        switch word.value.stringValue {
        case "switch": kind = .onOff
        case "metered": kind = .metered
        case "once": kind = .once
        case "status": kind = .status
        case "issue_coupon": kind = .issueCoupon(template: try required("template").key())
        case "physical_gift": kind = .physicalGift(stock: try required("stock").key())
        case "priority": kind = .priority(weight: try required("weight").whole(from: 1))
        default: throw word.expected("One of \(Benefit.Kind.words.map { "\"\($0)\"" }.joined(separator: ", "))")
        }
        for (key, owner) in [("template", "issue_coupon"), ("stock", "physical_gift"), ("weight", "priority")] {
            if let member = optional(key), owner != kind.word {
                throw BenefitReader.refused("Only a benefit of kind \"\(owner)\" has \"\(key)\".", member.pointer)
            }
        }
        return kind
    }

    func period(_ zone: (String) throws(Problem) -> TimeZoneTable) throws(Problem) -> BenefitPeriod? {
        guard let word = optional("period") else {
            if let zone = optional("zone") { throw BenefitReader.refused("A zone without a period counts nothing.", zone.pointer) }
            return nil
        }
        let name = try required("zone")
        let interval: CalendarInterval = try word.choice()
        let table: TimeZoneTable
        do throws(Problem) { table = try zone(try name.text()) } catch {
            throw Problem(error.code, error.wording, place: error.place ?? name.pointer)
        }
        guard let period = BenefitPeriod(interval, in: table) else {
            throw BenefitReader.refused("A period is a day, a week, a month, a quarter or a year.", word.pointer)
        }
        return period
    }
}
