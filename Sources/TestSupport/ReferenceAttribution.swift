import Model
import OrderedCollections
import Questions

extension ReferenceQuestion {
    /// A share of a conversion: whole numbers over the least common multiple of 5 and 1 … 40, or a number for decaying weights.
    private struct Share {
        static let one: Int128 = 5 * 5_342_931_457_063_200
        var parts: Int128 = 0
        var weight = 0.0

        static func of(_ numerator: Int128, _ denominator: Int) -> Share {
            precondition(one * numerator % Int128(denominator) == 0, "random worlds have fewer touches")
            return Share(parts: one * numerator / Int128(denominator))
        }
    }

    func attribution(_ asked: AttributionQuestion) throws(Problem) -> JSONValue {
        var credits: [JSONValue: Share] = [:]
        var conversions = 0
        var unattributed = 0
        for person in try people() {
            let mine = events(of: person)
            for (index, event) in mine.enumerated() where range.contains(event.timestamp) && matches(asked.conversion, event) {
                conversions += 1
                let touches = mine[...index].filter { touch in
                    event.timestamp - touch.timestamp <= asked.lookback.microseconds
                        && ReferenceQuestion.grouped(value(asked.touch, touch)) != .null
                }
                if touches.isEmpty { unattributed += 1 }
                for (touch, share) in zip(touches, shares(touches, asked)) {
                    let value = ReferenceQuestion.grouped(value(asked.touch, touch))
                    credits[value, default: Share()].parts += share.parts
                    credits[value, default: Share()].weight += share.weight
                }
            }
        }
        credits = credits.filter { $0.value.parts > 0 || $0.value.weight > 0 }
        // All in the order of values: with equal numbers the order is by value alone.
        let values = inOrder(credits.keys.map { (key: [$0], number: 0) }, credits.count).map { $0[0] }
        var units: [Int] = []
        var remainders: [Int128] = []
        for value in values {
            let share = credits[value] ?? Share()
            if asked.model == .timeDecay {
                let fine = Int128((share.weight * 1e12).rounded())
                units.append(Int(fine / 1_000_000))
                remainders.append(fine % 1_000_000)
            } else {
                units.append(Int(share.parts * 1_000_000 / Share.one))
                remainders.append(share.parts * 1_000_000 % Share.one)
            }
        }
        for _ in 0 ..< max(0, (conversions - unattributed) * 1_000_000 - units.reduce(0, +)) {
            guard let greatest = remainders.max(), let index = remainders.firstIndex(of: greatest) else { break }
            units[index] += 1
            remainders[index] = -1
        }
        var rows: [JSONValue] = []
        for index in values.indices.sorted(by: { units[$0] == units[$1] ? $0 < $1 : units[$0] > units[$1] })
        where units[index] > 0 {
            rows.append(["touch": values[index], "credit": ReferenceQuestion.number(Double(units[index]) / 1e6)])
        }
        rows.append(["unattributed": true, "credit": .int(Int64(unattributed))])
        return ["conversions": .int(Int64(conversions)), "rows": .array(rows)]
    }

    /// Per touch, earliest first, its share of one conversion.
    private func shares(_ touches: [Event], _ asked: AttributionQuestion) -> [Share] {
        var out = [Share](repeating: Share(), count: touches.count)
        guard let latest = touches.last else { return [] }
        switch asked.model {
        case .firstTouch: out[0] = .of(1, 1)
        case .lastTouch: out[out.count - 1] = .of(1, 1)
        case .lastNonDirect:
            let place = touches.lastIndex { value(asked.touch, $0) != .string("direct") } ?? touches.count - 1
            out[place] = .of(1, 1)
        case .linear: out = out.map { _ in .of(1, touches.count) }
        case .positionBased:
            if touches.count < 3 { return out.map { _ in .of(1, touches.count) } }
            out = out.map { _ in .of(1, 5 * (touches.count - 2)) }
            out[0] = .of(2, 5)
            out[out.count - 1] = .of(2, 5)
        case .timeDecay:
            let weights = touches.map { touch in
                ReferenceQuestion.powerOfHalf(Double(latest.timestamp - touch.timestamp) / Double(asked.halfLife.microseconds))
            }
            let total = weights.reduce(0, +)
            out = weights.map { Share(weight: $0 / total) }
        }
        return out
    }

    /// 1/2 to a power, by squaring for the whole part and a series for the rest.
    private static func powerOfHalf(_ exponent: Double) -> Double {
        let whole = exponent.rounded(.down)
        if whole > 1_070 { return 0 }
        let rest = -(exponent - whole) * 0.693_147_180_559_945_309_417
        var term = 1.0
        var sum = 1.0
        for step in 1 ..< 40 {
            term *= rest / Double(step)
            sum += term
        }
        return sum * Double(sign: .plus, exponent: -Int(whole), significand: 1)
    }
}
