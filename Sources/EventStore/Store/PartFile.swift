internal import Columns

/// A part on its way to disk, piece by piece.
enum PartFile {
    /// Joins parts into a new file and makes its bytes, not yet its name, durable; how many these are.
    ///
    /// A file that failed half-way is removed.
    /// - Parameter isStopping: whether to give up; then it throws.
    static func write(
        _ parts: [Part], seed: UInt64, to path: String, disk: any Disk, isStopping: () -> Bool = { false }
    ) throws(DiskFailure) -> Int {
        let file = try disk.open(path)
        defer { file.close() }
        do throws(DiskFailure) {
            try file.truncate(to: 0)
            let pieces = Pieces(file)
            var writer = PartWriter(level: 3, out: ByteOutput { bytes, place in pieces.take(bytes, at: place) })
            PartMerger.write(parts, seed: seed, to: &writer, isStopping: isStopping)
            writer.handOn()
            try pieces.check()
            if isStopping() { throw DiskFailure(kind: .other(0), path: path, reason: "the store is closing") }
            // Places were filled in after what follows them, so the checksums are taken of the file as it is now.
            guard let written = try disk.map(path), written.count == writer.byteCount else {
                throw DiskFailure(kind: .other(5), path: path, reason: "the file has another length than was written")
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

    /// Writes pieces until one fails.
    private final class Pieces {
        private let file: any DiskFile
        private var failure: DiskFailure?

        init(_ file: any DiskFile) { self.file = file }

        func take(_ bytes: UnsafeRawBufferPointer, at place: Int) {
            guard failure == nil else { return }
            do throws(DiskFailure) { try file.write(bytes, at: place) } catch { failure = error }
        }

        func check() throws(DiskFailure) {
            if let failure { throw failure }
        }
    }
}
