public import Model
internal import OrderedCollections

extension JSONNode {
    /// This value with all that it holds, copied; of duplicate keys the last wins.
    public func value() -> JSONValue {
        switch kind {
        case .null: return .null
        case .bool: return .bool(bool)
        case .int: return .int(int)
        case .double: return .double(double)
        case .bigNumber: return .bigNumber(bigNumber)
        case .string: return .string(String(decoding: string, as: UTF8.self))
        case .array: return .array(elements.map { $0.value() })
        case .object:
            var object = OrderedDictionary<String, JSONValue>(minimumCapacity: count)
            for member in members { object[String(decoding: member.key.string, as: UTF8.self)] = member.value.value() }
            return .object(object)
        }
    }

    /// Appends this value as canonical JSON: compact, members sorted by the bytes of their keys; what `value().canonical.utf8` gives,
    /// without making the value.
    public func writeCanonical(to out: inout [UInt8]) {
        switch kind {
        case .null: out.append(contentsOf: "null".utf8)
        case .bool: out.append(contentsOf: (bool ? "true" : "false").utf8)
        case .int: out.append(contentsOf: int.description.utf8)
        case .double: out.append(contentsOf: double.description.utf8)
        case .bigNumber: out.append(contentsOf: bigNumber.utf8)
        case .string: JSONNode.write(string: string, to: &out)
        case .array: writeArray(to: &out)
        case .object: writeObject(to: &out)
        }
    }

    private func writeArray(to out: inout [UInt8]) {
        out.append(UInt8(ascii: "["))
        var isFirst = true
        for element in elements {
            if !isFirst { out.append(UInt8(ascii: ",")) }
            isFirst = false
            element.writeCanonical(to: &out)
        }
        out.append(UInt8(ascii: "]"))
    }

    private func writeObject(to out: inout [UInt8]) {
        out.append(UInt8(ascii: "{"))
        var isFirst = true
        for member in sortedMembers() {
            if !isFirst { out.append(UInt8(ascii: ",")) }
            isFirst = false
            JSONNode.write(string: member.key.string, to: &out)
            out.append(UInt8(ascii: ":"))
            member.value.writeCanonical(to: &out)
        }
        out.append(UInt8(ascii: "}"))
    }

    /// The members by the bytes of their keys; of equal keys only the last.
    private func sortedMembers() -> [Member] {
        var sorted: [Member] = []
        sorted.reserveCapacity(count)
        var isSorted = true
        for member in members {
            if isSorted, let last = sorted.last { isSorted = JSONNode.precedes(last.key.string, member.key.string) }
            sorted.append(member)
        }
        if isSorted { return sorted }
        // The sort is stable, so that of equal keys the last stays last.
        sorted.sort { JSONNode.precedes($0.key.string, $1.key.string) }
        var unique: [Member] = []
        unique.reserveCapacity(sorted.count)
        for member in sorted {
            if let last = unique.last, last.key.string.elementsEqual(member.key.string) { unique.removeLast() }
            unique.append(member)
        }
        return unique
    }

    private static func precedes(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        left.lexicographicallyPrecedes(right)
    }

    private static func write(string: UnsafeRawBufferPointer, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        var start = 0
        for position in string.indices {
            let byte = string[position]
            if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte != 0x7F { continue }
            out.append(contentsOf: UnsafeRawBufferPointer(rebasing: string[start ..< position]))
            start = position + 1
            writeEscape(byte, to: &out)
        }
        out.append(contentsOf: UnsafeRawBufferPointer(rebasing: string[start...]))
        out.append(UInt8(ascii: "\""))
    }

    private static func writeEscape(_ byte: UInt8, to out: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""): out.append(contentsOf: "\\\"".utf8)
        case UInt8(ascii: "\\"): out.append(contentsOf: "\\\\".utf8)
        case 0x0A: out.append(contentsOf: "\\n".utf8)
        case 0x0D: out.append(contentsOf: "\\r".utf8)
        case 0x09: out.append(contentsOf: "\\t".utf8)
        default:
            let digits = Array("0123456789abcdef".utf8)
            out.append(contentsOf: [
                UInt8(ascii: "\\"), UInt8(ascii: "u"), 0x30, 0x30, digits[Int(byte >> 4)], digits[Int(byte & 15)],
            ])
        }
    }
}
