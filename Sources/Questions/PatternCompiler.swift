import Model

/// Turns a pattern's text into instructions: a recursive-descent parser to a small tree, then Thompson's construction.
struct PatternCompiler {
    private indirect enum Node {
        case empty
        case instruction(Pattern.Instruction)
        case sequence([Node])
        case choice([Node])
        case repeated(Node, min: Int, max: Int?)
    }

    private let scalars: [Unicode.Scalar]
    private let isCaseInsensitive: Bool
    private var index = 0
    private var depth = 0
    private var classes: [ScalarClass] = []
    private var program: [Pattern.Instruction] = []

    init(source: String, isCaseInsensitive: Bool) {
        scalars = Array(source.unicodeScalars)
        self.isCaseInsensitive = isCaseInsensitive
    }

    mutating func compile() throws(Problem) -> ([Pattern.Instruction], [ScalarClass]) {
        let tree = try choice()
        if index < scalars.count { throw wrong("a \")\" without its \"(\"") }
        try emit(tree)
        try append(.match)
        return (program, classes)
    }

    private func wrong(_ what: Wording) -> Problem {
        Problem(.badQuestion, "The pattern has \(what) at character \(index + 1).")
    }

    // MARK: - Parsing

    private var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        index += 1
        return true
    }

    private mutating func choice() throws(Problem) -> Node {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 100 else { throw wrong("groups nested more than 100 deep") }
        var options = [try sequence()]
        while take("|") { options.append(try sequence()) }
        return options.count == 1 ? options[0] : .choice(options)
    }

    private mutating func sequence() throws(Problem) -> Node {
        var items: [Node] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            let atom = try atom()
            items.append(try repetition(of: atom))
        }
        return items.count == 1 ? items[0] : .sequence(items)
    }

    private mutating func repetition(of atom: Node) throws(Problem) -> Node {
        var node = atom
        while let scalar = next {
            switch scalar {
            case "*": node = .repeated(node, min: 0, max: nil)
            case "+": node = .repeated(node, min: 1, max: nil)
            case "?": node = .repeated(node, min: 0, max: 1)
            case "{":
                guard let (low, high, end) = bounds() else { return node }
                guard low <= 1_000, high ?? 0 <= 1_000 else { throw wrong("a repetition of more than 1000 times") }
                if let high, high < low { throw wrong("a repetition whose least is more than its most") }
                node = .repeated(node, min: low, max: high)
                index = end - 1
            default: return node
            }
            index += 1
            _ = take("?")
        }
        return node
    }

    /// `{m}`, `{m,}` or `{m,n}` at the index, and the index after it; nil when the brace is a literal one.
    private func bounds() -> (Int, Int?, Int)? {
        var position = index + 1
        func number() -> Int? {
            let start = position
            while position < scalars.count, ("0" ... "9").contains(scalars[position]), position - start < 6 { position += 1 }
            return Int(String(String.UnicodeScalarView(scalars[start ..< position])))
        }
        guard let low = number() else { return nil }
        var high: Int? = low
        if position < scalars.count, scalars[position] == "," {
            position += 1
            high = number()
        }
        guard position < scalars.count, scalars[position] == "}" else { return nil }
        return (low, high, position + 1)
    }

    private mutating func atom() throws(Problem) -> Node {
        guard let scalar = next else { return .empty }
        index += 1
        switch scalar {
        case ".": return .instruction(.any)
        case "^": return .instruction(.textStart)
        case "$": return .instruction(.textEnd)
        case "[": return try bracket()
        case "(": return try group()
        case "\\": return try escape()
        case "*", "+", "?":
            index -= 1
            throw wrong("a \"\(scalar)\" with nothing before it to repeat")
        default: return literal(scalar)
        }
    }

    private mutating func group() throws(Problem) -> Node {
        if take("?") {
            guard take(":") else { throw wrong("a \"(?\" that is not \"(?:\"; look-around and flags are not supported,") }
        }
        let inner = try choice()
        guard take(")") else { throw wrong("a \"(\" without its \")\"") }
        return inner
    }

    private func literal(_ scalar: Unicode.Scalar) -> Node {
        .instruction(.scalar(isCaseInsensitive ? Pattern.folded(scalar) : scalar.value))
    }

    private mutating func escape() throws(Problem) -> Node {
        guard let scalar = next else { throw wrong("a \"\\\" with nothing after it") }
        switch scalar {
        case "b":
            index += 1
            return .instruction(.wordEdge)
        case "B":
            index += 1
            return .instruction(.noWordEdge)
        default:
            if let ranges = PatternCompiler.ranges(ofClass: scalar) {
                index += 1
                return oneOf(ScalarClass(ranges: ranges))
            }
            return literal(try escapedScalar())
        }
    }

    private static func ranges(ofClass scalar: Unicode.Scalar) -> [ClosedRange<UInt32>]? {
        switch scalar {
        case "d": ScalarClass.digit
        case "D": ScalarClass.complement(ScalarClass.digit)
        case "w": ScalarClass.word
        case "W": ScalarClass.complement(ScalarClass.word)
        case "s": ScalarClass.space
        case "S": ScalarClass.complement(ScalarClass.space)
        default: nil
        }
    }

    /// The scalar that stands after a backslash.
    private mutating func escapedScalar() throws(Problem) -> Unicode.Scalar {
        guard let scalar = next else { throw wrong("a \"\\\" with nothing after it") }
        index += 1
        switch scalar {
        case "n": return "\n"
        case "t": return "\t"
        case "r": return "\r"
        case "f": return "\u{0C}"
        case "v": return "\u{0B}"
        case "x": return try hexadecimal(digits: 2)
        case "u": return try take("{") ? bracedHexadecimal() : hexadecimal(digits: 4)
        case "0" ... "9", "a" ... "z", "A" ... "Z": throw wrong("the escape \"\\\(scalar)\", which is not supported,")
        default: return scalar
        }
    }

    private mutating func hexadecimal(digits: Int) throws(Problem) -> Unicode.Scalar {
        let end = index + digits
        guard end <= scalars.count, let value = UInt32(String(String.UnicodeScalarView(scalars[index ..< end])), radix: 16),
            let scalar = Unicode.Scalar(value)
        else { throw wrong("an escape without its \(digits) hexadecimal digits") }
        index = end
        return scalar
    }

    private mutating func bracedHexadecimal() throws(Problem) -> Unicode.Scalar {
        let start = index
        while let scalar = next, scalar != "}", index - start < 7 { _ = take(scalar) }
        guard let value = UInt32(String(String.UnicodeScalarView(scalars[start ..< index])), radix: 16),
            let scalar = Unicode.Scalar(value), take("}")
        else { throw wrong("an escape \"\\u{…}\" that is no character") }
        return scalar
    }

    private mutating func bracket() throws(Problem) -> Node {
        var set = ScalarClass()
        set.isNegated = take("^")
        var isFirst = true
        while true {
            guard let scalar = next else { throw wrong("a \"[\" without its \"]\"") }
            if scalar == "]", !isFirst {
                index += 1
                return oneOf(set)
            }
            isFirst = false
            if let ranges = try bracketClass() {
                set.ranges += ranges
                continue
            }
            let low = try bracketScalar()
            var high = low
            if next == "-", index + 1 < scalars.count, scalars[index + 1] != "]" {
                index += 1
                high = try bracketScalar()
            }
            guard low.value <= high.value else { throw wrong("a range in brackets that runs backwards") }
            set.ranges.append(low.value ... high.value)
        }
    }

    private mutating func bracketClass() throws(Problem) -> [ClosedRange<UInt32>]? {
        guard next == "\\", index + 1 < scalars.count, let ranges = PatternCompiler.ranges(ofClass: scalars[index + 1]) else {
            return nil
        }
        index += 2
        return ranges
    }

    private mutating func bracketScalar() throws(Problem) -> Unicode.Scalar {
        if take("\\") { return try escapedScalar() }
        guard let scalar = next else { throw wrong("a \"[\" without its \"]\"") }
        index += 1
        return scalar
    }

    private mutating func oneOf(_ set: ScalarClass) -> Node {
        var set = set
        if isCaseInsensitive { set.ranges += PatternCompiler.foldedTwins(set.ranges) }
        classes.append(set)
        return .instruction(.oneOf(classes.count - 1))
    }

    /// The lower-case twins of the letters below U+2000 in the ranges; text is folded before it is matched.
    private static func foldedTwins(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var out: [ClosedRange<UInt32>] = []
        for range in ranges where range.lowerBound < 0x2000 {
            for value in range.lowerBound ... min(range.upperBound, 0x1FFF) {
                if let scalar = Unicode.Scalar(value), case let folded = Pattern.folded(scalar), folded != value,
                    !ranges.contains(where: { $0.contains(folded) })
                {
                    out.append(folded ... folded)
                }
            }
        }
        return out
    }

    // MARK: - Thompson's construction

    private mutating func append(_ instruction: Pattern.Instruction) throws(Problem) {
        guard program.count < Pattern.statesMax else {
            throw Problem(.badQuestion, "The pattern is too large: it needs more than \(Pattern.statesMax) states. Repeat less.")
        }
        program.append(instruction)
    }

    private mutating func emit(_ node: Node) throws(Problem) {
        switch node {
        case .empty: break
        case .instruction(let instruction): try append(instruction)
        case .sequence(let items): for item in items { try emit(item) }
        case .choice(let options): try emit(choice: options)
        case .repeated(let inner, let low, let high):
            for _ in 0 ..< low { try emit(inner) }
            if let high {
                try emit(optional: inner, times: high - low)
            } else {
                let start = program.count
                try append(.split(start + 1, 0))
                try emit(inner)
                try append(.jump(start))
                program[start] = .split(start + 1, program.count)
            }
        }
    }

    private mutating func emit(choice options: [Node]) throws(Problem) {
        var jumps: [Int] = []
        for (number, option) in options.enumerated() {
            let start = program.count
            if number < options.count - 1 { try append(.split(start + 1, 0)) }
            try emit(option)
            if number < options.count - 1 {
                jumps.append(program.count)
                try append(.jump(0))
                program[start] = .split(start + 1, program.count)
            }
        }
        for jump in jumps { program[jump] = .jump(program.count) }
    }

    private mutating func emit(optional inner: Node, times: Int) throws(Problem) {
        var splits: [Int] = []
        for _ in 0 ..< max(times, 0) {
            splits.append(program.count)
            try append(.split(program.count + 1, 0))
            try emit(inner)
        }
        for split in splits { program[split] = .split(split + 1, program.count) }
    }
}
