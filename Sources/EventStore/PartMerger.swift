internal import Columns

/// Joins neighbouring parts into one.
///
/// The result depends on the calls alone, not on how they were cut into parts. Rows may be left out: nothing of their calls stays but
/// the messageIds and the hashes of the payloads, by which a repeat is still known.
///
/// Reads the parts as it writes, one column after another: beside its output it needs a byte a row, eight for each of half a
/// million rows while the index of messageIds is sorted, and four for each distinct text of the column at hand.
struct PartMerger {
    private let parts: [Part]
    private let firstArrival: UInt64
    private let order: MergeOrder

    /// The joined part in memory.
    static func merge(_ parts: [Part]) -> Part {
        if parts.count == 1 { return parts[0] }
        return Part.inMemory(bytes(parts, level: nil, seed: nil))
    }

    /// The bytes of the joined part for a file: packed, with an index of its messageIds hashed with `seed`.
    static func fileBytes(_ parts: [Part], seed: UInt64) -> [UInt8] { bytes(parts, level: 3, seed: seed) }

    static func bytes(_ parts: [Part], level: Int32?, seed: UInt64?) -> [UInt8] {
        var writer = PartWriter(level: level)
        write(parts, seed: seed, to: &writer)
        return writer.finish()
    }

    /// Writes all sections and columns of the joined part, unless `isStopping` says at some moment that nobody wants it any more.
    static func write(
        _ parts: [Part], leavingOut masks: [RowMask?]? = nil, seed: UInt64?, to writer: inout PartWriter,
        isStopping: () -> Bool = { false }
    ) {
        if parts.count > MergeOrder.partsMax, masks == nil {
            let joined = merge(Array(parts.prefix(MergeOrder.partsMax)))
            return write([joined] + parts.dropFirst(MergeOrder.partsMax), seed: seed, to: &writer, isStopping: isStopping)
        }
        let merger = PartMerger(parts, leavingOut: masks ?? Array(repeating: nil, count: parts.count))
        merger.writeRows(&writer)
        if isStopping() { return }
        merger.writeKinds(&writer)
        merger.writeArrivals(&writer, seed: seed)
        if isStopping() { return }
        merger.writeSide(&writer)
        merger.writeColumns(&writer, isStopping)
    }

    private init(_ parts: [Part], leavingOut masks: [RowMask?]) {
        for (left, right) in zip(parts, parts.dropFirst()) {
            precondition(left.endArrival == right.firstArrival, "only neighbouring parts can be joined")
        }
        self.parts = parts
        firstArrival = parts.first?.firstArrival ?? 0
        order = MergeOrder(parts, leavingOut: masks)
    }

    /// How far each part's first arrival lies behind the first of all.
    private var distances: [Int64] { parts.map { Int64($0.firstArrival - firstArrival) } }

    // MARK: - Rows

    private func writeRows(_ writer: inout PartWriter) {
        writer.info.rowCount = order.rowCount
        writer.info.firstArrival = firstArrival
        writer.info.endArrival = parts.last?.endArrival ?? 0
        (writer.info.minTimestamp, writer.info.maxTimestamp) = timestampBounds
        // Those of the calls that are left out count, too: the watermark does not go back.
        writer.info.minReceivedAt = parts.map(\.minReceivedAt).min() ?? Int64.max
        writer.info.maxReceivedAt = parts.map(\.maxReceivedAt).max() ?? Int64.min
        let distances = distances
        writer.rows(
            owners: order.owners, starts: order.ownerStarts,
            timestamps: { take in order.forEach(parts.map(\.timestampList)) { take($1) } },
            arrivalOffsets: { take in order.forEach(parts.map(\.arrivalList)) { part, arrival in take(arrival + distances[part]) }
            },
            receivedAts: { take in for part in parts { part.forEachReceivedAt(take) } },
            delays: { take in
                var cursors = zip(parts, order.masks).map(DelayCursor.init)
                for part in order.partOfRow { take(cursors[Int(part)].next()) }
            })
    }

    private var timestampBounds: (min: Int64, max: Int64) {
        var bounds = (min: Int64.max, max: Int64.min)
        for (part, mask) in zip(parts, order.masks) {
            guard let mask else {
                bounds = (min(bounds.min, part.minTimestamp), max(bounds.max, part.maxTimestamp))
                continue
            }
            var timestamps = IntCursor(part.timestampList, leavingOut: mask)
            for _ in 0 ..< part.rowCount - mask.count {
                let timestamp = timestamps.next()
                bounds = (min(bounds.min, timestamp), max(bounds.max, timestamp))
            }
        }
        return bounds
    }

