import Model

/// Exact comparison and canonical forms of JSON numbers.
enum Numbers {
    /// Orders two numbers; nil when either is none.
    ///
    /// Integers and doubles compare by their exact values.
    static func compare(_ left: JSONValue, _ right: JSONValue) -> Int? {
        switch (left, right) {
        case (.int(let first), .int(let second)): return first < second ? -1 : first == second ? 0 : 1
        case (.int(let first), .double(let second)): return compare(first, second)
        case (.double(let first), .int(let second)): return compare(second, first).map { -$0 }
        case (.bigNumber(let first), .bigNumber(let second)):
            if let order = compareIntegers(first, second) { return order }
        default: break
        }
        guard let first = left.doubleValue, let second = right.doubleValue, !first.isNaN, !second.isNaN else { return nil }
        return first < second ? -1 : first == second ? 0 : 1
    }

    private static func compare(_ whole: Int64, _ number: Double) -> Int? {
        if number.isNaN { return nil }
        if number >= 0x1p63 { return -1 }
        if number < -0x1p63 { return 1 }
        let floor = number.rounded(.down)
        let part = Int64(floor)
        if whole != part { return whole < part ? -1 : 1 }
        return number > floor ? -1 : 0
    }

    /// Orders decimal integer texts of any length; nil when one is not such a text.
    private static func compareIntegers(_ left: String, _ right: String) -> Int? {
        func digits(_ text: String) -> (negative: Bool, digits: Substring.UTF8View)? {
            let negative = text.utf8.first == UInt8(ascii: "-")
            let rest = negative ? text.dropFirst() : text[...]
            guard !rest.isEmpty, rest.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
            return (negative, rest.drop { $0 == "0" }.utf8)
        }
        guard let first = digits(left), let second = digits(right) else { return nil }
        if first.negative != second.negative { return first.negative ? -1 : 1 }
        let sign = first.negative ? -1 : 1
        if first.digits.count != second.digits.count { return first.digits.count < second.digits.count ? -sign : sign }
        if first.digits.elementsEqual(second.digits) { return 0 }
        return first.digits.lexicographicallyPrecedes(second.digits) ? -sign : sign
    }

    /// A finite number as JSON: whole ones without a point.
    static func json(_ number: Double?) -> JSONValue {
        guard let number, number.isFinite else { return .null }
        if abs(number) < 0x1p53, let whole = Int64(exactly: number) { return .int(whole) }
        return .double(number)
    }

    /// A number from 0 to 1 to ten significant digits, so that how it was computed does not show; 0 below 1e-280.
    static func rounded(_ number: Double) -> Double {
        guard number > 1e-280 else { return 0 }
        var scale = 1.0
        while number * scale < 1e9 { scale *= 10 }
        return (number * scale).rounded() / scale
    }

    /// The value by which a breakdown groups: whole doubles as integers, lists and objects as missing.
    static func grouped(_ value: JSONValue?) -> JSONValue {
        switch value {
        case .none, .null, .array, .object: return .null
        case .double(let number):
            if let whole = Int64(exactly: number) { return .int(whole) }
            return .double(number)
        case .some(let other): return other
        }
    }

    /// The order of breakdown values: null, booleans, numbers, text by bytes.
    static func precedes(_ left: JSONValue, _ right: JSONValue) -> Bool {
        let ranks = (rank(left), rank(right))
        if ranks.0 != ranks.1 { return ranks.0 < ranks.1 }
        switch (left, right) {
        case (.bool(let first), .bool(let second)): return !first && second
        case (.string(let first), .string(let second)): return first.utf8.lexicographicallyPrecedes(second.utf8)
        default:
            if let order = compare(left, right), order != 0 { return order < 0 }
            return left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
        }
    }

    private static func rank(_ value: JSONValue) -> Int {
        switch value {
        case .null: 0
        case .bool: 1
        case .int, .double, .bigNumber: 2
        case .string: 3
        case .array, .object: 4
        }
    }

    /// As ``precedes(_:_:)`` over lists of values, first difference first.
    static func precedes(_ left: [JSONValue], _ right: [JSONValue]) -> Bool {
        for (first, second) in zip(left, right) where first != second { return precedes(first, second) }
        return left.count < right.count
    }
}
