/// A set of people as bits, one for each person ordinal.
///
/// Insertion grows it; membership beyond its words is false. About 1 bit a person: 125 KB for a million.
public struct PersonSet: Sendable, Hashable {
    private var words: [UInt64]

    /// An empty set with room for ordinals below `capacity`.
    public init(capacity: Int = 0) { words = [UInt64](repeating: 0, count: (capacity + 63) / 64) }

    /// The set of the given ordinals.
    public init(_ ordinals: some Sequence<UInt32>) {
        self.init()
        for ordinal in ordinals { insert(ordinal) }
    }

    var byteCount: Int { words.byteCount }

    /// Whether the person is in the set; O(1).
    public func contains(_ ordinal: UInt32) -> Bool {
        let word = Int(ordinal >> 6)
        return word < words.count && words[word] >> UInt64(ordinal & 63) & 1 == 1
    }

    /// Adds a person; O(1) within the capacity.
    public mutating func insert(_ ordinal: UInt32) {
        let word = Int(ordinal >> 6)
        if word >= words.count { words.append(contentsOf: repeatElement(0, count: word + 1 - words.count)) }
        words[word] |= 1 << UInt64(ordinal & 63)
    }

    /// Takes a person out; O(1).
    public mutating func remove(_ ordinal: UInt32) {
        let word = Int(ordinal >> 6)
        if word < words.count { words[word] &= ~(1 << UInt64(ordinal & 63)) }
    }

    /// Number of people in the set; O(words).
    public var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// The ordinals, ascending.
    public var ordinals: [UInt32] {
        var out: [UInt32] = []
        out.reserveCapacity(count)
        forEach { out.append($0) }
        return out
    }

    /// Visits the ordinals, ascending.
    public func forEach(_ body: (UInt32) -> Void) {
        for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                body(UInt32(index * 64 + rest.trailingZeroBitCount))
                rest &= rest - 1
            }
        }
    }

    public mutating func formUnion(_ other: PersonSet) {
        if other.words.count > words.count {
            words.append(contentsOf: repeatElement(0, count: other.words.count - words.count))
        }
        for index in other.words.indices { words[index] |= other.words[index] }
    }

    public mutating func formIntersection(_ other: PersonSet) {
        for index in words.indices { words[index] &= index < other.words.count ? other.words[index] : 0 }
    }

    public mutating func subtract(_ other: PersonSet) {
        for index in words.indices where index < other.words.count { words[index] &= ~other.words[index] }
    }

    /// Equal when the same people are in both, whatever their capacities.
    public static func == (left: PersonSet, right: PersonSet) -> Bool {
        let shared = min(left.words.count, right.words.count)
        return left.words[..<shared] == right.words[..<shared] && left.words[shared...].allSatisfy { $0 == 0 }
            && right.words[shared...].allSatisfy { $0 == 0 }
    }

    public func hash(into hasher: inout Hasher) {
        let used = words.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0
        hasher.combine(words[..<used])
    }
}
