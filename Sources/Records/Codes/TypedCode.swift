/// Reads what people type when they copy a code from paper or a screen.
package enum TypedCode {
    /// The letters and digits of a text in plain capitals; blanks, hyphens and dashes are left out.
    ///
    /// Letters and digits of full width, as Chinese and Japanese keyboards make them, are read as plain ones.
    /// - Returns: nil when there is something else in it, or more than `max`.
    package static func letters(_ text: String, max: Int) -> [UInt8]? {
        var out: [UInt8] = []
        for scalar in text.prefix(100).unicodeScalars where !isSeparator(scalar) {
            guard out.count < max, let letter = letter(scalar) else { return nil }
            out.append(letter)
        }
        return out
    }

    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        // U+2010 … U+2015 are the hyphens and dashes that word processors make.
        scalar.properties.isWhitespace || scalar == "-" || (0x2010 ... 0x2015).contains(scalar.value) || scalar == "\u{2212}"
    }

    private static func letter(_ scalar: Unicode.Scalar) -> UInt8? {
        let isFullWidth = (0xFF01 ... 0xFF5E).contains(scalar.value)
        guard let byte = UInt8(exactly: isFullWidth ? scalar.value - 0xFEE0 : scalar.value) else { return nil }
        switch byte {
        case UInt8(ascii: "a") ... UInt8(ascii: "z"): return byte - 0x20
        case UInt8(ascii: "A") ... UInt8(ascii: "Z"), UInt8(ascii: "0") ... UInt8(ascii: "9"): return byte
        default: return nil
        }
    }
}
