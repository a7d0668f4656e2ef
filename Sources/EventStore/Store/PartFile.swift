internal import Columns
internal import Disks

/// A part on its way to disk, piece by piece.
enum PartFile {
    /// Joins parts into a new file and makes its bytes, not yet its name, durable; how many these are.
    ///
    /// A file that failed half-way is removed.
    /// - Parameters:
    ///   - masks: by part, the rows that are left out.
    ///   - erasure: whom to take out of the only part.
    ///   - scratchBytes: bytes of a list up to which it stays in memory.
    ///   - isStopping: whether to give up; then it throws.
    static func write(
        _ parts: [Part], leavingOut masks: [RowMask?]? = nil, erasing erasure: Erasure? = nil, seed: UInt64, to path: String,
        disk: any Disk, scratchBytes: Int = StoreOptions().scratchBytes, isStopping: @escaping () -> Bool = { false }
    ) throws(DiskFailure) -> Int {
        let file = try disk.open(path)
        defer { file.close() }
        do throws(DiskFailure) {
            try file.truncate(to: 0)
            let pieces = Pieces(file)
            var writer = PartWriter(level: 3, out: ByteOutput { bytes, place in pieces.take(bytes, at: place) })
            let scratch = Scratch(besides: path, disk: disk, pieceBytes: scratchBytes)
            try PartMerger.write(
                parts, leavingOut: masks, erasing: erasure, seed: seed, to: &writer, scratch: scratch, isStopping: isStopping)
            writer.handOn()
            try pieces.check()
            if isStopping() { throw DiskFailure(kind: .other(0), path: path, reason: "the store is closing") }
            // Places were filled in after what follows them, so the checksums are taken of the file as it is now.
            guard let written = try disk.map(path), written.count == writer.byteCount else {
                throw DiskFailure(kind: .other(5), path: path, reason: "the file has another length than was written")
            }
            guard pieces.areIn(written.bytes) else {
                throw DiskFailure(kind: .other(5), path: path, reason: "the file does not hold what was written to it")
            }
            writer.finish(reading: written.bytes)
            writer.handOn()
            try pieces.check()
            try file.sync()
            return writer.byteCount
        } catch {
            disk.discard(path)
            throw error
        }
    }

    /// Writes pieces until one fails, and remembers the hash of each.
    private final class Pieces {
        private struct Piece {
            var range: Range<Int>
            var hash: UInt64
        }

        private static let unsyncedBytesMax = 64 << 20

        private let file: any DiskFile
        private var unsyncedBytes = 0
        private var failure: DiskFailure?
        private var pieces: [Piece] = []
        /// What was filled in where a piece had room for it.
        private var fillings: [Piece] = []

        init(_ file: any DiskFile) { self.file = file }

        func take(_ bytes: UnsafeRawBufferPointer, at place: Int) {
            guard failure == nil, !bytes.isEmpty else { return }
            let piece = Piece(range: place ..< place + bytes.count, hash: XXHash.hash64(bytes))
            if place < pieces.last?.range.upperBound ?? 0 { fillings.append(piece) } else { pieces.append(piece) }
            do throws(DiskFailure) {
                try file.write(bytes, at: place)
                unsyncedBytes += bytes.count
                // What a long merge has written must not all be flushed at once, for others to wait behind it.
                if unsyncedBytes >= Pieces.unsyncedBytesMax {
                    try file.sync()
                    unsyncedBytes = 0
                }
            } catch {
                failure = error
            }
        }

        /// Whether the file holds what was written: else its checksums would vouch for damage.
        func areIn(_ bytes: UnsafeRawBufferPointer) -> Bool {
            fillings.allSatisfy { XXHash.hash64(bytes.slice($0.range.lowerBound, $0.range.count)) == $0.hash }
                && pieces.allSatisfy { piece in
                    let own = bytes.slice(piece.range.lowerBound, piece.range.count)
                    let filled = fillings.lazy.map { $0.range.clamped(to: piece.range) }.filter { !$0.isEmpty }
                    if filled.isEmpty { return XXHash.hash64(own) == piece.hash }
                    var plain = Array(own)
                    for range in filled {
                        for place in range { plain[place - piece.range.lowerBound] = 0 }
                    }
                    return XXHash.hash64(plain) == piece.hash
                }
        }

        func check() throws(DiskFailure) {
            if let failure { throw failure }
        }
    }
}
