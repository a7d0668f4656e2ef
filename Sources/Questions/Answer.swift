public import Model
import OrderedCollections

/// The answer to a question.
public struct Answer: Sendable {
    /// What was asked, with its defaults written out.
    public var question: JSONValue
    /// The kind's own members: `count`, `rows`, `steps`, …; equal data give equal bytes.
    public var body: JSONValue
    /// Every event received before it is in.
    public var watermark: Instant
    public var asOf: Instant?
    /// Rows that were read, a row once for each pass over it: finding an open range or the kept values takes a pass of its own.
    public var eventsScanned: Int
    public var elapsed: Duration
    /// Names in the question that nothing kept carries; empty where all are known.
    public var hints: [NameHint] = []

    /// The whole answer as the API gives it.
    public var json: JSONValue {
        var out = ObjectWriter()
        out.put("kind", question["kind"])
        out.put("question", question)
        if case .object(let members) = body { for (key, value) in members { out.put(key, value) } }
        if !hints.isEmpty { out.put("hints", .array(hints.map(\.json))) }
        out.put("watermark", .string(watermark.rfc3339))
        out.put("asOf", asOf.map { .string($0.rfc3339) } ?? .null)
        out.put("events_scanned", .int(Int64(eventsScanned)))
        let parts = elapsed.components
        out.put("elapsed_ms", .double((Double(parts.seconds) * 1e3 + Double(parts.attoseconds / 1_000_000_000_000) / 1e3)))
        return out.json
    }
}
