import Foundation

/// Some of the seeds of a property test, which one test case goes through; a failure names its seed.
///
/// `TEAHOUSE_PEOPLE_SEEDS` sets how many there are in all.
struct Seeds: Sequence, Sendable, CustomStringConvertible {
    private static let asked = UInt64(ProcessInfo.processInfo.environment["TEAHOUSE_PEOPLE_SEEDS"] ?? "")
    private static let sliceCount: UInt64 = 8

    private let first: UInt64
    private let end: UInt64

    /// The seeds from 0 on, in a few slices of every eighth.
    static func slices(_ count: UInt64) -> [Seeds] { (0 ..< sliceCount).map { Seeds(first: $0, end: asked ?? count) } }

    var description: String { "every \(Seeds.sliceCount)th seed from \(first) up to \(end)" }

    func makeIterator() -> StrideTo<UInt64>.Iterator { stride(from: first, to: end, by: Int(Seeds.sliceCount)).makeIterator() }
}
