#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Two circles whose areas, and the area they share, are in proportion to two sets and what they have in common.
///
/// Both centres lie on the line y = 0; the first circle is the left one. Areas are exact to better than 0.01 %.
struct EulerGeometry: Equatable {
    struct Circle: Equatable {
        let x: Double
        let radius: Double
        var left: Double { x - radius }
        var right: Double { x + radius }
        var area: Double { .pi * radius * radius }
    }

    enum Shape: Equatable {
        /// Both sets are empty.
        case empty
        /// Only the first, or only the second, has members.
        case single
        case disjoint
        case overlapping
        /// The second lies wholly in the first, or the first in the second, or they are equal.
        case subset
    }

    let shape: Shape
    let first: Circle
    let second: Circle

    /// - Parameters:
    ///   - first: members of the first set; `second` likewise.
    ///   - both: members of both; held to `min(first, second)`.
    init(first: Int, second: Int, both: Int) {
        let first = max(first, 0)
        let second = max(second, 0)
        let both = min(max(both, 0), first, second)
        let scale = 1 / Double(max(first, second, 1))
        let left = (Double(first) * scale / .pi).squareRoot()
        let right = (Double(second) * scale / .pi).squareRoot()
        let distance: Double
        switch (first, second, both) {
        case (0, 0, _): (shape, distance) = (.empty, 0)
        case (0, _, _), (_, 0, _): (shape, distance) = (.single, 0)
        case (_, _, 0): (shape, distance) = (.disjoint, left + right + 0.12 * max(left, right))
        case (_, _, min(first, second)): (shape, distance) = (.subset, 0.82 * abs(left - right))
        default:
            shape = .overlapping
            distance = EulerGeometry.distance(left, right, sharedArea: Double(both) * scale)
        }
        self.first = Circle(x: 0, radius: left)
        // A set inside the other sits to its own side: what is left of the first shows on the left, of the second on the right.
        self.second = Circle(x: distance, radius: right)
    }

    /// The area that two circles share when their centres are `distance` apart.
    static func lensArea(_ left: Double, _ right: Double, distance: Double) -> Double {
        if distance >= left + right { return 0 }
        let small = min(left, right)
        if distance <= abs(left - right) { return .pi * small * small }
        let alpha = acos(clamp((distance * distance + left * left - right * right) / (2 * distance * left)))
        let beta = acos(clamp((distance * distance + right * right - left * left) / (2 * distance * right)))
        return left * left * (alpha - sin(2 * alpha) / 2) + right * right * (beta - sin(2 * beta) / 2)
    }

    /// The distance at which the circles share `sharedArea`, by bisection: the shared area falls as they part.
    static func distance(_ left: Double, _ right: Double, sharedArea: Double) -> Double {
        var low = abs(left - right)
        var high = left + right
        for _ in 0 ..< 60 {
            let middle = (low + high) / 2
            if lensArea(left, right, distance: middle) > sharedArea { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// Where a label's line should touch each region, on the line y = 0; nil for a region without area.
    var anchors: (firstOnly: Double?, both: Double?, secondOnly: Double?) {
        switch shape {
        case .empty: return (nil, nil, nil)
        case .single: return first.radius > 0 ? (0, nil, nil) : (nil, nil, 0)
        case .disjoint: return (first.x, nil, second.x)
        case .overlapping:
            let distance = second.x - first.x
            let chord = (distance * distance + first.radius * first.radius - second.radius * second.radius) / (2 * distance)
            let shared = min(max(chord, second.left), first.right)
            return (
                middle(first.left, min(second.left, first.right)), shared, middle(max(first.right, second.left), second.right)
            )
        case .subset:
            if first.radius == second.radius { return (nil, first.x, nil) }
            return first.radius > second.radius
                ? (middle(first.left, second.left), second.x, nil) : (nil, first.x, middle(first.right, second.right))
        }
    }

    private func middle(_ low: Double, _ high: Double) -> Double { (low + high) / 2 }

    private static func clamp(_ value: Double) -> Double { min(1, max(-1, value)) }
}
