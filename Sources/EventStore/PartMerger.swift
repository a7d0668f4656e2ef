internal import Columns
internal import Disks
internal import Model

/// Joins neighbouring parts into one.
///
/// The result depends on the calls alone, not on how they were cut into parts. Rows may be left out: nothing of their calls stays but
/// the messageIds and the hashes of the payloads, by which a repeat is still known.
///
/// Reads the parts as it writes, one column after another: beside its output it needs a byte a row and eight an owner, eight a call
/// while the index of messageIds is sorted, and four for each distinct text of the column at hand. In a long merge these lie in files:
/// in memory are then about a byte a row while the rows of each kind are collected, and a bit or two for those of a column.
struct PartMerger {
    private let parts: [Part]
    private let firstArrival: UInt64
    private let order: MergeOrder
    private let scratch: Scratch?
    /// Whom to take out of what is written, of a part alone.
    private let erasure: Erasure?

    /// The joined part in memory.
    static func merge(_ parts: [Part]) -> Part {
        if parts.count == 1 { return parts[0] }
        return Part.inMemory(bytes(parts, level: nil, seed: nil))
    }

    /// The bytes of the joined part for a file: packed, with an index of its messageIds hashed with `seed`.
    static func fileBytes(_ parts: [Part], seed: UInt64) -> [UInt8] { bytes(parts, level: 3, seed: seed) }

    static func bytes(_ parts: [Part], level: Int32?, seed: UInt64?) -> [UInt8] {
        var writer = PartWriter(level: level)
        do throws(DiskFailure) { try write(parts, seed: seed, to: &writer) } catch {
            preconditionFailure("a merge in memory met a disk: \(error)")
        }
        return writer.finish()
    }

    /// Writes all sections and columns of the joined part, unless `isStopping` says at some moment that nobody wants it any more.
    ///
    /// - Parameters:
    ///   - erasure: whose identities are taken out of a part, which is then the only one, with the rows of its mask and these calls' messageIds.
    ///   - scratch: where what is long is kept meanwhile; without it everything stays in memory, and nothing is thrown.
    static func write(
        _ parts: [Part], leavingOut masks: [RowMask?]? = nil, erasing erasure: Erasure? = nil, seed: UInt64?,
        to writer: inout PartWriter, scratch: Scratch? = nil, isStopping: @escaping () -> Bool = { false }
    ) throws(DiskFailure) {
        precondition(erasure == nil || parts.count == 1, "people are erased from one part at a time")
        if parts.count > MergeOrder.partsMax, masks == nil {
            let joined = [merge(Array(parts.prefix(MergeOrder.partsMax)))] + parts.dropFirst(MergeOrder.partsMax)
            return try write(joined, seed: seed, to: &writer, scratch: scratch, isStopping: isStopping)
        }
        let masks = masks ?? Array(repeating: nil, count: parts.count)
        let merger = try PartMerger(parts, leavingOut: masks, erasing: erasure, scratch: scratch, isStopping: isStopping)
        if isStopping() { return }
        merger.writeRows(&writer)
        if isStopping() { return }
        merger.writeKinds(&writer)
        if isStopping() { return }
        try merger.writeArrivals(&writer, seed: seed)
        if isStopping() { return }
        merger.writeSide(&writer)
        try merger.writeColumns(&writer)
    }

