/// Takes keys out of a refused payload before it is kept: what a sender authenticates with is no one's business afterwards.
///
/// Works on bytes and needs no valid JSON, because what is refused is often malformed or cut off. Struck out are the values of members
/// such as `writeKey` and `Authorization`, at any depth and however their names are escaped, and whatever looks like one of our keys or
/// like credentials wherever it stands. Everything else stays to the byte. One pass; a payload without secrets is given back as it is.
struct PayloadRedactor {
    static let mark = Array("***".utf8)

    /// Names of members whose value is a secret: lower case, without `-` and `_`.
    private static let names: Set<String> = [
        "writekey", "apikey", "xapikey", "authorization", "proxyauthorization", "accesstoken", "password", "token", "$token",
    ]
    /// What begins a secret outside of such a member: our keys, base64 of `wk_`, and the schemes of `Authorization`.
    private static let beginnings = ["wk_", "ak_", "d2tf", "Basic ", "Bearer ", "basic ", "bearer "].map { Array($0.utf8) }
    /// Shorter words after such a beginning are no secret.
    private static let secretBytesMin = 16

    private let bytes: [UInt8]
    private var out: [UInt8] = []
    private var position = 0

    /// `payload` without the secrets in it.
    static func redacted(_ payload: some Collection<UInt8>) -> [UInt8] {
        var redactor = PayloadRedactor(bytes: Array(payload))
        redactor.run()
        return redactor.out
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
        out.reserveCapacity(bytes.count)
    }

    private mutating func run() {
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "\"") || bytes[position] == UInt8(ascii: "'") {
                takeQuoted()
            } else if !strikeSecret() {
                take(1)
            }
        }
    }

    // MARK: - Members

    /// Takes a quoted text; where it is the name of a secret, strikes out the value that follows.
    private mutating func takeQuoted() {
        let end = endOfQuoted(at: position)
        let colon = skipBlanks(from: end)
        guard colon < bytes.count, bytes[colon] == UInt8(ascii: ":"), isSecretName(position + 1 ..< max(end - 1, position + 1))
        else {
            take(1)
            while position < end { if !strikeSecret() { take(1) } }
            return
        }
        take(skipBlanks(from: colon + 1) - position)
        strikeValue()
    }

    /// Strikes out a scalar that begins here; containers are looked into as usual.
    private mutating func strikeValue() {
        guard position < bytes.count else { return }
        switch bytes[position] {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            let quote = bytes[position]
            let end = endOfQuoted(at: position)
            let isClosed = end > position + 1 && bytes[end - 1] == quote
            out += [quote] + PayloadRedactor.mark + (isClosed ? [quote] : [])
            position = end
        case UInt8(ascii: "{"), UInt8(ascii: "["): break
        default:
            let end = bytes[position...].firstIndex { ",}] \t\r\n".utf8.contains($0) } ?? bytes.count
            if bytes[position ..< end].elementsEqual("null".utf8) { return }
            out += [UInt8(ascii: "\"")] + PayloadRedactor.mark + [UInt8(ascii: "\"")]
            position = end
        }
    }

    /// The index after the closing quote of the text that begins at `start`, or the end of the payload.
    private func endOfQuoted(at start: Int) -> Int {
        var index = start + 1
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\\") {
                index += 2
            } else if bytes[index] == bytes[start] {
                return index + 1
            } else {
                index += 1
            }
        }
        return bytes.count
    }

    private func skipBlanks(from start: Int) -> Int {
        bytes[min(start, bytes.count)...].firstIndex { !" \t\r\n".utf8.contains($0) } ?? bytes.count
    }

    private func isSecretName(_ range: Range<Int>) -> Bool {
        guard range.count <= 120 else { return false }
        var name = ""
        var index = range.lowerBound
        while index < range.upperBound {
            var byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "\\"), index + 5 <= range.upperBound, bytes[index] == UInt8(ascii: "u"),
                let unit = UInt8(String(decoding: bytes[index + 1 ..< index + 5], as: UTF8.self), radix: 16)
            {
                byte = unit
                index += 5
            }
            if byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") { continue }
            name.unicodeScalars.append(UnicodeScalar(byte))
        }
        return PayloadRedactor.names.contains(name.lowercased())
    }

    // MARK: - Secrets anywhere

    /// Strikes out a secret that begins here; false when none does.
    private mutating func strikeSecret() -> Bool {
        guard "wadBb".utf8.contains(bytes[position]) else { return false }
        for beginning in PayloadRedactor.beginnings where bytes[position...].starts(with: beginning) {
            let start = position + beginning.count
            let end = bytes[start...].firstIndex { !PayloadRedactor.isSecretByte($0) } ?? bytes.count
            // What the payload's end cuts off may have gone on.
            guard end - start >= PayloadRedactor.secretBytesMin || (end == bytes.count && end > start) else { continue }
            out += beginning + PayloadRedactor.mark
            position = end
            return true
        }
        return false
    }

    private static func isSecretByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30 ... 0x39, 0x41 ... 0x5A, 0x61 ... 0x7A: true
        default: "+/=_-.:".utf8.contains(byte)
        }
    }

    private mutating func take(_ count: Int) {
        let end = min(position + count, bytes.count)
        out += bytes[position ..< end]
        position = end
    }
}
