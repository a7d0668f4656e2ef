internal import Model
internal import OrderedCollections

extension JSONValue {
    /// The value of a leaf.
    init(leaf: LeafValue) {
        switch leaf {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .int(value)
        case .double(let value): self = .double(value)
        case .bigNumber(let text): self = .bigNumber(String(decoding: text, as: UTF8.self))
        case .string(let text): self = .string(String(decoding: text, as: UTF8.self))
        case .json(let text): self = JSONValue(stored: text)
        }
    }

    /// Reads the compact JSON that `JSONValue.text` writes; text that is not such JSON is taken as text.
    ///
    /// No use for foreign input: that is read by `JSONParser`, with its limits and messages.
    init(stored text: UnsafeRawBufferPointer) {
        var reader = StoredJSONReader(bytes: text)
        if let value = reader.value(), reader.isAtEnd {
            self = value
        } else {
            self = .string(String(decoding: text, as: UTF8.self))
        }
    }
}

/// Reads compact JSON of our own writing.
private struct StoredJSONReader {
    let bytes: UnsafeRawBufferPointer
    var offset = 0

    init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { offset == bytes.count }

    mutating func value() -> JSONValue? {
        guard offset < bytes.count else { return nil }
        switch bytes[offset] {
        case UInt8(ascii: "{"): return object()
        case UInt8(ascii: "["): return array()
        case UInt8(ascii: "\""): return string().map(JSONValue.string)
        case UInt8(ascii: "t"): return word("true", .bool(true))
        case UInt8(ascii: "f"): return word("false", .bool(false))
        case UInt8(ascii: "n"): return word("null", .null)
        default: return number()
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard offset < bytes.count, bytes[offset] == UInt8(ascii: character) else { return false }
        offset += 1
        return true
    }

    private mutating func word(_ text: StaticString, _ value: JSONValue) -> JSONValue? {
        let count = text.utf8CodeUnitCount
        guard offset + count <= bytes.count else { return nil }
        for index in 0 ..< count where bytes[offset + index] != text.utf8Start[index] { return nil }
        offset += count
        return value
    }

    private mutating func array() -> JSONValue? {
        offset += 1
        var elements: [JSONValue] = []
        if take("]") { return .array(elements) }
        while true {
            guard let element = value() else { return nil }
            elements.append(element)
            if take("]") { return .array(elements) }
            guard take(",") else { return nil }
        }
    }

    private mutating func object() -> JSONValue? {
        offset += 1
        var members: OrderedDictionary<String, JSONValue> = [:]
        if take("}") { return .object(members) }
        while true {
            guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\""), let key = string(), take(":"), let value = value()
            else {
                return nil
            }
            members[key] = value
            if take("}") { return .object(members) }
            guard take(",") else { return nil }
        }
    }

    private mutating func string() -> String? {
        offset += 1
        var text: [UInt8] = []
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard escape(&text) else { return nil }
            default: text.append(byte)
            }
        }
        return nil
    }

    private mutating func escape(_ text: inout [UInt8]) -> Bool {
        guard offset < bytes.count else { return false }
        let letter = bytes[offset]
        offset += 1
        switch letter {
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "u"): return unicodeEscape(&text)
        default: text.append(letter)
        }
        return true
    }

    private mutating func unicodeEscape(_ text: inout [UInt8]) -> Bool {
        guard var code = hexadecimal() else { return false }
        if code >= 0xD800, code < 0xDC00, take("\\"), take("u"), let low = hexadecimal(), low >= 0xDC00, low < 0xE000 {
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { return false }
        text.append(contentsOf: String(Character(scalar)).utf8)
        return true
    }

    private mutating func hexadecimal() -> UInt32? {
        guard offset + 4 <= bytes.count else { return nil }
        defer { offset += 4 }
        return UInt32(String(decoding: bytes[offset ..< offset + 4], as: UTF8.self), radix: 16)
    }

    private mutating func number() -> JSONValue? {
        let start = offset
        var isWhole = true
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: "0") ... UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"): break
            case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): isWhole = false
            default: return number(start, isWhole)
            }
            offset += 1
        }
        return number(start, isWhole)
    }

    private func number(_ start: Int, _ isWhole: Bool) -> JSONValue? {
        guard offset > start else { return nil }
        let text = String(decoding: bytes[start ..< offset], as: UTF8.self)
        if isWhole { return Int64(text).map(JSONValue.int) ?? .bigNumber(text) }
        guard let value = Double(text) else { return nil }
        return value.isFinite ? .double(value) : .bigNumber(text)
    }
}