    private func writeKinds(_ writer: inout PartWriter) {
        let kinds = Set(zip(parts, order.masks).flatMap(PartMerger.usedKinds)).sorted()
        let places = Dictionary(uniqueKeysWithValues: kinds.enumerated().map { ($0.element, Int64($0.offset)) })
        let codes = parts.map { part in part.kinds.map { places[$0] ?? 0 } }
        writer.kinds(kinds) { take in order.forEach(parts.map(\.kindList)) { part, code in take(codes[part][Int(code)]) } }
    }

    private static func usedKinds(_ part: Part, leavingOut mask: RowMask?) -> [EventKind] {
        guard let mask else { return part.kinds }
        var used = RowMask(limit: part.kinds.count)
        var codes = IntCursor(part.kindList, leavingOut: mask)
        for _ in 0 ..< part.rowCount - mask.count { used.insert(Int(codes.next())) }
        return part.kinds.indices.filter { used.contains($0) }.map { part.kinds[$0] }
    }

    // MARK: - By arrival

    private func writeArrivals(_ writer: inout PartWriter, seed: UInt64?) {
        writer.section(.payloadHashes) { out in
            for part in parts { out.append(part.bytes(of: .payloadHashes) ?? UnsafeRawBufferPointer(start: nil, count: 0)) }
        }
        if let seed, let ids = unchangedIDs(seed: seed) {
            writer.section(.messageIDs) { $0.append(ids.texts) }
            writer.section(.dedupe) { $0.append(ids.index) }
            return
        }
        let level = writer.level
        writer.section(.messageIDs) { out in
            var ids = TextBlocksEncoder(level: level, appendingTo: &out)
            for part in parts { part.messageIDs.forEach { ids.append($0, to: &out) } }
            ids.finish(&out)
        }
        guard let seed else { return }
        let callCount = writer.info.callCount
        writer.section(.dedupe) { out in
            DedupeIndex.write(count: callCount, seed: seed, appendingTo: &out) { take in
                for part in parts { part.messageIDs.forEach { take(XXHash.hash128($0, seed: seed).high) } }
            }
        }
    }

    /// The messageIds and their index as they stand in the file from which rows are left out; nil when they have to be written anew.
    private func unchangedIDs(seed: UInt64) -> (texts: UnsafeRawBufferPointer, index: UnsafeRawBufferPointer)? {
        guard parts.count == 1, order.masks[0] != nil, parts[0].dedupe?.seed == seed, let texts = parts[0].bytes(of: .messageIDs),
            let index = parts[0].bytes(of: .dedupe)
        else { return nil }
        return (texts, index)
    }

    private func writeSide(_ writer: inout PartWriter) {
        writer.info.firstOrdinal = parts.first?.info.firstOrdinal ?? 0
        writer.info.identityCount = parts.reduce(0) { $0 + $1.info.identityCount }
        let level = writer.level
        writer.section(.identities) { out in
            IdentitySection.write(level: level, appendingTo: &out) { take in
                for (part, distance) in zip(parts, distances) {
                    part.forEachNewIdentity { entry in
                        var entry = entry
                        entry.arrivalOffset += Int(distance)
                        take(entry)
                    }
                }
            }
        }
        writer.decisions(parts.flatMap(\.decisions))
    }

    // MARK: - Columns

    private func writeColumns(_ writer: inout PartWriter, _ isStopping: () -> Bool) {
        var places: [ColumnKey: [Int?]] = [:]
        for (number, part) in parts.enumerated() {
            for (column, entry) in part.directory.columns.enumerated() {
                places[entry.key, default: Array(repeating: nil, count: parts.count)][number] = column
            }
        }
        for key in places.keys.sorted() where !isStopping() {
            let columns = zip(parts, places[key] ?? []).map { part, number in number.map { part.unkeptColumn(number: $0) } }
            writer.column(key, MergedColumn(order, columns: columns, level: writer.level))
        }
    }
}

/// Reads a part's times from timestamp to receipt, row by row.
private struct DelayCursor {
    private let part: Part
    private var delays: IntCursor
    private var timestamps: IntCursor
    private var arrivals: IntCursor

    init(_ part: Part, leavingOut mask: RowMask?) {
        self.part = part
        // By arrival it is looked into, never walked.
        delays = IntCursor(part.receivedAtList, leavingOut: part.receivedAtIsDelay ? mask : nil)
        timestamps = IntCursor(part.timestampList, leavingOut: mask)
        arrivals = IntCursor(part.arrivalList, leavingOut: mask)
    }

    mutating func next() -> Int64 {
        if part.receivedAtIsDelay { return delays.next() }
        return part.receivedAtList.value(at: Int(arrivals.next())) &- timestamps.next()
    }
}
