internal import Columns
internal import Model

/// What kind of call a row holds: its event, when it has one, and its type.
struct EventKind: Hashable, Comparable, Sendable {
    var event: [UInt8]?
    var type: UInt8

    /// Kinds with an event first, by the event's bytes; then those without, by type.
    static func < (left: EventKind, right: EventKind) -> Bool {
        switch (left.event, right.event) {
        case (.some(let first), .some(let second)):
            let order = first.withUnsafeBytes { first in second.withUnsafeBytes { ByteOrder.compare(first, $0) } }
            return order == 0 ? left.type < right.type : order < 0
        case (.some, nil): return true
        case (nil, .some): return false
        case (nil, nil): return left.type < right.type
        }
    }
}

extension PartWriter {
    /// Writes owners with the first row of each, then timestamps and arrivals by row, and the instants of receipt.
    ///
    /// - Parameters:
    ///   - receivedAts: by arrival; not asked for when calls were dropped.
    ///   - delays: from timestamp to receipt, by row.
    mutating func rows(
        owners: IntList, starts: IntList, timestamps: IntList, arrivalOffsets: IntList, receivedAts: IntList, delays: IntList
    ) {
        section(.owners) { out in
            let start = out.reserve(4)
            PackedIntsEncoder.encode(appendingTo: &out, forEach: owners)
            out.setInteger(UInt32(out.count - start - 4), at: start)
            PackedIntsEncoder.encode(appendingTo: &out, forEach: starts)
        }
        section(.timestamps) { PackedIntsEncoder.encode(appendingTo: &$0, forEach: timestamps) }
        section(.arrivals) { PackedIntsEncoder.encode(appendingTo: &$0, forEach: arrivalOffsets) }
        // The instants of calls that were dropped are not known any more.
        let isDelay = info.rowCount < info.callCount || isShorter(delays, than: receivedAts)
        section(.receivedAts) { out in
            out.appendInteger(UInt8(isDelay ? 1 : 0))
            if isDelay {
                PackedIntsEncoder.encode(appendingTo: &out, forEach: delays)
            } else {
                PackedIntsEncoder.encode(appendingTo: &out, forEach: receivedAts)
            }
        }
    }

    private func isShorter(_ delays: IntList, than receivedAts: IntList) -> Bool {
        let delayBytes = ByteOutput.count { PackedIntsEncoder.encode(appendingTo: &$0, forEach: delays) }
        // Nothing is shorter than a list of equal values, which these are not.
        if delayBytes == PackedIntsEncoder.headerBytes, info.minReceivedAt != info.maxReceivedAt { return true }
        return delayBytes < ByteOutput.count { PackedIntsEncoder.encode(appendingTo: &$0, forEach: receivedAts) }
    }

    /// Writes the kinds of all rows; `codes` index `kinds`, which are sorted and all used.
    mutating func kinds(_ kinds: [EventKind], codes: IntList) {
        section(.kinds) { out in
            out.appendInteger(UInt32(kinds.count))
            for kind in kinds {
                out.append([kind.event == nil ? 0 : 1, kind.type])
                (kind.event ?? []).withUnsafeBytes { out.pending.appendCounted($0) }
            }
            PackedIntsEncoder.encode(appendingTo: &out, forEach: codes)
        }
        var counts = [Int](repeating: 0, count: kinds.count)
        codes { counts[Int($0)] += 1 }
        let rowCount = info.rowCount
        section(.kindRows) { out in
            let offsets = out.reserve(4 * (kinds.count + 1))
            let start = out.count
            for batch in PartWriter.batches(counts) {
                var rows = [RowSetEncoder](repeating: RowSetEncoder(), count: batch.count)
                var row: UInt32 = 0
                codes { code in
                    if batch.contains(Int(code)) { rows[Int(code) - batch.lowerBound].add(row) }
                    row += 1
                }
                for index in batch {
                    rows[index - batch.lowerBound].finish(rowCount: rowCount, appendingTo: &out)
                    out.setInteger(UInt32(out.count - start), at: offsets + 4 * (index + 1))
                    out.handOn()
                }
            }
        }
    }

    /// Neighbours that have few enough rows for the sets of these to be in memory at once.
    private static func batches(_ counts: [Int]) -> [Range<Int>] {
        var batches: [Range<Int>] = []
        var rowCount = 0
        for (index, count) in counts.enumerated() {
            rowCount += count
            if let last = batches.last, rowCount <= heldRowsMax {
                batches[batches.count - 1] = last.lowerBound ..< index + 1
            } else {
                batches.append(index ..< index + 1)
                rowCount = count
            }
        }
        return batches
    }

    private static let heldRowsMax = 1 << 24

    /// Writes the decisions made with the part's calls, `count` of them, which `forEach` gives each time that it is called.
    mutating func decisions(count: Int, forEach: @escaping ((Decision) -> Void) -> Void) {
        info.decisionCount = count
        if count == 0 { return section(.decisions) { _ in } }
        let firstArrival = info.firstArrival
        section(.decisions) { DecisionSection.write(firstArrival: firstArrival, appendingTo: &$0, forEach: forEach) }
    }
}
