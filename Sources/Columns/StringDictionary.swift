internal import Glibc
internal import Synchronization

/// The distinct texts of a column, sorted by bytes: code order is byte order.
///
/// Blocks of 128 texts are unpacked at their first use and up to 512 of them kept.
public final class StringDictionary: Sendable {
    /// Number of texts; codes are below it.
    public let count: Int
    private let blocks: TextBlocks?
    private let region: ByteRegion?
    private let layout = Mutex<[Int: TextBlock]>([:])

    /// Reads the layout drawn at ``TextBlocksEncoder``; nil when the bytes are too short for it.
    package init?(_ bytes: UnsafeRawBufferPointer, region: ByteRegion) {
        guard let blocks = TextBlocks(bytes) else { return nil }
        count = blocks.count
        self.blocks = blocks
        self.region = region
    }

    /// A dictionary without texts.
    package init() {
        count = 0
        blocks = nil
        region = nil
    }

    /// The text of `code`.
    public func text(_ code: Int) -> String {
        withBytes(code) { String(decoding: $0, as: UTF8.self) }
    }

    /// Calls `body` with the bytes of the text of `code`.
    public func withBytes<Result>(_ code: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        precondition(code >= 0 && code < count, "code outside of the dictionary")
        return try block(code / TextBlocksEncoder.blockSize).withText(code % TextBlocksEncoder.blockSize, body)
    }

    /// The code of `text`; nil when no row holds it.
    ///
    /// O(log n).
    public func code(of text: String) -> Int? {
        var text = text
        return text.withUTF8 { code(ofBytes: UnsafeRawBufferPointer($0)) }
    }

    /// The code of a text given as UTF-8.
    public func code(ofBytes text: UnsafeRawBufferPointer) -> Int? {
        let code = lowerBound(ofBytes: text)
        guard code < count, withBytes(code, { ByteOrder.areEqual($0, text) }) else { return nil }
        return code
    }

    /// The first code whose text is not below `text` by bytes; `count` when all are below.
    public func lowerBound(ofBytes text: UnsafeRawBufferPointer) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if withBytes(middle, { ByteOrder.precedes($0, text) }) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Calls `body` with each code and the bytes of its text, ascending.
    public func forEach(_ body: (Int, UnsafeRawBufferPointer) -> Void) {
        var code = 0
        blocks?.forEach { text in
            body(code, text)
            code += 1
        }
    }

    /// Reads the texts in order, block by block.
    package var cursor: TextCursor { TextCursor(blocks) }

    private func block(_ number: Int) -> TextBlock {
        guard let blocks else { preconditionFailure("an empty dictionary has no blocks") }
        if let known = layout.withLock({ $0[number] }) { return known }
        let block = blocks.block(number)
        layout.withLock { kept in
            if kept.count >= 512 { kept.removeAll(keepingCapacity: true) }
            kept[number] = block
        }
        return block
    }
}

/// Comparison of texts by their bytes.
package enum ByteOrder {
    package static func precedes(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        compare(left, right) < 0
    }

    package static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        left.count == right.count && compare(left, right) == 0
    }

    /// Below, at or above zero as `left` sorts before, with or after `right`.
    package static func compare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
        let shared = min(left.count, right.count)
        if shared > 0, let first = left.baseAddress, let second = right.baseAddress {
            let order = memcmp(first, second, shared)
            if order != 0 { return Int(order) }
        }
        return left.count - right.count
    }
}
