internal import Columns
internal import Disks

/// Which part each row of joined parts comes from; the rows of one part keep their order.
///
/// A byte a row, eight an owner, and a bit a row where some are left out, are all that a long merge keeps for its rows, the bytes in
/// files; everything else is read from the parts as it is written. A short one has four bytes more for each row.
struct MergeOrder {
    let parts: [Part]
    /// By part, the rows that are left out; nil where none are.
    let masks: [RowMask?]
    let partOfRow: FixedList<UInt8>
    /// The owners of the joined rows, ascending, and the first row of each.
    let owners: FixedList<UInt32>
    let ownerStarts: FixedList<UInt32>
    /// By part and row the joined row; empty where there are many rows, or some are left out.
    private(set) var joinedRows: [[UInt32]] = []

    /// Parts that can be joined at once.
    static let partsMax = 256

    /// Rows between two looks at whether anybody still wants them.
    static let stretchRows = 1 << 16

    /// Whether nobody wants the joined part any more: then lists end early, wherever they are.
    let isStopping: () -> Bool

    /// Joined rows up to which ``joinedRows`` are kept.
    private static let shortMerge = 1 << 19

    init(
        _ parts: [Part], leavingOut masks: [RowMask?], scratch: Scratch?, isStopping: @escaping () -> Bool
    ) throws(DiskFailure) {
        precondition(parts.count <= MergeOrder.partsMax, "too many parts to be joined at once")
        self.parts = parts
        self.masks = masks
        self.isStopping = isStopping
        let rowCount = zip(parts, masks).reduce(0) { $0 + $1.0.rowCount - ($1.1?.count ?? 0) }
        var partOfRow = ListDraft<UInt8>(in: scratch)
        var owners = ListDraft<UInt32>(in: scratch)
        var starts = ListDraft<UInt32>(in: scratch)
        var heads = zip(parts, masks).map(Head.init)
        var lastOwner: UInt32?
        var stretchEnd = 0
        while partOfRow.count < rowCount {
            if partOfRow.count >= stretchEnd {
                if isStopping() { break }
                stretchEnd = partOfRow.count + MergeOrder.stretchRows
            }
            let (best, next) = MergeOrder.firstTwo(heads)
            // A person's rows of one part mostly lie together.
            repeat {
                if heads[best].owner != lastOwner {
                    lastOwner = heads[best].owner
                    owners.append(heads[best].owner)
                    starts.append(UInt32(partOfRow.count))
                }
                partOfRow.append(UInt8(best))
                heads[best].advance()
            } while !heads[best].isAtEnd && next.map { heads[best].precedes(heads[$0], onTie: best < $0) } ?? true
        }
        self.partOfRow = try partOfRow.finish()
        self.owners = try owners.finish()
        ownerStarts = try starts.finish()
        if rowCount <= MergeOrder.shortMerge, masks.allSatisfy({ $0 == nil }) { keepJoinedRows() }
    }

    /// The head that is to be taken next, and the one to be taken when that had no more rows; an earlier part's on a tie.
    private static func firstTwo(_ heads: [Head]) -> (Int, Int?) {
        var best: Int?
        var second: Int?
        for index in heads.indices where !heads[index].isAtEnd {
            if best.map({ heads[$0].precedes(heads[index], onTie: true) }) ?? false {
                if !(second.map { heads[$0].precedes(heads[index], onTie: true) } ?? false) { second = index }
            } else {
                (best, second) = (index, best)
            }
        }
        return (best ?? 0, second)
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

    /// All joined rows, some neighbours at a time.
    var stretches: some Sequence<Range<Int>> {
        stride(from: 0, to: rowCount, by: MergeOrder.stretchRows).lazy.map { $0 ..< min($0 + MergeOrder.stretchRows, rowCount) }
    }

    /// Calls `body` with the part of each row and the row's value in that part's list, one of `lists`.
    func forEach(_ lists: [PackedInts], _ body: (Int, Int64) -> Void) {
        var cursors = zip(lists, masks).map { IntCursor($0, leavingOut: $1) }
        for stretch in stretches {
            if isStopping() { return }
            for part in partOfRow[stretch] { body(Int(part), cursors[Int(part)].next()) }
        }
    }

    /// The row of a part that is to be taken next.
    private struct Head {
        private let mask: RowMask?
        private let rowCount: Int
        private var owners: IntCursor
        private var starts: IntCursor
        private var startsLeft: Int
        private var row = 0
        /// The row behind the owner's last one.
        private var end = 0
        private var timestamps: IntCursor
        private(set) var owner: UInt32 = 0
        private var timestamp: Int64 = 0

        init(_ part: Part, leavingOut mask: RowMask?) {
            self.mask = mask
            rowCount = part.rowCount
            owners = IntCursor(part.ownerOrdinals)
            starts = IntCursor(part.ownerStarts)
            startsLeft = part.ownerCount
            timestamps = IntCursor(part.timestampList, leavingOut: mask)
            findEnd()
            read()
        }

        @inline(__always) var isAtEnd: Bool { row == rowCount }

        /// Arrivals of different parts never meet, and those of an earlier part are lower.
        @inline(__always) func precedes(_ other: Head, onTie isEarlier: Bool) -> Bool {
            if owner != other.owner { return owner < other.owner }
            return timestamp < other.timestamp || timestamp == other.timestamp && isEarlier
        }

        @inline(__always) mutating func advance() {
            row += 1
            read()
        }

        private mutating func read() {
            if let mask {
                while !isAtEnd, mask.contains(row) { row += 1 }
            }
            guard !isAtEnd else { return }
            while row >= end {
                owner = UInt32(truncatingIfNeeded: owners.next())
                findEnd()
            }
            timestamp = timestamps.next()
        }

        /// Where the rows of the next owner end: where those of the one behind it begin.
        private mutating func findEnd() {
            end = startsLeft > 0 ? Int(starts.next()) : rowCount
            startsLeft -= 1
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
