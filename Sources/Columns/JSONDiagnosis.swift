internal import Model

/// Finds the first thing that is wrong with a text that simdjson refused, which says only that something is.
///
/// A plain validator of RFC 8259 without recursion; slow and only for the message.
struct JSONDiagnosis {
    private let bytes: UnsafeRawBufferPointer
    private let mercies: JSONMercies
    private var position = 0
    /// Open containers, innermost last: true for an object.
    private var open: [Bool] = []

    private struct Fault: Error {
        var position: Int
        var text: Wording
    }

    /// The problem of a text that is not valid JSON.
    static func problem(of bytes: UnsafeRawBufferPointer, mercies: JSONMercies) -> Problem {
        if bytes.prefix(4).contains(0), bytes.count > 1 {
            return Problem(.malformedJSON, "The JSON is not UTF-8; it looks like UTF-16 or UTF-32. Send UTF-8.")
        }
        var diagnosis = JSONDiagnosis(bytes: bytes, mercies: mercies)
        do {
            try diagnosis.readDocument()
        } catch {
            let (line, column) = lineAndColumn(of: error.position, in: bytes)
            let place: Wording = "line \(line), column \(column)"
            return Problem(.malformedJSON, "The JSON is malformed at \(place): \(error.text).", place: place.description)
        }
        return Problem(.malformedJSON, "The JSON is malformed. Check it with any JSON validator.")
    }

    /// nil when `token` is no JSON number; else whether it has neither fraction nor exponent.
    static func isIntegerIfNumber(_ token: UnsafeRawBufferPointer) -> Bool? {
        var diagnosis = JSONDiagnosis(bytes: token, mercies: [])
        guard let isInteger = try? diagnosis.readNumber(), diagnosis.position == token.count else { return nil }
        return isInteger
    }

    private init(bytes: UnsafeRawBufferPointer, mercies: JSONMercies) {
        self.bytes = bytes
        self.mercies = mercies
    }

    private static func lineAndColumn(of position: Int, in bytes: UnsafeRawBufferPointer) -> (Int, Int) {
        let before = bytes[..<min(position, bytes.count)]
        let line = before.reduce(1) { $1 == 0x0A ? $0 + 1 : $0 }
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        // Columns count characters, not bytes.
        let column = bytes[lineStart ..< before.endIndex].reduce(1) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 }
        return (line, column)
    }

    private var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func fault(_ text: Wording) -> Fault { Fault(position: position, text: text) }

    private var found: Wording {
        guard let byte else { return "the text ends" }
        return byte > 0x20 && byte < 0x7F
            ? "there is '\(Character(UnicodeScalar(byte)))'" : "there is byte 0x\(String(byte, radix: 16))"
    }

    private mutating func skipBlanks() {
        while let byte, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
    }

    // MARK: - Structure

    private mutating func readDocument() throws(Fault) {
        skipBlanks()
        if byte == nil { throw fault("there is no JSON value") }
        try readValue()
        while let isObject = open.last {
            skipBlanks()
            switch byte {
            case UInt8(ascii: ","):
                position += 1
                if isObject { try readKey() }
                try readValue()
            case UInt8(ascii: "}") where isObject, UInt8(ascii: "]") where !isObject:
                position += 1
                open.removeLast()
            default: throw fault("expected ',' or '\(isObject ? "}" : "]")', but \(found)")
            }
        }
        skipBlanks()
        if byte != nil { throw fault("expected the end, but \(found)") }
    }

    private mutating func readKey() throws(Fault) {
        skipBlanks()
        guard byte == UInt8(ascii: "\"") else { throw fault("expected a key in double quotes, but \(found)") }
        try readString()
        skipBlanks()
        guard byte == UInt8(ascii: ":") else { throw fault("expected ':' after the key, but \(found)") }
        position += 1
    }

    /// Reads a scalar or an empty container whole; of another container the beginning up to its first scalar.
    private mutating func readValue() throws(Fault) {
        while true {
            skipBlanks()
            guard let byte, byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") else { return try readScalar() }
            let isObject = byte == UInt8(ascii: "{")
            position += 1
            skipBlanks()
            if self.byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                position += 1
                return
            }
            open.append(isObject)
            if isObject { try readKey() }
        }
    }

    // MARK: - Scalars

    private mutating func readScalar() throws(Fault) {
        switch byte {
        case UInt8(ascii: "\""): try readString()
        case let digit? where digit == UInt8(ascii: "-") || isDigit(digit): try readNumber()
        default:
            var words = ["true", "false", "null"]
            if mercies.contains(.nonFinite) { words += ["NaN", "Infinity"] }
            for word in words where bytes[position...].starts(with: word.utf8) {
                position += word.utf8.count
                return
            }
            throw fault("expected a value, but \(found)")
        }
    }

    @discardableResult private mutating func readNumber() throws(Fault) -> Bool {
        if byte == UInt8(ascii: "-") { position += 1 }
        if mercies.contains(.nonFinite), bytes[position...].starts(with: "Infinity".utf8) {
            position += 8
            return false
        }
        if byte == UInt8(ascii: "0") {
            position += 1
            if let byte, isDigit(byte) { throw fault("a number must not begin with 0") }
        } else {
            try readDigits()
        }
        var isInteger = true
        if byte == UInt8(ascii: ".") {
            position += 1
            try readDigits()
            isInteger = false
        }
        if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
            position += 1
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { position += 1 }
            try readDigits()
            isInteger = false
        }
        return isInteger
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private mutating func readDigits() throws(Fault) {
        let start = position
        while let byte, isDigit(byte) { position += 1 }
        if position == start { throw fault("expected a digit, but \(found)") }
    }

    private mutating func readString() throws(Fault) {
        let start = position
        position += 1
        while let byte {
            switch byte {
            case UInt8(ascii: "\""):
                try checkText(from: start)
                position += 1
                return
            case UInt8(ascii: "\\"): try readEscape()
            case 0 ..< 0x20: throw fault("a control character in text must be written as an escape, but \(found)")
            default: position += 1
            }
        }
        position = start
        throw fault("the text that begins here has no closing quote")
    }

    private mutating func readEscape() throws(Fault) {
        position += 1
        switch byte {
        case UInt8(ascii: "u"):
            position += 1
            for _ in 0 ..< 4 {
                guard let byte, byte < 0x80, Character(UnicodeScalar(byte)).isHexDigit else {
                    throw fault("expected four hexadecimal digits after \\u, but \(found)")
                }
                position += 1
            }
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        default: throw fault("expected an escape after \\, but \(found)")
        }
    }

    private mutating func checkText(from start: Int) throws(Fault) {
        if mercies.contains(.badText) { return }
        let text = UnsafeRawBufferPointer(rebasing: bytes[start ... position])
        if String(validating: text, as: UTF8.self) == nil { throw Fault(position: start, text: "this text is not valid UTF-8") }
        // A lone surrogate is the only other thing that simdjson refuses in text.
    }
}
