import Model

/// Arithmetic over the series of a trend: letters A to Z, numbers, `+ - * /` and parentheses.
public indirect enum Formula: Hashable, Sendable {
    case series(Int)
    case number(Double)
    case negative(Formula)
    case binary(Operator, Formula, Formula)

    public enum Operator: Character, Sendable {
        case add = "+"
        case subtract = "-"
        case multiply = "*"
        case divide = "/"
    }

    /// - Throws: `bad_question` without a place.
    init(_ text: String, seriesCount: Int) throws(Problem) {
        guard text.utf8.count <= 1_000 else { throw Problem(.badQuestion, "The formula is longer than 1,000 bytes.") }
        var parser = FormulaParser(text: text, seriesCount: seriesCount)
        self = try parser.parse()
    }

    /// The value at one bucket; nil when any part is null or a division is by zero.
    func value(of series: [Double?]) -> Double? {
        switch self {
        case .series(let index): return series[index]
        case .number(let number): return number
        case .negative(let inner): return inner.value(of: series).map { -$0 }
        case .binary(let op, let left, let right):
            guard let first = left.value(of: series), let second = right.value(of: series) else { return nil }
            switch op {
            case .add: return first + second
            case .subtract: return first - second
            case .multiply: return first * second
            case .divide: return second == 0 ? nil : first / second
            }
        }
    }
}

/// Recursive descent: sum := product (± product)*, product := factor (×÷ factor)*, factor := −factor | (sum) | letter | number.
private struct FormulaParser {
    private let characters: [Character]
    private let seriesCount: Int
    private var index = 0
    private var depth = 0

    init(text: String, seriesCount: Int) {
        characters = Array(text)
        self.seriesCount = seriesCount
    }

    mutating func parse() throws(Problem) -> Formula {
        let formula = try sum()
        skipSpaces()
        guard index == characters.count else { throw wrong() }
        return formula
    }

    private func wrong() -> Problem {
        let place: Wording =
            index < characters.count ? "\"\(characters[index])\" at character \(index + 1) is not understood" : "it ends too soon"
        return Problem(.badQuestion, "The formula is not valid: \(place). It is made of A, B, …, numbers, + - * / and parentheses.")
    }

    private mutating func skipSpaces() {
        while index < characters.count, characters[index] == " " { index += 1 }
    }

    private mutating func sum() throws(Problem) -> Formula {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 100 else { throw Problem(.badQuestion, "The formula is nested more than 100 levels deep.") }
        var left = try product()
        while let op = take([.add, .subtract]) { left = .binary(op, left, try product()) }
        return left
    }

    private mutating func product() throws(Problem) -> Formula {
        var left = try factor()
        while let op = take([.multiply, .divide]) { left = .binary(op, left, try factor()) }
        return left
    }

    private mutating func take(_ allowed: [Formula.Operator]) -> Formula.Operator? {
        skipSpaces()
        guard index < characters.count, let op = Formula.Operator(rawValue: characters[index]), allowed.contains(op) else {
            return nil
        }
        index += 1
        return op
    }

    private mutating func factor() throws(Problem) -> Formula {
        skipSpaces()
        guard index < characters.count else { throw wrong() }
        let character = characters[index]
        if character == "-" {
            index += 1
            depth += 1
            defer { depth -= 1 }
            guard depth <= 100 else { throw Problem(.badQuestion, "The formula is nested more than 100 levels deep.") }
            return .negative(try factor())
        }
        if character == "(" {
            index += 1
            let inner = try sum()
            skipSpaces()
            guard index < characters.count, characters[index] == ")" else { throw wrong() }
            index += 1
            return inner
        }
        if let ascii = character.asciiValue, (UInt8(ascii: "A") ... UInt8(ascii: "Z")).contains(ascii) {
            let series = Int(ascii - UInt8(ascii: "A"))
            guard series < seriesCount else {
                throw Problem(.badQuestion, "The formula names series \(character), but there are only \(seriesCount).")
            }
            index += 1
            return .series(series)
        }
        let start = index
        while index < characters.count, characters[index].isASCII, characters[index].isNumber || characters[index] == "." {
            index += 1
        }
        guard let number = Double(String(characters[start ..< index])), number.isFinite else {
            index = start
            throw wrong()
        }
        return .number(number)
    }
}
