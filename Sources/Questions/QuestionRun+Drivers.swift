import EventStore
import Model

extension QuestionRun {
    /// A row for each behaviour with enough support, by q-value, then lift (specs: questions, N22 and N31).
    mutating func drivers(_ drivers: DriversQuestion) throws(Problem) -> JSONValue {
        var list = SelectorList()
        drivers.addSelectors(to: &list)
        let selectors = list.selectors
        let end = min(bounds.upperBound, present.instant.advanced(byMicroseconds: 1).microseconds)
        let empty = DriversTally(
            drivers, selectors: selectors, range: min(bounds.lowerBound, end) ..< end, executor: executor)
        let tally = scan(selectors) { empty }
        try executor.watch?.hold(tally.behaviours.count * 2 * MemoryLayout<(DriversTally.Behaviour, AssociationTest)>.stride)
        let found = testedBehaviours(drivers, tally)
        let probabilities = found.map(\.test.probability)
        let rates = AssociationTest.falseDiscoveryRates(probabilities)
        let order = found.indices.sorted { first, second in
            if rates[first] != rates[second] { return rates[first] < rates[second] }
            let lifts = (found[first].test.lift ?? -1, found[second].test.lift ?? -1)
            return lifts.0 != lifts.1 ? lifts.0 > lifts.1 : first < second
        }
        var rows = AnswerRows(executor.watch)
        for place in order { try rows.append(row(found[place], probabilities[place], rates[place])) }
        return [
            "converted": .int(Int64(tally.converted)), "notConverted": .int(Int64(tally.others)),
            "note": "These events go along with the target; that does not show that they cause it.",
            "rows": rows.json,
        ]
    }

    private struct TestedBehaviour {
        var event: String
        /// The property and its value; nil for the event alone.
        var property: (name: String, value: JSONValue)?
        var test: AssociationTest
    }

    /// Those with enough support, by the bytes of the event, the event alone first, then the properties as asked and their values.
    private func testedBehaviours(_ drivers: DriversQuestion, _ tally: DriversTally) -> [TestedBehaviour] {
        var chosen: [(behaviour: DriversTally.Behaviour, test: AssociationTest)] = []
        for (index, behaviour) in tally.behaviours.enumerated() {
            let name = tally.name(of: behaviour)
            if drivers.target.names?.contains(where: { $0.utf8.elementsEqual(name.utf8) }) ?? false { continue }
            let test = AssociationTest(
                didConverted: tally.didConverted[index], didNotConvert: tally.didNotConvert[index],
                absentConverted: tally.converted - tally.didConverted[index],
                absentNotConvert: tally.others - tally.didNotConvert[index])
            if test.support >= drivers.minSupport { chosen.append((behaviour, test)) }
        }
        // Within an event and property those of most people come first, of which the first few are kept.
        chosen.sort { first, second in
            let (one, two) = (first.behaviour, second.behaviour)
            if one.name != two.name { return one.name < two.name }
            if one.property != two.property { return one.property < two.property }
            if first.test.support != second.test.support { return first.test.support > second.test.support }
            return Numbers.precedes(tally.value(of: one), tally.value(of: two))
        }
        var out: [TestedBehaviour] = []
        var last: (name: Int32, property: Int32) = (-1, -1)
        var kept = 0
        for (behaviour, test) in chosen {
            kept = last == (behaviour.name, behaviour.property) ? kept + 1 : 1
            last = (behaviour.name, behaviour.property)
            if kept > drivers.valuesMax { continue }
            let property = behaviour.property < 0 ? nil : (drivers.properties[Int(behaviour.property)], tally.value(of: behaviour))
            out.append(TestedBehaviour(event: tally.name(of: behaviour), property: property, test: test))
        }
        return out
    }

    private func row(_ found: TestedBehaviour, _ probability: Double, _ rate: Double) -> JSONValue {
        let test = found.test
        var out = ObjectWriter()
        out.put("event", .string(found.event))
        if let property = found.property {
            out.put("property", .string(property.name))
            out.put("value", property.value)
        }
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
