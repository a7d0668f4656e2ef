/// The values that identify nobody, such as `null`, `[object Object]` or a zero UUID (specs: people, section 1, step 1).
struct BlockedValues: Sendable {
    /// Compared without regard to the case of ASCII letters.
    static let words = [
        "anonymous", "guest", "distinctid", "distinct_id", "id", "not_authenticated", "email", "undefined", "true", "false",
        "null", "none", "nil", "nan", "n/a", "unknown",
        // What stands in the place of somebody who was erased.
        "(erased)",
    ]
    private static let objectText = Array("[object Object]".utf8)

    /// Lower-cased words by their length; an empty list where no word has that length.
    private let wordsByLength: [[[UInt8]]]

    /// The built-in words and a workspace's own.
    init(own: [String] = []) {
        var byLength: [[[UInt8]]] = []
        for word in BlockedValues.words + own {
            let bytes = word.utf8.map(\.asciiLowercased)
            if bytes.count >= byLength.count {
                byLength.append(contentsOf: repeatElement([], count: bytes.count + 1 - byLength.count))
            }
            if !byLength[bytes.count].contains(bytes) { byLength[bytes.count].append(bytes) }
        }
        wordsByLength = byLength
    }

    /// Whether the value identifies nobody.
    ///
    /// About 5 ns for an ordinary id.
    func contains(_ value: UnsafeRawBufferPointer) -> Bool {
        guard let first = value.first, let last = value.last else { return true }
        if holds(value) { return true }
        let isQuoted = value.count >= 2 && first == last && (first == UInt8(ascii: "\"") || first == UInt8(ascii: "'"))
        guard isQuoted else { return false }
        let inner = UnsafeRawBufferPointer(rebasing: value[1 ..< value.count - 1])
        return inner.isEmpty || holds(inner)
    }

    /// As ``contains(_:)`` for a value that is not empty, quotes being ordinary bytes.
    private func holds(_ value: UnsafeRawBufferPointer) -> Bool {
        switch value[0] {
        case UInt8(ascii: "0"), UInt8(ascii: "-"):
            if value.allSatisfy({ $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: "-") }) { return true }
            if value.count == 2, value[0] == UInt8(ascii: "-"), value[1] == UInt8(ascii: "1") { return true }
        case UInt8(ascii: "["):
            if value.elementsEqual(BlockedValues.objectText) { return true }
        case 0x09 ... 0x0D, 0x20, 0xC2, 0xE1, 0xE2, 0xE3:
            // Every Unicode white space begins with one of these bytes.
            if String(decoding: value, as: UTF8.self).unicodeScalars.allSatisfy(\.properties.isWhitespace) { return true }
        default: break
        }
        guard value.count < wordsByLength.count else { return false }
        return wordsByLength[value.count].contains { word in
            for index in word.indices where value[index].asciiLowercased != word[index] { return false }
            return true
        }
    }
}

extension UInt8 {
    /// This byte with A–Z made a–z.
    @inline(__always) var asciiLowercased: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }
}
