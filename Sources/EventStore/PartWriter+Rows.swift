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
    /// Writes owners, timestamps and arrivals, all by row, and the instants of receipt, which are given by arrival.
    mutating func rows(owners: [UInt32], timestamps: [Int64], arrivalOffsets: [Int64], receivedAts: [Int64]) {
        var ordinals: [Int64] = []
        var starts: [Int64] = []
        for row in owners.indices where row == 0 || owners[row] != owners[row - 1] {
            ordinals.append(Int64(owners[row]))
            starts.append(Int64(row))
        }
        info.minTimestamp = timestamps.min() ?? Int64.max
        info.maxTimestamp = timestamps.max() ?? Int64.min
        section(.owners) { out in
            let start = out.count
            out.appendInteger(UInt32(0))
            PackedIntsEncoder.encode(ordinals, appendingTo: &out)
            out.setInteger(UInt32(out.count - start - 4), at: start)
            PackedIntsEncoder.encode(starts, appendingTo: &out)
        }
        section(.timestamps) { PackedIntsEncoder.encode(timestamps, appendingTo: &$0) }
        section(.arrivals) { PackedIntsEncoder.encode(arrivalOffsets, appendingTo: &$0) }
        info.minReceivedAt = receivedAts.min() ?? Int64.max
        info.maxReceivedAt = receivedAts.max() ?? Int64.min
        section(.receivedAts) { out in
            var byArrival: [UInt8] = [0]
            var byRow: [UInt8] = [1]
            PackedIntsEncoder.encode(receivedAts, appendingTo: &byArrival)
            let delays = zip(arrivalOffsets, timestamps).map { receivedAts[Int($0)] &- $1 }
            PackedIntsEncoder.encode(delays, appendingTo: &byRow)
            out.append(contentsOf: byRow.count < byArrival.count ? byRow : byArrival)
        }
    }

    /// Writes the kinds of all rows; `codes` index `kinds`, which are sorted and all used.
    mutating func kinds(_ kinds: [EventKind], codes: [Int64]) {
        section(.kinds) { out in
            out.appendInteger(UInt32(kinds.count))
            for kind in kinds {
                out.append(kind.event == nil ? 0 : 1)
                out.append(kind.type)
                (kind.event ?? []).withUnsafeBytes { out.appendCounted($0) }
            }
            PackedIntsEncoder.encode(codes, appendingTo: &out)
        }
        var rows = [[UInt32]](repeating: [], count: kinds.count)
        for (row, code) in codes.enumerated() { rows[Int(code)].append(UInt32(row)) }
        let rowCount = codes.count
        section(.kindRows) { out in
            var sets: [UInt8] = []
            out.appendInteger(UInt32(0))
            for set in rows {
                RowSetEncoder.encode(set, rowCount: rowCount, appendingTo: &sets)
                out.appendInteger(UInt32(sets.count))
            }
            out.append(contentsOf: sets)
        }
    }

    /// Writes the low 24 bits of the payload hashes, by arrival.
    mutating func payloadHashes(_ hashes: [UInt32]) {
        section(.payloadHashes) { out in
            for hash in hashes {
                for shift in stride(from: UInt32(0), to: 24, by: 8) { out.append(UInt8(truncatingIfNeeded: hash >> shift)) }
            }
        }
    }

    /// Writes identities, those first seen in the part's calls.
    mutating func identities(_ table: IdentityTable, _ ordinals: Range<UInt32>) {
        info.firstOrdinal = ordinals.lowerBound
        info.identityCount = ordinals.count
        var section = IdentitySection(level: level)
        for ordinal in ordinals {
            var type = table.type(of: ordinal).text
            type.withUTF8 { type in
                table.withValue(of: ordinal) { value in
                    section.add(
                        type: UnsafeRawBufferPointer(type), value: value,
                        arrivalOffset: Int64(table.firstArrival(of: ordinal) - info.firstArrival),
                        receivedAt: table.firstReceivedAt(of: ordinal).microseconds)
                }
            }
        }
        self.section(.identities) { section.finish(appendingTo: &$0) }
    }

    /// Writes the decisions made with the part's calls.
    mutating func decisions(_ decisions: [Decision]) {
        info.decisionCount = decisions.count
        let firstArrival = info.firstArrival
        section(.decisions) { DecisionSection.write(decisions, firstArrival: firstArrival, appendingTo: &$0) }
    }
}
