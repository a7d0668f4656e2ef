import Model
import OrderedCollections
import Questions

extension ReferenceQuestion {
    /// Which events a person's chains took, and which condition, left out, would let the person reach the first step not reached.
    func explain(_ id: PersonID, _ funnel: FunnelQuestion) throws(Problem) -> JSONValue {
        let person = reference.population.personOfIdentity[Int(id.ordinal)]
        let chains = explained(funnel, person, anyStart: false)
        let level = chains.map(\.level).max() ?? 0
        return [
            "person": .string(PersonID(ordinal: person).text), "counted": .bool(try counts(person)), "level": .int(Int64(level)),
            "chains": .array(
                chains.map { chain in
                    let events = funnel.steps.indices.compactMap { step in
                        taken(chain, step, funnel).map { told($0, ["step": .int(Int64(step + 1))]) }
                    }
                    return ["level": .int(Int64(chain.level)), "events": .array(events)]
                }), "notReached": obstacle(funnel, person, level),
        ]
    }

    private func explained(_ funnel: FunnelQuestion, _ person: UInt32, anyStart: Bool) -> [ReferenceFunnel.Chain] {
        let finder = ReferenceFunnel(funnel, self, events(of: person)) { anyStart || range.contains($0.timestamp) }
        return funnel.reentry == .totals ? finder.attempts() : finder.best().map { [$0] } ?? []
    }

    private func taken(_ chain: ReferenceFunnel.Chain, _ step: Int, _ funnel: FunnelQuestion) -> Event? {
        funnel.order == .unordered ? (step < chain.path.count ? chain.path[step] : nil) : chain.steps[step]
    }

    private func told(_ event: Event, _ before: OrderedDictionary<String, JSONValue> = [:]) -> JSONValue {
        var out = before
        out["event"] = .string(event.name)
        out["timestamp"] = .string(event.call.timestamp.rfc3339)
        out["arrival"] = .int(Int64(event.arrival))
        out["messageId"] = .string(event.call.messageID)
        return .object(out)
    }

    private func obstacle(_ funnel: FunnelQuestion, _ person: UInt32, _ level: Int) -> JSONValue {
        let rest = funnel.steps.indices.filter { $0 >= level }
        guard let step = rest.first(where: { !funnel.optional.contains($0) }) ?? rest.first else { return .null }
        let label = funnel.steps[step].label ?? funnel.steps[step].names?.joined(separator: " / ") ?? "any event"
        var out: OrderedDictionary<String, JSONValue> = ["step": .int(Int64(step + 1)), "label": .string(label)]
        let longWindow = TimeSpan(microseconds: 300 * 365 * 86_400_000_000)
        var free = FunnelQuestion(steps: funnel.steps, window: longWindow)
        free.optional = funnel.optional
        free.order = funnel.order == .unordered ? .unordered : .ordered
        func reaching(_ funnel: FunnelQuestion, anyStart: Bool = false) -> ReferenceFunnel.Chain? {
            let chains = explained(funnel, person, anyStart: anyStart)
            let best = chains.map(\.level).max() ?? 0
            return best > step ? chains.first { $0.level == best } : nil
        }
        guard let freeChain = reaching(free, anyStart: true) else {
            let isThere = events(of: person).contains { matches(funnel.steps[step], $0) }
            out["reason"] = isThere && funnel.order != .unordered ? "notAfter" : "noSuchEvent"
            return .object(out)
        }
        func settle(_ reason: JSONValue, _ chain: ReferenceFunnel.Chain) {
            out["reason"] = reason
            if let event = taken(chain, step, funnel) { out["event"] = told(event) }
        }
        if let chain = reaching(changed(funnel) { $0.exclusions = [] }) {
            settle("excluded", chain)
            out["excludedBy"] = excluding(chain, funnel, person).map { told($0) } ?? .null
        } else if let chain = reaching(changed(funnel) { $0.holdConstant = [] }) {
            settle("differs", chain)
            for event in chain.path {
                let path = funnel.holdConstant.first { held($0, event) != held($0, chain.path[0]) }
                guard let path else { continue }
                out["property"] = .string(path)
                out["values"] = .array([held(path, chain.path[0]), held(path, event)])
                break
            }
        } else if let chain = reaching(changed(funnel) { $0.window = longWindow }) {
            settle("tooLate", chain)
        } else if funnel.order == .strict, let chain = reaching(changed(funnel) { $0.order = .ordered }) {
            settle("interrupted", chain)
        } else if let chain = reaching(changed(funnel) { $0.sameTime = .permute }) {
            settle("sameTime", chain)
        } else if let chain = reaching(changed(funnel) { $0.reentry = .latest }) {
            settle("notFirst", chain)
        } else if let chain = reaching(funnel, anyStart: true) {
            settle("outsideRange", chain)
        } else {
            settle("several", freeChain)
        }
        return .object(out)
    }

    private func changed(_ funnel: FunnelQuestion, _ change: (inout FunnelQuestion) -> Void) -> FunnelQuestion {
        var out = funnel
        change(&out)
        return out
    }

    private func held(_ path: String, _ event: Event) -> JSONValue { ReferenceQuestion.grouped(value(path, event)) }

    private func excluding(_ chain: ReferenceFunnel.Chain, _ funnel: FunnelQuestion, _ person: UInt32) -> Event? {
        events(of: person).first { event in
            funnel.exclusions.contains { exclusion in
                let isUnordered = funnel.order == .unordered
                guard matches(exclusion.selector, event), let first = isUnordered ? chain.path.first : chain.steps[exclusion.from],
                    let last = isUnordered ? chain.path.last : chain.steps[exclusion.to]
                else {
                    return false
                }
                if funnel.sameTime == .arrival { return Event.precedes(first, event) && Event.precedes(event, last) }
                return first.timestamp < event.timestamp && event.timestamp < last.timestamp
            }
        }
    }
}
