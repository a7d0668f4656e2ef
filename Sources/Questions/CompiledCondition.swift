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
        let reader: PropertyReader
        let test: ValueTest
        /// Per column and code: 0 not judged yet, 1 false, 2 true.
        private(set) var judged: [[UInt8]]

        init(reader: PropertyReader, test: ValueTest) {
            (self.reader, self.test) = (reader, test)
            judged = [[UInt8]](repeating: [], count: reader.columnCount)
        }

        /// Whether the value at a row is met.
        mutating func holds(at row: Int, _ present: Present) -> Bool {
            switch reader.coded(at: row) {
            case .missing: return test.holds(nil, at: present)
            case .value(let value): return test.holds(value, at: present)
            case .text(let column, let code):
                if judged[column].isEmpty { judged[column] = [UInt8](repeating: 0, count: reader.codeCount(ofColumn: column)) }
                let known = judged[column][code]
                if known != 0 { return known == 2 }
                let result = test.holds(reader.value(at: row), at: present)
                judged[column][code] = result ? 2 : 1
                return result
            }
        }
    }

    private var root: Node = .constant(true)
    /// Whether the root is the first leaf.
    private var isLeaf = false
    private var leaves: [Leaf] = []
    private let present: Present

    /// Of what is remembered.
    var byteCount: Int { leaves.reduce(0) { $1.judged.reduce($0) { $0 + $1.byteCount } } }

    init(_ condition: Condition, in part: Part, at present: Present) {
        self.present = present
        root = compile(condition, part)
        if case .leaf = root { isLeaf = true }
    }

    private mutating func compile(_ condition: Condition, _ part: Part) -> Node {
        switch condition {
        case .property(let path, let test):
            let reader = PropertyReader(path, in: part)
            if reader.isEmpty { return .constant(test.holds(nil, at: present)) }
            leaves.append(Leaf(reader: reader, test: test))
            return .leaf(leaves.count - 1)
        case .all(let parts): return .all(parts.map { compile($0, part) })
        case .any(let parts): return .any(parts.map { compile($0, part) })
        case .not(let inner): return .not(compile(inner, part))
        }
    }

    @inline(__always) mutating func holds(at row: Int) -> Bool { isLeaf ? leaves[0].holds(at: row, present) : holds(root, row) }

    private mutating func holds(_ node: Node, _ row: Int) -> Bool {
        switch node {
        case .constant(let value): return value
        case .leaf(let index): return leaves[index].holds(at: row, present)
        case .all(let parts):
            for part in parts where !holds(part, row) { return false }
            return true
        case .any(let parts):
            for part in parts where holds(part, row) { return true }
            return false
        case .not(let inner): return !holds(inner, row)
        }
    }
}
