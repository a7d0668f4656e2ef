public import Model

/// Reads JSON of the control plane: questions, settings, mappings, commands.
///
/// Strict RFC 8259, numbers kept exactly.
public enum JSONParser {
    /// How deep such JSON may be.
    public static let depthMax = 128

    /// Reads one value.
    ///
    /// - Parameter refusesRepeats: Whether a key may stand only once in an object; else the last one counts.
    /// - Throws: ``Problem`` with code `malformed_json`, the line and column of the first error in text and place; `too_deep` beyond
    ///   128 levels; `repeated_member` with the pointer to the member.
    public static func parse(_ bytes: UnsafeRawBufferPointer, refusesRepeats: Bool = false) throws(Problem) -> JSONValue {
        try JSONReader().withDocument(bytes, mercies: .bigNumbers) { document throws(Problem) in
            guard document.root.depth(atMost: depthMax) != nil else {
                throw Problem(.tooDeep, "The JSON is nested deeper than \(depthMax) levels. Send flatter data.")
            }
            if refusesRepeats, let place = document.root.repeatedMember { throw JSONParser.repeated(place) }
            return document.root.value()
        }
    }

    private static func repeated(_ place: String) -> Problem {
        Problem(
            Problem.Code("repeated_member"),
            "The key stands there twice in one object. Send it once, so that it is plain which counts.",
            place: place)
    }

    /// Reads one value.
    ///
    /// - Throws: ``Problem`` with code `malformed_json`, `too_deep` or `repeated_member`.
    public static func parse(_ bytes: some Collection<UInt8>, refusesRepeats: Bool = false) throws(Problem) -> JSONValue {
        let result = bytes.withContiguousStorageIfAvailable { buffer in
            Result { () throws(Problem) in try parse(UnsafeRawBufferPointer(buffer), refusesRepeats: refusesRepeats) }
        }
        if let result { return try result.get() }
        let copied = Array(bytes).withUnsafeBytes { buffer in
            Result { () throws(Problem) in try parse(buffer, refusesRepeats: refusesRepeats) }
        }
        return try copied.get()
    }
}

extension JSONNode {
    /// The pointer to the first member whose key stood before in its object; nil when there is none.
    ///
    /// Recurses: for values whose ``depth(atMost:)`` is known.
    var repeatedMember: String? {
        var keys: Set<String> = []
        for member in members {
            let key = String(decoding: member.key.string, as: UTF8.self)
            let place = "/" + ObjectReader.escaped(key)
            if !keys.insert(key).inserted { return place }
            if let inner = member.value.repeatedMember { return place + inner }
        }
        for (index, element) in elements.enumerated() {
            if let inner = element.repeatedMember { return "/\(index)" + inner }
        }
        return nil
    }

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
