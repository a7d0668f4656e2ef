/// Encodes texts in a given order, in blocks that can be read alone: front-coded, then Zstandard where it pays.
///
///     0  u32  count
///     4  u32  texts in a block
///     8  u64  place of the list of offsets, from the start of this
///     16 blocks, then u32 × (blocks + 1): offset of each block, and of the end, from the first one
///
/// A block: `u8 form (0 plain, 1 Zstandard)`, for form 1 `u32 plain size`, then plainly
///
///     texts × (varint head, varint tail)   bytes shared with the text before; bytes that follow, × 2, + 1 for a UUID
///     texts × tail bytes                   a UUID in lower case with dashes takes 16 bytes and shares none
package struct TextBlocksEncoder {
    package static let blockSize = 128
    static let headerBytes = 16

    /// Texts added so far.
    package private(set) var count = 0
    private let level: Int32?
    private let start: Int
    private var inBlock = 0
    private var heads: [UInt8] = []
    private var tails: [UInt8] = []
    private var previous: [UInt8] = []
    private var offsets: [UInt32] = [0]

    /// Starts the texts at the end of `out`; nothing else is written there until they are finished.
    ///
    /// `level` nil leaves the blocks plain.
    package init(level: Int32?, appendingTo out: inout ByteOutput) {
        self.level = level
        start = out.reserve(TextBlocksEncoder.headerBytes)
    }

    /// Adds one text.
    package mutating func append(_ text: UnsafeRawBufferPointer, to out: inout ByteOutput) {
        if let uuid = UUIDText.parse(text) {
            heads.appendVarint(0)
            heads.appendVarint(16 << 1 | 1)
            withUnsafeBytes(of: uuid) { tails.append(contentsOf: $0) }
            previous.removeAll(keepingCapacity: true)
        } else {
            var shared = 0
            previous.withUnsafeBytes { before in
                let limit = min(before.count, text.count)
                while shared < limit, before[shared] == text[shared] { shared += 1 }
            }
            heads.appendVarint(UInt64(shared))
            heads.appendVarint(UInt64(text.count - shared) << 1)
            let tail = UnsafeRawBufferPointer(rebasing: text[shared...])
            tails.append(contentsOf: tail)
            previous.removeLast(previous.count - shared)
            previous.append(contentsOf: tail)
        }
        count += 1
        inBlock += 1
        if inBlock == TextBlocksEncoder.blockSize { closeBlock(&out) }
    }

    /// Writes what is left.
    package mutating func finish(_ out: inout ByteOutput) {
        if inBlock > 0 { closeBlock(&out) }
        var header: [UInt8] = []
        header.appendInteger(UInt32(count))
        header.appendInteger(UInt32(TextBlocksEncoder.blockSize))
        header.appendInteger(UInt64(out.count - start))
        out.set(header, at: start)
        for offset in offsets { out.appendInteger(offset) }
    }

    private mutating func closeBlock(_ out: inout ByteOutput) {
        heads.append(contentsOf: tails)
        let blockStart = out.pending.count
        var isPacked = false
        if let level {
            out.appendInteger(UInt8(1))
            out.appendInteger(UInt32(heads.count))
            isPacked = heads.withUnsafeBytes { Zstandard.compress($0, level: level, appendingTo: &out.pending) }
        }
        if !isPacked {
            out.pending.removeLast(out.pending.count - blockStart)
            out.appendInteger(UInt8(0))
            out.append(heads)
        }
        offsets.append(UInt32(out.count - start - TextBlocksEncoder.headerBytes))
        out.handOn()
        heads.removeAll(keepingCapacity: true)
        tails.removeAll(keepingCapacity: true)
        previous.removeAll(keepingCapacity: true)
        inBlock = 0
    }
}

/// Texts in a fixed order, read straight from their bytes; the layout is drawn at ``TextBlocksEncoder``.
///
/// Holds a pointer only: whoever keeps one keeps the ``ByteRegion`` under it.
package struct TextBlocks: @unchecked Sendable {
    // Unchecked because the bytes are immutable.
    package let count: Int
    package let blockSize: Int
    private let bytes: UnsafeRawBufferPointer
    private let listStart: Int

    /// nil when `bytes` are too short to be such a list.
    package init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= TextBlocksEncoder.headerBytes else { return nil }
        count = Int(bytes.integer(at: 0, as: UInt32.self))
        blockSize = Int(bytes.integer(at: 4, as: UInt32.self))
        guard blockSize > 0 else { return nil }
        let place: UInt64 = bytes.integer(at: 8)
        guard place <= UInt64(bytes.count), bytes.count - Int(place) >= 4 * ((count + blockSize - 1) / blockSize + 1) else {
            return nil
        }
        listStart = Int(place)
        self.bytes = bytes
    }

    package var blockCount: Int { (count + blockSize - 1) / blockSize }

    /// The texts of one block.
    package func block(_ number: Int) -> TextBlock {
        let offset = listStart + 4 * number
        let start = TextBlocksEncoder.headerBytes + Int(bytes.integer(at: offset, as: UInt32.self))
        let end = TextBlocksEncoder.headerBytes + Int(bytes.integer(at: offset + 4, as: UInt32.self))
        precondition(start < end && end <= listStart, "a text block lies outside of its section")
        let texts = min(blockSize, count - number * blockSize)
        guard bytes[start] == 1 else { return TextBlock(plain: bytes.slice(start + 1, end - start - 1), count: texts) }
        let size = Int(bytes.integer(at: start + 1, as: UInt32.self))
        let plain = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
            let isWhole = Zstandard.decompress(bytes.slice(start + 5, end - start - 5), into: UnsafeMutableRawBufferPointer(buffer))
            precondition(isWhole, "a text block with a good checksum does not unpack")
            filled = size
        }
        return plain.withUnsafeBytes { TextBlock(plain: $0, count: texts) }
    }

    /// The bytes of the text at `index`.
    package func text(at index: Int) -> [UInt8] {
        precondition(index >= 0 && index < count, "index outside of the texts")
        return block(index / blockSize).withText(index % blockSize) { Array($0) }
    }

    /// Calls `body` with each text in order.
    package func forEach(_ body: (UnsafeRawBufferPointer) -> Void) {
        for number in 0 ..< blockCount {
            let block = block(number)
            for index in 0 ..< block.count { block.withText(index, body) }
        }
    }
}

