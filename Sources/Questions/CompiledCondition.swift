import EventStore
import Model

/// A condition bound to the columns of one part; results for text are remembered by dictionary code.
///
/// Not shared between threads: each worker compiles its own.
struct CompiledCondition: Sendable {
    private indirect enum Node: Sendable {
        case constant(Bool)
        case leaf(Int)
        case all([Node])
        case any([Node])
        case not(Node)
    }

    private struct Leaf: Sendable {
        var reader: PropertyReader
        var test: ValueTest
        /// Per column and code: 0 not judged yet, 1 false, 2 true.
        var judged: [[UInt8]]
    }

    private var root: Node = .constant(true)
    private var leaves: [Leaf] = []
    private let present: Present
    /// Of what is remembered.
    private(set) var byteCount = 0

    init(_ condition: Condition, in part: Part, at present: Present) {
        self.present = present
        root = compile(condition, part)
    }

    private mutating func compile(_ condition: Condition, _ part: Part) -> Node {
        switch condition {
        case .property(let path, let test):
            let reader = PropertyReader(path, in: part)
            if reader.isEmpty { return .constant(test.holds(nil, at: present)) }
            leaves.append(Leaf(reader: reader, test: test, judged: [[UInt8]](repeating: [], count: reader.columnCount)))
            return .leaf(leaves.count - 1)
        case .all(let parts): return .all(parts.map { compile($0, part) })
        case .any(let parts): return .any(parts.map { compile($0, part) })
        case .not(let inner): return .not(compile(inner, part))
        }
    }

    mutating func holds(at row: Int) -> Bool { holds(root, row) }

    private mutating func holds(_ node: Node, _ row: Int) -> Bool {
        switch node {
        case .constant(let value): return value
        case .leaf(let index): return leaf(index, row)
        case .all(let parts):
            for part in parts where !holds(part, row) { return false }
            return true
        case .any(let parts):
            for part in parts where holds(part, row) { return true }
            return false
        case .not(let inner): return !holds(inner, row)
        }
    }

    private mutating func leaf(_ index: Int, _ row: Int) -> Bool {
        switch leaves[index].reader.coded(at: row) {
        case .missing: return leaves[index].test.holds(nil, at: present)
        case .value(let value): return leaves[index].test.holds(value, at: present)
        case .text(let column, let code):
            if leaves[index].judged[column].isEmpty {
                leaves[index].judged[column] = [UInt8](repeating: 0, count: leaves[index].reader.codeCount(ofColumn: column))
                byteCount += leaves[index].judged[column].byteCount
            }
            let judged = leaves[index].judged[column][code]
            if judged != 0 { return judged == 2 }
            let result = leaves[index].test.holds(leaves[index].reader.value(at: row), at: present)
            leaves[index].judged[column][code] = result ? 2 : 1
            return result
        }
    }
}
