import EventStore

/// The rows of one person that a question reads, in order of (timestamp, arrival): flat columns, reused from person to person.
///
/// A value: copies share their columns until one of them changes.
struct History: Sendable {
    private var columns: HistoryColumns
    /// The first of the columns' rows that belongs to it.
    private var start = 0
    private(set) var count = 0

    init() { columns = HistoryColumns(capacity: 0) }

    /// One that only ever holds rows of one part, without numbers of arrival.
    init(ofPart part: Int32) { columns = HistoryColumns(capacity: 0, part: part) }

    /// Microseconds UTC.
    var timestamps: UnsafeBufferPointer<Int64> { UnsafeBufferPointer(start: columns.timestamps + start, count: count) }
    /// Numbers of arrival; 0 where a scan was told that nobody reads them.
    var arrivals: UnsafeBufferPointer<UInt64> { UnsafeBufferPointer(start: columns.arrivals + start, count: count) }
    /// Bit i is set when selector i matches.
    var marks: UnsafeBufferPointer<UInt64> { UnsafeBufferPointer(start: columns.marks + start, count: count) }
    /// The code of each row's event name in its part.
    var codes: UnsafeBufferPointer<UInt32> { UnsafeBufferPointer(start: columns.codes + start, count: count) }
    /// Where each row is: the index of its part and its row number there.
    var parts: UnsafeBufferPointer<Int32> { UnsafeBufferPointer(start: columns.parts + start, count: count) }
    var rows: UnsafeBufferPointer<Int32> { UnsafeBufferPointer(start: columns.rows + start, count: count) }

    /// The part of all rows; nil where they may be of several.
    var onlyPart: Int32? { columns.part }

    var byteCount: Int { columns.capacity * HistoryColumns.bytesPerRow }

    mutating func removeAll() { (start, count) = (0, 0) }

    /// Narrows or moves it to some of the rows that its columns hold since they were last emptied.
    @inline(__always) mutating func focus(_ rows: Range<Int>) { (start, count) = (rows.lowerBound, rows.count) }

    /// Makes room for so many more rows, in columns that no other history has.
    @inline(__always) private mutating func reserve(_ extra: Int) {
        if columns.capacity < start + count + extra || !isKnownUniquelyReferenced(&columns) { move(capacity: count + extra) }
    }

    private mutating func move(capacity: Int) {
        columns = columns.copied(start ..< start + count, capacity: max(2 * columns.capacity, capacity, 64))
        start = 0
    }

    @inline(__always)
    mutating func append(timestamp: Int64, arrival: UInt64, marks mark: UInt64, code: UInt32, part: Int32, row: Int32) {
        reserve(1)
        let place = start + count
        columns.timestamps[place] = timestamp
        columns.arrivals[place] = arrival
        columns.marks[place] = mark
        columns.codes[place] = code
        columns.parts[place] = part
        columns.rows[place] = row
        count += 1
    }

    /// Fills an empty history of one part from neighbouring runs of rows.
    ///
    /// - Parameters:
    ///   - runStarts: the first row of each run, and of what follows the last.
    ///   - isTaken: whether a run's rows are wanted.
    ///   - begins: told of each run with the number of rows taken before it.
    ///   - take: writes the rows of a run that match, given where the run begins among all and the place of the first; the place behind.
    @inline(__always)
    mutating func fill(
        runStarts: [Int64], count runCount: Int, isTaken: (Int) -> Bool,
        begins: (Int, UInt32) -> Void, take: (HistoryColumns, Range<Int>, Int, Int) -> Int
    ) {
        let firstRow = Int(runStarts[0])
        reserve(Int(runStarts[runCount]) - firstRow)
        let columns = columns
        var place = start
        for run in 0 ..< runCount {
            let rows = Int(runStarts[run]) ..< Int(runStarts[run + 1])
            begins(run, UInt32(truncatingIfNeeded: place - start))
            if isTaken(run) { place = take(columns, rows, rows.lowerBound - firstRow, place) }
        }
        count = place - start
    }

