import Foundation

/// The seeds of a property over random histories.
///
/// `TEAHOUSE_LOYALTY_SEEDS` sets how many there are, `CI` asks for at least 2,000.
enum Seeds {
    private static let asked = UInt64(ProcessInfo.processInfo.environment["TEAHOUSE_LOYALTY_SEEDS"] ?? "")
    private static let isCI = ProcessInfo.processInfo.environment["CI"] != nil

    static func upTo(_ standard: UInt64) -> Range<UInt64> { 0 ..< (asked ?? (isCI ? max(standard, 2_000) : standard)) }
}
