internal import Columns

/// Blacks out the identities of people who were erased wherever others' calls name them.
///
/// A value of ``shortBytes`` and more is found in any text, unless it is a piece of a longer word; the case of ASCII letters does not count.
/// A shorter one, such as `42`, and one that anybody can make up, is found where it is the whole text of a member that names somebody, or
/// stands in quotation marks in a list of such.
struct Redaction: Sendable {
    /// What stands in its place.
    ///
    /// As an identity it is nobody's.
    static let mark = "(erased)"
    static let shortBytes = 8

    /// Folded to lower case, each twice where it can stand in an address: as it is, and with `@` as `%40`.
    private var long: [[UInt8]] = []
    /// Those that are whole texts.
    private var whole: Set<[UInt8]> = []
    /// A bit for the hash of the first four bytes of each long value.
    private var beginnings = [UInt64](repeating: 0, count: 1 << 10)

    /// - Parameter madeUp: values that are found only as whole texts, however long.
    init(_ values: some Sequence<String>, madeUp: some Sequence<String> = EmptyCollection()) {
        for value in madeUp { whole.insert(value.utf8.map(Redaction.folded)) }
        var seen: Set<[UInt8]> = []
        for value in values {
            let folded = value.utf8.map(Redaction.folded)
            guard !folded.isEmpty, seen.insert(folded).inserted else { continue }
            guard folded.count >= Redaction.shortBytes else {
                whole.insert(folded)
                continue
            }
            let escaped = Array(String(decoding: folded, as: UTF8.self).replacing("@", with: "%40").utf8)
            for form in escaped == folded ? [folded] : [folded, escaped] {
                long.append(form)
                let hash = Redaction.hash(form[0], form[1], form[2], form[3])
                beginnings[hash >> 6] |= 1 << UInt64(hash & 63)
            }
        }
        // Where one value begins another the longer is taken.
        long.sort { $0.count > $1.count }
    }

    /// The text without the values; nil when it holds none.
    ///
    /// - Parameter key: of the column that holds the text.
    func redacted(_ text: UnsafeRawBufferPointer, in key: ColumnKey) -> [UInt8]? {
        guard !whole.isEmpty, let shortened = withoutWhole(text, in: key) else { return withoutLong(text) }
        return shortened.withUnsafeBytes { withoutLong($0) } ?? shortened
    }

    private func withoutLong(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
        guard !long.isEmpty, text.count >= Redaction.shortBytes else { return nil }
        var out: [UInt8] = []
        var taken = 0
        var place = 0
        while place + Redaction.shortBytes <= text.count {
            guard let length = matchLength(text, at: place) else {
                place += 1
                continue
            }
            out.append(contentsOf: text[taken ..< place])
            out.append(contentsOf: Redaction.mark.utf8)
            place += length
            taken = place
        }
        if taken == 0 { return nil }
        out.append(contentsOf: text[taken...])
        return out
    }

    /// Bytes of the value that stands at `place`; nil when none does.
    private func matchLength(_ text: UnsafeRawBufferPointer, at place: Int) -> Int? {
        let hash = Redaction.hash(
            Redaction.folded(text[place]), Redaction.folded(text[place + 1]), Redaction.folded(text[place + 2]),
            Redaction.folded(text[place + 3]))
        guard beginnings[hash >> 6] >> UInt64(hash & 63) & 1 != 0 else { return nil }
        if place > 0, Redaction.goesOn(text[place - 1]) || text[place - 1] == UInt8(ascii: ".") { return nil }
        for value in long where place + value.count <= text.count {
            guard value.indices.allSatisfy({ Redaction.folded(text[place + $0]) == value[$0] }) else { continue }
            let end = place + value.count
            if end < text.count, Redaction.goesOn(text[end]) { continue }
            // A full stop ends a sentence, or it goes on as in "ann@example.co.uk".
            if end + 1 < text.count, text[end] == UInt8(ascii: "."), Redaction.goesOn(text[end + 1]) { continue }
            return value.count
        }
        return nil
    }

    private func withoutWhole(_ text: UnsafeRawBufferPointer, in key: ColumnKey) -> [UInt8]? {
        guard Redaction.namesSomebody(key) else { return nil }
        guard text.first == UInt8(ascii: "[") || text.first == UInt8(ascii: "{") else {
            return whole.contains(text.map(Redaction.folded)) ? Array(Redaction.mark.utf8) : nil
        }
        var list = String(decoding: text, as: UTF8.self)
        let before = list
        for value in whole {
            let quoted = "\"\(String(decoding: value, as: UTF8.self))\""
            list = list.replacing(quoted, with: "\"\(Redaction.mark)\"")
        }
        return list == before ? nil : Array(list.utf8)
    }

    /// Whether a column's path is that of a member that names people: `userId`, `payer`, `to.id`, `externalIds`.
    private static func namesSomebody(_ key: ColumnKey) -> Bool {
        let keys = key.path.split(separator: PropertyPath.separator).map { String(decoding: $0, as: UTF8.self).lowercased() }
        guard let last = keys.last else { return false }
        return parties.contains(last) || last == "id" && keys.count > 1 && parties.contains(keys[keys.count - 2])
    }

    private static let parties: Set<String> = [
        "userid", "user_id", "anonymousid", "anonymous_id", "previousid", "previous_id", "externalids", "device", "payer",
        "recipient",
        "beneficiary", "buyer", "customer", "customerid", "customer_id", "referrer", "from", "to", "email", "phone",
    ]

    /// Whether a word, a number or an address goes on with this byte.
    private static func goesOn(_ byte: UInt8) -> Bool {
        switch folded(byte) {
        case UInt8(ascii: "a") ... UInt8(ascii: "z"), UInt8(ascii: "0") ... UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    @inline(__always) private static func folded(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }

    @inline(__always) private static func hash(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) -> Int {
        (Int(a) ^ Int(b) << 3 ^ Int(c) << 6 ^ Int(d) << 8) & 0xFFFF
    }
}
