/// How SQL and texts that SQLite takes are written for PostgreSQL.
enum PostgresText {
    /// The SQL with `$1`, `$2`, … for each `?`; those inside of quotes stay.
    ///
    /// A table's texts are compared byte by byte, as SQLite does, whatever the collation of the database; its `INTEGER` has 64 bits.
    static func sql(_ shared: String) -> String {
        let isForm = shared.hasPrefix("CREATE TABLE") || shared.hasPrefix("ALTER TABLE")
        var sql: [UInt8] = []
        var count = 0
        var quote: UInt8?
        for byte in (isForm ? form(shared) : shared).utf8 {
            switch byte {
            case quote: quote = nil
            case _ where quote != nil: break
            case UInt8(ascii: "'"), UInt8(ascii: "\""): quote = byte
            case UInt8(ascii: "?"):
                count += 1
                sql += "$\(count)".utf8
                continue
            default: break
            }
            sql.append(byte)
        }
        return String(decoding: sql, as: UTF8.self)
    }

    private static func form(_ sql: String) -> String {
        sql.replacing(" TEXT", with: " TEXT COLLATE \"C\"").replacing(" INTEGER", with: " BIGINT")
    }

    // PostgreSQL's texts cannot hold U+0000, so that it is kept as a character for private use and a digit, as is that
    // character itself.
    private static let escape: Unicode.Scalar = "\u{10FFFD}"
    private static let escapeBytes: [UInt8] = [0xF4, 0x8F, 0xBF, 0xBD]

    /// The bytes of a text without U+0000, appended to `bytes`.
    static func append(_ text: String, to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes += text.utf8
        guard bytes[start...].contains(0) || holdsEscape(bytes[start...]) else { return }
        bytes.removeSubrange(start...)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\0": bytes += escapeBytes + [UInt8(ascii: "0")]
            case escape: bytes += escapeBytes + [UInt8(ascii: "1")]
            default: bytes += UTF8.encode(scalar).map { Array($0) } ?? []
            }
        }
    }

    /// The text that ``append(_:to:)`` wrote.
    static func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        guard holdsEscape(bytes) else { return text }
        var scalars = String.UnicodeScalarView()
        var isEscaped = false
        for scalar in text.unicodeScalars {
            switch scalar {
            case "0" where isEscaped: scalars.append("\0")
            case "1" where isEscaped: scalars.append(escape)
            case escape where !isEscaped:
                isEscaped = true
                continue
            default: scalars.append(scalar)
            }
            isEscaped = false
        }
        return String(scalars)
    }

    private static func holdsEscape(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.contains(escapeBytes[0]) && bytes.contains(escapeBytes)
    }
}
