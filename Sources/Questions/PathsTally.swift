import EventStore
import Model

/// Counts pairs of consecutive events within sessions.
struct PathsTally: Tally {
    private let range: Range<Int64>
    private let depth: Int?
    private let fromBit: UInt64?
    private let toBit: UInt64?
    private let renames: [(bit: UInt64, node: Int32)]
    private(set) var names: EventNames
    private(set) var pairs: PairCounts
    private var nodes: [Int32] = []

    init(_ paths: PathsQuestion, selectors: [Selector], range: Range<Int64>, executor: Executor) {
        self.range = range
        depth = paths.depth
        fromBit = paths.from.map { QuestionRun.bit(of: $0, in: selectors) }
        toBit = paths.to.map { QuestionRun.bit(of: $0, in: selectors) }
        let names = EventNames(executor.snapshot.parts, others: paths.renames.map(\.name))
        renames = paths.renames.map { (QuestionRun.bit(of: $0.selector, in: selectors), names.number(of: $0.name) ?? 0) }
        pairs = PairCounts(depths: paths.depth ?? 1, nodes: names.names.count)
        self.names = names
    }

    mutating func add(_ unit: CountedUnit, _ history: borrowing History) {
        let first = history.lowerBound(range.lowerBound)
        let end = history.lowerBound(range.upperBound)
        guard end - first > 1 else { return }
        if depth == nil, renames.isEmpty, pairs.isDense {
            pairs.addNeighbours(first ..< end, history, names)
            return
        }
        names.read(history, first ..< end, into: &nodes)
        if !renames.isEmpty { rename(history, first) }
        var start = first
        for index in first + 1 ..< end
        where history.timestamps[index] - history.timestamps[index - 1] > Session.gapMicroseconds {
            take(start ..< index, first, history)
            start = index
        }
        take(start ..< end, first, history)
    }

    private mutating func rename(_ history: borrowing History, _ first: Int) {
        for place in nodes.indices {
            let marks = history.marks[first + place]
            for rename in renames where marks & rename.bit != 0 {
                nodes[place] = rename.node
                break
            }
        }
    }

    /// Counts the pairs of one session; `nodes` begins at the event `first`.
    private mutating func take(_ session: Range<Int>, _ first: Int, _ history: borrowing History) {
        guard let depth else {
            for index in session.dropFirst() { pairs.add(0, nodes[index - 1 - first], nodes[index - first]) }
            return
        }
        var start = session.lowerBound
        var end = session.upperBound
        if let fromBit {
            while start < end, history.marks[start] & fromBit == 0 { start += 1 }
        }
        if let toBit {
            var last = fromBit == nil ? start : start + 1
            while last < end, history.marks[last] & toBit == 0 { last += 1 }
            guard last < end else { return }
            end = last + 1
            start = max(start, end - depth)
        }
        end = min(end, start + depth)
        guard end - start > 1 else { return }
        for index in start + 1 ..< end { pairs.add(index - start - 1, nodes[index - 1 - first], nodes[index - first]) }
    }

    var byteCount: Int { pairs.byteCount + names.byteCount + nodes.byteCount }

    mutating func merge(_ other: PathsTally) { pairs.merge(other.pairs) }
}

/// What ends a session.
enum Session {
    /// A gap of more than this between two events of a person.
    static let gapMicroseconds: Int64 = 30 * .microsecondsPerMinute
}

/// Counts by depth and two nodes: a flat table where that is small, else only what occurs.
struct PairCounts: Sendable {
    private let nodes: Int
    private var dense: [Int] = []
    private var sparse: [Int: Int] = [:]

    private static let denseMax = 1 << 21

    init(depths: Int, nodes: Int) {
        self.nodes = nodes
        let (square, overflow) = nodes.multipliedReportingOverflow(by: nodes)
        if !overflow, square <= PairCounts.denseMax / max(depths, 1) { dense = [Int](repeating: 0, count: depths * square) }
    }

    /// With what it takes to sort what occurs.
    var byteCount: Int { dense.byteCount + sparse.byteCount + sparse.count * 2 * MemoryLayout<(Int, Int)>.stride }

    /// Whether the table is flat.
    var isDense: Bool { !dense.isEmpty }

    /// Counts, in a flat table, each two neighbours of one session as a pair of depth 0.
    mutating func addNeighbours(_ range: Range<Int>, _ history: borrowing History, _ names: EventNames) {
        let (parts, codes) = (history.parts, history.codes)
        if let part = history.onlyPart {
            names.withNumbers(ofPart: part) { numbers in addNeighbours(range, history) { Int(numbers[Int(codes[$0])]) } }
        } else {
            addNeighbours(range, history) { Int(names.number(part: parts[$0], code: codes[$0])) }
        }
    }

    @inline(__always)
    private mutating func addNeighbours(_ range: Range<Int>, _ history: borrowing History, node: (Int) -> Int) {
        let times = history.timestamps
        let nodes = nodes
        dense.withUnsafeMutableBufferPointer { counts in
            var last = node(range.lowerBound)
            var lastTime = times[range.lowerBound]
            for index in range.lowerBound &+ 1 ..< range.upperBound {
                let (next, time) = (node(index), times[index])
                // Where a session ends nothing is added: quicker than a branch that nobody can foresee.
                counts[last &* nodes &+ next] &+= time &- lastTime <= Session.gapMicroseconds ? 1 : 0
                (last, lastTime) = (next, time)
            }
        }
    }

    mutating func add(_ depth: Int, _ first: Int32, _ second: Int32) {
        let place = (depth * nodes + Int(first)) * nodes + Int(second)
        if dense.isEmpty { sparse[place, default: 0] += 1 } else { dense[place] += 1 }
    }

    mutating func merge(_ other: PairCounts) {
        for place in other.dense.indices { dense[place] += other.dense[place] }
        for (place, count) in other.sparse { sparse[place, default: 0] += count }
    }

    /// The greatest counts first, then by depth and nodes.
    func greatest(_ limit: Int) -> [(depth: Int, first: Int, second: Int, count: Int)] {
        var found = dense.isEmpty ? sparse.map { ($0.key, $0.value) } : []
        for (place, count) in dense.enumerated() where count > 0 { found.append((place, count)) }
        found.sort { $0.1 != $1.1 ? $0.1 > $1.1 : $0.0 < $1.0 }
        return found.prefix(limit).map { place, count in
            (place / nodes / nodes, place / nodes % nodes, place % nodes, count)
        }
    }
}

extension QuestionRun {
    /// The most frequent pairs.
    mutating func paths(_ paths: PathsQuestion) throws(Problem) -> JSONValue {
        var list = SelectorList()
        paths.addSelectors(to: &list)
        let selectors = list.selectors
        let empty = PathsTally(paths, selectors: selectors, range: bounds, executor: executor)
        let tally = scan(selectors) { empty }
        var rows = AnswerRows(executor.watch)
        for pair in tally.pairs.greatest(paths.limit) {
            var out = ObjectWriter()
            if paths.depth != nil { out.put("depth", .int(Int64(pair.depth + 1))) }
            out.put("from", .string(tally.names.names[pair.first]))
            out.put("to", .string(tally.names.names[pair.second]))
            out.put("count", .int(Int64(pair.count)))
            try rows.append(out.json)
        }
        return ["rows": rows.json]
    }
}
