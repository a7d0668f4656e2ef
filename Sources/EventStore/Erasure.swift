internal import Columns
internal import Model

/// What is taken out of parts when people are erased: their calls, their identities, and what others' calls say of them.
struct Erasure: Sendable {
    /// Ordinals of all identities of these people.
    let identities: Set<UInt32>
    let redaction: Redaction

    init(_ people: ErasedPeople) {
        identities = people.identities
        redaction = Redaction(people)
    }

    /// The calls of these people; nil when the part has none.
    func mask(of part: Part) -> RowMask? {
        var mask = RowMask(limit: part.rowCount)
        for identity in identities {
            for row in part.rows(ofIdentity: identity) { mask.insert(row) }
        }
        return mask.count > 0 ? mask : nil
    }

    /// Whether the part holds nothing of them.
    ///
    /// Costs a pass over all texts: names, messageIds, and those of the columns.
    func isAbsent(from part: Part) -> Bool {
        let ordinals = part.info.firstOrdinal ..< part.info.firstOrdinal + UInt32(part.info.identityCount)
        if identities.contains(where: { ordinals.contains($0) }) || mask(of: part) != nil { return false }
        if part.kinds.contains(where: { redaction.redacted($0) != $0 }) { return false }
        if !redaction.renamed(part.directory.columns.map(\.key)).isEmpty { return false }
        if redaction.isInMessageIDs(of: part) { return false }
        for number in part.directory.columns.indices {
            let column = part.unkeptColumn(number: number)
            let namesSomebody = column.key.namesSomebody
            var isNamed = false
            column.dictionary.forEach { _, text in
                if !isNamed, redaction.redacted(text, namingSomebody: namesSomebody) != nil { isNamed = true }
            }
            if isNamed { return false }
        }
        return true
    }

    /// The identity that stands in the place of an erased one: its ordinal is all that is left.
    static func tombstone(_ ordinal: UInt32) -> Identity { Identity(type: .erased, value: String(ordinal)) }
}

/// What erasing people came to.
public struct ErasureSummary: Hashable, Sendable {
    /// Their calls, which are gone.
    public var callCount = 0
    /// Their identities, which are gone.
    public var identityCount = 0
    /// Parts that were written anew.
    public var writtenParts = 0
    /// Parts that held nothing of them and were not touched.
    public var untouchedParts = 0

    public init() {}
}

/// The hash by which a call is known when it comes again: XXH3-128 of its messageId.
///
/// Of an erased call, and of a call whose messageId names somebody who was erased, the hash alone is kept, in the place of its messageId:
/// a byte 0, `erased:` and the hash in hexadecimal.
enum MessageHash {
    private static let mark = [0] + Array("erased:".utf8)

    /// A messageId as it is shown: of an erased one without the byte 0, which no text of a call should hold.
    static func shown(_ messageID: [UInt8]) -> String {
        String(decoding: messageID.starts(with: mark) ? messageID.dropFirst() : messageID[...], as: UTF8.self)
    }

    static func of(_ messageID: UnsafeRawBufferPointer, seed: UInt64) -> Hash128 {
        guard messageID.first == 0, messageID.count == mark.count + 32, messageID.starts(with: mark) else {
            return XXHash.hash128(messageID, seed: seed)
        }
        let digits = String(decoding: messageID[mark.count...], as: UTF8.self)
        guard let high = UInt64(digits.prefix(16), radix: 16), let low = UInt64(digits.suffix(16), radix: 16) else {
            return XXHash.hash128(messageID, seed: seed)
        }
        return Hash128(high: high, low: low)
    }

    /// What is kept of an erased call's messageId.
    static func erased(_ messageID: UnsafeRawBufferPointer, seed: UInt64) -> [UInt8] {
        let hash = of(messageID, seed: seed)
        return mark + digits(hash.high) + digits(hash.low)
    }

    private static func digits(_ number: UInt64) -> [UInt8] {
        let text = Array(String(number, radix: 16).utf8)
        return Array(repeating: UInt8(ascii: "0"), count: 16 - text.count) + text
    }
}
