/// Where an import stands.
public struct ImportProgress: Sendable, Hashable {
    /// Bytes of the file read, packed as they are.
    public var bytesRead: Int
    /// nil for a pipe.
    public var byteCount: Int?
    public var rowCount: Int
    public var seconds: Double

    public var rowsPerSecond: Double { seconds > 0 ? Double(rowCount) / seconds : 0 }

    /// Seconds left at the rate so far; nil when nobody can know.
    public var secondsLeft: Double? {
        guard let byteCount, bytesRead > 0, seconds > 0 else { return nil }
        return seconds * Double(max(0, byteCount - bytesRead)) / Double(bytesRead)
    }
}

/// What became of the rows of a file: `rowCount` = `taken` + `duplicates` + `refused`.
public struct ImportSummary: Sendable, Hashable {
    public var rowCount = 0
    /// Rows whose call is new and durable.
    public var taken = 0
    /// Rows whose call had been taken before, by an earlier import of the file for instance.
    public var duplicates = 0
    public var refused = 0
    /// Rows refused for each reason's word.
    public var refusedByCode: [String: Int] = [:]
    /// Calls that the rows became; the rows of an order are one call, and new traits are told by one of their own.
    public var callCount = 0
    public var seconds = 0.0
    /// Where the refused rows are listed; nil when there are none.
    public var rejectedPath: String?

    /// The summary for people, over several lines.
    public var text: String {
        var lines = [
            "read \(rowCount) rows in \(rounded(seconds)) s (\(Int(seconds > 0 ? Double(rowCount) / seconds : 0)) a second), \(callCount) calls",
            "taken \(taken) + duplicates \(duplicates) + refused \(refused) = \(taken + duplicates + refused)",
        ]
        for (code, count) in refusedByCode.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            lines.append("  \(count) \(code)")
        }
        if let rejectedPath { lines.append("refused rows: \(rejectedPath)") }
        return lines.joined(separator: "\n")
    }

    private func rounded(_ seconds: Double) -> String { String(Double(Int(seconds * 10)) / 10) }
}
