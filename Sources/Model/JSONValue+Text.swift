import OrderedCollections

extension JSONValue {
    /// Compact JSON, members in their order.
    ///
    /// Doubles keep a point or exponent (`1.0`), so that they are read back as doubles; a double that is not finite is written as
    /// `null`.
    public var text: String { String(decoding: utf8, as: UTF8.self) }

    /// As ``text``, in bytes.
    public var utf8: [UInt8] {
        var out: [UInt8] = []
        write(to: &out)
        return out
    }

    /// JSON over several lines, two spaces a level, for people.
    public var prettyText: String {
        var out: [UInt8] = []
        write(to: &out, indent: 0)
        return String(decoding: out, as: UTF8.self)
    }

    /// This value with the members of every object sorted by the bytes of their keys, so that equal values give equal text.
    public var canonical: JSONValue {
        switch self {
        case .array(let elements): .array(elements.map(\.canonical))
        case .object(let members):
            .object(
                OrderedDictionary(
                    uniqueKeysWithValues: members.map { ($0.key, $0.value.canonical) }
                        .sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }))
        default: self
        }
    }

    /// Appends compact JSON to `out`.
    public func write(to out: inout [UInt8]) { write(to: &out, indent: nil) }

    private func write(to out: inout [UInt8], indent: Int?) {
        switch self {
        case .null: out.append(contentsOf: "null".utf8)
        case .bool(let value): out.append(contentsOf: (value ? "true" : "false").utf8)
        case .int(let value): out.append(contentsOf: String(value).utf8)
        case .double(let value): out.append(contentsOf: (value.isFinite ? value.description : "null").utf8)
        case .bigNumber(let text): out.append(contentsOf: text.utf8)
        case .string(let value): JSONValue.write(string: value, to: &out)
        case .array(let elements):
            JSONValue.writeList(elements, open: "[", close: "]", indent: indent, to: &out) { element, out, inner in
                element.write(to: &out, indent: inner)
            }
        case .object(let members):
            JSONValue.writeList(members.elements, open: "{", close: "}", indent: indent, to: &out) { member, out, inner in
                JSONValue.write(string: member.key, to: &out)
                out.append(UInt8(ascii: ":"))
                if inner != nil { out.append(UInt8(ascii: " ")) }
                member.value.write(to: &out, indent: inner)
            }
        }
    }

    private static func writeList<Elements: Collection>(
        _ elements: Elements, open: Character, close: Character, indent: Int?, to out: inout [UInt8],
        each: (Elements.Element, inout [UInt8], Int?) -> Void
    ) {
        out.append(open.asciiValue ?? 0)
        let inner = indent.map { $0 + 2 }
        var isFirst = true
        for element in elements {
            if !isFirst { out.append(UInt8(ascii: ",")) }
            isFirst = false
            if let inner { newline(inner, to: &out) }
            each(element, &out, inner)
        }
        if let indent, !elements.isEmpty { newline(indent, to: &out) }
        out.append(close.asciiValue ?? 0)
    }

    private static func newline(_ indent: Int, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\n"))
        for _ in 0 ..< indent { out.append(UInt8(ascii: " ")) }
    }

    /// Appends `string` as a JSON string with its quotes; control characters are escaped, other text is left as it is.
    public static func write(string: String, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        var string = string
        string.withUTF8 { bytes in
            if bytes.contains(where: isEscaped) { writeEscaped(bytes, to: &out) } else { out.append(contentsOf: bytes) }
        }
        out.append(UInt8(ascii: "\""))
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7F
    }

    private static func writeEscaped(_ bytes: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) {
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\""): out.append(contentsOf: "\\\"".utf8)
            case UInt8(ascii: "\\"): out.append(contentsOf: "\\\\".utf8)
            case 0x0A: out.append(contentsOf: "\\n".utf8)
            case 0x0D: out.append(contentsOf: "\\r".utf8)
            case 0x09: out.append(contentsOf: "\\t".utf8)
            case _ where isEscaped(byte):
                let digits = Array("0123456789abcdef".utf8)
                out.append(contentsOf: "\\u00".utf8)
                out.append(digits[Int(byte >> 4)])
                out.append(digits[Int(byte & 15)])
            default: out.append(byte)
            }
        }
    }
}
