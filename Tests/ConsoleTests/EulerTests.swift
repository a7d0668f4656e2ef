import Model
import Testing

@testable import Console

struct EulerTests {
    @Test("Areas are in proportion to within one per cent", arguments: UInt64(0) ..< 200)
    func areas(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let greatest = [10, 1_000, 1_000_000][Int.random(in: 0 ..< 3, using: &random)]
        let first = Int.random(in: 1 ... greatest, using: &random)
        let second = Int.random(in: 1 ... greatest, using: &random)
        let both = Int.random(in: 0 ... min(first, second), using: &random)
        let geometry = EulerGeometry(first: first, second: second, both: both)
        let unit = geometry.first.area / Double(first)
        #expect(abs(geometry.second.area / unit - Double(second)) < 0.01 * Double(second))
        let distance = abs(geometry.second.x - geometry.first.x)
        let lens = EulerGeometry.lensArea(geometry.first.radius, geometry.second.radius, distance: distance)
        #expect(abs(lens / unit - Double(both)) <= max(0.01 * Double(both), 1e-6))
    }

    @Test("The shared area agrees with counting points on a grid")
    func lensAgainstGrid() {
        let (left, right, distance) = (1.0, 0.7, 0.9)
        var inside = 0
        let steps = 1_000
        for row in 0 ..< steps {
            for column in 0 ..< steps {
                let x = -1 + 3 * (Double(column) + 0.5) / Double(steps)
                let y = -1 + 2 * (Double(row) + 0.5) / Double(steps)
                if x * x + y * y <= left * left, (x - distance) * (x - distance) + y * y <= right * right { inside += 1 }
            }
        }
        let counted = Double(inside) * 6 / Double(steps * steps)
        #expect(abs(EulerGeometry.lensArea(left, right, distance: distance) - counted) < 0.005)
    }

    @Test("Disjoint, subset, equal, single and empty sets have their own shapes")
    func shapes() {
        #expect(EulerGeometry(first: 5, second: 3, both: 0).shape == .disjoint)
        #expect(EulerGeometry(first: 5, second: 3, both: 3).shape == .subset)
        #expect(EulerGeometry(first: 5, second: 5, both: 5).shape == .subset)
        #expect(EulerGeometry(first: 5, second: 3, both: 1).shape == .overlapping)
        #expect(EulerGeometry(first: 0, second: 3, both: 0).shape == .single)
        #expect(EulerGeometry(first: 0, second: 0, both: 0).shape == .empty)
        let disjoint = EulerGeometry(first: 5, second: 3, both: 0)
        #expect(disjoint.first.right < disjoint.second.left)
        for (first, second) in [(9, 2), (2, 9)] {
            let subset = EulerGeometry(first: first, second: second, both: 2)
            let (outer, inner) = first > second ? (subset.first, subset.second) : (subset.second, subset.first)
            #expect(outer.left <= inner.left && inner.right <= outer.right)
        }
    }

    @Test("Labels lie in the drawing, outside the circles, and never on each other", arguments: UInt64(0) ..< 200)
    func labels(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let first = Int.random(in: 0 ... 100_000, using: &random) / [1, 10, 10_000][Int.random(in: 0 ..< 3, using: &random)]
        let second = Int.random(in: 0 ... 100_000, using: &random) / [1, 10, 10_000][Int.random(in: 0 ..< 3, using: &random)]
        let both = Bool.random(using: &random) ? Int.random(in: 0 ... min(first, second), using: &random) : min(first, second)
        for caption in ["Users only", "既使用又付费", "A very long caption that takes most of the drawing's width"] {
            let label = EulerDiagram.Label(value: "1,234,567", caption: caption)
            let layout = EulerDiagram(
                geometry: EulerGeometry(first: first, second: second, both: both), firstOnly: label, both: label, secondOnly: label,
                emptyText: caption
            ).layout()
            for (index, one) in layout.labels.enumerated() {
                #expect(one.box.x >= 0 && one.box.x + one.box.width <= layout.width + 0.01)
                #expect(one.box.y >= 0 && one.box.y + one.box.height <= layout.height)
                #expect(!one.box.overlaps(layout.circles))
                for other in layout.labels[(index + 1)...] { #expect(!one.box.overlaps(other.box)) }
            }
        }
    }
}
