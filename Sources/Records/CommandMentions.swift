import Crypto
import Model

/// What a command of the program names that somebody may ask about: orders, sources, coupons and codes, uses and grants of benefits.
///
/// Read from the JSON in which the command and its answer are kept, so that those of earlier versions are told in the same way.
package enum CommandMentions {
    /// Members whose texts are such names.
    private static let keys: Set<String> = [
        "order", "order_id", "source", "coupon", "coupons", "code", "use", "grant", "gift", "adjustment", "message_id", "end",
        "revoke_source", "revoke_series",
    ]
    /// What the sender's software adds: nothing that anybody asks about.
    private static let passedOver: Set<String> = ["context"]
    /// Lists whose objects tell reasons: a code is a word for programs there.
    private static let lists: Set<String> = ["reasons", "ignored"]
    /// Longer names stand in the records as a digest.
    private static let bytesMax = 200

    /// The names in texts of compact JSON.
    package static func names(in texts: String...) -> Set<String> {
        var names: Set<String> = []
        for text in texts { collect(text, &names) }
        return names
    }

    /// A name as the records hold it: no longer than an index takes.
    package static func stored(_ name: String) -> String {
        name.utf8.count <= bytesMax ? name : KeyDigest(bytes: SHA256.hash(data: Array(name.utf8))).hex
    }

    // MARK: - Reading

    /// An object or a list that is open.
    private struct Level {
        let isObject: Bool
        /// Of the member that is read, or whose list it is.
        var key = ""
        /// Whether the next text is a key.
        var awaitsKey: Bool
        var index = 0
        /// Whether it is the value of ``keys``: of an object such as `{"kind": …, "id": …}` the id is the name.
        var isNamed = false
        var isPassedOver = false
        var isReason = false
    }

    private static func collect(_ text: String, _ names: inout Set<String>) {
        var levels: [Level] = []
        var bytes = text.utf8.makeIterator()
        while let byte = bytes.next() {
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["): levels.append(level(byte == UInt8(ascii: "{"), in: levels.last))
            case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = levels.popLast()
            case UInt8(ascii: ","):
                guard let last = levels.indices.last else { continue }
                levels[last].index += 1
                levels[last].awaitsKey = levels[last].isObject
            case UInt8(ascii: "\""):
                let value = string(&bytes)
                guard let last = levels.indices.last else { continue }
                if levels[last].awaitsKey {
                    (levels[last].key, levels[last].awaitsKey) = (value, false)
                } else if !value.isEmpty, isName(levels[last]) {
                    names.insert(value)
                }
            default: continue
            }
        }
    }

    private static func level(_ isObject: Bool, in outer: Level?) -> Level {
        var level = Level(isObject: isObject, awaitsKey: isObject)
        guard let outer else { return level }
        level.isNamed = keys.contains(outer.key)
        level.isPassedOver = outer.isPassedOver || passedOver.contains(outer.key)
        level.isReason = lists.contains(outer.key)
        if !isObject { level.key = outer.key }
        return level
    }

    private static func isName(_ level: Level) -> Bool {
        if level.isPassedOver { return false }
        if level.isObject, level.isNamed, level.key == "id" { return true }
        guard keys.contains(level.key) else { return false }
        switch level.key {
        case "code": return !level.isReason
        // `[source, line, rule]`.
        case "source": return level.isObject || level.index == 0
        // `[kind, id]`.
        case "end", "revoke_source", "revoke_series": return !level.isObject && level.index == 1
        default: return true
        }
    }

    /// The text up to its closing quote, as ``JSONValue/text`` writes it.
    private static func string(_ bytes: inout String.UTF8View.Iterator) -> String {
        var value: [UInt8] = []
        while let byte = bytes.next(), byte != UInt8(ascii: "\"") {
            guard byte == UInt8(ascii: "\\"), let escaped = bytes.next() else {
                value.append(byte)
                continue
            }
            switch escaped {
            case UInt8(ascii: "n"): value.append(0x0A)
            case UInt8(ascii: "r"): value.append(0x0D)
            case UInt8(ascii: "t"): value.append(0x09)
            case UInt8(ascii: "u"):
                let digits = (0 ..< 4).compactMap { _ in bytes.next() }
                value.append(UInt8(String(decoding: digits.suffix(2), as: UTF8.self), radix: 16) ?? 0)
            default: value.append(escaped)
            }
        }
        return String(decoding: value, as: UTF8.self)
    }
}
