/// Distinct texts numbered in order of first sight.
package struct TextInterner {
    private var heap: [UInt8] = []
    private var ends: [Int] = []
    private var slots: [UInt32] = []
    private var last: Int = -1

    package init() {}

    package var count: Int { ends.count }

    /// The number of `text`, which is added when it is new.
    package mutating func code(of text: UnsafeRawBufferPointer) -> Int {
        if last >= 0, isEqual(last, text) { return last }
        if ends.count * 2 >= slots.count { grow() }
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: XXHash.hash64(text)) & mask
        while slots[slot] != 0 {
            let code = Int(slots[slot]) - 1
            if isEqual(code, text) {
                last = code
                return code
            }
            slot = (slot + 1) & mask
        }
        heap.append(contentsOf: text)
        ends.append(heap.count)
        slots[slot] = UInt32(ends.count)
        last = ends.count - 1
        return last
    }

    /// Calls `body` with the bytes of the text numbered `code`.
    package func withText<Result>(_ code: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        let start = code == 0 ? 0 : ends[code - 1]
        return try heap.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[start ..< ends[code]])) }
    }

    /// The numbers in the order of their texts' bytes.
    package func sortedCodes() -> [Int] {
        heap.withUnsafeBytes { heap in
            (0 ..< count).sorted { left, right in
                let leftStart = left == 0 ? 0 : ends[left - 1]
                let rightStart = right == 0 ? 0 : ends[right - 1]
                return ByteOrder.precedes(
                    UnsafeRawBufferPointer(rebasing: heap[leftStart ..< ends[left]]),
                    UnsafeRawBufferPointer(rebasing: heap[rightStart ..< ends[right]]))
            }
        }
    }

    private func isEqual(_ code: Int, _ text: UnsafeRawBufferPointer) -> Bool {
        withText(code) { ByteOrder.areEqual($0, text) }
    }

    private mutating func grow() {
        let capacity = max(16, slots.count * 4)
        slots = [UInt32](repeating: 0, count: capacity)
        for code in 0 ..< count {
            var slot = withText(code) { Int(truncatingIfNeeded: XXHash.hash64($0)) } & (capacity - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (capacity - 1) }
            slots[slot] = UInt32(code + 1)
        }
    }
}
