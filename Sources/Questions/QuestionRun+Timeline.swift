import EventStore
import Model

extension QuestionRun {
    /// One page of a person's events with the identity each arrived under.
    mutating func timeline(_ timeline: TimelineQuestion) throws(Problem) -> JSONValue {
        let map = executor.population.personOfIdentity
        let given = Int(timeline.person.ordinal)
        guard given < map.count, map[given] != UInt32.max else {
            throw Problem(.notFound, "There is no person \(timeline.person.text).", place: "/person", status: 404)
        }
        let person = map[given]
        // A list of all that is known of somebody: what the program tells of them, too.
        let history = try history(
            of: person, timeline.selector ?? Selector(names: nil), includesTold: timeline.selector == nil)
        let page = page(of: history, timeline)
        var out = ObjectWriter()
        out.put("person", .string(PersonID(ordinal: person).text))
        var rows = AnswerRows(executor.watch)
        for index in page.shown { try rows.append(row(history, index)) }
        out.put("rows", rows.json)
        let last = page.isLast ? nil : page.shown.last
        out.put(
            "next",
            last.map { .string(EventCursor(timestamp: history.timestamps[$0], arrival: history.arrivals[$0]).text) } ?? .null)
        return out.json
    }

    private mutating func history(
        of person: UInt32, _ selector: Selector, includesTold: Bool
    ) throws(Problem) -> History {
        var history = History()
        var noted = 0
        for (index, part) in executor.snapshot.parts.enumerated() {
            let runs = executor.population.identities(of: person).map { part.rows(ofIdentity: $0) }.filter { !$0.isEmpty }
            if runs.isEmpty { continue }
            var plan = PartPlan([selector], part: part, at: present, asOf: asOf, isForOnePerson: true, includesTold: includesTold)
            for rows in runs { plan.load(rows, partIndex: index, into: &history) }
            scanned += plan.scanned
            // With the list of the rows that a page is cut from.
            let bytes = history.byteCount + history.count * MemoryLayout<Int>.stride
            if executor.watch?.goesOn(holding: bytes, noted: &noted) == false { try executor.watch?.check() }
        }
        let parts = executor.snapshot.parts
        history.sortRuns { part, row in parts[Int(part)].arrival(at: Int(row)) }
        return history
    }

    private func page(of history: History, _ timeline: TimelineQuestion) -> (shown: [Int], isLast: Bool) {
        let first = history.lowerBound(bounds.lowerBound)
        let last = max(first, history.lowerBound(bounds.upperBound))
        func precedes(_ index: Int, _ cursor: EventCursor) -> Bool {
            (history.timestamps[index], history.arrivals[index]) < (cursor.timestamp, cursor.arrival)
        }
        func isAt(_ index: Int, _ cursor: EventCursor) -> Bool {
            history.timestamps[index] == cursor.timestamp && history.arrivals[index] == cursor.arrival
        }
        var indexes = Array(first ..< last)
        if timeline.order == .newest { indexes.reverse() }
        if let cursor = timeline.cursor {
            indexes.removeAll { index in
                let isBefore = precedes(index, cursor)
                return isAt(index, cursor) || (timeline.order == .newest ? !isBefore : isBefore)
            }
        }
        return (Array(indexes.prefix(timeline.limit)), indexes.count <= timeline.limit)
    }

    private func row(_ history: History, _ index: Int) -> JSONValue {
        let part = executor.snapshot.parts[Int(history.parts[index])]
        let row = Int(history.rows[index])
        let call = part.call(at: row)
        var out = ObjectWriter()
        out.put("timestamp", .string(call.timestamp.rfc3339))
        out.put("arrival", .int(Int64(clamping: history.arrivals[index])))
        out.put("type", .string(call.type.text))
        out.put("event", call.event.map { .string($0) })
        out.put("name", call.name.map { .string($0) })
        out.put("category", call.category.map { .string($0) })
        out.put("messageId", .string(call.messageID))
        let identity = executor.snapshot.identities.identity(part.owner(ofRow: row))
        out.put("identity", ["type": .string(identity.type.text), "value": .string(identity.value)])
        out.put("properties", call.properties.canonical)
        out.put("context", call.context.canonical)
        out.put("receivedAt", .string(call.receivedAt.rfc3339))
        return out.json
    }
}
