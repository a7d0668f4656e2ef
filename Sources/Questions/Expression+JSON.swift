import Model
import OrderedCollections

extension Expression {
    private static let forms = [
        "all", "any", "not", "everyone", "trait", "role", "stage", "did", "first", "last", "sequence", "absentFor", "related",
        "consent", "account", "sample",
    ]
    /// Forms of the language that rest on what later versions bring.
    private static let laterForms = ["tag", "tier", "audience"]

    init(_ reader: QuestionReader) throws(Problem) {
        let members = try reader.object("An expression such as \(#"{"did": {"event": "Order Completed"}}"#)")
        if let later = Expression.laterForms.first(where: { members[$0] != nil }) {
            throw reader.child(later, .null).notBuilt("The expression \"\(later)\"")
        }
        let found = Expression.forms.filter { members[$0] != nil }
        guard let form = found.first else {
            guard let member = members.elements.first else {
                throw reader.expected("An expression with one of \(Expression.known)")
            }
            throw reader.child(member.key, member.value).refused(
                "\"\(member.key.prefix(60))\" is not a form of expression. Known forms: \(Expression.known).")
        }
        guard found.count == 1 else {
            throw reader.refused(
                "An expression has one of \(found.joined(separator: ", ")), not several. Join them by \"all\" or \"any\".")
        }
        let inner = try reader.required(form, "An expression")
        self = try Expression.read(form, reader, inner)
    }

    private static var known: String { forms.joined(separator: ", ") }

    private static func read(_ form: String, _ reader: QuestionReader, _ inner: QuestionReader) throws(Problem) -> Expression {
        let what: Wording = "the expression \"\(form)\""
        switch form {
        case "all", "any":
            try reader.allow([form], of: what)
            var parts: [Expression] = []
            for element in try inner.list("A list of expressions") { parts.append(try Expression(element)) }
            return form == "all" ? .all(parts) : .any(parts)
        case "not":
            try reader.allow([form], of: what)
            return .not(try Expression(inner))
        case "everyone":
            try reader.allow([form], of: what)
            guard inner.value == .bool(true) else { throw inner.expected("\(true)") }
            return .everyone
        case "trait":
            try reader.allow([form] + ValueTest.keys, of: what)
            return .trait(try inner.name("The name of a trait"), try ValueTest(reader))
        case "role":
            try reader.allow([form], of: what)
            return .role(try inner.name("The name of a role"))
        case "stage":
            try reader.allow([form], of: what)
            return .stage(try inner.name("The name of a stage"))
        case "did": return try did(reader, inner)
        case "first", "last":
            try reader.allow([form, "where"], of: what)
            let selector = try Selector(inner)
            let condition = try Condition(reader.required("where", "A condition on that event"))
            return form == "first" ? .first(selector, condition) : .last(selector, condition)
        case "sequence": return try sequence(reader, inner)
        case "absentFor":
            try reader.allow([form, "duration"], of: what)
            return .absentFor(try Selector(inner), try reader.required("duration", "A duration such as \(#""14d""#)").span())
        case "related":
            try reader.allow([form], of: what)
            _ = try inner.object("An object with \"as\" and \"to\"")
            try inner.allow(["as", "to"], of: "\"related\"")
            return .related(
                try inner.required("as", "A relationship").choice(RelationshipRole.self),
                try Expression(inner.required("to", "An expression")))
        case "consent":
            try reader.allow([form], of: what)
            return .consent(try inner.name("The name of a purpose"))
        case "account":
            try reader.allow([form], of: what)
            _ = try inner.object("An object with \"match\" and \"of\"")
            try inner.allow(["match", "of"], of: "\"account\"")
            return .account(
                try inner.required("match", "\"any\", \"all\" or \"none\"").choice(AccountMatch.self),
                try Expression(inner.required("of", "An expression")))
        default: return try sample(reader, inner)
        }
    }

    private static func did(_ reader: QuestionReader, _ inner: QuestionReader) throws(Problem) -> Expression {
        let measure = reader.optional("measure")
        try reader.allow(
            measure == nil ? ["did", "times", "within"] : ["did", "measure", "op", "value", "within"], of: "the expression \"did\"")
        let selector = try Selector(inner)
        let within = try reader.optional("within").map { place throws(Problem) in try Within(place) } ?? .ever
        guard let measure else {
            let times = try reader.optional("times").map { place throws(Problem) in
                _ = try place.object("A comparison such as \(#"{"op": ">=", "value": 3}"#)")
                try place.allow(["op", "value"], of: "\"times\"")
                return try Comparison(place)
            }
            return .did(selector, times ?? .atLeastOnce, within)
        }
        let members = try measure.object("A measure such as \(#"{"sum": "revenue"}"#)")
        try measure.allow(Aggregate.allCases.map(\.rawValue), of: "a measure")
        guard members.count == 1, let member = members.elements.first, let aggregate = Aggregate(rawValue: member.key) else {
            throw measure.refused("A measure has exactly one of sum, avg, min, max, distinct.")
        }
        let property = try measure.child(member.key, member.value).name("The name of a property")
        return .measured(selector, aggregate, property: property, try Comparison(reader), within)
    }

    private static func sequence(_ reader: QuestionReader, _ inner: QuestionReader) throws(Problem) -> Expression {
        try reader.allow(["sequence", "window", "order", "within"], of: "the expression \"sequence\"")
        let steps = try FunnelQuestion.steps(inner)
        let window = try reader.required("window", "A duration such as \(#""7d""#)").span()
        let order = try reader.optional("order").map { place throws(Problem) in try place.choice(FunnelOrder.self) } ?? .ordered
        let within = try reader.optional("within").map { place throws(Problem) in try Within(place) } ?? .ever
        return .sequence(steps, window: window, order: order, within)
    }

