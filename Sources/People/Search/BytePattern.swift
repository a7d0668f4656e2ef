/// Finds text in bytes, ASCII letters compared without regard to case.
struct BytePattern: Sendable {
    private let needle: [UInt8]

    init(_ text: String) { needle = text.utf8.map(\.asciiLowercased) }

    /// Whether the text occurs in `bytes`; the empty text occurs everywhere.
    func occurs(in bytes: UnsafeRawBufferPointer) -> Bool {
        guard let first = needle.first else { return true }
        guard bytes.count >= needle.count else { return false }
        let upper = first >= 0x61 && first <= 0x7A ? first & 0xDF : first
        search: for start in 0 ... bytes.count - needle.count where bytes[start] == first || bytes[start] == upper {
            for index in 1 ..< max(needle.count, 1) where bytes[start + index].asciiLowercased != needle[index] { continue search }
            return true
        }
        return false
    }

    func occurs(in text: String) -> Bool {
        var text = text
        return text.withUTF8 { occurs(in: UnsafeRawBufferPointer($0)) }
    }
}
