import Foundation
import TestSupport

/// The seeds of a property over random histories.
///
/// They come in a few slices, each of which one test case goes through one after another, so that databases are not asked by thousands at
/// once. A failure names its seed.
///
/// `TEAHOUSE_LOYALTY_SEEDS` sets how many there are in all; `CI` asks for at least 2,000.
struct Seeds: Sequence, Sendable, CustomStringConvertible {
    private static let asked = UInt64(ProcessInfo.processInfo.environment["TEAHOUSE_LOYALTY_SEEDS"] ?? "")
    private static let isCI = ProcessInfo.processInfo.environment["CI"] != nil
    private static let sliceCount: UInt64 = 4

    private let first: UInt64
    private let end: UInt64

    private static func count(_ standard: UInt64) -> UInt64 { asked ?? (isCI ? Swift.max(standard, 2_000) : standard) }

    /// - Parameter most: For what takes long a history, and is no matter of chance between senders.
    static func slices(_ standard: UInt64, most: UInt64 = .max) -> [Seeds] {
        (0 ..< sliceCount).map { Seeds(first: $0, end: Swift.min(count(standard), most)) }
    }

    /// For what takes next to no time: a test case each.
    static func upTo(_ standard: UInt64) -> Range<UInt64> { 0 ..< count(standard) }

    /// Those that are gone through on an engine: over PostgreSQL, where each asks for databases of its own, few of a slice.
    func on(_ engine: RecordsEngine) -> PrefixSequence<Seeds> { prefix(engine == .sqlite ? .max : 2) }

    var description: String { "every \(Seeds.sliceCount)th seed from \(first) up to \(end)" }

    func makeIterator() -> StrideTo<UInt64>.Iterator {
        stride(from: first, to: end, by: Int(Seeds.sliceCount)).makeIterator()
    }
}
