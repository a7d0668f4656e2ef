internal import Columns

/// Which part each row of joined parts comes from; the rows of one part keep their order.
///
/// A byte a row, and a bit a row where some are left out, are all that a long merge keeps for its rows; everything else is read from
/// the parts as it is written. A short one has four bytes more for each.
struct MergeOrder {
    let parts: [Part]
    /// By part, the rows that are left out; nil where none are.
    let masks: [RowMask?]
    private(set) var partOfRow: [UInt8] = []
    /// The owners of the joined rows, ascending, and the first row of each.
    private(set) var owners: [UInt32] = []
    private(set) var ownerStarts: [UInt32] = []
    /// By part and row the joined row; empty where there are many rows, or some are left out.
    private(set) var joinedRows: [[UInt32]] = []

    /// Parts that can be joined at once.
    static let partsMax = 256

    /// Joined rows up to which ``joinedRows`` are kept.
    private static let shortMerge = 1 << 19

    init(_ parts: [Part], leavingOut masks: [RowMask?]) {
        precondition(parts.count <= MergeOrder.partsMax, "too many parts to be joined at once")
        self.parts = parts
        self.masks = masks
        let rowCount = zip(parts, masks).reduce(0) { $0 + $1.0.rowCount - ($1.1?.count ?? 0) }
        partOfRow.reserveCapacity(rowCount)
        var heads = zip(parts, masks).map(Head.init)
        for row in 0 ..< rowCount {
            var best = -1
            for index in heads.indices where !heads[index].isAtEnd {
                if best < 0 || !heads[best].precedes(heads[index]) { best = index }
            }
            if owners.last != heads[best].owner || row == 0 {
                owners.append(heads[best].owner)
                ownerStarts.append(UInt32(row))
            }
            partOfRow.append(UInt8(best))
            heads[best].advance()
        }
        if rowCount <= MergeOrder.shortMerge, masks.allSatisfy({ $0 == nil }) { keepJoinedRows() }
    }

    private mutating func keepJoinedRows() {
        joinedRows = parts.map { part in
            var rows: [UInt32] = []
            rows.reserveCapacity(part.rowCount)
            return rows
        }
        for (row, part) in partOfRow.enumerated() { joinedRows[Int(part)].append(UInt32(row)) }
    }

    var rowCount: Int { partOfRow.count }

    /// Calls `body` with the part of each row and the row's value in that part's list, one of `lists`.
    func forEach(_ lists: [PackedInts], _ body: (Int, Int64) -> Void) {
        var cursors = zip(lists, masks).map { IntCursor($0, leavingOut: $1) }
        for part in partOfRow { body(Int(part), cursors[Int(part)].next()) }
    }

    /// The row of a part that is to be taken next.
    private struct Head {
        private let part: Part
        private let mask: RowMask?
        private let owners: [UInt32]
        private let starts: [UInt32]
        private var place = 0
        private var row = 0
        private var end = 0
        private var timestamps: IntCursor
        private(set) var owner: UInt32 = 0
        private var timestamp: Int64 = 0

        init(_ part: Part, leavingOut mask: RowMask?) {
            self.part = part
            self.mask = mask
            (owners, starts) = part.owners()
            timestamps = IntCursor(part.timestampList, leavingOut: mask)
            read()
        }

        var isAtEnd: Bool { row == part.rowCount }

        /// Arrivals of different parts never meet, and those of an earlier part are lower.
        @inline(__always) func precedes(_ other: Head) -> Bool {
            owner != other.owner ? owner < other.owner : timestamp <= other.timestamp
        }

        mutating func advance() {
            row += 1
            read()
        }

        private mutating func read() {
            if let mask {
                while !isAtEnd, mask.contains(row) { row += 1 }
            }
            guard !isAtEnd else { return }
            while row >= end {
                owner = owners[place]
                place += 1
                end = place < starts.count ? Int(starts[place]) : part.rowCount
            }
            timestamp = timestamps.next()
        }
    }
}

/// Reads a list of integers from its start, a few hundred at a time.
struct IntCursor {
    private static let chunkCount = 512

    private let list: PackedInts
    private let mask: RowMask?
    private var chunk: [Int64]
    private var place = 0
    private var filled = 0
    private var index = 0

    /// - Parameter mask: the places whose values are passed over.
    init(_ list: PackedInts, leavingOut mask: RowMask? = nil) {
        self.list = list
        self.mask = mask
        chunk = Array(repeating: 0, count: min(IntCursor.chunkCount, max(list.count, 1)))
    }

    /// The next value; there must be one.
    @inline(__always) mutating func next() -> Int64 {
        if place == filled { fill() }
        defer { place += 1 }
        return chunk[place]
    }

    private mutating func fill() {
        place = 0
        repeat {
            let start = index
            filled = min(chunk.count, list.count - start)
            precondition(filled > 0, "a list ends before the rows do")
            chunk.withUnsafeMutableBufferPointer { chunk in
                if let base = chunk.baseAddress { list.decode(start ..< start + filled, into: base) }
            }
            index += filled
            if let mask { passOver(mask, from: start) }
        } while filled == 0
    }

    private mutating func passOver(_ mask: RowMask, from start: Int) {
        var kept = 0
        for place in 0 ..< filled where !mask.contains(start + place) {
            chunk[kept] = chunk[place]
            kept += 1
        }
        filled = kept
    }
}
