/// Finds the identities of people in texts: what an erasure takes out is what a check looks for afterwards.
///
/// A value of ``longBytes`` and more is found wherever it stands by itself, the case of ASCII letters aside: it is no piece of a longer word
/// of ASCII letters, digits, `_` and `-`, nor of one that goes on behind a full stop or an `@`, as an address does. It is also found where it,
/// or what stands beside it, is written in percent or JSON escapes, once or twice over.
/// A shorter value, such as `42`, and one that anybody can make up, is found where it is all of what a member that names somebody says,
/// and wherever it is written with its type: `user_id:42`.
/// Source: docs/decisions/0011-erasure.md
public struct IdentityFinder: Sendable {
    /// What stands in the place of what was erased.
    ///
    /// As an identity it is nobody's.
    public static let mark = "(erased)"
    /// From how many bytes on a value is found within texts.
    public static let longBytes = 8
    /// From how many bytes on an identity is found within texts that is written with its type, as `crm:42`.
    private static let typedBytes = 4
    /// How often a text is read for escapes within escapes.
    private static let escapesMax = 2

    /// Folded to lower case, the longest first: where one value begins another the longer is taken.
    private var long: [[UInt8]] = []
    /// Bytes of the shortest of them.
    private var longBytesMin = IdentityFinder.longBytes
    /// Those that are whole texts, folded.
    private var whole: Set<[UInt8]> = []
    /// A bit for the hash of the first four bytes of each long value.
    private var beginnings = [UInt64](repeating: 0, count: 1 << 10)

    /// - Parameters:
    ///   - madeUp: values that are found only as whole texts, however long.
    ///   - typed: identities with their types, as `user_id:42`, which are found within texts, however short.
    public init(
        _ values: some Sequence<String>, madeUp: some Sequence<String> = EmptyCollection(),
        typed: some Sequence<String> = EmptyCollection()
    ) {
        for value in madeUp where !value.isEmpty && value != IdentityFinder.mark {
            whole.insert(value.utf8.map(IdentityFinder.folded))
        }
        let mark = Array(IdentityFinder.mark.utf8)
        let typed = Set(typed.map { $0.utf8.map(IdentityFinder.folded) }.filter { $0.count >= IdentityFinder.typedBytes })
        for value in Set(values.map { $0.utf8.map(IdentityFinder.folded) }).union(typed) where !value.isEmpty && value != mark {
            guard value.count >= IdentityFinder.longBytes || typed.contains(value) else {
                whole.insert(value)
                continue
            }
            long.append(value)
            longBytesMin = min(longBytesMin, value.count)
            let hash = IdentityFinder.hash(value[0], value[1], value[2], value[3])
            beginnings[hash >> 6] |= 1 << UInt64(hash & 63)
        }
        long.sort { $0.count > $1.count }
    }

    /// - Parameters:
    ///   - identities: of some people.
    ///   - texts: their values, as they are compared and as they came.
    public init(of identities: some Collection<Identity>, texts: Set<String>) {
        let madeUp = identities.madeUpValues
        self.init(texts.subtracting(madeUp), madeUp: madeUp, typed: identities.map(\.typed))
    }

    // MARK: - Looking

    /// Whether a long value stands in a text.
    public func isIn(_ text: UnsafeRawBufferPointer) -> Bool { !places(in: text).isEmpty }

    /// Whether a long value stands in a text.
    public func isIn(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { isIn(UnsafeRawBufferPointer($0)) }
    }

    /// Whether a text, all of it, is one of the values; the case of ASCII letters does not count.
    public func isWhole(_ text: UnsafeRawBufferPointer) -> Bool {
        let folded = text.map(IdentityFinder.folded)
        return whole.contains(folded) || long.contains(folded)
    }

    /// Whether a value stands in what a column says that names somebody.
    public func isNamed(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { isWhole(UnsafeRawBufferPointer($0)) } || isIn(text)
    }

    /// Whether a JSON text holds a value, also one that may be cut off.
    public func isInJSON(_ text: String) -> Bool {
        var text = text
        if isIn(text) { return true }
        return text.withUTF8 { !wholePlaces(inJSON: UnsafeRawBufferPointer($0)).isEmpty }
    }

