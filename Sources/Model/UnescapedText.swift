/// A text with its percent and JSON escapes read once, and where each byte came from.
struct UnescapedText {
    private(set) var bytes: [UInt8] = []
    /// Where each byte begins in the text as it is, and at last where that ends.
    private(set) var starts: [Int] = []

    /// nil when nothing is escaped.
    init?(_ text: UnsafeRawBufferPointer) {
        self.init(text) { $0 }
    }

    /// The text read once more; nil when nothing is escaped any more.
    func unescaped() -> UnescapedText? {
        bytes.withUnsafeBytes { UnescapedText($0) { starts[$0] } }
    }

    private init?(_ text: UnsafeRawBufferPointer, start: (Int) -> Int) {
        var isEscaped = false
        var place = 0
        bytes.reserveCapacity(text.count)
        starts.reserveCapacity(text.count + 1)
        while place < text.count {
            guard let escape = TextEscape(text, at: place) else {
                bytes.append(text[place])
                starts.append(start(place))
                place += 1
                continue
            }
            isEscaped = true
            escape.forEachByte { byte in
                bytes.append(byte)
                starts.append(start(place))
            }
            place += escape.byteCount
        }
        guard isEscaped else { return nil }
        starts.append(start(text.count))
    }
}

/// One escape: `%40`, `\u0041`, `\n`, `\"`.
struct TextEscape {
    /// A byte behind a percent sign, else a scalar.
    let value: UInt32
    private let isByte: Bool
    let byteCount: Int

    /// The escape that begins at `place`; nil when none does.
    init?(_ text: UnsafeRawBufferPointer, at place: Int) {
        if text[place] == UInt8(ascii: "%") {
            guard let value = TextEscape.hex(text, place + 1, digits: 2) else { return nil }
            (self.value, isByte, byteCount) = (value, true, 3)
            return
        }
        guard text[place] == UInt8(ascii: "\\"), place + 1 < text.count else { return nil }
        if text[place + 1] == UInt8(ascii: "u") {
            guard let unit = TextEscape.unit(text, place) else { return nil }
            if let low = TextEscape.unit(text, place + 6), 0xD800 ..< 0xDC00 ~= unit, 0xDC00 ..< 0xE000 ~= low {
                (value, isByte, byteCount) = (0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00), false, 12)
                return
            }
            (value, isByte, byteCount) = (unit, false, 6)
            return
        }
        let scalar: UInt8
        switch text[place + 1] {
        case UInt8(ascii: "n"): scalar = 0x0A
        case UInt8(ascii: "t"): scalar = 0x09
        case UInt8(ascii: "r"): scalar = 0x0D
        case UInt8(ascii: "b"): scalar = 0x08
        case UInt8(ascii: "f"): scalar = 0x0C
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): scalar = text[place + 1]
        default: return nil
        }
        (value, isByte, byteCount) = (UInt32(scalar), false, 2)
    }

    /// Calls `body` with each byte that the escape stands for.
    func forEachByte(_ body: (UInt8) -> Void) {
        if isByte { return body(UInt8(truncatingIfNeeded: value)) }
        // Half a pair of surrogates is no scalar.
        String(Character(Unicode.Scalar(value) ?? "\u{FFFD}")).utf8.forEach(body)
    }

    /// The four digits of a `\u` at `place`.
    private static func unit(_ text: UnsafeRawBufferPointer, _ place: Int) -> UInt32? {
        guard place + 1 < text.count, text[place] == UInt8(ascii: "\\"), text[place + 1] == UInt8(ascii: "u") else { return nil }
        return hex(text, place + 2, digits: 4)
    }

    private static func hex(_ text: UnsafeRawBufferPointer, _ start: Int, digits: Int) -> UInt32? {
        guard start + digits <= text.count else { return nil }
        var value: UInt32 = 0
        for place in start ..< start + digits {
            switch text[place] {
            case UInt8(ascii: "0") ... UInt8(ascii: "9"): value = value << 4 | UInt32(text[place] - UInt8(ascii: "0"))
            case UInt8(ascii: "a") ... UInt8(ascii: "f"): value = value << 4 | UInt32(text[place] - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A") ... UInt8(ascii: "F"): value = value << 4 | UInt32(text[place] - UInt8(ascii: "A") + 10)
            default: return nil
            }
        }
        return value
    }
}
