internal import Columns
internal import Disks
internal import Model

/// The log file that is being written.
///
/// Used on the writer's queue alone.
///
///     0 u8 × 8 "TEALOG01"   8 u64 number   16 u64 first arrival number   24 u64 XXH3-64 of bytes 0 ..< 24   32 frames…
final class LogFile {
    static let headerBytes = 32
    private static let magic = Array("TEALOG01".utf8)

    let number: UInt64
    let path: String
    /// The end of the last durable frame.
    private(set) var byteCount: Int
    private let file: any DiskFile
    /// Whether a failed write may have left something behind the last frame.
    private var hasRest = false

    /// Makes a new, empty log file, durable with its name.
    init(number: UInt64, firstArrival: UInt64, directory: String, disk: any Disk) throws(DiskFailure) {
        self.number = number
        path = LogFile.path(directory, number)
        file = try disk.open(path)
        byteCount = LogFile.headerBytes
        do throws(DiskFailure) {
            let header = LogFile.header(number: number, firstArrival: firstArrival)
            try file.truncate(to: 0)
            try file.write(header, at: 0)
            try file.sync()
            try disk.syncDirectory(directory)
        } catch {
            file.close()
            disk.discard(path)
            throw error
        }
    }

    /// Goes on writing a file whose last durable frame ends at `byteCount`; what follows is cut off.
    init(continuing number: UInt64, at byteCount: Int, directory: String, disk: any Disk) throws(DiskFailure) {
        self.number = number
        self.byteCount = byteCount
        path = LogFile.path(directory, number)
        file = try disk.open(path)
        do throws(DiskFailure) {
            try file.truncate(to: byteCount)
            try file.sync()
        } catch {
            file.close()
            throw error
        }
    }

    /// Writes one frame and makes it durable.
    ///
    /// When that fails the file ends where it ended before.
    func append(_ frame: [UInt8]) throws(DiskFailure) {
        try cutBack()
        do throws(DiskFailure) {
            try file.write(frame, at: byteCount)
            try file.sync()
        } catch {
            hasRest = true
            do throws(DiskFailure) { try cutBack() } catch { hasRest = true }
            throw error
        }
        byteCount += frame.count
    }

    func close() { file.close() }

    /// Removes what a failed write left; until that succeeds nothing more is written to the file.
    func cutBack() throws(DiskFailure) {
        guard hasRest else { return }
        try file.truncate(to: byteCount)
        try file.sync()
        hasRest = false
    }

    // MARK: - Names and headers

    static func path(_ directory: String, _ number: UInt64) -> String { "\(directory)/\(fileName(number))" }

    static func fileName(_ number: UInt64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 10 - digits.utf8.count)) + digits + ".log"
    }

    /// The number in a log file's name; nil for other names.
    static func number(ofName name: String) -> UInt64? {
        guard name.hasSuffix(".log") else { return nil }
        return UInt64(name.dropLast(4))
    }

    private static func header(number: UInt64, firstArrival: UInt64) -> [UInt8] {
        var header = magic
        header.appendInteger(number)
        header.appendInteger(firstArrival)
        header.appendInteger(XXHash.hash64(header))
        return header
    }

    /// Whether `bytes` begin with the whole header of the log file `number`.
    static func hasHeader(_ bytes: UnsafeRawBufferPointer, number: UInt64) -> Bool {
        bytes.count >= headerBytes && bytes.prefix(8).elementsEqual(magic) && bytes.integer(at: 8, as: UInt64.self) == number
            && XXHash.hash64(bytes.slice(0, 24)) == bytes.integer(at: 24, as: UInt64.self)
    }
}
