internal import Columns
internal import Model

/// Reads the frames of one log file at start.
struct LogReader {
    let number: UInt64
    let path: String
    let bytes: UnsafeRawBufferPointer
    /// Whether a cut frame at the end is what a crash leaves (the newest file), or damage (every other one).
    let isNewest: Bool

    /// Hands on every call of the whole frames and gives the end of the last one.
    ///
    /// - Parameter arrival: the number that the first call must have; on return that of the next one.
    /// - Throws: ``Problem`` with code `damaged` where something else than a torn tail is wrong.
    func read(arrival: inout UInt64, _ take: (UnsafeRawBufferPointer) throws(Problem) -> Void) throws(Problem) -> Int {
        guard LogFile.hasHeader(bytes, number: number) else {
            // A crash between making the file and writing its header leaves it short; nothing was acknowledged in it.
            if isNewest, bytes.count <= LogFile.headerBytes { return 0 }
            throw .damagedFile(path, offset: 0, "its header is wrong")
        }
        var offset = LogFile.headerBytes
        while offset < bytes.count {
            guard let frame = LogFrame(bytes, at: offset, fileNumber: number), let payload = frame.payload(bytes, at: offset) else {
                try checkTornTail(at: offset, arrival: arrival)
                return offset
            }
            guard frame.firstArrival == arrival else {
                throw .damagedFile(path, offset: offset, "call \(arrival) was expected, not \(frame.firstArrival)")
            }
            var reader = ByteReader(payload)
            for _ in 0 ..< frame.callCount {
                guard let call = reader.counted(), EncodedCall(bytes: call).isValid else {
                    throw .damagedFile(path, offset: offset, "a call in a whole frame cannot be read")
                }
                try take(call)
            }
            guard reader.isAtEnd else { throw .damagedFile(path, offset: offset, "a whole frame holds more than its calls") }
            arrival += UInt64(frame.callCount)
            offset += LogFrame.headerBytes + frame.payloadBytes
        }
        return offset
    }

    /// A crash can only cut the last frame: one that is followed by a whole later frame was damaged afterwards.
    private func checkTornTail(at offset: Int, arrival: UInt64) throws(Problem) {
        guard isNewest else { throw .damagedFile(path, offset: offset, "a frame is cut or its checksum is wrong") }
        var probe = offset + 1
        while probe + LogFrame.headerBytes <= bytes.count {
            if bytes[probe] == UInt8(truncatingIfNeeded: LogFrame.magic),
                let later = LogFrame(bytes, at: probe, fileNumber: number),
                later.firstArrival > arrival, later.payload(bytes, at: probe) != nil
            {
                throw .damagedFile(path, offset: offset, "a frame's checksum is wrong, and whole frames follow it")
            }
            probe += 1
        }
    }
}