    /// Appends those of neighbouring rows of its one part that have marks.
    mutating func append(
        _ run: Range<Int>, times: UnsafePointer<Int64>, codes: UnsafePointer<UInt32>, marksOfCode: UnsafePointer<UInt64>
    ) {
        reserve(run.count)
        count = columns.take(run, times: times, codes: codes, marksOfCode: marksOfCode, at: start + count) - start
    }

    mutating func append(contentsOf other: borrowing History) {
        reserve(other.count)
        columns.update(start + count, from: other.columns, other.start ..< other.start + other.count)
        count += other.count
    }

    /// Parts hold one stretch of arrivals each, in their order: numbers of arrival decide within a part only.
    private func precedes(_ first: Int, _ second: Int, _ arrivalOf: (Int32, Int32) -> UInt64) -> Bool {
        let (times, parts) = (timestamps, parts)
        if times[first] != times[second] { return times[first] < times[second] }
        if parts[first] != parts[second] { return parts[first] < parts[second] }
        let (one, other) = (arrivalOf(parts[first], rows[first]), arrivalOf(parts[second], rows[second]))
        return one != other ? one < other : first < second
    }

    /// Puts rows of several runs in order, of which each is, and those of one part one: then their order decides ties.
    mutating func sortRuns() { sortRuns { _, row in UInt64(row) } }

    /// Puts rows of several runs in order; a single run already is.
    ///
    /// - Parameter arrivalOf: the number of arrival of a part's row, asked for where times of one part tie.
    mutating func sortRuns(arrivalOf: (Int32, Int32) -> UInt64) {
        var isSorted = true
        for index in 1 ..< max(count, 1) where precedes(index, index - 1, arrivalOf) {
            isSorted = false
            break
        }
        if isSorted { return }
        let order = (0 ..< count).sorted { precedes($0, $1, arrivalOf) }
        let sorted = HistoryColumns(capacity: max(count, columns.capacity))
        for (place, index) in order.enumerated() { sorted.update(place, from: columns, start + index ..< start + index + 1) }
        columns = sorted
        start = 0
    }