    private static func sample(_ reader: QuestionReader, _ inner: QuestionReader) throws(Problem) -> Expression {
        try reader.allow(["sample"], of: "the expression \"sample\"")
        _ = try inner.object("An object with \"percent\" and \"salt\"")
        try inner.allow(["percent", "salt"], of: "\"sample\"")
        let place = try inner.required("percent", "A number from 0 to 100")
        guard let percent = try place.number("A number from 0 to 100").doubleValue, (0 ... 100).contains(percent) else {
            throw place.expected("A number from 0 to 100")
        }
        return .sample(
            percent: percent, salt: try inner.optional("salt").map { salt throws(Problem) in try salt.text("Text") } ?? "")
    }

    var json: JSONValue {
        switch self {
        case .everyone: return ["everyone": true]
        case .all(let parts): return ["all": .array(parts.map(\.json))]
        case .any(let parts): return ["any": .array(parts.map(\.json))]
        case .not(let inner): return ["not": inner.json]
        case .role(let role): return ["role": .string(role)]
        case .stage(let stage): return ["stage": .string(stage)]
        case .consent(let purpose): return ["consent": .string(purpose)]
        case .first(let selector, let condition): return ["first": selector.json, "where": condition.json]
        case .last(let selector, let condition): return ["last": selector.json, "where": condition.json]
        case .absentFor(let selector, let span): return ["absentFor": selector.json, "duration": .string(span.text)]
        case .account(let match, let inner): return ["account": ["match": .string(match.rawValue), "of": inner.json]]
        case .related(let role, let inner): return ["related": ["as": .string(role.rawValue), "to": inner.json]]
        case .sample(let percent, let salt): return ["sample": ["percent": .double(percent), "salt": .string(salt)]]
        case .trait(let key, let test):
            var out = ObjectWriter()
            out.put("trait", .string(key))
            test.write(to: &out)
            return out.json
        case .did(let selector, let times, let within):
            var out = ObjectWriter()
            out.put("did", selector.json)
            out.put("times", times.json)
            out.put("within", within.json)
            return out.json
        case .measured(let selector, let aggregate, let property, let comparison, let within):
            var out = ObjectWriter()
            out.put("did", selector.json)
            out.put("measure", [aggregate.rawValue: .string(property)])
            out.put("op", .string(comparison.op.rawValue))
            out.put("value", comparison.value)
            out.put("within", within.json)
            return out.json
        case .sequence(let steps, let window, let order, let within):
            var out = ObjectWriter()
            out.put("sequence", .array(steps.map(\.json)))
            out.put("window", .string(window.text))
            out.put("order", .string(order.rawValue))
            out.put("within", within.json)
            return out.json
        }
    }
}

extension Expression.Comparison {
    init(_ reader: QuestionReader) throws(Problem) {
        op = try reader.required("op", "A comparison").choice(Operator.self)
        value = try reader.required("value", "A number").number("A number")
    }

    var json: JSONValue { ["op": .string(op.rawValue), "value": value] }
}

extension Expression.Within {
    init(_ reader: QuestionReader) throws(Problem) {
        let members = try reader.object("A stretch of time such as \(#"{"last": "30d"}"#)")
        try reader.allow(["last", "between", "from", "to"], of: "\"within\"")
        if let last = reader.optional("last") {
            guard members.count == 1 else {
                throw reader.refused("\"within\" has \"last\", \"between\", or \"from\" and \"to\", not several.")
            }
            self = .last(try last.span("A duration such as \"30d\" (months are no duration)"))
        } else if let between = reader.optional("between") {
            guard members.count == 1 else {
                throw reader.refused("\"within\" has \"last\", \"between\", or \"from\" and \"to\", not several.")
            }
            let ends = try between.list("A list of two durations such as \(#"["30d", "90d"]"#)")
            guard ends.count == 2 else { throw between.expected("A list of two durations such as \(#"["30d", "90d"]"#)") }
            let near = try ends[0].span()
            let far = try ends[1].span()
            guard near <= far else { throw between.refused("The nearer end comes first: [\"30d\", \"90d\"] is 30 to 90 days ago.") }
            self = .between(near: near, far: far)
        } else {
            guard !members.isEmpty else { throw reader.refused("\"within\" needs \"last\", \"between\", \"from\" or \"to\".") }
            let from = try reader.optional("from").map { place throws(Problem) in try Moment(place) }
            self = .range(from: from, to: try reader.optional("to").map { place throws(Problem) in try Moment(place) })
        }
    }

    var json: JSONValue? {
        switch self {
        case .ever: return nil
        case .last(let span): return ["last": .string(span.text)]
        case .between(let near, let far): return ["between": [.string(near.text), .string(far.text)]]
        case .range(let from, let to): return TimeRange.between(from: from, to: to).json
        }
    }

    /// The events that count at `instant`: `from ..< to` in microseconds, cut at the instant itself.
    func bounds(at instant: Instant, in calendar: ZoneCalendar) -> Range<Int64> {
        let end = instant.advanced(byMicroseconds: 1)
        func back(_ span: TimeSpan) -> Instant { end.advanced(byMicroseconds: -span.microseconds) }
        let from: Instant
        let to: Instant
        switch self {
        case .ever: (from, to) = (.distantPast, end)
        case .last(let span): (from, to) = (back(span), end)
        case .between(let near, let far): (from, to) = (back(far), back(near))
        case .range(let first, let last):
            from = first?.resolved(in: calendar) ?? .distantPast
            to = min(last?.resolved(in: calendar) ?? end, end)
        }
        return from.microseconds ..< max(from.microseconds, to.microseconds)
    }
}
