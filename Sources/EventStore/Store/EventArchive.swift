internal import Columns
package import Disks
public import Model

/// The events of a store in one file: its parts as they are, behind a header.
///
///     0   u8 × 8 "TEAHOUSE"      8  u32 version (1)      12 u32 number of parts
///     16  u64 bytes of the file                          24 u64 seed of the message hashes
///     32  u64 calls that are there                       40 u64 arrival number after the last part's
///     48  u64 XXH3-64 of the list of parts               56 u64 XXH3-64 of bytes 0 ..< 56
///     64  per part: u64 first arrival, u64 end arrival, u64 bytes
///     …   the parts, each with an index of its messageIds
///
/// The first 64 bytes stay where they are in every version.
public struct EventArchive: Sendable {
    /// What the file's name ends in.
    public static let suffix = ".teahouse"
    /// What the file begins with.
    public static let magic = Array("TEAHOUSE".utf8)
    static let version: UInt32 = 1
    static let headerBytes = 64
    static let entryBytes = 24

    public let path: String
    /// In order of arrival, from the first call of all.
    public let parts: [Part]
    /// Calls that are there.
    public let callCount: Int
    /// Seed of the hashes of message ids.
    let seed: UInt64
    let endArrival: UInt64

    /// Calls that were deleted; their messageIds are known.
    public var droppedCount: Int { Int(endArrival) - 1 - callCount }
    /// Bytes of all parts.
    public var partBytes: Int { parts.reduce(0) { $0 + $1.byteCount } }

    /// Maps the file and compares every checksum.
    ///
    /// - Throws: ``Problem`` with code `damaged` with file and offset, `newer_data`, or what the disk says.
    public static func open(_ path: String) throws(Problem) -> EventArchive { try open(path, disk: SystemDisk()) }

    package static func open(_ path: String, disk: any Disk) throws(Problem) -> EventArchive {
        let region: ByteRegion?
        do throws(DiskFailure) { region = try disk.map(path) } catch { throw .unreadableArchive(path, error.reason) }
        guard let region else { throw .unreadableArchive(path, "there is no such file") }
        return try EventArchive(region, path: path)
    }

    private init(_ region: ByteRegion, path: String) throws(Problem) {
        self.path = path
        let bytes = region.bytes
        let entries = try EventArchive.entries(bytes, path: path)
        seed = bytes.integer(at: 24)
        endArrival = bytes.integer(at: 40)
        var offset = EventArchive.headerBytes + entries.count * EventArchive.entryBytes
        var parts: [Part] = []
        for entry in entries {
            parts.append(try EventArchive.part(entry, in: region.slice(offset, Int(entry.byteCount)), at: offset, path: path))
            offset += Int(entry.byteCount)
        }
        self.parts = parts
        callCount = parts.reduce(0) { $0 + $1.rowCount }
        let (seed, identityCounts) = (seed, parts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.info.identityCount) })
        guard zip(parts, identityCounts).allSatisfy({ $0.dedupe?.seed == seed && Int($0.info.firstOrdinal) == $1 }),
            UInt64(callCount) == bytes.integer(at: 32, as: UInt64.self)
        else { throw .damagedArchive(path, offset: 16, "its parts do not belong together") }
    }

    /// The list of parts, which follow one another in arrival and fill the file.
    private static func entries(_ bytes: UnsafeRawBufferPointer, path: String) throws(Problem) -> [Manifest.PartEntry] {
        guard bytes.prefix(8).elementsEqual(magic.prefix(bytes.count)) else {
            throw .damagedArchive(path, offset: 0, "it does not begin like one")
        }
        guard bytes.count >= headerBytes else { throw .damagedArchive(path, offset: bytes.count, "it is cut short") }
        guard XXHash.hash64(bytes.slice(0, 56)) == bytes.integer(at: 56, as: UInt64.self) else {
            throw .damagedArchive(path, offset: 0, "the checksum of its header is wrong")
        }
        guard bytes.integer(at: 8, as: UInt32.self) <= version else { throw .newerFile(path) }
        let byteCount: UInt64 = bytes.integer(at: 16)
        guard UInt64(bytes.count) == byteCount else {
            throw .damagedArchive(
                path, offset: bytes.count, "it has \(bytes.count) bytes instead of \(byteCount), as if it was not copied to its end"
            )
        }
        let count = Int(bytes.integer(at: 12, as: UInt32.self))
        guard count <= (bytes.count - headerBytes) / entryBytes,
            XXHash.hash64(bytes.slice(headerBytes, count * entryBytes)) == bytes.integer(at: 48, as: UInt64.self)
        else { throw .damagedArchive(path, offset: headerBytes, "the checksum of its list of parts is wrong") }
        let entries = (0 ..< count).map { index in
            let offset = headerBytes + index * entryBytes
            return Manifest.PartEntry(
                number: UInt64(index) + 1, firstArrival: bytes.integer(at: offset), endArrival: bytes.integer(at: offset + 8),
                byteCount: bytes.integer(at: offset + 16))
        }
        var arrival: UInt64 = 1
        var rest = UInt64(bytes.count - headerBytes - count * entryBytes)
        for entry in entries {
            guard entry.firstArrival == arrival, entry.endArrival >= arrival, entry.byteCount <= rest else {
                throw .damagedArchive(path, offset: headerBytes, "its parts do not follow one another")
            }
            (arrival, rest) = (entry.endArrival, rest - entry.byteCount)
        }
        guard rest == 0, arrival == bytes.integer(at: 40, as: UInt64.self) else {
            throw .damagedArchive(path, offset: headerBytes, "its parts do not fill it")
        }
        return entries
    }

    private static func part(
        _ entry: Manifest.PartEntry, in region: ByteRegion, at offset: Int, path: String
    ) throws(Problem) -> Part {
        let part: Part
        do throws(Problem) { part = try Part(region: region, name: path) } catch {
            guard error.code == .damaged else { throw error }
            throw .damagedArchive(path, offset: offset, "a checksum of the part that begins there is wrong")
        }
        guard part.firstArrival == entry.firstArrival, part.endArrival == entry.endArrival else {
            throw .damagedArchive(path, offset: offset, "the part holds other calls than the list says")
        }
        return part
    }
}

