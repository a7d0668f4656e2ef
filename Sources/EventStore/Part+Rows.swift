public import Columns
public import Model

extension Part {
    // MARK: - Owners

    /// Number of distinct owners, nobody included.
    public var ownerCount: Int { ownerOrdinals.count }

    /// The ordinal of the identity that owns a run of rows; ascending, ``nobody`` last.
    public func owner(at index: Int) -> UInt32 { UInt32(truncatingIfNeeded: ownerOrdinals.value(at: index)) }

    /// The place of the first owner that is not before `ordinal`, looking forward from the place `start`.
    ///
    /// O(log d) where it is d places further.
    public func firstOwner(from start: Int, notBefore ordinal: UInt32) -> Int {
        var low = start
        var step = 1
        while low + step <= ownerCount, owner(at: low + step - 1) < ordinal {
            low += step
            step *= 2
        }
        var high = min(low + step, ownerCount)
        while low < high {
            let middle = (low + high) / 2
            if owner(at: middle) < ordinal { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The rows of the owner at `index`, by timestamp and arrival.
    public func rows(ofOwnerAt index: Int) -> Range<Int> {
        let end = index + 1 < ownerCount ? Int(ownerStarts.value(at: index + 1)) : rowCount
        return Int(ownerStarts.value(at: index)) ..< end
    }

    /// Some neighbouring owners, ascending, and the first row of each and of what follows them.
    public func owners(_ range: Range<Int>, into ordinals: inout [Int64], starts: inout [Int64]) {
        let count = range.count
        if ordinals.count < count { ordinals = [Int64](repeating: 0, count: count) }
        if starts.count < count + 1 { starts = [Int64](repeating: 0, count: count + 1) }
        ordinals.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { ownerOrdinals.decode(range, into: base) } }
        starts.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { ownerStarts.decode(range, into: base) } }
        starts[count] = range.upperBound < ownerCount ? ownerStarts.value(at: range.upperBound) : Int64(rowCount)
    }

    /// Calls `body` with each owner, ascending, and its rows, until it gives false.
    public func forEachOwner(_ body: (_ ordinal: UInt32, _ rows: Range<Int>) -> Bool) {
        var ordinals: [Int64] = []
        var starts: [Int64] = []
        for first in stride(from: 0, to: ownerCount, by: 4_096) {
            let block = first ..< min(first + 4_096, ownerCount)
            owners(block, into: &ordinals, starts: &starts)
            for index in 0 ..< block.count {
                let rows = Int(starts[index]) ..< Int(starts[index + 1])
                guard body(UInt32(truncatingIfNeeded: ordinals[index]), rows) else { return }
            }
        }
    }

    /// The rows of an identity, by timestamp and arrival; empty when it owns none.
    ///
    /// O(log n).
    public func rows(ofIdentity ordinal: UInt32) -> Range<Int> {
        let index = lowerBound(ownerOrdinals, Int64(ordinal))
        guard index < ownerCount, owner(at: index) == ordinal else { return 0 ..< 0 }
        return rows(ofOwnerAt: index)
    }

    /// The owner of a row.
    ///
    /// O(log n).
    public func owner(ofRow row: Int) -> UInt32 { owner(at: lowerBound(ownerStarts, Int64(row) + 1) - 1) }

    private func lowerBound(_ list: PackedInts, _ value: Int64) -> Int {
        var low = 0
        var high = list.count
        while low < high {
            let middle = (low + high) / 2
            if list.value(at: middle) < value { low = middle + 1 } else { high = middle }
        }
        return low
    }

    // MARK: - Times

    /// Microseconds since 1970.
    public func timestamp(at row: Int) -> Int64 { timestampList.value(at: row) }

    /// Writes the timestamps of `rows` to `target`.
    public func timestamps(_ rows: Range<Int>, into target: UnsafeMutableBufferPointer<Int64>) {
        if let base = target.baseAddress { timestampList.decode(rows, into: base) }
    }

    public func arrival(at row: Int) -> UInt64 { firstArrival + UInt64(arrivalList.value(at: row)) }

    /// Writes the arrival numbers of `rows` to `target`.
    public func arrivals(_ rows: Range<Int>, into target: UnsafeMutableBufferPointer<UInt64>) {
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: max(1, rows.count)) { offsets in
            guard let start = offsets.baseAddress else { return }
            arrivalList.decode(rows, into: start)
            for index in 0 ..< rows.count { target[index] = firstArrival + UInt64(offsets[index]) }
        }
    }

    /// Calls `body` with each row, its owner and its arrival number.
    public func forEachRow(_ body: (_ row: Int, _ owner: UInt32, _ arrival: UInt64) -> Void) {
        var offsets = IntCursor(arrivalList)
        forEachOwner { owner, rows in
            for row in rows { body(row, owner, firstArrival + UInt64(offsets.next())) }
            return true
        }
    }

    /// Ranges of arrival numbers, together those from `arrival` on, whose rows are few enough to be held in memory.
    public func arrivalWindows(from arrival: UInt64 = 0, calls: UInt64 = 1 << 22) -> [Range<UInt64>] {
        let first = max(arrival, firstArrival)
        return stride(from: first, to: max(first, endArrival), by: Int(calls)).map { $0 ..< min($0 + calls, endArrival) }
    }

