/// What was mended at one place of a text.
struct JSONMark: Hashable {
    /// Where the replacement stands in the mended text.
    var offset: Int
    /// Mended offset minus offset as sent, for what follows the replacement.
    var shift: Int
    var mercy: JSONMercies
}

/// A parsed JSON text: a view of simdjson's tape, of the unescaped strings and of the text.
///
/// Valid until its reader reads again.
///
/// Tape (simdjson 3, doc/tape.md): words of `tag << 56 | payload`; a container's payload holds the index after its end,
/// a string's the offset of its length and bytes; an integer or double is the following word.
public struct JSONDocument {
    @usableFromInline let tape: UnsafeMutablePointer<UInt64>
    @usableFromInline let strings: UnsafePointer<UInt8>
    let text: UnsafePointer<UInt8>?
    let structurals: UnsafeBufferPointer<UInt32>
    let marks: [JSONMark]

    /// The whole value.
    @inlinable public var root: JSONNode { JSONNode(tape: tape, strings: strings, index: 1, mayHoldBigNumbers: isMended) }

    /// Whether something was forgiven anywhere in the text.
    @usableFromInline let isMended: Bool

    /// What was forgiven anywhere in the text.
    public var mercies: JSONMercies { marks.reduce(into: []) { $0.formUnion($1.mercy) } }

    init(
        tape: UnsafeMutablePointer<UInt64>, strings: UnsafePointer<UInt8>, text: UnsafePointer<UInt8>?,
        structurals: UnsafeBufferPointer<UInt32>, marks: [JSONMark]
    ) {
        self.tape = tape
        self.strings = strings
        self.text = text
        self.structurals = structurals
        self.marks = marks
        isMended = !marks.isEmpty
    }

    /// What was forgiven between two offsets of ``JSONSpan``.
    public func mercies(in span: JSONSpan) -> JSONMercies {
        guard isMended else { return [] }
        return marks[firstMark(at: span.start) ..< firstMark(at: span.end)].reduce(into: []) { $0.formUnion($1.mercy) }
    }

    /// What was forgiven before the first or after the last of `spans`: in the envelope around them.
    public func merciesOutside(_ spans: [JSONSpan]) -> JSONMercies {
        guard isMended, let first = spans.first, let last = spans.last else { return [] }
        return marks.reduce(into: []) { if $1.offset < first.start || $1.offset >= last.end { $0.formUnion($1.mercy) } }
    }

    /// The bytes of a span in the text as sent.
    public func sentBytes(of span: JSONSpan) -> Range<Int> { sentOffset(span.start) ..< sentOffset(span.end) }

    private func sentOffset(_ offset: Int) -> Int {
        let following = firstMark(at: offset)
        return following == 0 ? offset : offset - marks[following - 1].shift
    }

    /// The number of the first mark at or after `offset`; marks ascend.
    private func firstMark(at offset: Int) -> Int {
        var low = 0
        var high = marks.count
        while low < high {
            let middle = (low + high) / 2
            if marks[middle].offset < offset { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// Where a value stands in the text that was parsed, which differs from the text as sent when something was mended.
public struct JSONSpan: Hashable, Sendable {
    public var start: Int
    public var end: Int
}

extension JSONDocument {
    /// The spans of the elements of the root, an array.
    public func spansOfElements() -> [JSONSpan] { spans(ofArrayAt: 0) }

    /// The spans of the elements of the array that is the value of the root's member number `member`, counted from 0.
    public func spansOfElements(inMember member: Int) -> [JSONSpan] {
        var position = 1
        for _ in 0 ..< member {
            // key, colon, value, comma
            position = afterValue(at: position + 2) + 1
        }
        return spans(ofArrayAt: position + 2)
    }

    private func spans(ofArrayAt start: Int) -> [JSONSpan] {
        var spans: [JSONSpan] = []
        var position = start + 1
        guard byte(start) == UInt8(ascii: "[") else { return spans }
        while position < structurals.count, byte(position) != UInt8(ascii: "]") {
            let next = afterValue(at: position)
            guard next < structurals.count else { break }
            let isContainer = next > position + 1
            let end = isContainer ? Int(structurals[next - 1]) + 1 : Int(structurals[next])
            spans.append(JSONSpan(start: Int(structurals[position]), end: end))
            if byte(next) == UInt8(ascii: "]") { break }
            position = next + 1
        }
        return spans
    }

    /// The number of the structural after the value that starts at structural `start`.
    private func afterValue(at start: Int) -> Int {
        var depth = 0
        var position = start
        repeat {
            switch byte(position) {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            position += 1
        } while depth > 0 && position < structurals.count
        return position
    }

    private func byte(_ structural: Int) -> UInt8 {
        guard structural < structurals.count, let text else { return 0 }
        return text[Int(structurals[structural])]
    }
}