    /// The text with the mark in the place of each value; nil when it holds none.
    ///
    /// - Parameter namesSomebody: whether the text is what a member says that names somebody.
    public func redacted(_ text: UnsafeRawBufferPointer, namesSomebody: Bool = false) -> [UInt8]? {
        var found = places(in: text)
        if namesSomebody, !whole.isEmpty {
            if text.first == UInt8(ascii: "[") || text.first == UInt8(ascii: "{") {
                found = IdentityFinder.joined(found + wholePlaces(inJSON: text, namesSomebody: true))
            } else if whole.contains(text.map(IdentityFinder.folded)) {
                return Array(IdentityFinder.mark.utf8)
            }
        }
        if found.isEmpty { return nil }
        var out: [UInt8] = []
        var taken = 0
        for range in found {
            out.append(contentsOf: text[taken ..< range.lowerBound])
            out.append(contentsOf: IdentityFinder.mark.utf8)
            taken = range.upperBound
        }
        out.append(contentsOf: text[taken...])
        // What stood beside something that is gone may stand by itself now.
        return out.withUnsafeBytes { redacted($0, namesSomebody: namesSomebody) } ?? out
    }

    /// Where long values stand by themselves, in order and apart.
    private func places(in text: UnsafeRawBufferPointer) -> [Range<Int>] {
        guard !long.isEmpty, text.count >= longBytesMin else { return [] }
        let isJSON = text.first == UInt8(ascii: "[") || text.first == UInt8(ascii: "{")
        let (hasPercent, hasBackslash) = (text.contains(UInt8(ascii: "%")), text.contains(UInt8(ascii: "\\")))
        var found: [Range<Int>] = []
        // In JSON a letter behind a backslash may be half an escape, and must not be taken out alone.
        if !(isJSON && hasBackslash) { scan(text) { found.append($0) } }
        guard hasPercent || hasBackslash else { return found }
        var read: UnescapedText?
        for _ in 0 ..< IdentityFinder.escapesMax {
            guard let deeper = read.map({ $0.unescaped() }) ?? UnescapedText(text) else { break }
            deeper.bytes.withUnsafeBytes { bytes in
                scan(bytes) { found.append(deeper.starts[$0.lowerBound] ..< deeper.starts[$0.upperBound]) }
            }
            read = deeper
        }
        if isJSON, read == nil { scan(text) { found.append($0) } }
        return IdentityFinder.joined(found)
    }

    private static func joined(_ ranges: [Range<Int>]) -> [Range<Int>] {
        var joined: [Range<Int>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = joined.last, range.lowerBound < last.upperBound {
                joined[joined.count - 1] = last.lowerBound ..< max(last.upperBound, range.upperBound)
            } else {
                joined.append(range)
            }
        }
        return joined
    }

    private func scan(_ text: UnsafeRawBufferPointer, _ body: (Range<Int>) -> Void) {
        var place = 0
        while place + longBytesMin <= text.count {
            guard let length = matchLength(text, at: place) else {
                place += 1
                continue
            }
            body(place ..< place + length)
            place += length
        }
    }

    /// Bytes of the value that stands at `place`; nil when none does.
    private func matchLength(_ text: UnsafeRawBufferPointer, at place: Int) -> Int? {
        let hash = IdentityFinder.hash(
            IdentityFinder.folded(text[place]), IdentityFinder.folded(text[place + 1]), IdentityFinder.folded(text[place + 2]),
            IdentityFinder.folded(text[place + 3]))
        guard beginnings[hash >> 6] >> UInt64(hash & 63) & 1 != 0 else { return nil }
        for value in long where place + value.count <= text.count {
            guard value.indices.allSatisfy({ IdentityFinder.folded(text[place + $0]) == value[$0] }) else { continue }
            let end = place + value.count
            if IdentityFinder.isWord(value[0]), IdentityFinder.goesOn(before: place, of: text) { continue }
            if IdentityFinder.isWord(value[value.count - 1]), IdentityFinder.goesOn(from: end, of: text) { continue }
            return value.count
        }
        return nil
    }

    // MARK: - Words

    /// Whether a word that begins at `place` has more of it before.
    private static func goesOn(before place: Int, of text: UnsafeRawBufferPointer) -> Bool {
        guard place > 0 else { return false }
        return isWord(text[place - 1]) || isJoint(text[place - 1]) && place > 1 && isWord(text[place - 2])
    }

    /// Whether a word that ends at `end` has more of it behind, escaped or not.
    private static func goesOn(from end: Int, of text: UnsafeRawBufferPointer) -> Bool {
        guard end < text.count else { return false }
        let first = character(text, at: end)
        if isWord(first.byte) { return true }
        // A full stop ends a sentence, or it goes on as in "ann@example.co.uk".
        return isJoint(first.byte) && first.end < text.count && isWord(character(text, at: first.end).byte)
    }

