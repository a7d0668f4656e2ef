/// Where an import stands.
public struct ImportProgress: Sendable, Hashable {
    /// Bytes of the file read, packed as they are.
    public var bytesRead: Int
    public var byteCount: Int
    public var rowCount: Int
    public var seconds: Double

    public var rowsPerSecond: Double { seconds > 0 ? Double(rowCount) / seconds : 0 }

    /// Seconds left at the rate so far; nil when nobody can know.
    public var secondsLeft: Double? {
        guard bytesRead > 0, seconds > 0 else { return nil }
        return seconds * Double(max(0, byteCount - bytesRead)) / Double(bytesRead)
    }
}

/// What became of the rows of a file: `rowCount` = `taken` + `duplicates` + `refused`.
///
/// Of an import that was interrupted and run again it holds the figures of all its runs.
public struct ImportSummary: Sendable, Hashable {
    public var rowCount = 0
    /// Rows whose call is new and durable.
    public var taken = 0
    /// Rows whose call had been taken before, by an earlier import of the file for instance.
    public var duplicates = 0
    /// Of the duplicates at most so many were taken in the moment of an interruption, before it was noted that they were.
    public var interruptedCount = 0
    public var refused = 0
    /// Rows refused for each reason's word.
    public var refusedByCode: [String: Int] = [:]
    /// For each reason's word the first row that it refused.
    public private(set) var examples: [String: ImportRefusal] = [:]
    /// Calls that the rows became; the rows of an order are one call, and new traits are told by one of their own.
    public var callCount = 0
    public var seconds = 0.0
    /// Where the refused rows are listed; nil when there are none.
    public var rejectedPath: String?
    /// The line that the last run went on at; nil when it began at the beginning.
    public var continuedAtLine: Int?
    /// Rows that runs before the last had read.
    public var rowCountBefore = 0

    mutating func add(examples refusals: [ImportRefusal]) {
        for refusal in refusals where (examples[refusal.code]?.line ?? .max) > refusal.line { examples[refusal.code] = refusal }
    }

    /// The summary for people, over several lines.
    public var text: String {
        var lines = [
            "read \(rowCount) \(rowCount == 1 ? "row" : "rows") in \(rounded(seconds)) s (\(Int(seconds > 0 ? Double(rowCount) / seconds : 0)) a second), \(callCount) \(callCount == 1 ? "call" : "calls")",
            "taken \(taken) + duplicates \(duplicates) + refused \(refused) = \(taken + duplicates + refused)",
        ]
        for (code, count) in refusedByCode.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            let example = examples[code].map { ", first in line \($0.line): \($0.reason.printable())" } ?? ""
            lines.append("  \(count) \(code)\(example)")
        }
        if let continuedAtLine { lines.append("continued at line \(continuedAtLine): these are the figures of all runs together") }
        if interruptedCount > 0 {
            lines.append("of the duplicates, up to \(interruptedCount) were taken in the moment of the interruption")
        }
        if let rejectedPath { lines.append("refused rows: \(rejectedPath)") }
        return lines.joined(separator: "\n")
    }

    private func rounded(_ seconds: Double) -> String { String(Double(Int(seconds * 10)) / 10) }
}
