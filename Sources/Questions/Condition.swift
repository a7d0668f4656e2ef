public import Model
import OrderedCollections

/// A test of one value: an operator with what it compares to.
///
/// Negative operators are kept as the positive one with `isNegated`, since each is its exact complement.
public struct ValueTest: Hashable, Sendable {
    /// The operators as they are written.
    public enum Operator: String, Sendable, CaseIterable {
        case equal = "="
        case notEqual = "!="
        case greater = ">"
        case greaterOrEqual = ">="
        case less = "<"
        case lessOrEqual = "<="
        case between, `in`, notIn, contains, notContains, startsWith, endsWith, matches, exists, missing, before, after, withinLast
    }

    /// A positive test with its operand.
    public enum Form: Hashable, Sendable {
        case exists
        /// Equal to any of the values.
        case oneOf([JSONValue])
        /// Order against a number or a text.
        case compares(Operator, JSONValue)
        case between(JSONValue, JSONValue)
        case contains(JSONValue)
        case startsWith(String)
        case endsWith(String)
        case matches(Pattern)
        case before(Moment)
        case after(Moment)
        case withinLast(TimeSpan)
    }

    public var form: Form
    public var isNegated: Bool
    public var isCaseInsensitive: Bool
    let written: Operator

    /// The keys that a test adds to the object it stands in.
    static let keys = ["op", "value", "caseInsensitive"]

    /// - Parameter op: a positive operator, of which `form` holds the operand.
    init(_ op: Operator, _ form: Form) {
        self.form = form
        (isNegated, isCaseInsensitive, written) = (false, false, op)
    }

    init(_ reader: QuestionReader) throws(Problem) {
        let op = try reader.required("op", "An operator").choice(Operator.self)
        written = op
        isCaseInsensitive = try reader.optional("caseInsensitive").map { flag throws(Problem) in try flag.flag() } ?? false
        if isCaseInsensitive, ![.contains, .notContains, .startsWith, .endsWith, .matches].contains(op) {
            throw reader.child("caseInsensitive", true).refused(
                "\"caseInsensitive\" goes with contains, notContains, startsWith, endsWith and matches, not with \"\(op.rawValue)\"."
            )
        }
        isNegated = [.notEqual, .notIn, .notContains, .missing].contains(op)
        if op == .exists || op == .missing {
            if let value = reader.optional("value") { throw value.refused("\"\(op.rawValue)\" takes no value. Leave it out.") }
            form = .exists
            return
        }
        let value = try reader.required("value", "A value to compare with")
        form = try ValueTest.form(op, value, isCaseInsensitive: isCaseInsensitive)
    }

    private static func form(_ op: Operator, _ value: QuestionReader, isCaseInsensitive: Bool) throws(Problem) -> Form {
        switch op {
        case .equal, .notEqual: return .oneOf([try scalar(value)])
        case .greater, .greaterOrEqual, .less, .lessOrEqual: return .compares(op, try ordered(value))
        case .between:
            let ends = try value.list("A list of the least and the greatest value")
            guard ends.count == 2 else { throw value.expected("A list of two values, the least and the greatest,") }
            let low = try ordered(ends[0])
            let high = try ordered(ends[1])
            guard (low.stringValue == nil) == (high.stringValue == nil) else {
                throw value.refused("Both ends of \"between\" must be numbers, or both text.")
            }
            return .between(low, high)
        case .in, .notIn:
            var values: [JSONValue] = []
            for element in try value.list("A list of values") { values.append(try scalar(element)) }
            return .oneOf(values)
        case .contains, .notContains: return .contains(try scalar(value))
        case .startsWith: return .startsWith(try value.text("Text"))
        case .endsWith: return .endsWith(try value.text("Text"))
        case .matches:
            let source = try value.text("A regular expression as text")
            do {
                return .matches(try Pattern(source, caseInsensitive: isCaseInsensitive))
            } catch {
                throw value.refused(error.wording)
            }
        case .before: return .before(try Moment(value))
        case .after: return .after(try Moment(value))
        case .withinLast: return .withinLast(try value.span())
        case .exists, .missing: return .exists
        }
    }

    private static func scalar(_ reader: QuestionReader) throws(Problem) -> JSONValue {
        switch reader.value {
        case .bool, .int, .double, .bigNumber, .string: return reader.value
        case .null: throw reader.refused("null is a missing value. Use the operator \"missing\" or \"exists\".")
        default: throw reader.expected("Text, a number, or true or false")
        }
    }

    private static func ordered(_ reader: QuestionReader) throws(Problem) -> JSONValue {
        switch reader.value {
        case .int, .double, .bigNumber, .string: return reader.value
        default: throw reader.expected("A number or text")
        }
    }

    func write(to out: inout ObjectWriter) {
        out.put("op", .string(written.rawValue))
        switch form {
        case .exists: break
        case .oneOf(let values): out.put("value", written == .in || written == .notIn ? .array(values) : values.first)
        case .compares(_, let value), .contains(let value): out.put("value", value)
        case .between(let low, let high): out.put("value", [low, high])
        case .startsWith(let text), .endsWith(let text): out.put("value", .string(text))
        case .matches(let pattern): out.put("value", .string(pattern.source))
        case .before(let moment), .after(let moment): out.put("value", .string(moment.text))
        case .withinLast(let span): out.put("value", .string(span.text))
        }
        if isCaseInsensitive { out.put("caseInsensitive", true) }
    }
}

/// A test of one event's properties and context.
public indirect enum Condition: Hashable, Sendable {
    case property(String, ValueTest)
    case all([Condition])
    case any([Condition])
    case not(Condition)

    init(_ reader: QuestionReader) throws(Problem) {
        let members = try reader.object("A condition such as \(#"{"property": "price", "op": ">=", "value": 100}"#)")
        let forms = ["property", "all", "any", "not"].filter { members[$0] != nil }
        guard let form = forms.first else {
            if let (key, value) = members.elements.first.map({ ($0.key, $0.value) }) {
                throw reader.child(key, value).refused(
                    "\"\(key.prefix(60))\" is not a key of a condition. Use property, all, any or not.")
            }
            throw reader.expected("A condition with property, all, any or not")
        }
        guard forms.count == 1 else {
            throw reader.refused("A condition has one of \(forms.joined(separator: ", ")), not several.")
        }
        try reader.allow(form == "property" ? ["property"] + ValueTest.keys : [form], of: "this condition")
        let inner = try reader.required(form, "A condition")
        switch form {
        case "property": self = .property(try inner.name("The name of a property"), try ValueTest(reader))
        case "not": self = .not(try Condition(inner))
        default:
            var parts: [Condition] = []
            for element in try inner.list("A list of conditions") { parts.append(try Condition(element)) }
            self = form == "all" ? .all(parts) : .any(parts)
        }
    }

    var json: JSONValue {
        switch self {
        case .property(let path, let test):
            var out = ObjectWriter()
            out.put("property", .string(path))
            test.write(to: &out)
            return out.json
        case .all(let parts): return ["all": .array(parts.map(\.json))]
        case .any(let parts): return ["any": .array(parts.map(\.json))]
        case .not(let inner): return ["not": inner.json]
        }
    }
}

extension Condition {
    /// Whether it depends on the instant at which it is judged.
    var asksClock: Bool {
        switch self {
        case .property(_, let test): if case .withinLast = test.form { true } else { false }
        case .all(let parts), .any(let parts): parts.contains { $0.asksClock }
        case .not(let inner): inner.asksClock
        }
    }
}
