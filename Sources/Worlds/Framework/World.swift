public import Model

/// A made-up business whose people and events are the same on every machine for the same settings, with the truth beside them.
///
/// A world yields Segment calls in the order of their arrival and knows, without reading them again, what a good
/// analysis of them must find.
public protocol World: Sendable {
    /// A short word for files and the command line, such as `tea`.
    static var name: String { get }
    /// The time zone in which the world's days and weeks are counted.
    var zone: TimeZoneTable { get }
    /// ISO 4217 code of every amount.
    var currency: Currency { get }

    /// Batches of at most `size` calls in the order of their arrival, made as they are asked for.
    ///
    /// Memory holds one simulated day and what is known of each person, never the whole stream.
    func batches(of size: Int) -> WorldBatches

    /// The truth alone: a simulation whose calls are not written.
    var truth: WorldTruth { get }
}

/// Some consecutive calls of a world, ready to be sent.
public struct WorldBatch: Sendable {
    /// The calls as NDJSON: one JSON object and one line feed each.
    public let lines: [UInt8]
    /// Number of calls.
    public let count: Int
    /// Number of calls in all batches before this one.
    public let firstIndex: Int
    /// The share of the world's days that are simulated by now, 0 to 1.
    public let progress: Double

    /// The body of `POST /v1/batch?historical=1`: `{"batch":[…]}`.
    public var body: [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(lines.count + 16)
        body.append(contentsOf: "{\"batch\":[".utf8)
        body.append(contentsOf: lines.dropLast())
        // The writer escapes line feeds inside text, so that each one left stands between two calls.
        body.withUnsafeMutableBufferPointer { bytes in
            for index in bytes.indices where bytes[index] == UInt8(ascii: "\n") { bytes[index] = UInt8(ascii: ",") }
        }
        body.append(contentsOf: "]}".utf8)
        return body
    }
}

/// The batches of a world as a sequence; ``truth`` is there once the last one has been taken.
public struct WorldBatches: Sequence, IteratorProtocol {
    private var nextBatch: () -> WorldBatch?
    private let finished: () -> WorldTruth?

    /// - Parameters:
    ///   - next: the next batch, or nil at the end.
    ///   - finished: the truth after the end, nil before it.
    package init(next: @escaping () -> WorldBatch?, finished: @escaping () -> WorldTruth?) {
        nextBatch = next
        self.finished = finished
    }

    public mutating func next() -> WorldBatch? { nextBatch() }

    /// What was simulated; nil until the sequence has ended.
    ///
    /// Copies of the sequence share one simulation.
    public var truth: WorldTruth? { finished() }
}