    /// The first index whose timestamp is not before `instant`.
    func lowerBound(_ instant: Int64) -> Int {
        // Mostly all are on one side.
        if count == 0 || timestamps[0] >= instant { return 0 }
        if timestamps[count - 1] < instant { return count }
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if timestamps[middle] < instant { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// The memory of a history.
///
/// Unchecked because ``History`` writes only to columns that it alone has.
final class HistoryColumns: @unchecked Sendable {
    let capacity: Int
    let timestamps: UnsafeMutablePointer<Int64>
    let arrivals: UnsafeMutablePointer<UInt64>
    let marks: UnsafeMutablePointer<UInt64>
    let codes: UnsafeMutablePointer<UInt32>
    let parts: UnsafeMutablePointer<Int32>
    let rows: UnsafeMutablePointer<Int32>

    static let bytesPerRow = 3 * 8 + 3 * 4

    /// The part of all rows, which are then without numbers of arrival.
    let part: Int32?

    init(capacity: Int, part: Int32? = nil) {
        self.capacity = capacity
        self.part = part
        timestamps = .allocate(capacity: capacity)
        arrivals = .allocate(capacity: capacity)
        marks = .allocate(capacity: capacity)
        codes = .allocate(capacity: capacity)
        parts = .allocate(capacity: capacity)
        rows = .allocate(capacity: capacity)
        arrivals.initialize(repeating: 0, count: capacity)
        parts.initialize(repeating: part ?? 0, count: capacity)
    }

    deinit {
        timestamps.deallocate()
        arrivals.deallocate()
        marks.deallocate()
        codes.deallocate()
        parts.deallocate()
        rows.deallocate()
    }

    /// Columns with room for `capacity` rows that begin with some of these.
    func copied(_ rows: Range<Int>, capacity: Int) -> HistoryColumns {
        let copy = HistoryColumns(capacity: capacity, part: part)
        copy.update(0, from: self, rows)
        return copy
    }

    /// Writes those of neighbouring rows that have marks from `place` on; the place after them.
    ///
    /// A function of its own, because in another one its many pointers do not find room in registers.
    @inline(never)
    func take(
        _ run: Range<Int>, times: UnsafePointer<Int64>, codes: UnsafePointer<UInt32>, marksOfCode: UnsafePointer<UInt64>,
        at place: Int
    ) -> Int {
        let (toTimes, toMarks, toCodes, toRows) = (timestamps, marks, self.codes, rows)
        var place = place
        // Each row is written, and written over where nothing matches it: quicker than a branch that nobody can foresee.
        for index in 0 ..< run.count {
            let code = codes[index]
            let mark = marksOfCode[Int(code)]
            toTimes[place] = times[index]
            toMarks[place] = mark
            toCodes[place] = code
            toRows[place] = Int32(truncatingIfNeeded: run.lowerBound &+ index)
            place &+= Int(truncatingIfNeeded: (mark | (0 &- mark)) &>> 63)
        }
        return place
    }

    /// As ``take(_:times:codes:marksOfCode:at:)`` where `judge` gives the further marks of a row that are asked for at some times.
    @inline(__always)
    func take(
        _ run: Range<Int>, times: UnsafePointer<Int64>, codes: UnsafePointer<UInt32>, marksOfCode: UnsafePointer<UInt64>,
        askedOfCode: UnsafePointer<UInt64>, at judgedTimes: Range<Int64>, to place: Int, judge: (UInt64, Int) -> UInt64
    ) -> Int {
        let end = gather(run, times: times, codes: codes, marksOfCode, askedOfCode, at: judgedTimes, to: place)
        var taken = place
        for place in place ..< end {
            let row = rows[place]
            let (code, time) = (codes[Int(row) &- run.lowerBound], times[Int(row) &- run.lowerBound])
            var mark = marksOfCode[Int(code)]
            let asked = askedOfCode[Int(code)]
            if asked != 0, judgedTimes.contains(time) { mark |= judge(asked, Int(row)) }
            if mark == 0 { continue }
            timestamps[taken] = time
            marks[taken] = mark
            self.codes[taken] = code
            rows[taken] = row
            taken &+= 1
        }
        return taken
    }

    /// Writes the numbers of those of neighbouring rows that have marks, or may have, from `place` on; the place after them.
    @inline(never)
    private func gather(
        _ run: Range<Int>, times: UnsafePointer<Int64>, codes: UnsafePointer<UInt32>, _ marksOfCode: UnsafePointer<UInt64>,
        _ askedOfCode: UnsafePointer<UInt64>, at judgedTimes: Range<Int64>, to place: Int
    ) -> Int {
        let toRows = rows
        let first = judgedTimes.lowerBound
        let length = UInt64(bitPattern: judgedTimes.upperBound &- first)
        var place = place
        for index in 0 ..< run.count {
            let code = Int(codes[index])
            let asked: UInt64 = UInt64(bitPattern: times[index] &- first) < length ? askedOfCode[code] : 0
            let mark = marksOfCode[code] | asked
            toRows[place] = Int32(truncatingIfNeeded: run.lowerBound &+ index)
            place &+= Int(truncatingIfNeeded: (mark | (0 &- mark)) &>> 63)
        }
        return place
    }

    /// Writes rows of other columns from `place` on.
    @inline(__always) func update(_ place: Int, from other: HistoryColumns, _ rows: Range<Int>) {
        (timestamps + place).update(from: other.timestamps + rows.lowerBound, count: rows.count)
        (arrivals + place).update(from: other.arrivals + rows.lowerBound, count: rows.count)
        (marks + place).update(from: other.marks + rows.lowerBound, count: rows.count)
        (codes + place).update(from: other.codes + rows.lowerBound, count: rows.count)
        (parts + place).update(from: other.parts + rows.lowerBound, count: rows.count)
        (self.rows + place).update(from: other.rows + rows.lowerBound, count: rows.count)
    }
}
