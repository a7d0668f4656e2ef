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
    /// The name code of all candidates, where they have one.
    private let onlyCode: Int?
    /// By name code, those of rows without an event included: the selectors that match without a condition.
    private let certain: [UInt64]
    /// By name code as well: the selectors that still have to be judged.
    private let open: [UInt64]
    private var conditions: [CompiledCondition?]
    /// Rows received at this instant (µs) or later are not seen.
    private let receivedBefore: Int64
    private let needsReceipt: Bool
    private var hasConditions: Bool
    /// Conditions are judged at these times (µs) only, and do not hold at others.
    private let judgedTimes: Range<Int64>
    /// Times and name codes of the rows that are read one after another, decoded together.
    private var stretch = DecodedRows()
    /// Those of some other rows.
    private var few = DecodedRows()
    private var nextCandidate = 0
    /// Rows looked at so far.
    private(set) var scanned = 0

    /// - Parameters:
    ///   - judgedTimes: nobody asks at other times (µs) whether a condition holds.
    ///   - isForOnePerson: look at all rows that are asked for instead of gathering candidates first.
    ///   - includesTold: whether any event means those as well that the program tells of people.
    init(
        _ selectors: [Selector], part: Part, at present: Present, asOf: Instant?, judgedTimes: Range<Int64> = .always,
        isForOnePerson: Bool = false, includesTold: Bool = false
    ) {
        self.part = part
        self.judgedTimes = judgedTimes
        let codes = part.eventNames.count
        // The code of a row without an event is the number of its type behind those of the names.
        var certain = [UInt64](repeating: 0, count: codes + Int(UInt8.max) + 1)
        var open = certain
        var conditions: [CompiledCondition?] = []
        var isAny = false
        let told = includesTold ? [] : Set(ToldEvents.names.compactMap(part.nameCode(of:)))
        for (bit, selector) in selectors.enumerated() {
            let wanted = selector.names.map { $0.compactMap(part.nameCode(of:)) } ?? (0 ..< codes).filter { !told.contains($0) }
            isAny = isAny || selector.names == nil
            for code in wanted {
                if selector.condition == nil { certain[code] |= 1 << UInt64(bit) } else { open[code] |= 1 << UInt64(bit) }
            }
            conditions.append(selector.condition.map { CompiledCondition($0, in: part, at: present) })
        }
        self.certain = certain
        self.open = open
        self.conditions = conditions
        hasConditions = open.contains { $0 != 0 }
        receivedBefore = asOf?.microseconds ?? Int64.max
        needsReceipt = part.maxReceivedAt >= receivedBefore
        let wanted = (0 ..< codes).filter { certain[$0] != 0 || open[$0] != 0 }
        onlyCode = wanted.count == 1 ? wanted[0] : nil
        if part.minReceivedAt >= receivedBefore {
            candidates = []
        } else if isAny || isForOnePerson {
            candidates = nil
        } else {
            candidates = PartPlan.union(of: wanted, in: part)
        }
    }

    var byteCount: Int {
        let judged = hasConditions ? conditions.reduce(0) { $0 + ($1?.byteCount ?? 0) } : 0
        return (candidates?.byteCount ?? 0) + stretch.byteCount + few.byteCount + judged
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

    /// The place of the first candidate at or after `row`.
    private func lowerBound(_ row: Int, in candidates: [UInt32]) -> Int {
        var low = 0
        var high = candidates.count
        while low < high {
            let middle = (low + high) / 2
            if candidates[middle] < row { low = middle + 1 } else { high = middle }
        }
        return low
    }

    // MARK: - Rows one after another

    /// Whether marks follow from the names of all rows alone.
    var isPlain: Bool { isEveryRowSeen && !hasConditions }

    /// Whether all rows are read, and all were received in time.
    var isEveryRowSeen: Bool { candidates == nil && !needsReceipt }

    /// Puts the matching rows of runs into an empty history, where every row is seen and ``begin(_:)`` has been told of all of them.
    ///
    /// - Parameters:
    ///   - runStarts: the first row of each run, and of what follows the last.
    ///   - isTaken: whether a run's rows are wanted.
    ///   - begins: told of each run with the number of matching rows before it.
    @inline(__always)
    mutating func fill(
        _ history: inout History, runStarts: [Int64], count: Int, isTaken: (Int) -> Bool,
        begins: (Int, UInt32) -> Void
    ) {
        // Taken out for the time being: they remember what they judged, and are not to be copied for it.
        var conditions: [CompiledCondition?] = []
        swap(&conditions, &self.conditions)
        var seen = 0
        stretch.withCodes { times, codes in
            PartPlan.withMarks(certain, open) { marks, asked in
                history.fill(runStarts: runStarts, count: count, isTaken: isTaken, begins: begins) { columns, run, offset, place in
                    seen += run.count
                    if hasConditions {
                        return columns.take(
                            run, times: times + offset, codes: codes + offset, marksOfCode: marks, askedOfCode: asked,
                            at: judgedTimes, to: place
                        ) { asked, row in PartPlan.judged(asked, row, &conditions) }
                    }
                    return columns.take(run, times: times + offset, codes: codes + offset, marksOfCode: marks, at: place)
                }
            }
        }
        swap(&conditions, &self.conditions)
        scanned += seen
    }

    /// Makes ready for ``match(_:partIndex:readsArrivals:into:)`` and ``skip(_:)`` over the runs that `rows` consists of, in order.
    mutating func begin(_ rows: Range<Int>) {
        if let candidates {
            nextCandidate = lowerBound(rows.lowerBound, in: candidates)
        } else {
            stretch.read(rows, of: part)
        }
    }

    /// Passes over a run.
    mutating func skip(_ rows: Range<Int>) {
        guard let candidates else { return }
        while nextCandidate < candidates.count, candidates[nextCandidate] < rows.upperBound { nextCandidate += 1 }
    }

    /// Appends the rows of a run that some selector matches.
    ///
    /// - Parameter readsArrivals: whether the numbers of arrival are read; else they are 0.
    @inline(__always)
    mutating func match(_ rows: Range<Int>, partIndex: Int, readsArrivals: Bool, into history: inout History) {
        if candidates != nil {
            matchCandidates(rows, partIndex: partIndex, readsArrivals: readsArrivals, into: &history)
            return
        }
        scanned += rows.count
        if isPlain, !readsArrivals {
            stretch.withCodes { times, codes in
                certain.withUnsafeBufferPointer { marks in
                    guard let marks = marks.baseAddress else { return }
                    let offset = stretch.offset(of: rows.lowerBound)
                    history.append(rows, times: times + offset, codes: codes + offset, marksOfCode: marks)
                }
            }
            return
        }
        for row in rows {
            take(row, stretch.code(row), stretch.time(row), partIndex, readsArrivals: readsArrivals, into: &history)
        }
    }

    private mutating func matchCandidates(_ rows: Range<Int>, partIndex: Int, readsArrivals: Bool, into history: inout History) {
        guard let candidates else { return }
        while nextCandidate < candidates.count, candidates[nextCandidate] < rows.upperBound {
            let row = Int(candidates[nextCandidate])
            nextCandidate += 1
            scanned += 1
            takeCandidate(row, partIndex, readsArrivals: readsArrivals, into: &history)
        }
    }

    @inline(__always)
    private mutating func takeCandidate(_ row: Int, _ partIndex: Int, readsArrivals: Bool, into history: inout History) {
        take(
            row, onlyCode ?? part.nameCode(at: row), part.timestamp(at: row), partIndex, readsArrivals: readsArrivals,
            into: &history)
    }

    // MARK: - Rows of one identity

    /// Appends those of any `rows` that some selector matches.
    mutating func load(_ rows: Range<Int>, partIndex: Int, readsArrivals: Bool = true, into history: inout History) {
        if let candidates {
            var index = lowerBound(rows.lowerBound, in: candidates)
            while index < candidates.count, candidates[index] < rows.upperBound {
                let row = Int(candidates[index])
                index += 1
                scanned += 1
                takeCandidate(row, partIndex, readsArrivals: readsArrivals, into: &history)
            }
        } else if rows.count > 1 {
            if !stretch.holds(rows) { few.read(rows, of: part) }
            scanned += rows.count
            for row in rows {
                let (code, time) =
                    stretch.holds(rows) ? (stretch.code(row), stretch.time(row)) : (few.code(row), few.time(row))
                take(row, code, time, partIndex, readsArrivals: readsArrivals, into: &history)
            }
        } else {
            scanned += rows.count
            for row in rows {
                take(row, part.nameCode(at: row), part.timestamp(at: row), partIndex, readsArrivals: readsArrivals, into: &history)
            }
        }
    }

    /// Appends a row if some selector matches it.
    @inline(__always)
    private mutating func take(
        _ row: Int, _ code: Int, _ time: Int64, _ partIndex: Int, readsArrivals: Bool, into history: inout History
    ) {
        var mark = certain[code]
        if open[code] != 0, judgedTimes.contains(time) {
            mark |= PartPlan.judged(open[code], row, &conditions)
        }
        if mark == 0 || needsReceipt && part.receivedAt(at: row) >= receivedBefore { return }
        history.append(
            timestamp: time, arrival: readsArrivals ? part.arrival(at: row) : 0, marks: mark,
            code: UInt32(truncatingIfNeeded: code), part: Int32(partIndex), row: Int32(row))
    }

    /// The bits of those selectors whose conditions a row meets.
    @inline(never)
    private static func judged(_ bits: UInt64, _ row: Int, _ conditions: inout [CompiledCondition?]) -> UInt64 {
        var mark: UInt64 = 0
        var rest = bits
        while rest != 0 {
            if conditions[rest.trailingZeroBitCount]?.holds(at: row) == true { mark |= rest & (0 &- rest) }
            rest &= rest &- 1
        }
        return mark
    }

    /// Calls `body` with what each of two lists of marks holds.
    @inline(__always)
    private static func withMarks(
        _ certain: [UInt64], _ open: [UInt64], _ body: (UnsafePointer<UInt64>, UnsafePointer<UInt64>) -> Void
    ) {
        certain.withUnsafeBufferPointer { certain in
            open.withUnsafeBufferPointer { open in
                if let certain = certain.baseAddress, let open = open.baseAddress { body(certain, open) }
            }
        }
    }
}

extension Range<Int64> {
    /// All times.
    static let always = Int64.min ..< Int64.max
}

/// Times and name codes of some neighbouring rows of a part.
private struct DecodedRows: Sendable {
    private var rows = 0 ..< 0
    private var times: [Int64] = []
    private var codes: [UInt32] = []

    var byteCount: Int { times.byteCount + codes.byteCount }

    @inline(__always) func holds(_ wanted: Range<Int>) -> Bool {
        wanted.lowerBound >= rows.lowerBound && wanted.upperBound <= rows.upperBound
    }

    @inline(__always) func time(_ row: Int) -> Int64 { times[row &- rows.lowerBound] }
    @inline(__always) func code(_ row: Int) -> Int { Int(codes[row &- rows.lowerBound]) }

    func offset(of row: Int) -> Int { row - rows.lowerBound }

    /// Calls `body` with the times and codes of its rows.
    @inline(__always)
    func withCodes(_ body: (UnsafePointer<Int64>, UnsafePointer<UInt32>) -> Void) {
        times.withUnsafeBufferPointer { times in
            codes.withUnsafeBufferPointer { codes in
                if let times = times.baseAddress, let codes = codes.baseAddress { body(times, codes) }
            }
        }
    }

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