    /// The rows of the calls that arrived in `window`, by arrival, and the owner of each.
    ///
    /// O(rows of the part).
    public func rows(arrivedIn window: Range<UInt64>) -> (rows: [UInt32], owners: [UInt32]) {
        var rows = [UInt32](repeating: UInt32.max, count: window.count)
        var owners = rows
        forEachRow { row, owner, arrival in
            guard window.contains(arrival) else { return }
            rows[Int(arrival - window.lowerBound)] = UInt32(row)
            owners[Int(arrival - window.lowerBound)] = owner
        }
        if droppedCount == 0 { return (rows, owners) }
        let present = rows.indices.filter { rows[$0] != UInt32.max }
        return (present.map { rows[$0] }, present.map { owners[$0] })
    }

    /// When the call was received, in microseconds since 1970.
    public func receivedAt(at row: Int) -> Int64 {
        receivedAtIsDelay
            ? timestamp(at: row) &+ receivedAtList.value(at: row) : receivedAtList.value(at: Int(arrivalList.value(at: row)))
    }

    /// Writes the instants of receipt of `rows` to `target`.
    public func receivedAts(_ rows: Range<Int>, into target: UnsafeMutableBufferPointer<Int64>) {
        guard let base = target.baseAddress else { return }
        guard receivedAtIsDelay else {
            arrivalList.decode(rows, into: base)
            for index in 0 ..< rows.count { target[index] = receivedAtList.value(at: Int(target[index])) }
            return
        }
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: max(1, rows.count)) { delays in
            guard let start = delays.baseAddress else { return }
            timestampList.decode(rows, into: base)
            receivedAtList.decode(rows, into: start)
            for index in 0 ..< rows.count { target[index] &+= delays[index] }
        }
    }

    /// Calls `body` with when each call was received, by arrival.
    ///
    /// What is kept by row is put in order a few million at a time, in a pass over all rows for each.
    func forEachReceivedAt(passCalls: Int = 1 << 23, _ body: (Int64) -> Void) {
        precondition(droppedCount == 0, "when dropped calls were received is not known")
        guard receivedAtIsDelay else {
            var list = IntCursor(receivedAtList)
            for _ in 0 ..< rowCount { body(list.next()) }
            return
        }
        for start in stride(from: 0, to: rowCount, by: passCalls) {
            let window = start ..< min(start + passCalls, rowCount)
            var instants = [Int64](repeating: 0, count: window.count)
            var (timestamps, arrivals, delays) = (IntCursor(timestampList), IntCursor(arrivalList), IntCursor(receivedAtList))
            for _ in 0 ..< rowCount {
                let (arrival, instant) = (Int(arrivals.next()), timestamps.next() &+ delays.next())
                if window.contains(arrival) { instants[arrival - start] = instant }
            }
            for instant in instants { body(instant) }
        }
    }

    // MARK: - Events

    /// The place of the row's event in ``eventNames``; that list's count plus the type's number when it has none.
    public func nameCode(at row: Int) -> Int { Int(nameOfKind[Int(kindList.value(at: row))]) }

    /// Writes the name codes of `rows` to `target`.
    public func nameCodes(_ rows: Range<Int>, into target: UnsafeMutableBufferPointer<UInt32>) {
        guard let target = target.baseAddress else { return }
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: 128) { codes in
            guard let base = codes.baseAddress else { return }
            nameOfKind.withUnsafeBufferPointer { nameOfKind in
                var first = rows.lowerBound
                while first < rows.upperBound {
                    // A block of the list at a time.
                    let end = min(first & ~127 + 128, rows.upperBound)
                    kindList.decode(first ..< end, into: base)
                    let names = target + (first - rows.lowerBound)
                    for index in 0 ..< end - first {
                        precondition(UInt64(bitPattern: codes[index]) < UInt64(nameOfKind.count), "no such kind")
                        names[index] = nameOfKind[Int(codes[index])]
                    }
                    first = end
                }
            }
        }
    }

    public func callType(at row: Int) -> CallType {
        CallType(rawValue: kinds[Int(kindList.value(at: row))].type) ?? .track
    }

    /// The rows that carry an event, of whatever type.
    public func rows(named code: Int) -> RowSet {
        guard code >= 0, code < eventNames.count else { return RowSet(rows: [], rowCount: rowCount) }
        return rows(ofKinds: kinds.indices.filter { nameOfKind[$0] == UInt32(code) })
    }

    /// The rows of a type.
    public func rows(ofType type: CallType) -> RowSet { rows(ofKinds: kinds.indices.filter { kinds[$0].type == type.rawValue }) }

    /// The rows that carry an event and are of a type.
    public func rows(named code: Int, type: CallType) -> RowSet {
        rows(ofKinds: kinds.indices.filter { nameOfKind[$0] == UInt32(code) && kinds[$0].type == type.rawValue })
    }

    private func rows(ofKinds wanted: [Int]) -> RowSet {
        let sets = wanted.map(rows(ofKind:))
        if sets.count == 1 { return sets[0] }
        return RowSet(rows: sets.flatMap(\.array).sorted(), rowCount: rowCount)
    }

    private func rows(ofKind kind: Int) -> RowSet {
        let none = RowSet(rows: [], rowCount: rowCount)
        guard let extent = directory.sections[PartLayout.SectionID.kindRows.rawValue] else { return none }
        let bytes = region.bytes.slice(extent.offset, extent.byteCount)
        let start = 4 * (kinds.count + 1)
        let first = Int(bytes.integer(at: 4 * kind, as: UInt32.self))
        let end = Int(bytes.integer(at: 4 * kind + 4, as: UInt32.self))
        return RowSet(bytes.slice(start + first, end - first), region: region) ?? none
    }
}
