internal import Columns
public import Model

/// Which files make up a store; replaced as a whole whenever that changes.
///
///     0   u8 × 8 "TEAMANIF"      8  u32 version (1)      12 u32 number of parts
///     16  u64 seed of the message hashes                 24 u64 number of the first log file that counts
///     32  u64 arrival number after the last part's       40 u64 number for the next part
///     48  per part: u64 number, u64 first arrival, u64 end arrival, u64 bytes
///     end u64 XXH3-64 of everything before
struct Manifest: Hashable {
    struct PartEntry: Hashable {
        var number: UInt64
        var firstArrival: UInt64
        var endArrival: UInt64
        var byteCount: UInt64

        /// Calls that arrived in it, whether they are still there or not.
        var callCount: Int { Int(endArrival - firstArrival) }
    }

    static let fileName = "MANIFEST"
    private static let magic = Array("TEAMANIF".utf8)
    private static let version: UInt32 = 1
    private static let headerBytes = 48
    private static let entryBytes = 32

    /// Seed of the hashes of message ids.
    var seed: UInt64
    /// Log files below this number are done with.
    var firstLog: UInt64 = 1
    /// Calls below this arrival number are in parts; the first call has the number 1.
    var endArrival: UInt64 = 1
    var nextPart: UInt64 = 1
    /// In order of arrival, without gaps.
    var parts: [PartEntry] = []

    init(seed: UInt64) { self.seed = seed }

    /// Reads the bytes of a manifest.
    ///
    /// - Throws: ``Problem`` with code `damaged` or `newer_data`.
    init(_ bytes: UnsafeRawBufferPointer, path: String) throws(Problem) {
        guard bytes.count >= Manifest.headerBytes + 8, bytes.prefix(8).elementsEqual(Manifest.magic) else {
            throw .damagedFile(path, offset: 0, "it does not begin like a manifest")
        }
        let version: UInt32 = bytes.integer(at: 8)
        guard version <= Manifest.version else { throw .newerFile(path) }
        let end = bytes.count - 8
        guard XXHash.hash64(bytes.slice(0, end)) == bytes.integer(at: end, as: UInt64.self) else {
            throw .damagedFile(path, offset: end, "its checksum is wrong")
        }
        let count: UInt32 = bytes.integer(at: 12)
        guard end == Manifest.headerBytes + Int(count) * Manifest.entryBytes else {
            throw .damagedFile(path, offset: 12, "its number of parts does not fit its size")
        }
        seed = bytes.integer(at: 16)
        firstLog = bytes.integer(at: 24)
        endArrival = bytes.integer(at: 32)
        nextPart = bytes.integer(at: 40)
        parts = (0 ..< Int(count)).map { index in
            let offset = Manifest.headerBytes + index * Manifest.entryBytes
            return PartEntry(
                number: bytes.integer(at: offset), firstArrival: bytes.integer(at: offset + 8),
                endArrival: bytes.integer(at: offset + 16), byteCount: bytes.integer(at: offset + 24))
        }
        var arrival: UInt64 = 1
        for part in parts {
            guard part.firstArrival == arrival, part.endArrival >= arrival else {
                throw .damagedFile(path, offset: Manifest.headerBytes, "its parts leave a gap after arrival \(arrival)")
            }
            arrival = part.endArrival
        }
        guard arrival == endArrival else {
            throw .damagedFile(path, offset: 32, "its parts end at \(arrival), not at \(endArrival)")
        }
    }

    /// The bytes of the file.
    var bytes: [UInt8] {
        var out = Manifest.magic
        out.appendInteger(Manifest.version)
        out.appendInteger(UInt32(parts.count))
        out.appendInteger(seed)
        out.appendInteger(firstLog)
        out.appendInteger(endArrival)
        out.appendInteger(nextPart)
        for part in parts {
            out.appendInteger(part.number)
            out.appendInteger(part.firstArrival)
            out.appendInteger(part.endArrival)
            out.appendInteger(part.byteCount)
        }
        out.appendInteger(XXHash.hash64(out))
        return out
    }
}

extension Problem {
    /// Damage that was found in a file, and where.
    static func damagedFile(_ path: String, offset: Int, _ what: String) -> Problem {
        Problem(
            .damaged, "The file is damaged at byte \(offset): \(what). Nothing was changed; restore it from a backup.",
            place: "\(path):\(offset)", status: 500)
    }

    /// A file of a version that this program does not know.
    static func newerFile(_ path: String) -> Problem {
        Problem(.newerData, "The file was written by a newer Teahouse. Use that version.", place: path, status: 500)
    }
}

extension Problem.Code {
    /// Data of a newer version than this program knows.
    public static let newerData = Problem.Code("newer_data")
}
