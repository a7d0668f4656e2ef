internal import Columns

/// Joins neighbouring parts into one.
///
/// The result depends on the calls alone, not on how they were cut into parts.
///
/// Works one column at a time: it needs about 24 bytes a row beside the parts and the result.
struct PartMerger {
    private let parts: [Part]
    private let firstArrival: UInt64
    private let rowCount: Int
    /// The new row of each part's rows.
    private var newRows: [[UInt32]] = []

    /// The joined part in memory.
    static func merge(_ parts: [Part]) -> Part {
        if parts.count == 1 { return parts[0] }
        return Part.inMemory(bytes(parts, level: nil, seed: nil))
    }

    /// The bytes of the joined part for a file: packed, with an index of its messageIds hashed with `seed`.
    static func fileBytes(_ parts: [Part], seed: UInt64) -> [UInt8] { bytes(parts, level: 3, seed: seed) }

    static func bytes(_ parts: [Part], level: Int32?, seed: UInt64?) -> [UInt8] {
        var merger = PartMerger(parts)
        var writer = PartWriter(level: level)
        merger.writeRows(&writer)
        merger.writeKinds(&writer)
        merger.writeArrivals(&writer, seed: seed)
        merger.writeSide(&writer)
        merger.writeColumns(&writer)
        return writer.finish()
    }

    private init(_ parts: [Part]) {
        for (left, right) in zip(parts, parts.dropFirst()) {
            precondition(left.endArrival == right.firstArrival, "only neighbouring parts can be joined")
        }
        self.parts = parts
        firstArrival = parts.first?.firstArrival ?? 0
        rowCount = parts.reduce(0) { $0 + $1.rowCount }
    }

    // MARK: - Rows

    /// The rows of one part, laid out for merging.
    private struct Source {
        let owners: [UInt32]
        let timestamps: [Int64]
        let arrivals: [Int64]
        var row = 0

        init(_ part: Part, firstArrival: UInt64) {
            var owners: [UInt32] = []
            owners.reserveCapacity(part.rowCount)
            let (ordinals, starts) = part.owners()
            for index in ordinals.indices {
                let end = index + 1 < starts.count ? Int(starts[index + 1]) : part.rowCount
                owners.append(contentsOf: repeatElement(ordinals[index], count: end - Int(starts[index])))
            }
            self.owners = owners
            timestamps = part.timestampList.array()
            let distance = Int64(part.firstArrival - firstArrival)
            arrivals = part.arrivalList.array().map { $0 + distance }
        }

        var isAtEnd: Bool { row == owners.count }

        /// Arrivals of different parts never meet, and those of an earlier part are lower.
        @inline(__always) func precedes(_ other: Source) -> Bool {
            if owners[row] != other.owners[other.row] { return owners[row] < other.owners[other.row] }
            return timestamps[row] <= other.timestamps[other.row]
        }
    }

    private mutating func writeRows(_ writer: inout PartWriter) {
        writer.info.rowCount = rowCount
        writer.info.firstArrival = firstArrival
        writer.info.endArrival = parts.last?.endArrival ?? 0
        var sources = parts.map { Source($0, firstArrival: firstArrival) }
        newRows = parts.map { part in
            var rows: [UInt32] = []
            rows.reserveCapacity(part.rowCount)
            return rows
        }
        var owners: [UInt32] = []
        var timestamps: [Int64] = []
        var arrivals: [Int64] = []
        owners.reserveCapacity(rowCount)
        timestamps.reserveCapacity(rowCount)
        arrivals.reserveCapacity(rowCount)
        for row in 0 ..< rowCount {
            var best = -1
            for index in sources.indices where !sources[index].isAtEnd {
                if best < 0 || !sources[best].precedes(sources[index]) { best = index }
            }
            let source = sources[best].row
            owners.append(sources[best].owners[source])
            timestamps.append(sources[best].timestamps[source])
            arrivals.append(sources[best].arrivals[source])
            newRows[best].append(UInt32(row))
            sources[best].row += 1
        }
        writer.rows(
            owners: owners, timestamps: timestamps, arrivalOffsets: arrivals, receivedAts: parts.flatMap(\.receivedAtsByArrival))
    }

    private func writeKinds(_ writer: inout PartWriter) {
        let kinds = Set(parts.flatMap(\.kinds)).sorted()
        let places = Dictionary(uniqueKeysWithValues: kinds.enumerated().map { ($0.element, Int64($0.offset)) })
        var codes = [Int64](repeating: 0, count: rowCount)
        for (part, rows) in zip(parts, newRows) {
            let place = part.kinds.map { places[$0] ?? 0 }
            for (row, code) in part.kindList.array().enumerated() { codes[Int(rows[row])] = place[Int(code)] }
        }
        writer.kinds(kinds, codes: codes)
    }

    // MARK: - By arrival

