internal import Columns
internal import Model

/// Builds a part from calls.
struct PartBuilder {
    private var columns: [ColumnAccumulator] = []
    /// The keys of `columns`, apart because looking into an accumulator copies it.
    private var columnKeys: [ColumnKey] = []
    private var columnNumbers: [ColumnKey: Int] = [:]
    /// For each column the one that followed it last, which is most often the next again.
    private var successors: [Int] = []
    private var lastColumn = -1
    private var events = TextInterner()
    private var kinds: [UInt64: Int] = [:]
    private var kindTable: [EventKind] = []
    private var kindOfCall: [Int64] = []
    private var timestamps: [Int64] = []
    private var receivedAts: [Int64] = []
    private var payloadHashes: [UInt32] = []
    private var messageIDs: TextBlocksEncoder
    private var messageHashes: [UInt64] = []
    private let level: Int32?
    private let seed: UInt64?

    private init(level: Int32?, seed: UInt64?) {
        self.level = level
        self.seed = seed
        messageIDs = TextBlocksEncoder(level: level)
    }

    /// The part of the calls in memory, with the identities and decisions that came with them.
    static func build(
        _ rows: CallRows, identities: IdentityTable, ordinals: Range<UInt32>, decisions: [Decision]
    ) -> Part {
        Part.inMemory(bytes(rows, identities: identities, ordinals: ordinals, decisions: decisions, level: nil, seed: nil))
    }

    /// The bytes of such a part; with a `seed` those of the file that ``PartMerger`` makes of it.
    static func bytes(
        _ rows: CallRows, identities: IdentityTable, ordinals: Range<UInt32>, decisions: [Decision], level: Int32?, seed: UInt64?
    ) -> [UInt8] {
        var builder = PartBuilder(level: level, seed: seed)
        rows.forEach { index, call in builder.add(call, at: UInt32(index)) }
        return builder.finish(rows, identities, ordinals, decisions)
    }

    // MARK: - Taking calls apart

    private mutating func add(_ call: EncodedCall, at index: UInt32) {
        timestamps.append(call.timestamp)
        receivedAts.append(call.receivedAt)
        payloadHashes.append(UInt32(truncatingIfNeeded: call.payloadHash))
        addTimes(call, index)
        var event: UnsafeRawBufferPointer?
        var messageID = UnsafeRawBufferPointer(start: nil, count: 0)
        var items = call.items
        while let item = items.next() {
            switch item {
            case .text(.messageID, let text): messageID = text
            case .text(.event, let text): event = text
            case .text(let field, let text): addField(field, text, index)
            case .identity: break
            case .leaf(let section, let path, let value): add(value, to: column(section.rawValue, path), at: index)
            }
        }
        messageIDs.append(messageID)
        if let seed { messageHashes.append(XXHash.hash128(messageID, seed: seed).high) }
        kindOfCall.append(Int64(kind(event, call.type.rawValue)))
    }

    /// Keeps the raw times as distances from what is known, which are mostly equal.
    private mutating func addTimes(_ call: EncodedCall, _ index: UInt32) {
        if call.flags.rawValue != 0 { add(.int(Int64(call.flags.rawValue)), to: column(.flags), at: index) }
        let original = call.originalTimestamp
        if let original { add(.int(original &- call.timestamp), to: column(.originalTimestamp), at: index) }
        if let sentAt = call.sentAt {
            let expected = SentAt.expected(timestamp: call.timestamp, receivedAt: call.receivedAt, original: original)
            add(.int(sentAt &- expected), to: column(.sentAt), at: index)
        }
    }

    private mutating func addField(_ field: CallField, _ text: UnsafeRawBufferPointer, _ index: UInt32) {
        let path = field.columnPath
        let bytes = UnsafeRawBufferPointer(start: path.utf8Start, count: path.utf8CodeUnitCount)
        let number = column(ColumnKey.fields, bytes)
        add(.string(text), to: number, at: index)
    }

    private mutating func column(_ key: ColumnKey) -> Int { key.path.withUnsafeBytes { column(key.section, $0) } }

    private mutating func column(_ section: UInt8, _ path: UnsafeRawBufferPointer) -> Int {
        let guess = lastColumn < 0 ? 0 : successors[lastColumn]
        if guess < columnKeys.count, columnKeys[guess].isNamed(section, path) {
            lastColumn = guess
            return guess
        }
        let key = ColumnKey(section: section, path: Array(path))
        let number: Int
        if let known = columnNumbers[key] {
            number = known
        } else {
            number = columns.count
            columns.append(ColumnAccumulator(key: key))
            columnKeys.append(key)
            columnNumbers[key] = number
            successors.append(0)
        }
        if lastColumn >= 0 { successors[lastColumn] = number }
        lastColumn = number
        return number
    }

    private mutating func add(_ value: LeafValue, to column: Int, at index: UInt32) { columns[column].add(value, at: index) }

    private mutating func kind(_ event: UnsafeRawBufferPointer?, _ type: UInt8) -> Int {
        let code = event.map { UInt64(events.code(of: $0)) + 1 } ?? 0
        if let known = kinds[code << 8 | UInt64(type)] { return known }
        kindTable.append(EventKind(event: event.map { Array($0) }, type: type))
        kinds[code << 8 | UInt64(type)] = kindTable.count - 1
        return kindTable.count - 1
    }

    // MARK: - Writing

