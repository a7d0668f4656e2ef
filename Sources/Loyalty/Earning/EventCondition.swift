public import Model
import OrderedCollections

/// A condition on the properties of one event, in the JSON of *Questions*, that says why it does not hold.
///
/// Regular expressions are left out: a rule that gives out value is to be read by the people who answer for it.
public indirect enum EventCondition: Hashable, Sendable {
    case property(String, EventTest)
    case all([EventCondition])
    case any([EventCondition])
    case not(EventCondition)

    /// Why it does not hold: each test that would have to turn out otherwise; none when it holds.
    func reasons(_ event: EarningEvent, _ calendar: ZoneCalendar) -> [Refusal.Reason] {
        reasons(against: true, event, EventTest.Present(instant: event.at, calendar: calendar))
    }

    /// - Parameter wanted: what it should come to; a negation asks its inner condition for the opposite.
    private func reasons(against wanted: Bool, _ event: EarningEvent, _ present: EventTest.Present) -> [Refusal.Reason] {
        switch self {
        case .property(let path, let test):
            let value = event.value(of: path)
            return test.holds(value, at: present) == wanted ? [] : [Self.reason(path, test, value, wanted)]
        case .not(let inner): return inner.reasons(against: !wanted, event, present)
        case .all(let parts), .any(let parts):
            let all = parts.map { $0.reasons(against: wanted, event, present) }
            // A conjunction that should hold needs all of its parts, one that should not needs one of them to fail.
            let needsEach = if case .all = self { wanted } else { !wanted }
            if !needsEach, all.contains(where: \.isEmpty) { return [] }
            let reasons = all.flatMap { $0 }
            // Nothing to choose from never holds: an empty "any", or an empty "all" that should fail.
            return !needsEach && parts.isEmpty ? [Refusal.Reason("CONDITION_EMPTY")] : reasons
        }
    }

    private static func reason(_ path: String, _ test: EventTest, _ value: JSONValue?, _ wanted: Bool) -> Refusal.Reason {
        Refusal.Reason(
            wanted ? "CONDITION_PROPERTY" : "CONDITION_NOT_PROPERTY",
            ["property": .string(path), "op": .string(test.op.rawValue), "need": test.operand, "have": value ?? .null])
    }
}

// MARK: - JSON

extension EventCondition {
    /// Reads `{"property": …, "op": …, "value": …}`, `{"all": […]}`, `{"any": […]}` or `{"not": …}`.
    ///
    /// - Throws: ``Problem`` with code `bad_earning_program`.
    public init(json: JSONValue) throws(Problem) { try self.init(EarningReader(json)) }

    init(_ reader: EarningReader) throws(Problem) {
        let forms = ["property", "all", "any", "not"].filter { reader.value[$0] != nil }
        guard let form = forms.first, forms.count == 1 else {
            throw reader.refused("A condition has one of property, all, any, not.")
        }
        try reader.allow(form == "property" ? ["property"] + EventTest.keys : [form], of: "this condition")
        let inner = try reader.required(form, "A condition")
        switch form {
        case "property": self = .property(try inner.name("The name of a property"), try EventTest(reader))
        case "not": self = .not(try EventCondition(inner))
        default:
            let parts = try inner.elements { element throws(Problem) in try EventCondition(element) }
            self = form == "all" ? .all(parts) : .any(parts)
        }
    }

    /// As it is read.
    public var json: JSONValue {
        switch self {
        case .property(let path, let test):
            var out = EarningWriter()
            out.put("property", .string(path))
            test.write(to: &out)
            return out.json
        case .all(let parts): return ["all": .array(parts.map(\.json))]
        case .any(let parts): return ["any": .array(parts.map(\.json))]
        case .not(let inner): return ["not": inner.json]
        }
    }
}
