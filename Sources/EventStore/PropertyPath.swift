/// The path of a member in nested objects: its keys joined by the byte 0x1F.
///
/// In a key the bytes 0x1E and 0x1F are written as 0x1E 0x65 and 0x1E 0x66, so that every key survives.
public enum PropertyPath {
    static let separator: UInt8 = 0x1F
    static let escape: UInt8 = 0x1E

    /// Appends the next key of a path; `isFirst` when it is the outermost.
    public static func append(key: UnsafeRawBufferPointer, isFirst: Bool, to path: inout [UInt8]) {
        if !isFirst { path.append(separator) }
        // Hardly any key holds one of the two bytes, which differ in their lowest bit only.
        guard key.contains(where: { $0 | 1 == separator }) else {
            path.append(contentsOf: key)
            return
        }
        for byte in key {
            if byte == escape || byte == separator {
                path.append(escape)
                path.append(byte == escape ? 0x65 : 0x66)
            } else {
                path.append(byte)
            }
        }
    }

    /// The path made of `keys`, outermost first.
    public static func encode(_ keys: [String]) -> [UInt8] {
        var path: [UInt8] = []
        for (index, key) in keys.enumerated() {
            var key = key
            key.withUTF8 { append(key: UnsafeRawBufferPointer($0), isFirst: index == 0, to: &path) }
        }
        return path
    }

    /// The keys of a path, outermost first.
    public static func keys(of path: [UInt8]) -> [String] {
        path.split(separator: separator, omittingEmptySubsequences: false).map { piece in
            guard piece.contains(escape) else { return String(decoding: piece, as: UTF8.self) }
            var key: [UInt8] = []
            var isEscaped = false
            for byte in piece {
                if isEscaped {
                    key.append(byte == 0x65 ? escape : separator)
                    isEscaped = false
                } else if byte == escape {
                    isEscaped = true
                } else {
                    key.append(byte)
                }
            }
            return String(decoding: key, as: UTF8.self)
        }
    }

    /// The path as people and questions write it: keys joined by dots.
    public static func dotted(_ path: [UInt8]) -> String { keys(of: path).joined(separator: ".") }
}
