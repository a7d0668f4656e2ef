import EventStore

/// The event names of all parts, each with one number; numbers are in the order of the names' bytes.
struct EventNames: Sendable {
    let names: [String]
    /// By part, then the part's name code; where each part's begin.
    private let numbers: [Int32]
    private let firsts: [Int]
    let byteCount: Int

    /// - Parameter others: further names that get numbers, of events or not.
    init(_ parts: [Part], others: [String] = []) {
        var known: [[UInt8]: String] = [:]
        for name in others { known[Array(name.utf8)] = name }
        for part in parts { for name in part.eventNames { known[Array(name.utf8)] = name } }
        let sorted = known.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        names = sorted.map(\.value)
        let places = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($0.element.key, Int32($0.offset)) })
        var numbers: [Int32] = []
        var firsts: [Int] = []
        for part in parts {
            firsts.append(numbers.count)
            for name in part.eventNames { numbers.append(places[Array(name.utf8)] ?? 0) }
        }
        (self.numbers, self.firsts) = (numbers, firsts)
        byteCount = names.reduce(names.byteCount + numbers.byteCount + firsts.byteCount) { $0 + $1.outerBytes }
    }

    /// The number of a name; nil when no part has it.
    func number(of name: String) -> Int32? { names.firstIndex { $0.utf8.elementsEqual(name.utf8) }.map { Int32($0) } }

    /// The number of a row's event, which has a name.
    @inline(__always) func number(part: Int32, code: UInt32) -> Int32 { numbers[firsts[Int(part)] &+ Int(code)] }

    /// Calls `body` with the numbers of a part's names, by code.
    @inline(__always) func withNumbers(ofPart part: Int32, _ body: (UnsafePointer<Int32>) -> Void) {
        numbers.withUnsafeBufferPointer { numbers in
            if let base = numbers.baseAddress { body(base + firsts[Int(part)]) }
        }
    }

    /// Puts the name numbers of a stretch of a history into `out`, in order.
    func read(_ history: borrowing History, _ range: Range<Int>, into out: inout [Int32]) {
        out.removeAll(keepingCapacity: true)
        let (parts, codes) = (history.parts, history.codes)
        for index in range { out.append(number(part: parts[index], code: codes[index])) }
    }
}
