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
    private var messageIDBytes = ByteOutput()
    private let level: Int32?

    private init(level: Int32?) {
        self.level = level
        messageIDs = TextBlocksEncoder(level: level, appendingTo: &messageIDBytes)
    }

    /// The part of the calls in memory, with the identities and decisions that came with them.
    static func build(
        _ rows: CallRows, identities: IdentityTable, ordinals: Range<UInt32>, decisions: [Decision]
    ) -> Part {
        Part.inMemory(bytes(rows, identities: identities, ordinals: ordinals, decisions: decisions, level: nil))
    }

    /// The bytes of such a part.
    static func bytes(
        _ rows: CallRows, identities: IdentityTable, ordinals: Range<UInt32>, decisions: [Decision], level: Int32?
    ) -> [UInt8] {
        var builder = PartBuilder(level: level)
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
        messageIDs.append(messageID, to: &messageIDBytes)
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
        writeRows(&writer, owners, order)
        let sorted = kindTable.indices.sorted { kindTable[$0] < kindTable[$1] }
        var rank = [Int64](repeating: 0, count: sorted.count)
        for (place, kind) in sorted.enumerated() { rank[kind] = Int64(place) }
        writer.kinds(sorted.map { kindTable[$0] }) { take in for call in order { take(rank[Int(kindOfCall[Int(call)])]) } }
        writer.section(.payloadHashes) { out in
            for hash in payloadHashes {
                for shift in stride(from: UInt32(0), to: 24, by: 8) { out.pending.append(UInt8(truncatingIfNeeded: hash >> shift)) }
            }
        }
        messageIDs.finish(&messageIDBytes)
        writer.section(.messageIDs) { $0.append(messageIDBytes.pending) }
        writeIdentities(&writer, identities, ordinals)
        writer.decisions(count: decisions.count) { take in for decision in decisions { take(decision) } }
        var rowOfCall = [UInt32](repeating: 0, count: rows.count)
        for (row, call) in order.enumerated() { rowOfCall[Int(call)] = UInt32(row) }
        for number in columns.indices.sorted(by: { columns[$0].key < columns[$1].key }) {
            writer.column(columns[number].key, columns[number].draft(order: order, rowOfCall: rowOfCall, level: level))
        }
        return writer.finish()
    }

    private func writeRows(_ writer: inout PartWriter, _ owners: [UInt32], _ order: [UInt32]) {
        var ordinals: [UInt32] = []
        var starts: [UInt32] = []
        for (row, call) in order.enumerated() where ordinals.last != owners[Int(call)] || row == 0 {
            ordinals.append(owners[Int(call)])
            starts.append(UInt32(row))
        }
        writer.info.minTimestamp = timestamps.min() ?? Int64.max
        writer.info.maxTimestamp = timestamps.max() ?? Int64.min
        writer.info.minReceivedAt = receivedAts.min() ?? Int64.max
        writer.info.maxReceivedAt = receivedAts.max() ?? Int64.min
        writer.rows(
            owners: { take in for ordinal in ordinals { take(Int64(ordinal)) } },
            starts: { take in for start in starts { take(Int64(start)) } },
            timestamps: { take in for call in order { take(timestamps[Int(call)]) } },
            arrivalOffsets: { take in for call in order { take(Int64(call)) } },
            receivedAts: { take in for instant in receivedAts { take(instant) } },
            delays: { take in for call in order { take(receivedAts[Int(call)] &- timestamps[Int(call)]) } })
    }

    private func writeIdentities(_ writer: inout PartWriter, _ table: IdentityTable, _ ordinals: Range<UInt32>) {
        writer.info.firstOrdinal = ordinals.lowerBound
        writer.info.identityCount = ordinals.count
        let firstArrival = writer.info.firstArrival
        // They are gone through several times, and unpacked once.
        var values: [UInt8] = []
        let entries = ordinals.map { ordinal in
            let start = values.count
            table.withValue(of: ordinal) { values.append(contentsOf: $0) }
            return (
                type: Array(table.type(of: ordinal).text.utf8), value: start ..< values.count,
                arrivalOffset: Int(table.firstArrival(of: ordinal) - firstArrival),
                receivedAt: table.firstReceivedAt(of: ordinal).microseconds
            )
        }
        writer.section(.identities) { [values] out in
            IdentitySection.write(level: level, appendingTo: &out) { take in
                values.withUnsafeBytes { values in
                    for entry in entries {
                        entry.type.withUnsafeBytes { type in
                            take(
                                IdentitySection.Entry(
                                    type: type, value: UnsafeRawBufferPointer(rebasing: values[entry.value]),
                                    arrivalOffset: entry.arrivalOffset, receivedAt: entry.receivedAt))
                        }
                    }
                }
            }
        }
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
