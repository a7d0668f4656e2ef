internal import Model

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The encodings that a file's text can have.
public enum FileEncoding: String, Sendable {
    case utf8 = "UTF-8"
    case utf16LittleEndian = "UTF-16LE"
    case utf16BigEndian = "UTF-16BE"
    case gb18030 = "GB18030"
    case windows1252 = "WINDOWS-1252"

    /// What a byte-order mark says, and how long it is.
    static func marked(_ bytes: UnsafeRawBufferPointer) -> (encoding: FileEncoding, markBytes: Int)? {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return (.utf8, 3) }
        if bytes.starts(with: [0xFF, 0xFE]) { return (.utf16LittleEndian, 2) }
        if bytes.starts(with: [0xFE, 0xFF]) { return (.utf16BigEndian, 2) }
        return nil
    }

    /// UTF-16 without a mark: every second byte of mostly Latin text is zero.
    static func unmarkedWide(_ bytes: UnsafeRawBufferPointer) -> FileEncoding? {
        guard bytes.count >= 4 else { return nil }
        var zeros = (even: 0, odd: 0)
        let count = min(bytes.count, 4_096) & ~1
        for index in 0 ..< count where bytes[index] == 0 {
            if index & 1 == 0 { zeros.even += 1 } else { zeros.odd += 1 }
        }
        if zeros.odd > count / 5, zeros.even < count / 50 { return .utf16LittleEndian }
        if zeros.even > count / 5, zeros.odd < count / 50 { return .utf16BigEndian }
        return nil
    }

    /// The encoding of text that begins with a byte that is not ASCII and may be cut off at its end.
    static func guess(_ bytes: UnsafeRawBufferPointer) -> FileEncoding {
        if isUTF8(bytes) { return .utf8 }
        return isGB18030(bytes) ? .gb18030 : .windows1252
    }

    private static func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            let length: Int
            switch byte {
            case 0 ..< 0x80: length = 1
            case 0xC2 ..< 0xE0: length = 2
            case 0xE0 ..< 0xF0: length = 3
            case 0xF0 ..< 0xF5: length = 4
            default: return false
            }
            for offset in 1 ..< max(length, 1) {
                guard index + offset < bytes.count else { return true }
                if bytes[index + offset] & 0xC0 != 0x80 { return false }
            }
            index += length
        }
        return true
    }

    /// Two-byte and four-byte forms only, and among them mostly common Chinese characters or punctuation.
    private static func isGB18030(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        var pairs = 0
        var common = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte < 0x80 {
                index += 1
                continue
            }
            guard byte != 0x80, byte != 0xFF else { return false }
            guard index + 1 < bytes.count else { break }
            let second = bytes[index + 1]
            if (0x30 ... 0x39).contains(second) {
                guard index + 3 < bytes.count else { break }
                guard (0x81 ... 0xFE).contains(bytes[index + 2]), (0x30 ... 0x39).contains(bytes[index + 3]) else { return false }
                index += 4
                continue
            }
            guard (0x40 ... 0xFE).contains(second), second != 0x7F else { return false }
            pairs += 1
            if (0xA1 ... 0xA3).contains(byte) || (0xB0 ... 0xF7).contains(byte), second >= 0xA1 { common += 1 }
            index += 2
        }
        return common * 2 >= pairs
    }
}

/// Turns one encoding into UTF-8 piece by piece, with the C library's iconv; what cannot be read becomes U+FFFD.
final class FileTranscoder {
    private let converter: iconv_t
    /// Bytes of a character cut off at the end of the last piece.
    private var rest: [UInt8] = []

    /// nil when the C library does not know the encoding.
    init?(from encoding: FileEncoding) {
        let converter = iconv_open("UTF-8", encoding.rawValue)
        guard let converter, Int(bitPattern: converter) != -1 else { return nil }
        self.converter = converter
    }

    deinit { iconv_close(converter) }

    /// Appends `bytes` as UTF-8 to `out`.
    func convert(_ bytes: UnsafeRawBufferPointer, isLast: Bool, into out: inout [UInt8]) {
        var input = rest
        input.append(contentsOf: bytes)
        rest.removeAll(keepingCapacity: true)
        let consumed = input.withUnsafeMutableBytes { run($0, into: &out) }
        let left = input.count - consumed
        if left > 0, isLast {
            out.append(contentsOf: "\u{FFFD}".utf8)
        } else if left > 0 {
            rest.append(contentsOf: input[consumed...])
        }
    }

    /// Returns how many bytes were understood or replaced; fewer than all when the last character is cut off.
    private func run(_ input: UnsafeMutableRawBufferPointer, into out: inout [UInt8]) -> Int {
        var source: UnsafeMutablePointer<CChar>? = input.baseAddress?.assumingMemoryBound(to: CChar.self)
        var left = input.count
        while left > 0 {
            var failure: Int32 = 0
            let piece = [UInt8](unsafeUninitializedCapacity: max(left * 3, 64)) { buffer, count in
                buffer.withMemoryRebound(to: CChar.self) { target in
                    var destination = target.baseAddress
                    var room = target.count
                    failure = iconv(converter, &source, &left, &destination, &room) == Int(bitPattern: UInt.max) ? errno : 0
                    count = target.count - room
                }
            }
            out.append(contentsOf: piece)
            if failure == EINVAL { break }
            if failure == EILSEQ, left > 0 {
                out.append(contentsOf: "\u{FFFD}".utf8)
                source = source?.advanced(by: 1)
                left -= 1
            }
        }
        return input.count - left
    }
}
