import Columns
package import Model
import OrderedCollections

/// Discounts and charges as the text in which rows keep them.
extension CouponDiscount {
    /// The object `{"parts": [[line, first, count, amount], …], "shipping": n, "gifts": {sku: units}, "right": flag}`.
    package var json: JSONValue {
        let gifts = OrderedDictionary(
            uniqueKeysWithValues: gifts.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.int($0.value)) })
        return [
            "parts": .array(parts.map { [.string($0.line), .int($0.first), .int($0.count), .int($0.amount)] }),
            "shipping": .int(shipping), "gifts": .object(gifts), "right": .bool(givesRight),
        ]
    }

    /// nil unless it was written by ``json``.
    init?(text: String) {
        self.init()
        guard let json = CouponRows.json(text), let parts = json["parts"]?.arrayValue, let shipping = json["shipping"]?.intValue,
            let gifts = json["gifts"]?.objectValue, let right = json["right"]?.boolValue
        else { return nil }
        for part in parts {
            guard case .array(let values) = part, values.count == 4, let line = values[0].stringValue,
                let first = values[1].intValue,
                let count = values[2].intValue, let amount = values[3].intValue
            else { return nil }
            self.parts.append(Part(line: line, first: first, count: count, amount: amount))
        }
        (self.shipping, givesRight) = (shipping, right)
        self.gifts = gifts.elements.reduce(into: [:]) { $0[$1.key] = $1.value.intValue }
    }
}

/// The texts of rows about coupons.
enum CouponRows {
    static func json(_ text: String) -> JSONValue? {
        do { return try JSONParser.parse(Array(text.utf8)) } catch { return nil }
    }

    /// The list `[[name, subject, period, max, amount, counts money], …]`.
    static func text(_ charges: [LimitBook.Charge]) -> String {
        JSONValue.array(
            charges.map {
                [
                    .string($0.key.name), .string($0.key.subject), .string($0.key.period), .int($0.max), .int($0.amount),
                    .bool($0.isMoney),
                ]
            }
        ).text
    }

    static func charges(_ text: String) -> [LimitBook.Charge]? {
        guard let rows = json(text)?.arrayValue else { return nil }
        var charges: [LimitBook.Charge] = []
        for row in rows {
            guard case .array(let values) = row, values.count == 6, let name = values[0].stringValue,
                let subject = values[1].stringValue, let period = values[2].stringValue, let max = values[3].intValue,
                let amount = values[4].intValue, let isMoney = values[5].boolValue
            else { return nil }
            charges.append(
                .init(Limit.Key(name: name, subject: subject, period: period), max: max, amount: amount, isMoney: isMoney))
        }
        return charges
    }

    static func text(_ names: [String]) -> String { JSONValue.array(names.map { .string($0) }).text }

    static func names(_ text: String) -> [String]? { json(text)?.arrayValue?.compactMap(\.stringValue) }

    static func text(_ counts: [String: Int64]) -> String {
        JSONValue.object(
            OrderedDictionary(uniqueKeysWithValues: counts.sorted { $0.key < $1.key }.map { ($0.key, .int($0.value)) })
        ).text
    }

    static func counts(_ text: String) -> [String: Int64]? {
        json(text)?.objectValue?.elements.reduce(into: [:]) { $0[$1.key] = $1.value.intValue }
    }
}
