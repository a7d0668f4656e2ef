public import Model
import OrderedCollections

/// How much of what members earn they are expected to spend, as somebody has signed it: a version, from a month on.
public struct PointEstimate: Hashable, Sendable {
    /// Counted from 1.
    public let version: Int64
    /// The first month that it counts for.
    public let from: PointMonth
    /// Of ``PointCohort/shareMax``.
    public let share: Int64
    /// Shares of single vintages, by `year × 100 + month`.
    public let vintages: [Int64: Int64]
    /// How it was found.
    public let note: String
    public let signedBy: String
    public let signedAt: Instant

    public func share(of vintage: Int64) -> Int64 { vintages[vintage] ?? share }

    /// `{"version", "from", "share", "vintages": {"2026-03": …}, "note", "signed_by", "signed_at"}`.
    public var json: JSONValue {
        [
            "version": .int(version), "from": .string(from.text), "share": .int(share),
            "vintages": PointEstimate.json(vintages), "note": .string(note), "signed_by": .string(signedBy),
            "signed_at": .string(signedAt.rfc3339),
        ]
    }

    static func json(_ vintages: [Int64: Int64]) -> JSONValue {
        .object(
            OrderedDictionary(
                uniqueKeysWithValues: vintages.sorted { $0.key < $1.key }.map { (PointMonth.text(vintage: $0.key), .int($0.value)) }
            ))
    }
}

extension [PointEstimate] {
    /// The one that counts in a month: the last to begin, and of these the newest; nil for none, which expects that all is spent.
    public func effective(in month: PointMonth) -> PointEstimate? {
        filter { $0.from <= month }.max { ($0.from, $0.version) < ($1.from, $1.version) }
    }
}

extension PointMonth {
    /// `year × 100 + month`.
    public var vintage: Int64 {
        let (year, month, _) = firstDate.components
        return Int64(year) * 100 + Int64(month)
    }

    static func text(vintage: Int64) -> String {
        let month = vintage % 100
        return "\(vintage / 100)-\(month < 10 ? "0" : "")\(month)"
    }
}
