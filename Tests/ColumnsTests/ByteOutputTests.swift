import Columns
import Model
import Testing

@Suite struct ByteOutputTests {
    /// Where pieces go.
    private final class Pieces {
        var bytes: [UInt8] = []
        var longest = 0

        func take(_ piece: UnsafeRawBufferPointer, at place: Int) {
            longest = max(longest, piece.count)
            let missing = place + piece.count - bytes.count
            if missing > 0 { bytes.append(contentsOf: repeatElement(0, count: missing)) }
            for (index, byte) in piece.enumerated() { bytes[place + index] = byte }
        }
    }

    @Test("What is handed on piece by piece is what would have been kept", arguments: UInt64(0) ..< 6)
    func pieces(seed: UInt64) {
        func write(_ out: inout ByteOutput) {
            var random = SplitMix64(seed: seed)
            var rooms: [(place: Int, count: Int)] = []
            for _ in 0 ..< 200 {
                let count = Int.random(in: 0 ..< 60_000, using: &random)
                switch Int.random(in: 0 ..< 4, using: &random) {
                case 0: rooms.append((out.reserve(count), count))
                case 1: out.appendInteger(random.next())
                case 2:
                    guard let room = rooms.randomElement(using: &random) else { continue }
                    out.set((0 ..< room.count).map { UInt8(truncatingIfNeeded: $0 &+ count) }, at: room.place)
                default: out.append([UInt8](repeating: UInt8(truncatingIfNeeded: count), count: count))
                }
                out.handOn()
            }
            for room in rooms { out.setInteger(UInt16(room.count & 0xFFFF), at: max(0, room.place - 2)) }
        }
        let kept = ByteOutput.bytes(write)
        let pieces = Pieces()
        var output = ByteOutput { pieces.take($0, at: $1) }
        write(&output)
        output.handOn(isLast: true)
        let isEqual = pieces.bytes == kept
        #expect(isEqual && output.count == kept.count && ByteOutput.count(write) == kept.count)
        #expect(kept.count > 1 << 20 && pieces.longest < kept.count)
    }

    @Test("However many bytes come at once, pieces stay small")
    func appendMany() {
        let bytes = (0 ..< 5 << 20).map { UInt8(truncatingIfNeeded: $0 >> 8) }
        let pieces = Pieces()
        var output = ByteOutput { pieces.take($0, at: $1) }
        output.append([1, 2, 3])
        bytes.withUnsafeBytes { output.appendMany($0) }
        output.handOn(isLast: true)
        let isEqual = pieces.bytes == [1, 2, 3] + bytes
        #expect(isEqual && pieces.longest <= 2 << 20)
    }
}
