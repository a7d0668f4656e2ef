import EventStore
import Model

extension QuestionRun {
    /// A row for each event name with enough support, by q-value, then lift (specs: questions, N22 and N31).
    mutating func drivers(_ drivers: DriversQuestion) throws(Problem) -> JSONValue {
        var list = SelectorList()
        drivers.addSelectors(to: &list)
        let selectors = list.selectors
        let end = min(bounds.upperBound, present.instant.advanced(byMicroseconds: 1).microseconds)
        let empty = DriversTally(
            drivers, selectors: selectors, range: min(bounds.lowerBound, end) ..< end, executor: executor)
        let tally = scan(selectors) { empty }
        var found: [(name: String, test: AssociationTest)] = []
        for (index, name) in tally.names.names.enumerated() {
            if drivers.target.names?.contains(where: { $0.utf8.elementsEqual(name.utf8) }) ?? false { continue }
            let test = AssociationTest(
                didConverted: tally.didConverted[index], didNotConvert: tally.didNotConvert[index],
                absentConverted: tally.converted - tally.didConverted[index],
                absentNotConvert: tally.others - tally.didNotConvert[index])
            if test.support >= drivers.minSupport { found.append((name, test)) }
        }
        let probabilities = found.map(\.test.probability)
        let rates = AssociationTest.falseDiscoveryRates(probabilities)
        // Names are in the order of their bytes, so the places decide what is left.
        let order = found.indices.sorted { first, second in
            if rates[first] != rates[second] { return rates[first] < rates[second] }
            let lifts = (found[first].test.lift ?? -1, found[second].test.lift ?? -1)
            return lifts.0 != lifts.1 ? lifts.0 > lifts.1 : first < second
        }
        return [
            "converted": .int(Int64(tally.converted)), "notConverted": .int(Int64(tally.others)),
            "note": "These events go along with the target; that does not show that they cause it.",
            "rows": .array(order.map { row(found[$0], probabilities[$0], rates[$0]) }),
        ]
    }

    private func row(_ found: (name: String, test: AssociationTest), _ probability: Double, _ rate: Double) -> JSONValue {
        let test = found.test
        var out = ObjectWriter()
        out.put("event", .string(found.name))
        out.put("didConverted", .int(Int64(test.didConverted)))
        out.put("didNotConvert", .int(Int64(test.didNotConvert)))
        out.put("absentConverted", .int(Int64(test.absentConverted)))
        out.put("absentNotConvert", .int(Int64(test.absentNotConvert)))
        out.put("conversionWith", Numbers.json(test.conversionWith))
        out.put("conversionWithout", Numbers.json(test.conversionWithout))
        out.put("lift", Numbers.json(test.lift))
        out.put("low", Numbers.json(test.interval?.low))
        out.put("high", Numbers.json(test.interval?.high))
        out.put("test", test.isSmall ? "fisher" : "chiSquared")
        out.put("p", Numbers.json(probability))
        out.put("q", Numbers.json(rate))
        return out.json
    }
}
