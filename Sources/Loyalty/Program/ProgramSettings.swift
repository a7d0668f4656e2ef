public import Model

/// What a workspace has decided about its program; each change is a version, and no lot changes with it.
public struct ProgramSettings: Hashable, Sendable {
    /// What members read at the head of their card.
    public var name: String
    /// Whether somebody who earns and is no member yet becomes one.
    public var enrolsByEarning: Bool
    public var currencies: [PointCurrency]

    public init(name: String, enrolsByEarning: Bool = true, currencies: [PointCurrency]) {
        self.name = name
        self.enrolsByEarning = enrolsByEarning
        self.currencies = currencies
    }

    public func currency(_ key: String) -> PointCurrency? { currencies.first { $0.key == key } }
}

extension ProgramSettings {
    private static let currenciesMax = 20

    /// Reads `{"name": …, "enrols_by_earning": …, "currencies": […]}`.
    ///
    /// - Throws: ``Problem`` whose place is the pointer of what was refused.
    public init(json: JSONValue) throws(Problem) {
        let object = try ObjectReader(json, known: ["name", "enrols_by_earning", "currencies"])
        let name = try object.requiredText("name")
        guard (1 ... 100).contains(name.count) else { throw object.refused("name", "A name has 1 to 100 characters.") }
        var currencies: [PointCurrency] = []
        for reader in try object.objects("currencies", known: PointCurrency.members) ?? [] {
            let currency = try PointCurrency(reader)
            guard !currencies.contains(where: { $0.key == currency.key }) else {
                throw reader.refused("key", "There is another currency with the key \"\(currency.key)\".")
            }
            currencies.append(currency)
        }
        guard (1 ... ProgramSettings.currenciesMax).contains(currencies.count) else {
            throw object.refused("currencies", "A program has 1 to \(ProgramSettings.currenciesMax) currencies.")
        }
        self.init(name: name, enrolsByEarning: try object.flag("enrols_by_earning") ?? true, currencies: currencies)
    }

    /// As ``init(json:)`` reads it, every member written.
    public var json: JSONValue {
        [
            "name": .string(name), "enrols_by_earning": .bool(enrolsByEarning),
            "currencies": .array(currencies.map(\.json)),
        ]
    }
}
