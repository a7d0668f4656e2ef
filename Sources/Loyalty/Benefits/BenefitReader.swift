import Model
import OrderedCollections

/// One place in the JSON of a benefit.
typealias BenefitReader = SettingsReader<BenefitSettings>

enum BenefitSettings: ReadSettings {
    static var code: Problem.Code { .badBenefit }
    static let listMax = 100
    static let textBytesMax = 200
}

extension SettingsReader where Settings == BenefitSettings {
    func text() throws(Problem) -> String {
        try text("A text of 1 to \(Settings.textBytesMax) bytes", bytes: 1 ... Settings.textBytesMax)
    }

    /// A word for programs.
    func key() throws(Problem) -> String {
        let text = try text()
        let isPlain = text.utf8.allSatisfy { byte in
            (0x61 ... 0x7A).contains(byte | 0x20) || (0x30 ... 0x39).contains(byte) || byte == 0x2D || byte == 0x2E || byte == 0x5F
        }
        guard isPlain else { throw refused("A key is made of letters, digits, dots, hyphens and underscores.") }
        return text
    }

    func whole(from minimum: Int64) throws(Problem) -> Int64 { try integer(minimum ... BenefitReader.countMax) }

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

    /// - Parameter home: The zone of a period that names none; nil when it has to name one.
    func period(in home: TimeZoneTable?, _ zone: (String) throws(Problem) -> TimeZoneTable) throws(Problem) -> BenefitPeriod? {
        guard let word = optional("period") else {
            if let zone = optional("zone") { throw BenefitReader.refused("A zone without a period counts nothing.", zone.pointer) }
            return nil
        }
        let interval: CalendarInterval = try word.choice()
        guard let period = BenefitPeriod(interval, in: try self.zone(home, zone)) else {
            throw BenefitReader.refused("A period is a day, a week, a month, a quarter or a year.", word.pointer)
        }
        return period
    }

    private func zone(
        _ home: TimeZoneTable?, _ zone: (String) throws(Problem) -> TimeZoneTable
    ) throws(Problem) -> TimeZoneTable {
        if let home, optional("zone") == nil { return home }
        let name = try required("zone")
        do throws(Problem) { return try zone(try name.text()) } catch {
            throw Problem(error.code, error.wording, place: error.place ?? name.pointer)
        }
    }
}
