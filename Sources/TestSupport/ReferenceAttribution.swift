import Model
import OrderedCollections
import Questions

extension ReferenceQuestion {
    /// A share of a conversion: whole numbers over five times the least common multiple of 1 … 60, or a number for decaying weights.
    private struct Share {
        static let one: Int128 = 5 * 9_690_712_164_777_231_700_912_800
        var parts: Int128 = 0
        var weight = 0.0

        static func of(_ numerator: Int128, _ denominator: Int) -> Share {
            precondition(one * numerator % Int128(denominator) == 0, "random worlds have fewer touches")
            return Share(parts: one * numerator / Int128(denominator))
        }

        mutating func add(_ share: Share, times factor: Int) {
            parts += share.parts * Int128(factor)
            weight += share.weight * Double(factor)
        }

        func times(_ factor: Int) -> Share { Share(parts: parts * Int128(factor), weight: weight * Double(factor)) }
    }

    /// What is credited to one touch: conversions, and the millionths of what they brought.
    private struct Credited {
        var conversions = Share()
        var value = Share()
    }

    func attribution(_ asked: AttributionQuestion) throws(Problem) -> JSONValue {
        var credits: [JSONValue: Credited] = [:]
        var conversions = 0
        var unattributed = 0
        var (total, lost) = (0, 0)
        for person in try people() {
            let mine = events(of: person)
            for (index, event) in mine.enumerated() where range.contains(event.timestamp) && matches(asked.conversion, event) {
                conversions += 1
                let worth = worth(event, asked)
                total += worth
                let touches = mine[...index].filter { touch in
                    event.timestamp - touch.timestamp <= asked.lookback.microseconds && name(of: touch, asked) != .null
                }
                if touches.isEmpty {
                    unattributed += 1
                    lost += worth
                }
                for (touch, share) in zip(touches, shares(touches, asked)) {
                    let name = name(of: touch, asked)
                    credits[name, default: Credited()].conversions.add(share, times: 1)
                    credits[name, default: Credited()].value.add(share, times: worth)
                }
            }
        }
        credits = credits.filter { $0.value.conversions.parts > 0 || $0.value.conversions.weight > 0 }
        // All in the order of values: with equal numbers the order is by value alone.
        let names = inOrder(credits.keys.map { (key: [$0], number: 0) }, credits.count).map { $0[0] }
        let shares = names.map { credits[$0] ?? Credited() }
        let units = ReferenceQuestion.wholes(
            shares.map { $0.conversions.times(1_000_000) }, asked.model, (conversions - unattributed) * 1_000_000)
        let values = ReferenceQuestion.wholes(shares.map(\.value), asked.model, total - lost)
        var found = names.indices.map { (name: names[$0], units: units[$0], value: values[$0]) }
        for name in (asked.costs ?? [:]).keys where !names.contains(.string(name)) { found.append((.string(name), 0, 0)) }
        let order = inOrder(found.map { (key: [$0.name], number: Double($0.units)) }, found.count)
        var rows: [JSONValue] = []
        for key in order {
            guard let one = found.first(where: { $0.name == key[0] }) else { continue }
            let cost = key[0].stringValue.flatMap { asked.costs?[$0] }
            if one.units == 0, one.value == 0, cost == nil { continue }
            let credit = Double(one.units) / 1e6
            let value = Double(one.value) / 1e6
            var row: OrderedDictionary<String, JSONValue> = ["touch": one.name, "credit": ReferenceQuestion.number(credit)]
            if asked.value != nil { row["value"] = ReferenceQuestion.number(value) }
            if asked.costs != nil {
                row["cost"] = ReferenceQuestion.number(cost)
                row["costPerAcquisition"] = ReferenceQuestion.number(cost.flatMap { credit > 0 ? $0 / credit : nil })
                if asked.value != nil {
                    row["returnOnSpend"] = ReferenceQuestion.number(cost.flatMap { $0 > 0 ? value / $0 : nil })
                }
            }
            rows.append(.object(row))
        }
        var last: OrderedDictionary<String, JSONValue> = ["unattributed": true, "credit": .int(Int64(unattributed))]
        if asked.value != nil { last["value"] = ReferenceQuestion.number(Double(lost) / 1e6) }
        rows.append(.object(last))
        var out: OrderedDictionary<String, JSONValue> = ["conversions": .int(Int64(conversions))]
        if asked.value != nil { out["value"] = ReferenceQuestion.number(Double(total) / 1e6) }
        out["rows"] = .array(rows)
        return .object(out)
    }

    /// The name of a touch; null where the event is none.
    private func name(of event: Event, _ asked: AttributionQuestion) -> JSONValue {
        switch asked.touch {
        case .property(let name): ReferenceQuestion.grouped(value(name, event))
        case .channels(let channels): channels.first { matches($0.selector, event) }.map { .string($0.name) } ?? .null
        }
    }

    /// The millionths that a conversion brought.
    private func worth(_ event: Event, _ asked: AttributionQuestion) -> Int {
        guard let name = asked.value, let number = value(name, event)?.doubleValue, abs(number) < 1e12 else { return 0 }
        return Int((number * 1e6).rounded())
    }

    /// Whole parts that add up to a total: what is left goes to the greatest remainders, the first of equal ones.
    private static func wholes(_ shares: [Share], _ model: AttributionQuestion.Credit, _ total: Int) -> [Int] {
        var units: [Int] = []
        var remainders: [Int128] = []
        for share in shares {
            // Decaying weights are known to a millionth of a part.
            let (parts, one): (Int128, Int128) =
                model == .timeDecay ? (Int128((share.weight * 1e6).rounded()), 1_000_000) : (share.parts, Share.one)
            let remainder = (parts % one + one) % one
            units.append(Int((parts - remainder) / one))
            remainders.append(remainder)
        }
        for _ in 0 ..< max(0, total - units.reduce(0, +)) {
            guard let greatest = remainders.max(), greatest >= 0, let index = remainders.firstIndex(of: greatest) else { break }
            units[index] += 1
            remainders[index] = -1
        }
        return units
    }

    /// Per touch, earliest first, its share of one conversion.
    private func shares(_ touches: [Event], _ asked: AttributionQuestion) -> [Share] {
        var out = [Share](repeating: Share(), count: touches.count)
        guard let latest = touches.last else { return [] }
        switch asked.model {
        case .firstTouch: out[0] = .of(1, 1)
        case .lastTouch: out[out.count - 1] = .of(1, 1)
        case .lastNonDirect:
            let place = touches.lastIndex { name(of: $0, asked) != .string("direct") } ?? touches.count - 1
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
