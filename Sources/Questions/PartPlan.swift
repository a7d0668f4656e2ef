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
    private var scratchTimes: [Int64] = []
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
        receivedBefore = asOf?.microseconds ?? Int64.max
        needsReceipt = part.maxReceivedAt >= receivedBefore
        if isAny || isForOnePerson || part.minReceivedAt >= receivedBefore {
            candidates = part.minReceivedAt >= receivedBefore ? [] : nil
        } else {
            candidates = PartPlan.union(of: (0 ..< codes).filter { certain[$0] != 0 || !open[$0].isEmpty }, in: part)
        }
    }

    /// The rows of several event names, ascending.
    private static func union(of codes: [Int], in part: Part) -> [UInt32] {
        if codes.count == 1 { return part.rows(named: codes[0]).array }
        var out: [UInt32] = []
        for code in codes { out.append(contentsOf: part.rows(named: code).array) }
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

    /// Appends the candidates `range` that some selector matches.
    mutating func load(_ range: Range<Int>, partIndex: Int, into history: inout History) {
        guard !range.isEmpty else { return }
        scanned += range.count
        let first = row(ofCandidate: range.lowerBound)
        let last = row(ofCandidate: range.upperBound - 1)
        let isDense = last - first < range.count * 4
        if isDense { readTimes(first ..< last + 1) }
        for index in range {
            let row = row(ofCandidate: index)
            let code = part.nameCode(at: row)
            guard code < certain.count else { continue }
            if needsReceipt, part.receivedAt(at: row) >= receivedBefore { continue }
            var mark = certain[code]
            for bit in open[code] where conditions[bit]?.holds(at: row) == true { mark |= 1 << UInt64(bit) }
            guard mark != 0 else { continue }
            history.append(
                timestamp: isDense ? scratchTimes[row - first] : part.timestamp(at: row), arrival: part.arrival(at: row),
                marks: mark,
                part: Int32(partIndex), row: Int32(row))
        }
    }

    private mutating func readTimes(_ rows: Range<Int>) {
        if scratchTimes.count < rows.count { scratchTimes = [Int64](repeating: 0, count: max(rows.count, 1_024)) }
        scratchTimes.withUnsafeMutableBufferPointer { buffer in
            part.timestamps(rows, into: UnsafeMutableBufferPointer(rebasing: buffer[..<rows.count]))
        }
    }
}
