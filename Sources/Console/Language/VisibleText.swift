/// Makes characters that steer instead of showing visible, over a whole finished page.
///
/// Templates and charts hold none of them, so what is found came from data: a name with a right-to-left override, a bell, a NUL.
/// Control characters become their Unicode pictures (U+2400…), steering marks become `⟦U+202E⟧`. Line ends and tabs stay.
enum VisibleText {
    static func page(_ html: String) -> String {
        guard needsChange(html) else { return html }
        var out = String.UnicodeScalarView()
        for scalar in html.unicodeScalars {
            switch scalar.value {
            case 0x09, 0x0A, 0x0D: out.append(scalar)
            case 0 ..< 0x20: out.append(Unicode.Scalar(0x2400 + scalar.value) ?? "�")
            case 0x7F: out.append("␡")
            case let value where steers(value):
                out.append(contentsOf: "⟦U+\(String(value, radix: 16, uppercase: true))⟧".unicodeScalars)
            default: out.append(scalar)
            }
        }
        return String(out)
    }

    /// Compact JSON that says the same and that ``page(_:)`` leaves as it is, for fields that come back with a form.
    ///
    /// Such characters stand only within its strings, where an escape means them.
    static func escaped(json: String) -> String {
        guard needsChange(json) else { return json }
        var out = ""
        for scalar in json.unicodeScalars {
            guard scalar.value == 0x7F || steers(scalar.value) else {
                out.unicodeScalars.append(scalar)
                continue
            }
            for unit in Character(scalar).utf16 {
                let digits = String(unit, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return out
    }

    /// C1 controls, direction marks and overrides, isolates, line separators, zero-width space, byte-order mark, tag characters.
    static func steers(_ value: UInt32) -> Bool {
        switch value {
        case 0x80 ... 0x9F, 0x061C, 0x200B, 0x200E, 0x200F, 0x2028 ... 0x202E, 0x2060 ... 0x206F, 0xFEFF, 0xFFF9 ... 0xFFFB,
            0xE0000 ... 0xE007F:
            true
        default: false
        }
    }

    /// A pass over the bytes that costs next to nothing and is nearly always the only one.
    private static func needsChange(_ html: String) -> Bool {
        var html = html
        return html.withUTF8 { bytes in
            var index = 0
            while index < bytes.count {
                let byte = bytes[index]
                if byte < 0x20 {
                    if byte != 0x0A, byte != 0x09, byte != 0x0D { return true }
                } else if byte == 0x7F || byte == 0xC2 && index + 1 < bytes.count && bytes[index + 1] < 0xA0 {
                    return true
                } else if byte == 0xE2, index + 2 < bytes.count, bytes[index + 1] == 0x80 || bytes[index + 1] == 0x81 {
                    let value = 0x2000 + UInt32(bytes[index + 1] & 0x3F) << 6 | UInt32(bytes[index + 2] & 0x3F)
                    if steers(0x2000 | value) { return true }
                } else if byte == 0xD8 && index + 1 < bytes.count && bytes[index + 1] == 0x9C || byte == 0xEF || byte == 0xF3 {
                    return true
                }
                index += 1
            }
            return false
        }
    }
}
