#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Rewrites, in one pass over the bytes, only what collect forgives; everything else stays as it is for simdjson to judge.
///
/// A number beyond 64 bits or beyond Double becomes a string that begins with ``bigNumberMark``: letters drawn at random when
/// the process starts, so that no sender can write such a string.
@usableFromInline struct JSONMender {
    private(set) var output: [UInt8] = []
    private(set) var marks: [JSONMark] = []
    private var position = 0
    private var mercies: JSONMercies = []

    @usableFromInline static let bigNumberMark: [UInt8] = {
        let letters = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
        var generator = SystemRandomNumberGenerator()
        return Array("\u{10FFFE}".utf8) + (0 ..< 26).map { _ in letters[Int.random(in: 0 ..< 32, using: &generator)] }
    }()

    @usableFromInline static func isBigNumber(_ string: UnsafeRawBufferPointer) -> Bool {
        string.count > bigNumberMark.count && string.starts(with: bigNumberMark)
    }

    static func bigNumberText(_ string: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: string[bigNumberMark.count...])
    }

    /// Mends `bytes` into `output`; false when there was nothing to mend.
    mutating func mend(_ bytes: UnsafeRawBufferPointer, mercies: JSONMercies) -> Bool {
        output.removeAll(keepingCapacity: output.capacity < 8 << 20)
        output.reserveCapacity(bytes.count + 256)
        marks.removeAll()
        position = 0
        self.mercies = mercies
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""): mendString(bytes)
            case UInt8(ascii: "-"), UInt8(ascii: "0") ... UInt8(ascii: "9"): mendNumber(bytes)
            case UInt8(ascii: "N"), UInt8(ascii: "I"): mendWord(bytes)
            default:
                output.append(byte)
                position += 1
            }
        }
        return !marks.isEmpty
    }

    /// Puts `text` in the place of the next `count` bytes.
    private mutating func replace(_ count: Int, by text: some Collection<UInt8>, _ mercy: JSONMercies) {
        let offset = output.count
        output.append(contentsOf: text)
        position += count
        marks.append(JSONMark(offset: offset, shift: output.count - position, mercy: mercy))
    }

    private mutating func copy(_ bytes: UnsafeRawBufferPointer, _ count: Int) {
        let end = min(position + count, bytes.count)
        output.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[position ..< end]))
        position = end
    }

    // MARK: - Words and numbers

    private mutating func mendWord(_ bytes: UnsafeRawBufferPointer) {
        if mercies.contains(.nonFinite) {
            for word in ["NaN", "Infinity"] where stands(word, in: bytes, at: position) {
                return replace(word.utf8.count, by: "null".utf8, .nonFinite)
            }
        }
        copy(bytes, 1)
    }

    private func stands(_ word: String, in bytes: UnsafeRawBufferPointer, at start: Int) -> Bool {
        let end = start + word.utf8.count
        guard end <= bytes.count, bytes[start ..< end].elementsEqual(word.utf8) else { return false }
        guard end < bytes.count else { return true }
        switch bytes[end] {
        case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), 0x20, 0x09, 0x0A, 0x0D: return true
        default: return false
        }
    }

    private mutating func mendNumber(_ bytes: UnsafeRawBufferPointer) {
        if mercies.contains(.nonFinite), stands("-Infinity", in: bytes, at: position) {
            return replace(9, by: "null".utf8, .nonFinite)
        }
        var end = position
        while end < bytes.count, JSONMender.isNumberByte(bytes[end]) { end += 1 }
        let token = UnsafeRawBufferPointer(rebasing: bytes[position ..< end])
        if mercies.contains(.bigNumbers), JSONMender.isBeyondNumbers(token) {
            let text = [UInt8(ascii: "\"")] + JSONMender.bigNumberMark + token + [UInt8(ascii: "\"")]
            return replace(token.count, by: text, .bigNumbers)
        }
        copy(bytes, token.count)
    }

    private static func isNumberByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0") ... UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"),
            UInt8(ascii: "E"):
            true
        default: false
        }
    }

    /// Whether a valid JSON number is no UInt64, no Int64 and no finite Double.
    static func isBeyondNumbers(_ token: UnsafeRawBufferPointer) -> Bool {
        guard let isInteger = JSONDiagnosis.isIntegerIfNumber(token) else { return false }
        if isInteger {
            if token.count < 19 { return false }
            let text = String(decoding: token, as: UTF8.self)
            return Int64(text) == nil && UInt64(text) == nil
        }
        return !(Double(String(decoding: token, as: UTF8.self))?.isFinite ?? false)
    }

    // MARK: - Strings

    private mutating func mendString(_ bytes: UnsafeRawBufferPointer) {
        copy(bytes, 1)
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") { return copy(bytes, 1) }
            if byte == UInt8(ascii: "\\") {
                mendEscape(bytes)
            } else if byte < 0x80 {
                output.append(byte)
                position += 1
            } else {
                mendSequence(bytes)
            }
        }
    }

    private mutating func mendEscape(_ bytes: UnsafeRawBufferPointer) {
        guard let unit = JSONMender.escapedUnit(bytes, at: position), mercies.contains(.badText) else { return copy(bytes, 2) }
        switch unit {
        case 0xD800 ... 0xDBFF:
            if let low = JSONMender.escapedUnit(bytes, at: position + 6), (0xDC00 ... 0xDFFF).contains(low) {
                copy(bytes, 12)
            } else {
                replace(6, by: "\\ufffd".utf8, .badText)
            }
        case 0xDC00 ... 0xDFFF: replace(6, by: "\\ufffd".utf8, .badText)
        default: copy(bytes, 6)
        }
    }

    private static func escapedUnit(_ bytes: UnsafeRawBufferPointer, at start: Int) -> UInt16? {
        guard start + 6 <= bytes.count, bytes[start] == UInt8(ascii: "\\"), bytes[start + 1] == UInt8(ascii: "u") else {
            return nil
        }
        var unit: UInt16 = 0
        for position in start + 2 ..< start + 6 {
            guard let digit = Character(UnicodeScalar(bytes[position])).hexDigitValue, bytes[position] < 0x80 else { return nil }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }

    /// Copies one well-formed sequence, or replaces its longest well-formed beginning (Unicode 15, §3.9, U+FFFD substitution).
    private mutating func mendSequence(_ bytes: UnsafeRawBufferPointer) {
        let (count, isWhole) = JSONMender.sequence(bytes, at: position)
        if isWhole || !mercies.contains(.badText) { return copy(bytes, count) }
        replace(count, by: [0xEF, 0xBF, 0xBD], .badText)
    }

    private static func sequence(_ bytes: UnsafeRawBufferPointer, at start: Int) -> (count: Int, isWhole: Bool) {
        let first = bytes[start]
        let length: Int
        var lowest: UInt8 = 0x80
        var highest: UInt8 = 0xBF
        switch first {
        case 0xC2 ... 0xDF: length = 2
        case 0xE0 ... 0xEF:
            length = 3
            if first == 0xE0 { lowest = 0xA0 }
            if first == 0xED { highest = 0x9F }
        case 0xF0 ... 0xF4:
            length = 4
            if first == 0xF0 { lowest = 0x90 }
            if first == 0xF4 { highest = 0x8F }
        default: return (1, false)
        }
        for offset in 1 ..< length {
            guard start + offset < bytes.count, bytes[start + offset] >= lowest, bytes[start + offset] <= highest else {
                return (offset, false)
            }
            lowest = 0x80
            highest = 0xBF
        }
        return (length, true)
    }
}
