/// Writes a JSON object straight as text, member by member: for objects of known form that are written many thousand times a second.
package struct JSONObjectText {
    private var bytes: [UInt8] = []

    package init() {
        bytes.reserveCapacity(256)
        bytes.append(UInt8(ascii: "{"))
    }

    /// The object as it is so far.
    package var text: String { String(decoding: bytes + [UInt8(ascii: "}")], as: UTF8.self) }

    package mutating func put(_ key: String, _ value: String) {
        begin(key)
        JSONValue.write(string: value, to: &bytes)
    }

    package mutating func put(_ key: String, _ value: String?) {
        if let value { return put(key, value) }
        begin(key)
        bytes.append(contentsOf: "null".utf8)
    }

    package mutating func put(_ key: String, _ value: Int64) {
        begin(key)
        bytes.append(contentsOf: String(value).utf8)
    }

    private mutating func begin(_ key: String) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        JSONValue.write(string: key, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
    }
}
