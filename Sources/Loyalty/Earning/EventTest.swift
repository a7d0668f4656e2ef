import Model

/// A test of one value of an event: an operator with what it compares to.
///
/// The operators mean what they mean in questions: a positive one is false for a missing value or one of another type, and each
/// negative one is the exact complement of its positive one.
public struct EventTest: Hashable, Sendable {
    /// The operators as they are written.
    public enum Operator: String, Sendable, CaseIterable {
        case equal = "="
        case notEqual = "!="
        case greater = ">"
        case greaterOrEqual = ">="
        case less = "<"
        case lessOrEqual = "<="
        case between, `in`, notIn, contains, notContains, startsWith, endsWith, exists, missing, before, after, withinLast

        var isNegative: Bool { [.notEqual, .notIn, .notContains, .missing].contains(self) }
    }

    let op: Operator
    /// As it was written; null for operators without one.
    let operand: JSONValue
    let isCaseInsensitive: Bool

    /// What times are judged by.
    struct Present {
        var instant: Instant
        var calendar: ZoneCalendar
    }

    /// Whether the test holds for a value; nil and null are missing.
    func holds(_ value: JSONValue?, at present: Present) -> Bool {
        guard let value, !value.isNull else { return op.isNegative }
        return isMet(value, present) != op.isNegative
    }

    private func isMet(_ value: JSONValue, _ present: Present) -> Bool {
        switch op {
        case .exists, .missing: true
        case .equal, .notEqual: isAny(value, of: [operand])
        case .in, .notIn: isAny(value, of: operand.arrayValue ?? [])
        case .greater: EventTest.order(value, operand).map { $0 > 0 } ?? false
        case .greaterOrEqual: EventTest.order(value, operand).map { $0 >= 0 } ?? false
        case .less: EventTest.order(value, operand).map { $0 < 0 } ?? false
        case .lessOrEqual: EventTest.order(value, operand).map { $0 <= 0 } ?? false
        case .between:
            (operand.arrayValue ?? []).enumerated().allSatisfy { index, bound in
                EventTest.order(value, bound).map { index == 0 ? $0 >= 0 : $0 <= 0 } ?? false
            }
        case .contains, .notContains: contains(value)
        case .startsWith: texts(value).map { $0.starts(with: $1) } ?? false
        case .endsWith: texts(value).map { $0.reversed().starts(with: $1.reversed()) } ?? false
        case .before, .after, .withinLast: isAtThatTime(value, present)
        }
    }

    private func isAtThatTime(_ value: JSONValue, _ present: Present) -> Bool {
        guard let instant = value.stringValue.flatMap(Moment.init(text:))?.resolved(in: present.calendar),
            let written = operand.stringValue
        else { return false }
        if op == .withinLast, let span = EventSpan(text: written) {
            return instant <= present.instant && instant > present.instant.advanced(byMicroseconds: -span.microseconds)
        }
        guard let moment = Moment(text: written)?.resolved(in: present.calendar) else { return false }
        return op == .before ? instant < moment : instant > moment
    }

    // MARK: - Text and lists

    /// On a list, whether any element is.
    private func isAny(_ value: JSONValue, of wanted: [JSONValue]) -> Bool {
        (value.arrayValue ?? [value]).contains { element in wanted.contains { EventTest.isEqual(element, $0) } }
    }

    private func contains(_ value: JSONValue) -> Bool {
        if let elements = value.arrayValue {
            return elements.contains { EventTest.isEqual($0, operand) || ($0.stringValue != nil && contains($0)) }
        }
        guard let (text, part) = texts(value) else { return false }
        guard !part.isEmpty else { return true }
        guard text.count >= part.count else { return false }
        return (0 ... text.count - part.count).contains { text[$0 ..< $0 + part.count].elementsEqual(part) }
    }

    /// The bytes of both texts; nil unless both are.
    private func texts(_ value: JSONValue) -> (value: [UInt8], operand: [UInt8])? {
        guard let text = value.stringValue, let part = operand.stringValue else { return nil }
        return isCaseInsensitive
            ? (Array(text.lowercased().utf8), Array(part.lowercased().utf8)) : (Array(text.utf8), Array(part.utf8))
    }