    private static func character(_ text: UnsafeRawBufferPointer, at place: Int) -> (byte: UInt8, end: Int) {
        guard let escape = TextEscape(text, at: place) else { return (text[place], place + 1) }
        return (UInt8(exactly: escape.value) ?? 0xFF, place + escape.byteCount)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch folded(byte) {
        case UInt8(ascii: "a") ... UInt8(ascii: "z"), UInt8(ascii: "0") ... UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static func isJoint(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ".") || byte == UInt8(ascii: "@") }

    @inline(__always) static func folded(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }

    @inline(__always) private static func hash(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) -> Int {
        (Int(a) ^ Int(b) << 3 ^ Int(c) << 6 ^ Int(d) << 8) & 0xFFFF
    }
}

// MARK: - Members that name somebody

extension IdentityFinder {
    /// Whether a member is one that names people, by its keys, outermost first: `userId`, `payer`, `to.id`, `externalIds`.
    public static func namesSomebody(_ keys: [String]) -> Bool {
        guard let last = keys.last?.lowercased() else { return false }
        return parties.contains(last) || last == "id" && keys.count > 1 && parties.contains(keys[keys.count - 2].lowercased())
    }

    private static let parties: Set<String> = [
        "userid", "user_id", "anonymousid", "anonymous_id", "previousid", "previous_id", "externalids", "device", "payer",
        "recipient", "beneficiary", "buyer", "customer", "customerid", "customer_id", "referrer", "from", "to", "email", "phone",
    ]

    private struct Frame {
        var isObject: Bool
        /// Of the member at hand; of the list's members in a list.
        var key = ""
        /// Whether it is a test of a property that names somebody, as `{"property": "payer", "op": "=", "value": "42"}`.
        var testsSomebody = false
        /// What it is tested for.
        var operands: [Range<Int>] = []
    }

    /// Where a value is all of a string that names somebody; without its quotation marks.
    ///
    /// - Parameter namesSomebody: whether all strings do.
    private func wholePlaces(inJSON text: UnsafeRawBufferPointer, namesSomebody: Bool = false) -> [Range<Int>] {
        guard !whole.isEmpty else { return [] }
        var found: [Range<Int>] = []
        var frames: [Frame] = []
        var place = 0
        while place < text.count {
            defer { place += 1 }
            switch text[place] {
            case UInt8(ascii: "{"): frames.append(Frame(isObject: true))
            case UInt8(ascii: "["): frames.append(Frame(isObject: false, key: frames.last?.key ?? ""))
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if let frame = frames.popLast(), frame.testsSomebody { found += frame.operands }
            case UInt8(ascii: "\""):
                let range = IdentityFinder.string(of: text, at: place + 1)
                place = range.upperBound
                let string = UnsafeRawBufferPointer(rebasing: text[range])
                let plain = UnescapedText(string)?.bytes ?? Array(string)
                let isMember = frames.last?.isObject == true
                if isMember, IdentityFinder.isKey(endingAt: place, of: text) {
                    frames[frames.count - 1].key = String(decoding: plain, as: UTF8.self)
                    continue
                }
                let key = frames.last?.key ?? ""
                if isMember, key == "property" || key == "trait" {
                    let path = String(decoding: plain, as: UTF8.self).split(separator: ".").map { String($0) }
                    frames[frames.count - 1].testsSomebody = IdentityFinder.namesSomebody(path)
                }
                guard whole.contains(plain.map(IdentityFinder.folded)) else { continue }
                if namesSomebody || IdentityFinder.namesSomebody(frames.filter(\.isObject).map(\.key)) {
                    found.append(range)
                } else if key == "value", let object = frames.lastIndex(where: \.isObject) {
                    frames[object].operands.append(range)
                }
            default: break
            }
        }
        // Of a text that was cut off.
        for frame in frames where frame.testsSomebody { found += frame.operands }
        return found
    }

    /// The bytes of a string from behind its quotation mark to before the other, or to the end of the text.
    private static func string(of text: UnsafeRawBufferPointer, at start: Int) -> Range<Int> {
        var end = start
        while end < text.count, text[end] != UInt8(ascii: "\"") { end += text[end] == UInt8(ascii: "\\") ? 2 : 1 }
        return start ..< min(end, text.count)
    }

    /// Whether a colon follows the quotation mark at `place`.
    private static func isKey(endingAt place: Int, of text: UnsafeRawBufferPointer) -> Bool {
        var next = place + 1
        while next < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[next]) { next += 1 }
        return next < text.count && text[next] == UInt8(ascii: ":")
    }
}

extension Collection<Identity> {
    /// Values by which only browsers and devices are known, which anybody can make up.
    public var madeUpValues: Set<String> {
        let isMadeUp: (Identity) -> Bool = { $0.type == .anonymousID || $0.type == .deviceID }
        return Set(filter(isMadeUp).map(\.value)).subtracting(filter { !isMadeUp($0) }.map(\.value))
    }
}
