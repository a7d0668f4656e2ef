import Columns
import EventStore
import Model

/// What a set of selectors needs of one part: the candidate rows and how to mark each.
///
/// Not shared between threads: its conditions remember what they judged.
struct PartPlan {
    let part: Part
    /// The rows that any selector could match, ascending; nil means every event.
    private let candidates: [UInt32]?
    /// By name code: the selectors that match without a condition, and those that still have to be judged.
    private let certain: [UInt64]
    private let open: [[Int]]
    private var conditions: [CompiledCondition?]
    /// Rows received at this instant (µs) or later are not seen.
    private let receivedBefore: Int64
    private let needsReceipt: Bool
    private var hasConditions: Bool
    /// Times and name codes of a stretch of rows, decoded together.
    private var stretch = DecodedRows()
    /// Rows looked at so far.
    private(set) var scanned = 0

    /// - Parameter isForOnePerson: look at all rows that are asked for instead of gathering candidates first.
    init(_ selectors: [Selector], part: Part, at present: Present, asOf: Instant?, isForOnePerson: Bool = false) {
        self.part = part
        let codes = part.eventNames.count
        var certain = [UInt64](repeating: 0, count: codes)
        var open = [[Int]](repeating: [], count: codes)
        var conditions: [CompiledCondition?] = []
        var isAny = false
        for (bit, selector) in selectors.enumerated() {
            let wanted = selector.names.map { $0.compactMap(part.nameCode(of:)) } ?? Array(0 ..< codes)
            isAny = isAny || selector.names == nil
            for code in wanted {
                if selector.condition == nil { certain[code] |= 1 << UInt64(bit) } else { open[code].append(bit) }
            }
            conditions.append(selector.condition.map { CompiledCondition($0, in: part, at: present) })
        }
        self.certain = certain
        self.open = open
        self.conditions = conditions
        hasConditions = open.contains { !$0.isEmpty }
        receivedBefore = asOf?.microseconds ?? Int64.max
        needsReceipt = part.maxReceivedAt >= receivedBefore
        if part.minReceivedAt >= receivedBefore {
            candidates = []
        } else if isAny || isForOnePerson {
            candidates = nil
        } else {
            candidates = PartPlan.union(of: (0 ..< codes).filter { certain[$0] != 0 || !open[$0].isEmpty }, in: part)
        }
    }

    /// Where more than one row in so many is a candidate, reading all of them in their order is quicker than looking each up.
    private static let rowsPerCandidate = 10

    /// The rows of several event names, ascending; nil when they are so many that all rows are to be read.
    private static func union(of codes: [Int], in part: Part) -> [UInt32]? {
        let sets = codes.map { part.rows(named: $0) }
        let count = sets.reduce(0) { $0 + $1.count }
        if count * rowsPerCandidate > part.rowCount { return nil }
        if sets.count == 1 { return sets[0].array }
        var out: [UInt32] = []
        out.reserveCapacity(count)
        for set in sets { set.append(in: 0 ..< part.rowCount, to: &out) }
        out.sort()
        return out
    }

    /// Whether candidates are the rows themselves.
    var isEveryRow: Bool { candidates == nil }

    /// Index of the first candidate at or after `row`; rows themselves when every event is a candidate.
    func lowerBound(_ row: Int) -> Int {
        guard let candidates else { return row }
        var low = 0
        var high = candidates.count
        while low < high {
            let middle = (low + high) / 2
            if candidates[middle] < row { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func row(ofCandidate index: Int) -> Int { candidates.map { Int($0[index]) } ?? index }

    /// Decodes a stretch of rows that is about to be read from its beginning to its end, where all rows are candidates.
    mutating func prepare(_ rows: Range<Int>) {
        if candidates == nil { stretch.read(rows, of: part) }
    }

    /// Appends the candidates `range` that some selector matches.
    ///
    /// - Parameter readsArrivals: whether the numbers of arrival are read; else they are 0.
    mutating func load(_ range: Range<Int>, partIndex: Int, readsArrivals: Bool = true, into history: inout History) {
        guard !range.isEmpty else { return }
        scanned += range.count
        history.reserve(range.count)
        let first = row(ofCandidate: range.lowerBound)
        let last = row(ofCandidate: range.upperBound - 1)
        if !stretch.holds(first ..< last + 1), last - first < range.count * 4, range.count > 1 {
            stretch.read(first ..< last + 1, of: part)
        }
        let decoded = stretch.holds(first ..< last + 1)
        for index in range {
            let row = row(ofCandidate: index)
            let code = decoded ? stretch.code(row) : part.nameCode(at: row)
            guard code < certain.count else { continue }
            var mark = certain[code]
            if hasConditions { mark |= judged(code, row) }
            if mark == 0 || needsReceipt && part.receivedAt(at: row) >= receivedBefore { continue }
            history.appendReserved(
                timestamp: decoded ? stretch.time(row) : part.timestamp(at: row),
                arrival: readsArrivals ? part.arrival(at: row) : 0, marks: mark, part: Int32(partIndex), row: Int32(row))
        }
    }

    /// The bits of the selectors whose conditions a row meets.
    private mutating func judged(_ code: Int, _ row: Int) -> UInt64 {
        var mark: UInt64 = 0
        if needsReceipt, part.receivedAt(at: row) >= receivedBefore { return 0 }
        for bit in open[code] where conditions[bit]?.holds(at: row) == true { mark |= 1 << UInt64(bit) }
        return mark
    }
}

/// Times and name codes of some neighbouring rows of a part.
private struct DecodedRows: Sendable {
    private var rows = 0 ..< 0
    private var times: [Int64] = []
    private var codes: [UInt32] = []

    @inline(__always) func holds(_ wanted: Range<Int>) -> Bool {
        wanted.lowerBound >= rows.lowerBound && wanted.upperBound <= rows.upperBound
    }

    @inline(__always) func time(_ row: Int) -> Int64 { times[row &- rows.lowerBound] }
    @inline(__always) func code(_ row: Int) -> Int { Int(codes[row &- rows.lowerBound]) }

    mutating func read(_ wanted: Range<Int>, of part: Part) {
        if times.count < wanted.count {
            let size = max(wanted.count + wanted.count / 4, 1_024)
            times = [Int64](repeating: 0, count: size)
            codes = [UInt32](repeating: 0, count: size)
        }
        rows = wanted
        times.withUnsafeMutableBufferPointer {
            part.timestamps(wanted, into: UnsafeMutableBufferPointer(rebasing: $0[..<wanted.count]))
        }
        codes.withUnsafeMutableBufferPointer {
            part.nameCodes(wanted, into: UnsafeMutableBufferPointer(rebasing: $0[..<wanted.count]))
        }
    }
}
