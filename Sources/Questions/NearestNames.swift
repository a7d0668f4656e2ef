/// Finds the names that one that is not known may have meant.
///
/// Case, spaces, dots, hyphens and underscores do not count. A name is near when few letters differ, or when one begins the other.
struct NearestNames {
    /// Names looked at; what comes later is passed over, so that the cost has a bound.
    static let candidatesMax = 4_000
    /// Letters of a name that count.
    private static let lettersMax = 48
    private static let countMax = 3

    private let wanted: [Unicode.Scalar]
    /// The greatest number of letters that may differ.
    private let distanceMax: Int

    init(to name: String) {
        wanted = NearestNames.letters(name)
        distanceMax = max(1, min(6, wanted.count / 3))
    }

    /// At most three of the names, nearest first; of equally near ones the first by bytes.
    ///
    /// O(candidates × letters × greatest distance).
    func among(_ names: some Sequence<String>) -> [String] {
        var found: [(distance: Int, name: String)] = []
        for name in names.prefix(NearestNames.candidatesMax) {
            if let distance = distance(to: NearestNames.letters(name)) { found.append((distance, name)) }
        }
        found.sort { left, right in
            left.distance != right.distance
                ? left.distance < right.distance : left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
        }
        return found.prefix(NearestNames.countMax).map(\.name)
    }

    private static func letters(_ name: String) -> [Unicode.Scalar] {
        // Cut first, so that a name of megabytes costs no more than another.
        let beginning = String(String.UnicodeScalarView(name.unicodeScalars.prefix(2 * lettersMax))).lowercased()
        return Array(beginning.unicodeScalars.lazy.filter { !" _-.".unicodeScalars.contains($0) }.prefix(lettersMax))
    }

    /// Letters put in, left out, replaced or swapped; nil when that is too many and neither begins the other.
    private func distance(to other: [Unicode.Scalar]) -> Int? {
        let isBeginning = min(wanted.count, other.count) >= 3 && (other.starts(with: wanted) || wanted.starts(with: other))
        let beginning: Int? = isBeginning ? distanceMax + 1 : nil
        guard abs(wanted.count - other.count) <= distanceMax else { return beginning }
        var before: [Int] = []
        var last = Array(0 ... other.count)
        for (row, letter) in wanted.enumerated() {
            var next = [row + 1] + [Int](repeating: 0, count: other.count)
            for (column, against) in other.enumerated() {
                var best = min(last[column] + (letter == against ? 0 : 1), last[column + 1] + 1, next[column] + 1)
                if row > 0, column > 0, letter == other[column - 1], wanted[row - 1] == against {
                    best = min(best, before[column - 1] + 1)
                }
                next[column + 1] = best
            }
            // No later row is nearer than the nearest cell of two rows on end.
            if let nearest = next.min(), nearest > distanceMax { return beginning }
            (before, last) = (last, next)
        }
        return last[other.count] <= distanceMax ? last[other.count] : beginning
    }
}