/// Writes an ``EventArchive`` from front to back.
public struct EventArchiveWriter: Sendable {
    /// Bytes of a piece.
    private static let pieceBytes = 1 << 20

    /// Calls that are written in all.
    public let callCount: Int
    /// Bytes of the whole file.
    public let byteCount: Int
    /// Bytes handed on.
    public private(set) var bytesWritten = 0
    private let header: [UInt8]
    private var rest: [ByteRegion]
    private var offset = 0

    /// - Parameter parts: neighbours from the first call of all, each with an index hashed with `seed`.
    init(_ parts: [Part], seed: UInt64) {
        callCount = parts.reduce(0) { $0 + $1.rowCount }
        var list: [UInt8] = []
        for part in parts {
            list.appendInteger(part.firstArrival)
            list.appendInteger(part.endArrival)
            list.appendInteger(UInt64(part.byteCount))
        }
        byteCount = EventArchive.headerBytes + list.count + parts.reduce(0) { $0 + $1.byteCount }
        var header = EventArchive.magic
        header.appendInteger(EventArchive.version)
        header.appendInteger(UInt32(parts.count))
        header.appendInteger(UInt64(byteCount))
        header.appendInteger(seed)
        header.appendInteger(UInt64(callCount))
        header.appendInteger(parts.last?.endArrival ?? 1)
        header.appendInteger(XXHash.hash64(list))
        header.appendInteger(XXHash.hash64(header))
        self.header = header + list
        rest = parts.reversed().map(\.region)
    }

    /// The next piece of at most a megabyte; nil at the end.
    public mutating func next() -> [UInt8]? {
        if bytesWritten == 0 {
            bytesWritten = header.count
            return header
        }
        guard let region = rest.last else { return nil }
        let count = min(EventArchiveWriter.pieceBytes, region.count - offset)
        let piece = Array(region.bytes.slice(offset, count))
        offset += count
        bytesWritten += count
        if offset == region.count {
            rest.removeLast()
            offset = 0
        }
        return piece
    }
}

extension ByteRegion {
    /// Some of these bytes, which stay where they are for as long as either region is held.
    fileprivate func slice(_ offset: Int, _ count: Int) -> ByteRegion {
        ByteRegion(bytes: bytes.slice(offset, count)) { [self] in withExtendedLifetime(self) {} }
    }
}

extension Problem {
    fileprivate static func damagedArchive(_ path: String, offset: Int, _ what: String) -> Problem {
        Problem(
            .damaged, "The file is damaged at byte \(offset): \(what). Nothing of it was imported; export the events again.",
            place: "\(path):\(offset)")
    }

    fileprivate static func unreadableArchive(_ path: String, _ reason: String) -> Problem {
        Problem(.init("file_not_readable"), "\(path) cannot be read: \(reason).", place: path)
    }
}
