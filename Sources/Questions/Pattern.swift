public import Model

/// A regular expression matched in time linear in the text: Thompson's construction run by Pike's simulation, over Unicode scalars.
///
/// Syntax: literals, `.`, `[a-z]`, `[^…]`, `\d \w \s \D \W \S \b \B`, escapes `\n \t \r \f \v \xHH \uHHHH \u{H…}`, groups `(…)` and
/// `(?:…)`, `|`, `* + ? {m} {m,} {m,n}` (and their lazy twins, which match the same texts), `^ $`. No look-around, no back-references.
/// Unanchored. A pattern of more than 2,000 states is refused.
public struct Pattern: Hashable, Sendable {
    /// The pattern as it was written.
    public let source: String
    let isCaseInsensitive: Bool
    private let program: [Instruction]
    private let classes: [ScalarClass]

    static let statesMax = 2_000

    enum Instruction: Hashable, Sendable {
        case scalar(UInt32)
        case any
        case oneOf(Int)
        case split(Int, Int)
        case jump(Int)
        case textStart, textEnd, wordEdge, noWordEdge
        case match
    }

    /// - Throws: `bad_question` without a place, saying what is wrong with the pattern.
    public init(_ source: String, caseInsensitive: Bool = false) throws(Problem) {
        var compiler = PatternCompiler(source: source, isCaseInsensitive: caseInsensitive)
        (program, classes) = try compiler.compile()
        self.source = source
        isCaseInsensitive = caseInsensitive
    }

    /// Whether the pattern occurs in `text`.
    ///
    /// O(scalars × states), no recursion.
    public func matches(_ text: String) -> Bool {
        let scalars = isCaseInsensitive ? Pattern.folded(text) : text.unicodeScalars.map(\.value)
        var current = StateList(count: program.count)
        var next = StateList(count: program.count)
        var pending: [Int] = []
        for index in 0 ... scalars.count {
            if add(0, at: index, of: scalars, to: &current, pending: &pending) { return true }
            guard index < scalars.count else { break }
            let scalar = scalars[index]
            next.removeAll()
            for state in current.states where accepts(program[state], scalar) {
                if add(state + 1, at: index + 1, of: scalars, to: &next, pending: &pending) { return true }
            }
            swap(&current, &next)
        }
        return false
    }

    private func accepts(_ instruction: Instruction, _ scalar: UInt32) -> Bool {
        switch instruction {
        case .scalar(let wanted): scalar == wanted
        case .any: scalar != 0x0A
        case .oneOf(let index): classes[index].contains(scalar)
        default: false
        }
    }

    /// Follows the empty moves from `start`; true when they reach the end of the pattern.
    private func add(
        _ start: Int, at index: Int, of scalars: [UInt32], to list: inout StateList, pending: inout [Int]
    ) -> Bool {
        pending.removeAll(keepingCapacity: true)
        pending.append(start)
        while let state = pending.popLast() {
            guard list.insert(state) else { continue }
            switch program[state] {
            case .match: return true
            case .jump(let target): pending.append(target)
            case .split(let first, let second):
                pending.append(second)
                pending.append(first)
            case .textStart: if index == 0 { pending.append(state + 1) }
            case .textEnd: if index == scalars.count { pending.append(state + 1) }
            case .wordEdge: if Pattern.isWordEdge(index, scalars) { pending.append(state + 1) }
            case .noWordEdge: if !Pattern.isWordEdge(index, scalars) { pending.append(state + 1) }
            case .scalar, .any, .oneOf: break
            }
        }
        return false
    }

    private static func isWordEdge(_ index: Int, _ scalars: [UInt32]) -> Bool {
        let before = index > 0 && ScalarClass.isWord(scalars[index - 1])
        let after = index < scalars.count && ScalarClass.isWord(scalars[index])
        return before != after
    }

    static func folded(_ text: String) -> [UInt32] { text.unicodeScalars.map(folded) }

    /// The simple lower-case twin of a scalar; itself when that is not one scalar.
    static func folded(_ scalar: Unicode.Scalar) -> UInt32 {
        let lower = scalar.properties.lowercaseMapping.unicodeScalars
        return lower.count == 1 ? lower.first?.value ?? scalar.value : scalar.value
    }

    public static func == (left: Pattern, right: Pattern) -> Bool {
        left.source == right.source && left.isCaseInsensitive == right.isCaseInsensitive
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(source)
        hasher.combine(isCaseInsensitive)
    }
}

/// The states of one step, in order, each once.
private struct StateList {
    private(set) var states: [Int] = []
    private var marks: [UInt32]
    private var generation: UInt32 = 1

    init(count: Int) { marks = [UInt32](repeating: 0, count: count) }

    mutating func insert(_ state: Int) -> Bool {
        if marks[state] == generation { return false }
        marks[state] = generation
        states.append(state)
        return true
    }

    mutating func removeAll() {
        states.removeAll(keepingCapacity: true)
        generation += 1
    }
}

/// A set of scalars as ranges, possibly turned around.
struct ScalarClass: Hashable, Sendable {
    var ranges: [ClosedRange<UInt32>] = []
    var isNegated = false

    func contains(_ scalar: UInt32) -> Bool {
        ranges.contains { $0.contains(scalar) } != isNegated
    }

    static func isWord(_ scalar: UInt32) -> Bool {
        ScalarClass.word.contains { $0.contains(scalar) }
    }

    static let digit: [ClosedRange<UInt32>] = [0x30 ... 0x39]
    static let word: [ClosedRange<UInt32>] = [0x30 ... 0x39, 0x41 ... 0x5A, 0x5F ... 0x5F, 0x61 ... 0x7A]
    static let space: [ClosedRange<UInt32>] = [
        0x09 ... 0x0D, 0x20 ... 0x20, 0x85 ... 0x85, 0xA0 ... 0xA0, 0x2000 ... 0x200A,
        0x2028 ... 0x2029, 0x202F ... 0x202F, 0x205F ... 0x205F, 0x3000 ... 0x3000,
    ]

    /// Everything that is not in `ranges`, which ascend and do not touch.
    static func complement(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var out: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if range.lowerBound > next { out.append(next ... range.lowerBound - 1) }
            next = range.upperBound + 1
        }
        out.append(next ... 0x10FFFF)
        return out
    }
}