    private mutating func finish(
        _ rows: CallRows, _ identities: IdentityTable, _ ordinals: Range<UInt32>, _ decisions: [Decision]
    ) -> [UInt8] {
        var writer = PartWriter(level: level)
        writer.info.rowCount = rows.count
        writer.info.firstArrival = rows.firstArrival
        writer.info.endArrival = rows.endArrival
        let owners = rows.owners
        let order = rowOrder(owners)
        writer.rows(
            owners: order.map { owners[Int($0)] }, timestamps: order.map { timestamps[Int($0)] },
            arrivalOffsets: order.map { Int64($0) },
            receivedAts: receivedAts)
        let sorted = kindTable.indices.sorted { kindTable[$0] < kindTable[$1] }
        var rank = [Int64](repeating: 0, count: sorted.count)
        for (place, kind) in sorted.enumerated() { rank[kind] = Int64(place) }
        writer.kinds(sorted.map { kindTable[$0] }, codes: order.map { rank[Int(kindOfCall[Int($0)])] })
        writer.payloadHashes(payloadHashes)
        var ids = messageIDs
        writer.section(.messageIDs) { ids.finish(appendingTo: &$0) }
        if let seed {
            writer.section(.dedupe) { out in
                DedupeIndex.write(count: rows.count, seed: seed, appendingTo: &out) { messageHashes.forEach($0) }
            }
        }
        writer.identities(identities, ordinals)
        writer.decisions(decisions)
        var rowOfCall = [UInt32](repeating: 0, count: rows.count)
        for (row, call) in order.enumerated() { rowOfCall[Int(call)] = UInt32(row) }
        for number in columns.indices.sorted(by: { columns[$0].key < columns[$1].key }) {
            writer.column(columns[number].key, columns[number].draft(order: order, rowOfCall: rowOfCall, level: level))
        }
        return writer.finish()
    }

    /// Calls in the order of rows: by owner, timestamp, arrival.
    private func rowOrder(_ owners: [UInt32]) -> [UInt32] {
        let keys = owners.indices.map { RowKey(owner: owners[$0], call: UInt32($0), timestamp: timestamps[$0]) }
        return keys.sorted().map(\.call)
    }
}

/// What rows are sorted by.
struct RowKey: Comparable {
    var owner: UInt32
    var call: UInt32
    var timestamp: Int64

    @inline(__always) static func < (left: RowKey, right: RowKey) -> Bool {
        if left.owner != right.owner { return left.owner < right.owner }
        if left.timestamp != right.timestamp { return left.timestamp < right.timestamp }
        return left.call < right.call
    }
}

/// How `sentAt` follows from the other times when the clock of the sender was corrected, or hardly differs.
enum SentAt {
    static func expected(timestamp: Int64, receivedAt: Int64, original: Int64?) -> Int64 {
        original.map { receivedAt &- timestamp &+ $0 } ?? receivedAt
    }
}

/// The values of one column as they come.
struct ColumnAccumulator {
    let key: ColumnKey
    private var calls: [UInt32] = []
    private var kinds: [UInt8] = []
    private var cells: [Int64] = []
    private var texts = TextInterner()

    init(key: ColumnKey) { self.key = key }

    /// Adds the value of a call; a member given twice keeps the last value.
    mutating func add(_ value: LeafValue, at call: UInt32) {
        let cell: Int64 =
            switch value {
            case .null: 0
            case .bool(let value): value ? 1 : 0
            case .int(let value): value
            case .double(let value): Int64(bitPattern: value.bitPattern)
            case .bigNumber(let text), .string(let text), .json(let text): Int64(texts.code(of: text))
            }
        if calls.last == call {
            kinds[kinds.count - 1] = value.kind.rawValue
            cells[cells.count - 1] = cell
        } else {
            calls.append(call)
            kinds.append(value.kind.rawValue)
            cells.append(cell)
        }
    }

    /// The column in the order of rows.
    ///
    /// `order` gives each row's call, `rowOfCall` the reverse.
    func draft(order: [UInt32], rowOfCall: [UInt32], level: Int32?) -> ColumnDraft {
        var draft = ColumnDraft()
        let places = self.places(order: order, rowOfCall: rowOfCall)
        draft.rows = places.map { rowOfCall[Int(calls[$0])] }
        draft.kinds = places.map { kinds[$0] }
        draft.cells = places.map { cells[$0] }
        guard texts.count > 0 else { return draft }
        var isUsed = [Bool](repeating: false, count: texts.count)
        for (kind, cell) in zip(draft.kinds, draft.cells) where kind >= ValueKind.bigNumber.rawValue { isUsed[Int(cell)] = true }
        var rank = [Int64](repeating: 0, count: texts.count)
        var encoder = TextBlocksEncoder(level: level)
        var next: Int64 = 0
        for code in texts.sortedCodes() where isUsed[code] {
            rank[code] = next
            next += 1
            texts.withText(code) { encoder.append($0) }
        }
        for index in draft.cells.indices where draft.kinds[index] >= ValueKind.bigNumber.rawValue {
            draft.cells[index] = rank[Int(draft.cells[index])]
        }
        if next > 0 { encoder.finish(appendingTo: &draft.dictionary) }
        return draft
    }

    /// The places of the values in the order of rows.
    private func places(order: [UInt32], rowOfCall: [UInt32]) -> [Int] {
        if calls.count * 16 < order.count { return calls.indices.sorted { rowOfCall[Int(calls[$0])] < rowOfCall[Int(calls[$1])] } }
        var placeOfRow = [Int32](repeating: -1, count: order.count)
        for (place, call) in calls.enumerated() { placeOfRow[Int(rowOfCall[Int(call)])] = Int32(place) }
        var places: [Int] = []
        places.reserveCapacity(calls.count)
        for place in placeOfRow where place >= 0 { places.append(Int(place)) }
        return places
    }
}
