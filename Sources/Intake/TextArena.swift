internal import Columns

/// Where the texts of numeric ids live while their call is written; texts of strings stay on the tape.
final class TextArena {
    private let bytes: UnsafeMutableRawBufferPointer
    private var used = 0

    init() { bytes = .allocate(byteCount: 16 << 10, alignment: 8) }
    deinit { bytes.deallocate() }

    func reset() { used = 0 }

    /// The text of a string or number, valid until the next reset; nil for other kinds.
    func text(_ node: JSONNode) -> UnsafeRawBufferPointer? {
        switch node.kind {
        case .string: node.string
        case .bigNumber: node.sentBigNumber ?? keep(node.bigNumber)
        default: TextArena.numberText(node).map { keep($0) }
        }
    }

    /// The bytes of an id's text; 0 for what is no id.
    static func byteCount(_ node: JSONNode) -> Int {
        node.kind == .string ? node.string.count : numberText(node)?.utf8.count ?? 0
    }

    /// The text that a number stands for as an id; nil for other kinds.
    static func numberText(_ node: JSONNode) -> String? {
        switch node.kind {
        case .int: String(node.int)
        case .double: text(node.double)
        case .bigNumber: node.bigNumber
        default: nil
        }
    }

    /// JavaScript has one type of number: a whole one is meant as a whole one.
    static func text(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 9_007_199_254_740_992 ? String(Int64(value)) : value.description
    }

    /// Copies `text`, a number of 64 bits; the arena has room for hundreds of them.
    func keep(_ text: String) -> UnsafeRawBufferPointer {
        let utf8 = text.utf8
        precondition(used + utf8.count <= bytes.count, "a call has fewer numeric ids than the arena holds")
        let target = UnsafeMutableRawBufferPointer(rebasing: bytes[used ..< used + utf8.count])
        target.copyBytes(from: utf8)
        used += utf8.count
        return UnsafeRawBufferPointer(target)
    }
}
