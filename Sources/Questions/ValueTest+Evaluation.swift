import Model

/// The instant and calendar by which tests on times are judged.
struct Present: Sendable {
    /// The instant of evaluation, inclusive.
    var instant: Instant
    var calendar: ZoneCalendar
}

extension ValueTest {
    /// Whether the test holds for a value; nil and null are missing.
    func holds(_ value: JSONValue?, at present: Present) -> Bool {
        guard let value, value != .null else { return isNegated }
        return positive(value, present) != isNegated
    }

    private func positive(_ value: JSONValue, _ present: Present) -> Bool {
        switch form {
        case .exists: return true
        case .oneOf(let wanted):
            if case .array(let elements) = value {
                return elements.contains { element in wanted.contains { ValueTest.equal(element, $0) } }
            }
            return wanted.contains { ValueTest.equal(value, $0) }
        case .compares(let op, let bound): return ValueTest.compares(value, op, bound)
        case .between(let low, let high):
            return ValueTest.compares(value, .greaterOrEqual, low) && ValueTest.compares(value, .lessOrEqual, high)
        case .contains(let part): return contains(value, part)
        case .startsWith(let part): return text(value).map { ValueTest.starts($0, with: needle(part)) } ?? false
        case .endsWith(let part): return text(value).map { ValueTest.ends($0, with: needle(part)) } ?? false
        case .matches(let pattern): return value.stringValue.map(pattern.matches) ?? false
        case .before(let moment):
            return ValueTest.instant(value, present).map { $0 < moment.resolved(in: present.calendar) } ?? false
        case .after(let moment):
            return ValueTest.instant(value, present).map { $0 > moment.resolved(in: present.calendar) } ?? false
        case .withinLast(let span):
            guard let instant = ValueTest.instant(value, present) else { return false }
            return instant <= present.instant && instant > present.instant.advanced(byMicroseconds: -span.microseconds)
        }
    }

    static func equal(_ left: JSONValue, _ right: JSONValue) -> Bool {
        switch (left, right) {
        case (.string(let first), .string(let second)): first.utf8.elementsEqual(second.utf8)
        case (.bool(let first), .bool(let second)): first == second
        case (.int, _), (.double, _), (.bigNumber, _): Numbers.compare(left, right) == 0
        default: false
        }
    }

    private static func compares(_ value: JSONValue, _ op: Operator, _ bound: JSONValue) -> Bool {
        let order: Int
        if case .string(let first) = value, case .string(let second) = bound {
            order = first.utf8.elementsEqual(second.utf8) ? 0 : first.utf8.lexicographicallyPrecedes(second.utf8) ? -1 : 1
        } else if let numbers = Numbers.compare(value, bound) {
            order = numbers
        } else {
            return false
        }
        switch op {
        case .greater: return order > 0
        case .greaterOrEqual: return order >= 0
        case .less: return order < 0
        default: return order <= 0
        }
    }

    private func contains(_ value: JSONValue, _ part: JSONValue) -> Bool {
        switch value {
        case .string(let text):
            guard case .string(let part) = part else { return false }
            return ValueTest.holds(isCaseInsensitive ? text.lowercased() : text, needle(part))
        case .array(let elements):
            return elements.contains { element in
                if ValueTest.equal(element, part) { return true }
                if case .string = element { return contains(element, part) }
                return false
            }
        default: return false
        }
    }

    private func text(_ value: JSONValue) -> String? {
        guard case .string(let text) = value else { return nil }
        return isCaseInsensitive ? text.lowercased() : text
    }

    private func needle(_ part: String) -> String { isCaseInsensitive ? part.lowercased() : part }

    private static func starts(_ text: String, with part: String) -> Bool { text.utf8.starts(with: part.utf8) }

    private static func ends(_ text: String, with part: String) -> Bool {
        text.utf8.count >= part.utf8.count && text.utf8.suffix(part.utf8.count).elementsEqual(part.utf8)
    }

    /// Whether the bytes of `part` occur in those of `text`.
    private static func holds(_ text: String, _ part: String) -> Bool {
        let haystack = Array(text.utf8)
        let needle = Array(part.utf8)
        guard let first = needle.first else { return true }
        guard haystack.count >= needle.count else { return false }
        for start in 0 ... haystack.count - needle.count where haystack[start] == first {
            if haystack[start ..< start + needle.count].elementsEqual(needle) { return true }
        }
        return false
    }

    /// The instant that RFC 3339 text with an offset or a date names; nil for anything else.
    private static func instant(_ value: JSONValue, _ present: Present) -> Instant? {
        guard case .string(let text) = value else { return nil }
        return Moment(text: text)?.resolved(in: present.calendar)
    }
}

extension Expression.Comparison {
    /// Whether a number compares so; a missing one satisfies `!=` only.
    func holds(_ number: JSONValue?) -> Bool {
        guard let number, let order = Numbers.compare(number, value) else { return op == .notEqual }
        switch op {
        case .equal: return order == 0
        case .notEqual: return order != 0
        case .greater: return order > 0
        case .greaterOrEqual: return order >= 0
        case .less: return order < 0
        case .lessOrEqual: return order <= 0
        }
    }
}
