import Columns
import Disks
import Model
import Records

/// A file of rows that were written ahead, one frame for each write; whole or not there.
///
/// Once its frames are needed no more it is written from its start again, over what was there: making a write durable that does not change
/// the length of a file is quicker, and waits for no other file. Old frames behind the last one are told by their lower numbers.
///
///     0 u32 0xFFFE_FFFE   4 u32 bytes of the rows   8 u64 number   16 u64 XXH3-64 of bytes 0 ..< 16   24 u64 XXH3-64 of the rows   32 rows
///
/// Used by one thread at a time.
final class AheadFile {
    /// Bytes that UTF-8 never has, so that no text in a row can pass for a frame.
    static let magic: UInt32 = 0xFFFE_FFFE
    private static let headerBytes = 32
    /// Once it is longer the other file is written.
    static let bytesMax = 1 << 25

    private let path: String
    private let bytesMax: Int
    private let file: any DiskFile
    /// The end of the last whole frame.
    private(set) var byteCount = 0
    /// The number of the last frame; 0 when there is none.
    private(set) var last: Int64 = 0
    /// The length of the file, with what is needed no more.
    private var length = 0
    /// Whether a write that failed may have left something behind the last frame.
    private var hasRest = false

    /// Opens the file, which is made when it is missing, and hands on its frames in order.
    ///
    /// - Parameter applied: The last number that is in the tables. What is whole up to it is of no matter: a stop in the first write over
    ///   frames that are needed no more leaves some of them behind a broken one.
    /// - Throws: ``Problem`` with code `damaged` where a frame is broken that is not the last, or what the disk says.
    init(
        path: String, disk: any Disk, applied: Int64, bytesMax: Int = AheadFile.bytesMax,
        _ take: (Int64, RowLog) throws(Problem) -> Void
    ) throws(Problem) {
        self.path = path
        self.bytesMax = bytesMax
        do throws(DiskFailure) {
            file = try disk.open(path)
        } catch { throw error.problem }
        let region: ByteRegion?
        do throws(DiskFailure) { region = try disk.map(path) } catch { throw error.problem }
        guard let region else { return }
        while let (number, rows) = AheadFile.frame(region.bytes, at: byteCount), last == 0 || number == last + 1 {
            try take(number, try RowLog(encoded: rows))
            last = number
            byteCount += AheadFile.headerBytes + rows.count
        }
        if let place = laterFrame(region.bytes, than: max(last, applied)) {
            throw Problem(
                .damaged,
                """
                Rows written ahead are broken at byte \(byteCount), and whole ones follow at byte \(place). Restore the records from \
                a backup.
                """, place: path, status: 500)
        }
        length = region.bytes.count
        hasRest = length > byteCount
    }

    /// Writes one frame and makes it durable.
    ///
    /// When that fails the file ends where it ended before, as soon as the disk allows it.
    func append(_ log: RowLog, number: Int64) throws(DiskFailure) {
        try cutBack()
        let frame = AheadFile.frame(log.encoded, number: number)
        do throws(DiskFailure) {
            try file.write(frame, at: byteCount)
            try file.sync()
        } catch {
            hasRest = true
            do throws(DiskFailure) { try cutBack() } catch { hasRest = true }
            throw error
        }
        byteCount += frame.count
        length = max(length, byteCount)
        last = number
    }

    /// Forgets all frames, whose bytes stay until others are written over them.
    func restart() throws(DiskFailure) {
        // What was answered is in the tables, and may come back after a power cut; what was not may not.
        try cutBack()
        (byteCount, last) = (0, 0)
    }

    /// Forgets all frames, and removes their bytes for good.
    func empty() throws(DiskFailure) {
        guard length > 0 || hasRest else { return }
        hasRest = true
        (byteCount, last) = (0, 0)
        try cutBack()
    }

    deinit { file.close() }

    /// Whether the other file is to be written from now on; never while it may hold what was not answered.
    var isLong: Bool { byteCount > bytesMax && !hasRest }

    /// Removes what a write that failed may have left behind the last frame.
    func cutBack() throws(DiskFailure) {
        guard hasRest else { return }
        try file.truncate(to: byteCount)
        try file.sync()
        (length, hasRest) = (byteCount, false)
    }

    // MARK: - Frames

    private static func frame(_ rows: [UInt8], number: Int64) -> [UInt8] {
        var frame: [UInt8] = []
        frame.reserveCapacity(headerBytes + rows.count)
        frame.appendInteger(magic)
        frame.appendInteger(UInt32(rows.count))
        frame.appendInteger(number)
        frame.appendInteger(XXHash.hash64(frame))
        frame.appendInteger(XXHash.hash64(rows))
        frame.append(contentsOf: rows)
        return frame
    }

    /// The frame at `place`; nil when there is no whole one.
    private static func frame(_ bytes: UnsafeRawBufferPointer, at place: Int) -> (number: Int64, rows: UnsafeRawBufferPointer)? {
        guard place + headerBytes <= bytes.count, bytes.integer(at: place, as: UInt32.self) == magic,
            XXHash.hash64(bytes.slice(place, 16)) == bytes.integer(at: place + 16, as: UInt64.self)
        else { return nil }
        let count = Int(bytes.integer(at: place + 4, as: UInt32.self))
        guard count <= bytes.count - place - headerBytes else { return nil }
        let rows = bytes.slice(place + headerBytes, count)
        guard XXHash.hash64(rows) == bytes.integer(at: place + 24, as: UInt64.self) else { return nil }
        return (bytes.integer(at: place + 8, as: Int64.self), rows)
    }

    /// Where a whole frame begins behind the last one that was read, of a number above `number`: a stop can only cut the last one.
    private func laterFrame(_ bytes: UnsafeRawBufferPointer, than number: Int64) -> Int? {
        var place = byteCount + 1
        while place + AheadFile.headerBytes <= bytes.count {
            if bytes[place] == UInt8(truncatingIfNeeded: AheadFile.magic), let later = AheadFile.frame(bytes, at: place),
                later.number > number
            {
                return place
            }
            place += 1
        }
        return nil
    }
}
