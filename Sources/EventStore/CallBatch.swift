internal import Columns
public import Model

/// Encoded calls one after another, as ``CallEncoder`` wrote them.
public struct CallBatch: Sendable {
    var bytes: [UInt8] = []
    /// The end of each call in `bytes`.
    var ends: [Int] = []

    public init() {}

    /// Number of calls.
    public var count: Int { ends.count }
    public var isEmpty: Bool { ends.isEmpty }
    /// Bytes of all calls.
    public var byteCount: Int { bytes.count }

    /// Adds the calls of another batch behind these.
    public mutating func append(_ other: CallBatch) {
        let start = bytes.count
        bytes.append(contentsOf: other.bytes)
        for end in other.ends { ends.append(start + end) }
    }

    /// The call at `index`, decoded.
    public func call(at index: Int) -> Call { withCall(at: index) { $0.call } }

    /// The identities of the call at `index`, its owner first.
    public func identities(at index: Int) -> [Identity] { withCall(at: index) { $0.identities } }

    /// The calls of this batch at `indexes`.
    public func selecting(_ indexes: some Sequence<Int>) -> CallBatch {
        var batch = CallBatch()
        for index in indexes { batch.append(bytes[range(of: index)]) }
        return batch
    }

    func range(of index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1]) ..< ends[index] }

    /// Calls `body` with each call and its place.
    func forEach(_ body: (Int, EncodedCall) -> Void) {
        bytes.withUnsafeBytes { bytes in
            var start = 0
            for (index, end) in ends.enumerated() {
                body(index, EncodedCall(bytes: UnsafeRawBufferPointer(rebasing: bytes[start ..< end])))
                start = end
            }
        }
    }

    mutating func append(_ call: some Collection<UInt8>) {
        bytes.append(contentsOf: call)
        ends.append(bytes.count)
    }

    func withCall<Result>(at index: Int, _ body: (EncodedCall) throws -> Result) rethrows -> Result {
        let range = range(of: index)
        return try bytes.withUnsafeBytes { try body(EncodedCall(bytes: $0.slice(range.lowerBound, range.count))) }
    }
}
