internal import Columns

/// One run of calls in the log: written with one write, made durable with one flush, whole or not there.
///
///     0  u32 "TEAF"            4  u32 number of calls      8  u64 first arrival number
///     16 u64 payload bytes     24 u64 XXH3-64 of bytes 0 ..< 24, seeded with the file's number
///     32 u64 XXH3-64 of the payload
///     40 payload: per call a varint length and the encoded call
struct LogFrame {
    static let headerBytes = 40
    static let magic: UInt32 = 0x4641_4554

    let callCount: Int
    let firstArrival: UInt64
    let payloadBytes: Int
    private let payloadHash: UInt64

    /// The header at `offset`; nil when there is no valid one.
    init?(_ bytes: UnsafeRawBufferPointer, at offset: Int, fileNumber: UInt64) {
        guard offset + LogFrame.headerBytes <= bytes.count, bytes.integer(at: offset, as: UInt32.self) == LogFrame.magic,
            XXHash.hash64(bytes.slice(offset, 24), seed: fileNumber) == bytes.integer(at: offset + 24, as: UInt64.self)
        else { return nil }
        callCount = Int(bytes.integer(at: offset + 4, as: UInt32.self))
        firstArrival = bytes.integer(at: offset + 8)
        payloadBytes = Int(clamping: bytes.integer(at: offset + 16, as: UInt64.self))
        payloadHash = bytes.integer(at: offset + 32)
    }

    /// The payload that follows the header at `offset`; nil when it is cut or its checksum is wrong.
    func payload(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> UnsafeRawBufferPointer? {
        let start = offset + LogFrame.headerBytes
        guard payloadBytes <= bytes.count - start else { return nil }
        let payload = bytes.slice(start, payloadBytes)
        return XXHash.hash64(payload) == payloadHash ? payload : nil
    }

    /// The whole frame of calls that were appended behind `LogFrame.headerBytes` bytes of room.
    static func seal(_ frame: inout [UInt8], callCount: Int, firstArrival: UInt64, fileNumber: UInt64) {
        frame.setInteger(magic, at: 0)
        frame.setInteger(UInt32(callCount), at: 4)
        frame.setInteger(firstArrival, at: 8)
        frame.setInteger(UInt64(frame.count - headerBytes), at: 16)
        let (headerHash, payloadHash) = frame.withUnsafeBytes { bytes in
            (
                XXHash.hash64(bytes.slice(0, 24), seed: fileNumber),
                XXHash.hash64(bytes.slice(headerBytes, bytes.count - headerBytes))
            )
        }
        frame.setInteger(headerHash, at: 24)
        frame.setInteger(payloadHash, at: 32)
    }
}