    private init(
        _ parts: [Part], leavingOut masks: [RowMask?], erasing erasure: Erasure?, scratch: Scratch?,
        isStopping: @escaping () -> Bool
    ) throws(DiskFailure) {
        for (left, right) in zip(parts, parts.dropFirst()) {
            precondition(left.endArrival == right.firstArrival, "only neighbouring parts can be joined")
        }
        self.parts = parts
        firstArrival = parts.first?.firstArrival ?? 0
        self.scratch = scratch
        self.erasure = erasure
        order = try MergeOrder(parts, leavingOut: masks, scratch: scratch, isStopping: isStopping)
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
            owners: { take in for owner in order.owners { take(Int64(owner)) } },
            starts: { take in for start in order.ownerStarts { take(Int64(start)) } },
            timestamps: { take in order.forEach(parts.map(\.timestampList)) { take($1) } },
            arrivalOffsets: { take in order.forEach(parts.map(\.arrivalList)) { part, arrival in take(arrival + distances[part]) }
            },
            receivedAts: { take in for part in parts { part.forEachReceivedAt(take) } },
            delays: { take in
                var cursors = zip(parts, order.masks).map(DelayCursor.init)
                for stretch in order.stretches {
                    if order.isStopping() { return }
                    for part in order.partOfRow[stretch] { take(cursors[Int(part)].next()) }
                }
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
        let kinds = Set(zip(parts, order.masks).flatMap(PartMerger.usedKinds).map(written)).sorted()
        let places = Dictionary(uniqueKeysWithValues: kinds.enumerated().map { ($0.element, Int64($0.offset)) })
        let codes = parts.map { part in part.kinds.map { places[written($0)] ?? 0 } }
        writer.kinds(kinds) { take in order.forEach(parts.map(\.kindList)) { part, code in take(codes[part][Int(code)]) } }
    }

    private func written(_ kind: EventKind) -> EventKind { erasure?.redaction.redacted(kind) ?? kind }

    private static func usedKinds(_ part: Part, leavingOut mask: RowMask?) -> [EventKind] {
        guard let mask else { return part.kinds }
        var used = RowMask(limit: part.kinds.count)
        var codes = IntCursor(part.kindList, leavingOut: mask)
        for _ in 0 ..< part.rowCount - mask.count { used.insert(Int(codes.next())) }
        return part.kinds.indices.filter { used.contains($0) }.map { part.kinds[$0] }
    }

    // MARK: - By arrival

    private func writeArrivals(_ writer: inout PartWriter, seed: UInt64?) throws(DiskFailure) {
        writer.section(.payloadHashes) { out in
            for part in parts { out.appendMany(part.bytes(of: .payloadHashes) ?? UnsafeRawBufferPointer(start: nil, count: 0)) }
        }
        if let seed, let ids = unchangedIDs(seed: seed) {
            writer.section(.messageIDs) { $0.appendMany(ids.texts) }
            writer.section(.dedupe) { $0.appendMany(ids.index) }
            return
        }
        let level = writer.level
        writer.section(.messageIDs) { out in
            var ids = TextBlocksEncoder(level: level, appendingTo: &out)
            forEachMessageID(erasedWith: seed) { ids.append($0, to: &out) }
            ids.finish(&out)
        }
        guard let seed else { return }
        var index = DedupeIndexDraft(count: writer.info.callCount, seed: seed, scratch: scratch)
        forEachMessageID(erasedWith: nil) { index.append(MessageHash.of($0, seed: seed).high) }
        if order.isStopping() { return }
        try writer.section(.dedupe) { out throws(DiskFailure) in try index.write(to: &out) }
    }

    /// - Parameter seed: gives the hashes in the place of ids of calls that are erased and of ids that name somebody; nil gives the ids.
    private func forEachMessageID(erasedWith seed: UInt64?, _ body: (UnsafeRawBufferPointer) -> Void) {
        let kept = seed.flatMap { _ in keptCalls }
        for part in parts {
            for number in 0 ..< part.messageIDs.blockCount {
                if number % 512 == 0, order.isStopping() { return }
                let block = part.messageIDs.block(number)
                for index in 0 ..< block.count {
                    let isKept = kept?.contains(number * TextBlocksEncoder.blockSize + index) ?? true
                    block.withText(index) { id in
                        guard let seed, !isKept || erasure?.redaction.isIn(id) == true else { return body(id) }
                        MessageHash.erased(id, seed: seed).withUnsafeBytes(body)
                    }
                }
            }
        }
    }

    /// By arrival, the calls that are there; nil when nobody is erased.
    ///
    /// Whose calls were deleted before is not known any more, so that the ids of all of those are made hashes.
    private var keptCalls: RowMask? {
        guard erasure != nil, let part = parts.first else { return nil }
        var calls = RowMask(limit: part.info.callCount)
        for row in 0 ..< part.rowCount where !(order.masks[0]?.contains(row) ?? false) {
            calls.insert(Int(part.arrivalList.value(at: row)))
        }
        return calls
    }

    /// The messageIds and their index as they stand in the file from which rows are left out; nil when they have to be written anew.
    private func unchangedIDs(seed: UInt64) -> (texts: UnsafeRawBufferPointer, index: UnsafeRawBufferPointer)? {
        guard parts.count == 1, erasure == nil ? order.masks[0] != nil : order.masks[0] == nil && parts[0].droppedCount == 0,
            parts[0].dedupe?.seed == seed, !(erasure?.redaction.isInMessageIDs(of: parts[0]) ?? false),
            let texts = parts[0].bytes(of: .messageIDs),
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
                    var ordinal = part.info.firstOrdinal
                    part.forEachNewIdentity { entry in
                        var entry = entry
                        entry.arrivalOffset += Int(distance)
                        defer { ordinal += 1 }
                        guard let erasure, erasure.identities.contains(ordinal) else { return take(entry) }
                        let tombstone = Erasure.tombstone(ordinal)
                        Array(tombstone.type.text.utf8).withUnsafeBytes { type in
                            Array(tombstone.value.utf8).withUnsafeBytes { value in
                                (entry.type, entry.value) = (type, value)
                                take(entry)
                            }
                        }
                    }
                }
            }
        }
        writer.decisions(count: parts.reduce(0) { $0 + $1.info.decisionCount }) { take in
            for part in parts { part.forEachDecision(take) }
        }
    }

    // MARK: - Columns

    private func writeColumns(_ writer: inout PartWriter) throws(DiskFailure) {
        var places: [ColumnKey: [Int?]] = [:]
        for (number, part) in parts.enumerated() {
            for (column, entry) in part.directory.columns.enumerated() {
                places[entry.key, default: Array(repeating: nil, count: parts.count)][number] = column
            }
        }
        let renamed = erasure?.redaction.renamed(places.keys) ?? [:]
        for key in places.keys.sorted() where !order.isStopping() {
            let columns = zip(parts, places[key] ?? []).map { part, number in number.map { part.unkeptColumn(number: $0) } }
            let column = MergedColumn(
                order, columns: columns, level: writer.level, redaction: erasure?.redaction, scratch: scratch)
            try writer.column(renamed[key] ?? key, column)
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
