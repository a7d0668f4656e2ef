internal import Columns
internal import Model

/// Writes one row after another as Segment calls, with message ids made of what they say.
///
/// The id is the hash of the call's own bytes and, for the second and later calls with equal bytes in one file, their number: two
/// equal rows stay two events, and the same file read again doubles nothing.
struct ImportCallWriter {
    private(set) var line: [UInt8] = []
    private var occurrences = ImportOccurrences()
    private var ownID: [UInt8]?
    private var needsComma = false

    /// Begins a call of `type`; `messageID` is the row's own id, if it has one.
    mutating func begin(_ type: CallType, messageID: ArraySlice<UInt8>?) {
        line.removeAll(keepingCapacity: true)
        line.append(contentsOf: "{\"type\":\"".utf8)
        line.append(contentsOf: type.text.utf8)
        line.append(UInt8(ascii: "\""))
        ownID = messageID.map(Array.init)
    }

    mutating func text(_ key: StaticString, _ value: some Collection<UInt8>) {
        member(key)
        ImportCallWriter.quote(value, into: &line)
    }

    mutating func raw(_ key: StaticString, _ json: some Collection<UInt8>) {
        member(key)
        line.append(contentsOf: json)
    }

    private mutating func member(_ key: StaticString) {
        line.append(contentsOf: ",\"".utf8)
        key.withUTF8Buffer { line.append(contentsOf: $0) }
        line.append(contentsOf: "\":".utf8)
    }

    mutating func openObject(_ key: StaticString) {
        member(key)
        line.append(UInt8(ascii: "{"))
        needsComma = false
    }

    /// A member of the object opened last.
    mutating func field(_ name: String, _ value: ArraySlice<UInt8>, as kind: ImportMapping.ValueKind) {
        fieldName(name)
        if kind == .number, ImportNumber.isJSON(value) {
            line.append(contentsOf: value)
        } else {
            ImportCallWriter.quote(value, into: &line)
        }
    }

    mutating func field(_ name: String, json: some Collection<UInt8>) {
        fieldName(name)
        line.append(contentsOf: json)
    }

    private mutating func fieldName(_ name: String) {
        if needsComma { line.append(UInt8(ascii: ",")) }
        needsComma = true
        ImportCallWriter.quote(name.utf8, into: &line)
        line.append(UInt8(ascii: ":"))
    }

    mutating func closeObject() { line.append(UInt8(ascii: "}")) }

    /// Ends the call and gives it its id; the line is whole after this, line feed included.
    mutating func end() {
        if let ownID {
            text("messageId", ownID)
        } else {
            let hash = line.withUnsafeBytes { XXHash.hash128($0) }
            let number = occurrences.next(of: hash.high ^ hash.low)
            var id = Array("row-".utf8)
            ImportCallWriter.hexadecimal(hash.high, into: &id)
            ImportCallWriter.hexadecimal(hash.low, into: &id)
            if number > 1 { id.append(contentsOf: "-\(number)".utf8) }
            text("messageId", id)
        }
        line.append(contentsOf: "}\n".utf8)
    }

    /// Writes a text as JSON: at once where nothing has to be escaped.
    static func quote(_ value: some Collection<UInt8>, into out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        if value.contains(where: isEscaped) {
            for byte in value { escape(byte, into: &out) }
        } else {
            out.append(contentsOf: value)
        }
        out.append(UInt8(ascii: "\""))
    }

    private static func isEscaped(_ byte: UInt8) -> Bool { byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") }

    private static func escape(_ byte: UInt8, into out: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""): out.append(contentsOf: "\\\"".utf8)
        case UInt8(ascii: "\\"): out.append(contentsOf: "\\\\".utf8)
        case 0x0A: out.append(contentsOf: "\\n".utf8)
        case 0x0D: out.append(contentsOf: "\\r".utf8)
        case 0x09: out.append(contentsOf: "\\t".utf8)
        case 0 ..< 0x20:
            out.append(contentsOf: "\\u00".utf8)
            out.append(digits[Int(byte >> 4)])
            out.append(digits[Int(byte & 15)])
        default: out.append(byte)
        }
    }

    private static let digits = Array("0123456789abcdef".utf8)

    static func hexadecimal(_ value: UInt64, into out: inout [UInt8]) {
        for shift in stride(from: UInt64(60), through: 0, by: -4) { out.append(digits[Int(value >> shift & 15)]) }
    }
}

/// How often each row has come in this file, by a 64-bit fingerprint: 10 to 20 bytes a row, at most about 1 GB.
///
/// Beyond 2²⁶ different rows it forgets and begins anew, at the same row for the same file: then equal rows further apart than
/// that count as one, which the summary shows as duplicates.
struct ImportOccurrences {
    private var fingerprints: [UInt64] = Array(repeating: 0, count: 1 << 12)
    private var counts: [UInt32] = Array(repeating: 0, count: 1 << 12)
    private var used = 0

    /// 1 for the first row with this fingerprint, 2 for the second, ….
    mutating func next(of fingerprint: UInt64) -> Int {
        if used * 10 >= fingerprints.count * 7 { grow() }
        let slot = slot(of: fingerprint)
        if counts[slot] == 0 {
            fingerprints[slot] = fingerprint
            used += 1
        }
        counts[slot] &+= 1
        return Int(counts[slot])
    }

    private func slot(of fingerprint: UInt64) -> Int {
        let mask = fingerprints.count - 1
        var slot = Int(truncatingIfNeeded: fingerprint) & mask
        while counts[slot] != 0, fingerprints[slot] != fingerprint { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        let (oldFingerprints, oldCounts) = (fingerprints, counts)
        let isFull = fingerprints.count >= 1 << 26
        let size = isFull ? 1 << 12 : fingerprints.count * 2
        fingerprints = Array(repeating: 0, count: size)
        counts = Array(repeating: 0, count: size)
        used = 0
        if isFull { return }
        for (index, count) in oldCounts.enumerated() where count != 0 {
            let slot = slot(of: oldFingerprints[index])
            fingerprints[slot] = oldFingerprints[index]
            counts[slot] = count
            used += 1
        }
    }
}