    private func writeArrivals(_ writer: inout PartWriter, seed: UInt64?) {
        writer.payloadHashes(parts.flatMap(\.payloadHashes))
        var ids = TextBlocksEncoder(level: writer.level)
        for part in parts { part.messageIDs.forEach { ids.append($0) } }
        writer.section(.messageIDs) { ids.finish(appendingTo: &$0) }
        guard let seed else { return }
        writer.section(.dedupe) { out in
            DedupeIndex.write(count: rowCount, seed: seed, appendingTo: &out) { take in
                for part in parts { part.messageIDs.forEach { take(XXHash.hash128($0, seed: seed).high) } }
            }
        }
    }

    private func writeSide(_ writer: inout PartWriter) {
        var section = IdentitySection(level: writer.level)
        for part in parts {
            let distance = Int64(part.firstArrival - firstArrival)
            part.forEachNewIdentity { entry in
                section.add(
                    type: entry.type, value: entry.value, arrivalOffset: Int64(entry.arrivalOffset) + distance,
                    receivedAt: entry.receivedAt)
            }
        }
        writer.info.firstOrdinal = parts.first?.info.firstOrdinal ?? 0
        writer.info.identityCount = parts.reduce(0) { $0 + $1.info.identityCount }
        writer.section(.identities) { section.finish(appendingTo: &$0) }
        writer.decisions(parts.flatMap(\.decisions))
    }

    // MARK: - Columns

    private func writeColumns(_ writer: inout PartWriter) {
        var places: [ColumnKey: [(part: Int, column: Int)]] = [:]
        for (number, part) in parts.enumerated() {
            for (column, entry) in part.directory.columns.enumerated() { places[entry.key, default: []].append((number, column)) }
        }
        for key in places.keys.sorted() {
            let sources = (places[key] ?? []).map { (newRows[$0.part], parts[$0.part].unkeptColumn(number: $0.column)) }
            writer.column(key, ColumnMerger.merge(sources, level: writer.level))
        }
    }
}

/// Joins the same column of several parts.
enum ColumnMerger {
    static func merge(_ sources: [(newRows: [UInt32], column: PropertyColumn)], level: Int32?) -> ColumnDraft {
        var result = ColumnDraft()
        let codes = dictionary(sources.map(\.column.dictionary), level: level, to: &result.dictionary)
        let drafts = sources.enumerated().map { number, source in
            var draft = source.column.draft()
            for index in draft.rows.indices { draft.rows[index] = source.newRows[Int(draft.rows[index])] }
            for index in draft.cells.indices where draft.kinds[index] >= ValueKind.bigNumber.rawValue {
                draft.cells[index] = codes[number][Int(draft.cells[index])]
            }
            return draft
        }
        if drafts.count == 1 {
            result.rows = drafts[0].rows
            result.kinds = drafts[0].kinds
            result.cells = drafts[0].cells
            return result
        }
        let count = drafts.reduce(0) { $0 + $1.rows.count }
        result.rows.reserveCapacity(count)
        result.kinds.reserveCapacity(count)
        result.cells.reserveCapacity(count)
        var next = [Int](repeating: 0, count: drafts.count)
        // The row where each draft stands, behind all rows once it is at its end.
        var heads = drafts.map { $0.rows.first ?? .max }
        for _ in 0 ..< count {
            var best = 0
            for index in heads.indices where heads[index] < heads[best] { best = index }
            let place = next[best]
            result.rows.append(heads[best])
            result.kinds.append(drafts[best].kinds[place])
            result.cells.append(drafts[best].cells[place])
            next[best] = place + 1
            heads[best] = place + 1 < drafts[best].rows.count ? drafts[best].rows[place + 1] : .max
        }
        return result
    }

    /// Joins dictionaries; the new code of each code of each dictionary.
    private static func dictionary(_ dictionaries: [StringDictionary], level: Int32?, to out: inout [UInt8]) -> [[Int64]] {
        var codes = dictionaries.map { dictionary in
            var codes: [Int64] = []
            codes.reserveCapacity(dictionary.count)
            return codes
        }
        var cursors = dictionaries.map(\.cursor)
        var encoder = TextBlocksEncoder(level: level)
        var count: Int64 = 0
        var text: [UInt8] = []
        while true {
            var best = -1
            for index in cursors.indices where !cursors[index].isAtEnd {
                if best < 0 || cursors[index].precedes(cursors[best]) { best = index }
            }
            guard best >= 0 else { break }
            cursors[best].withText {
                text.removeAll(keepingCapacity: true)
                text.append(contentsOf: $0)
                encoder.append($0)
            }
            for index in cursors.indices where !cursors[index].isAtEnd && cursors[index].isAt(text) {
                codes[index].append(count)
                cursors[index].advance()
            }
            count += 1
        }
        if count > 0 { encoder.finish(appendingTo: &out) }
        return codes
    }
}

extension TextCursor {
    fileprivate func precedes(_ other: TextCursor) -> Bool {
        withText { text in other.withText { ByteOrder.precedes(text, $0) } }
    }

    fileprivate func isAt(_ text: [UInt8]) -> Bool {
        withText { current in text.withUnsafeBytes { ByteOrder.areEqual(current, $0) } }
    }
}
