import Foundation

/// The seeds of a property test in a few slices, each of which one test case goes through; a failure names its seed.
///
/// `TEAHOUSE_LOYALTY_SEEDS` sets how many there are in all.
struct EarningSeeds: Sequence, Sendable, CustomStringConvertible {
    private static let asked = UInt64(ProcessInfo.processInfo.environment["TEAHOUSE_LOYALTY_SEEDS"] ?? "")
    private static let sliceCount: UInt64 = 4

    private let first: UInt64
    private let end: UInt64

    static func slices(_ count: UInt64) -> [EarningSeeds] {
        (0 ..< sliceCount).map { EarningSeeds(first: $0, end: asked ?? count) }
    }

    var description: String { "every \(EarningSeeds.sliceCount)th seed from \(first) up to \(end)" }

    func makeIterator() -> StrideTo<UInt64>.Iterator {
        stride(from: first, to: end, by: Int(EarningSeeds.sliceCount)).makeIterator()
    }
}
