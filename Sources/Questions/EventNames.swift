import EventStore

/// The event names of all parts, each with one number; numbers are in the order of the names' bytes.
///
/// Not shared between threads.
struct EventNames: Sendable {
    let names: [String]
    private let parts: [Part]
    /// By part, then the part's name code.
    private let numbers: [[Int32]]
    private var codes: [UInt32] = []

    /// - Parameter others: further names that get numbers, of events or not.
    init(_ parts: [Part], others: [String] = []) {
        var known: [[UInt8]: String] = [:]
        for name in others { known[Array(name.utf8)] = name }
        for part in parts { for name in part.eventNames { known[Array(name.utf8)] = name } }
        let sorted = known.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        names = sorted.map(\.value)
        let places = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($0.element.key, Int32($0.offset)) })
        numbers = parts.map { part in part.eventNames.map { places[Array($0.utf8)] ?? 0 } }
        self.parts = parts
    }

    /// The number of a name; nil when no part has it.
    func number(of name: String) -> Int32? { names.firstIndex { $0.utf8.elementsEqual(name.utf8) }.map { Int32($0) } }

    /// Puts the name numbers of a stretch of a history into `out`, in order.
    ///
    /// Rows that follow one another in a part are decoded together.
    mutating func read(_ history: borrowing History, _ range: Range<Int>, into out: inout [Int32]) {
        out.removeAll(keepingCapacity: true)
        var index = range.lowerBound
        while index < range.upperBound {
            let part = history.parts[index]
            let first = history.rows[index]
            var end = index + 1
            while end < range.upperBound, history.parts[end] == part, history.rows[end] == first + Int32(end - index) { end += 1 }
            decode(Int(part), Int(first), count: end - index)
            for place in 0 ..< end - index { out.append(numbers[Int(part)][Int(codes[place])]) }
            index = end
        }
    }

    private mutating func decode(_ part: Int, _ row: Int, count: Int) {
        if codes.count < count { codes = [UInt32](repeating: 0, count: max(count, 1_024)) }
        if count == 1 {
            codes[0] = UInt32(parts[part].nameCode(at: row))
            return
        }
        codes.withUnsafeMutableBufferPointer { buffer in
            parts[part].nameCodes(row ..< row + count, into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
        }
    }
}