/// The texts of one block, laid out whole.
package struct TextBlock: Sendable {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    init(plain: UnsafeRawBufferPointer, count: Int) {
        var heads = ByteReader(plain)
        var lengths: [(shared: Int, tail: Int)] = []
        lengths.reserveCapacity(count)
        for _ in 0 ..< count {
            let shared = heads.varint() ?? 0
            let tail = heads.varint() ?? 0
            lengths.append((Int(shared), Int(tail)))
        }
        ends.reserveCapacity(count)
        bytes.reserveCapacity(plain.count * 2)
        var before = 0
        for (shared, tail) in lengths {
            guard let rest = heads.take(tail >> 1) else { preconditionFailure("a text block ends too soon") }
            let start = bytes.count
            if tail & 1 == 1 {
                withUnsafeTemporaryAllocation(byteCount: UUIDText.byteCount, alignment: 1) { text in
                    UUIDText.write(rest, to: text)
                    bytes.append(contentsOf: text)
                }
            } else {
                precondition(shared <= start - before, "a text shares more than there is")
                for index in before ..< before + shared { bytes.append(bytes[index]) }
                bytes.append(contentsOf: rest)
            }
            before = start
            ends.append(bytes.count)
        }
    }

    package var count: Int { ends.count }

    package func withText<Result>(_ index: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        let start = index == 0 ? 0 : ends[index - 1]
        return try bytes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[start ..< ends[index]])) }
    }
}

/// Walks over texts in order, one block in memory at a time.
package final class TextCursor {
    private let blocks: TextBlocks?
    private var block: TextBlock?
    private var number = 0
    private var inBlock = 0
    /// The index of the current text; the count of texts at the end.
    package private(set) var index = 0

    package init(_ blocks: TextBlocks?) {
        self.blocks = blocks
        block = blocks.flatMap { $0.count > 0 ? $0.block(0) : nil }
    }

    package var isAtEnd: Bool { block == nil }

    /// Calls `body` with the current text, which must exist.
    package func withText<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        guard let block else { preconditionFailure("no text at the end") }
        return try block.withText(inBlock, body)
    }

    package func advance() {
        guard let blocks, let current = block else { return }
        index += 1
        inBlock += 1
        guard inBlock == current.count else { return }
        number += 1
        inBlock = 0
        block = number < blocks.blockCount ? blocks.block(number) : nil
    }
}

/// UUIDs as text in lower case with dashes, and as 16 bytes.
package enum UUIDText {
    /// Bytes of the text.
    package static let byteCount = 36

    /// The 16 bytes; nil unless `text` has exactly this form.
    package static func parse(_ text: UnsafeRawBufferPointer) -> SIMD16<UInt8>? {
        guard text.count == 36, text[8] == 0x2D, text[13] == 0x2D, text[18] == 0x2D, text[23] == 0x2D else { return nil }
        var bytes = SIMD16<UInt8>()
        var index = 0
        for place in 0 ..< 16 {
            if isBehindDash(place) { index += 1 }
            guard let high = digit(text[index]), let low = digit(text[index + 1]) else { return nil }
            bytes[place] = high << 4 | low
            index += 2
        }
        return bytes
    }

    /// Writes the text of 16 bytes.
    package static func write(_ bytes: UnsafeRawBufferPointer, to text: UnsafeMutableRawBufferPointer) {
        var index = 0
        for place in 0 ..< 16 {
            if isBehindDash(place) {
                text[index] = 0x2D
                index += 1
            }
            text[index] = letter(bytes[place] >> 4)
            text[index + 1] = letter(bytes[place] & 15)
            index += 2
        }
    }

    private static func isBehindDash(_ place: Int) -> Bool { place == 4 || place == 6 || place == 8 || place == 10 }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30 ... 0x39: byte - 0x30
        case 0x61 ... 0x66: byte - 0x57
        default: nil
        }
    }

    private static func letter(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
}
