public import Model

/// Reads JSON of the control plane: questions, settings, mappings, commands.
///
/// Strict RFC 8259, numbers kept exactly.
public enum JSONParser {
    /// How deep such JSON may be.
    public static let depthMax = 128

    /// Reads one value.
    ///
    /// - Throws: ``Problem`` with code `malformed_json`, the line and column of the first error in text and place; `too_deep` beyond 128 levels.
    public static func parse(_ bytes: UnsafeRawBufferPointer) throws(Problem) -> JSONValue {
        try JSONReader().withDocument(bytes, mercies: .bigNumbers) { document throws(Problem) in
            guard document.root.depth(atMost: depthMax) != nil else {
                throw Problem(.tooDeep, "The JSON is nested deeper than \(depthMax) levels. Send flatter data.")
            }
            return document.root.value()
        }
    }

    /// Reads one value.
    ///
    /// - Throws: ``Problem`` with code `malformed_json` or `too_deep`.
    public static func parse(_ bytes: some Collection<UInt8>) throws(Problem) -> JSONValue {
        let result = bytes.withContiguousStorageIfAvailable { buffer in
            Result { () throws(Problem) in try parse(UnsafeRawBufferPointer(buffer)) }
        }
        if let result { return try result.get() }
        let copied = Array(bytes).withUnsafeBytes { buffer in
            Result { () throws(Problem) in try parse(buffer) }
        }
        return try copied.get()
    }
}

extension JSONNode {
    /// How many containers are nested in this value, itself included: 0 for a scalar; nil when more than `limit`.
    ///
    /// No recursion.
    public func depth(atMost limit: Int) -> Int? {
        var ends: [Int] = []
        var deepest = 0
        var position = index
        let end = endIndex
        while position < end {
            while let last = ends.last, position >= last { ends.removeLast() }
            let node = at(position)
            if node.kind == .object || node.kind == .array {
                ends.append(node.endIndex)
                deepest = max(deepest, ends.count)
                if deepest > limit { return nil }
                position += 1
            } else {
                position = node.endIndex
            }
        }
        return deepest
    }
}
