import EventStore
import Model
import OrderedCollections

extension QuestionRun {
    /// A row for each touch, by credit; what no touch is found for comes last (specs: questions, N20).
    mutating func attribution(_ attribution: AttributionQuestion) throws(Problem) -> JSONValue {
        var list = SelectorList()
        attribution.addSelectors(to: &list)
        let selectors = list.selectors
        narrow(to: attribution.conversion, in: bounds)
        let empty = AttributionTally(attribution, selectors: selectors, range: bounds, executor: executor)
        let tally = scan(selectors) { empty }
        try executor.watch?.hold(tally.touchCount * CreditedTouch.makingBytes)
        let touches = creditedTouches(attribution, tally)
            .sorted { $0.credit != $1.credit ? $0.credit > $1.credit : Numbers.precedes($0.touch, $1.touch) }
        var rows = AnswerRows(executor.watch)
        for touch in touches { try rows.append(touch.row(attribution)) }
        var out = ObjectWriter()
        out.put("conversions", .int(Int64(tally.conversions)))
        if attribution.value != nil { out.put("value", Numbers.json(Double(tally.value) / 1e6)) }
        var last = ObjectWriter()
        last.put("unattributed", true)
        last.put("credit", .int(Int64(tally.unattributed)))
        if attribution.value != nil { last.put("value", Numbers.json(Double(tally.unattributedValue) / 1e6)) }
        try rows.append(last.json)
        out.put("rows", rows.json)
        return out.json
    }

    /// Touches with some credit or a cost, in no particular order.
    private func creditedTouches(_ attribution: AttributionQuestion, _ tally: AttributionTally) -> [CreditedTouch] {
        let found = tally.rows.sorted { Numbers.precedes($0.touch, $1.touch) }
        let credits = LargestRemainder.units(
            found.map(\.share.fineCredit), total: Int128(tally.conversions - tally.unattributed) * 1_000_000)
        let values = LargestRemainder.units(found.map(\.share.fineValue), total: tally.value - tally.unattributedValue)
        var costs = attribution.costs ?? [:]
        var out: [CreditedTouch] = []
        for index in found.indices {
            let touch = found[index].touch
            let cost = touch.stringValue.flatMap { costs[$0] }
            // What rounds to nothing is shown only where it was paid for.
            if credits[index] == 0, values[index] == 0, cost == nil { continue }
            out.append(CreditedTouch(touch: touch, credit: credits[index], value: values[index], cost: cost))
            if let name = touch.stringValue { costs[name] = nil }
        }
        for (name, cost) in costs { out.append(CreditedTouch(touch: .string(name), credit: 0, value: 0, cost: cost)) }
        return out
    }
}

/// One touch with what it is credited with, in millionths, and what it cost.
private struct CreditedTouch {
    var touch: JSONValue
    var credit: Int128
    var value: Int128
    var cost: Double?

    /// What each touch takes beside its row: sorted by value, its shares cut to units, and sorted by credit.
    static let makingBytes = 2 * (MemoryLayout<(JSONValue, AttributedShare)>.stride + MemoryLayout<CreditedTouch>.stride) + 96

    func row(_ attribution: AttributionQuestion) -> JSONValue {
        let (credit, value) = (Double(credit) / 1e6, Double(value) / 1e6)
        var out = ObjectWriter()
        out.put("touch", touch)
        out.put("credit", Numbers.json(credit))
        if attribution.value != nil { out.put("value", Numbers.json(value)) }
        guard attribution.costs != nil else { return out.json }
        out.put("cost", Numbers.json(cost))
        out.put("costPerAcquisition", Numbers.json(cost.flatMap { credit > 0 ? $0 / credit : nil }))
        if attribution.value != nil { out.put("returnOnSpend", Numbers.json(cost.flatMap { $0 > 0 ? value / $0 : nil })) }
        return out.json
    }
}