    private static func isEqual(_ left: JSONValue, _ right: JSONValue) -> Bool {
        switch (left, right) {
        case (.bool(let first), .bool(let second)): first == second
        default: order(left, right) == 0
        }
    }

    /// Below, at or above 0 as text compares by bytes or numbers by value; nil for two that have no order.
    private static func order(_ left: JSONValue, _ right: JSONValue) -> Int? {
        switch (left, right) {
        case (.string(let first), .string(let second)):
            if first.utf8.elementsEqual(second.utf8) { return 0 }
            return first.utf8.lexicographicallyPrecedes(second.utf8) ? -1 : 1
        case (.int(let first), .int(let second)): return first < second ? -1 : first == second ? 0 : 1
        case (.int(let first), .double(let second)): return order(first, second)
        case (.double(let first), .int(let second)): return order(second, first).map { -$0 }
        default:
            guard let first = left.doubleValue, let second = right.doubleValue, !first.isNaN, !second.isNaN else { return nil }
            return first < second ? -1 : first == second ? 0 : 1
        }
    }

    /// By their exact values, which a Double does not hold for great integers.
    private static func order(_ whole: Int64, _ number: Double) -> Int? {
        if number.isNaN { return nil }
        if number >= 0x1p63 { return -1 }
        if number < -0x1p63 { return 1 }
        let part = Int64(number.rounded(.down))
        if whole != part { return whole < part ? -1 : 1 }
        return number > number.rounded(.down) ? -1 : 0
    }
}

// MARK: - JSON

extension EventTest {
    static let keys = ["op", "value", "caseInsensitive"]
    private static let textual: Set<Operator> = [.contains, .notContains, .startsWith, .endsWith]

    init(_ reader: EarningReader) throws(Problem) {
        op = try reader.required("op", "An operator").choice(Operator.self)
        isCaseInsensitive = try reader.read("caseInsensitive", default: false) { flag throws(Problem) in try flag.flag() }
        if isCaseInsensitive, !EventTest.textual.contains(op) {
            throw reader.refused("\"caseInsensitive\" does not go with \"\(op.rawValue)\".")
        }
        if op == .exists || op == .missing {
            if let value = reader.optional("value") { throw value.refused("\"\(op.rawValue)\" takes no value. Leave it out.") }
            operand = .null
            return
        }
        let value = try reader.required("value", "A value to compare with")
        try EventTest.check(value, of: op)
        operand = value.value
    }

    private static func check(_ value: EarningReader, of op: Operator) throws(Problem) {
        switch op {
        case .between:
            let ends = try value.elements { end throws(Problem) in
                try end.check(isTextAllowed: true, isFlagAllowed: false)
                return end.value.stringValue == nil
            }
            guard ends.count == 2, ends[0] == ends[1] else {
                throw value.refused("\"between\" has two numbers, or two texts: the least and the greatest.")
            }
        case .in, .notIn:
            _ = try value.elements { element throws(Problem) in try element.check(isTextAllowed: true, isFlagAllowed: true) }
        case .equal, .notEqual, .contains, .notContains: try value.check(isTextAllowed: true, isFlagAllowed: true)
        case .greater, .greaterOrEqual, .less, .lessOrEqual: try value.check(isTextAllowed: true, isFlagAllowed: false)
        case .startsWith, .endsWith: _ = try value.text()
        case .before, .after: _ = try Moment(value)
        case .withinLast:
            guard value.value.stringValue.flatMap(EventSpan.init(text:)) != nil else {
                throw value.expected("A duration such as \"14d\", \"30m\" or \"PT30M\"")
            }
        case .exists, .missing: break
        }
    }

    func write(to out: inout EarningWriter) {
        out.put("op", .string(op.rawValue))
        if !operand.isNull { out.put("value", operand) }
        if isCaseInsensitive { out.put("caseInsensitive", true) }
    }
}

extension EarningReader {
    fileprivate func check(isTextAllowed: Bool, isFlagAllowed: Bool) throws(Problem) {
        switch value {
        case .int, .double, .bigNumber: return
        case .string where isTextAllowed: return
        case .bool where isFlagAllowed: return
        default: throw expected(isFlagAllowed ? "Text, a number, or true or false" : "A number or text")
        }
    }
}
