internal import Columns

/// Taken calls that follow one another in arrival, still as encoded bytes, with the ordinals of their owners.
struct CallRows: Sendable {
    let firstArrival: UInt64
    private(set) var bytes: [UInt8] = []
    private(set) var ends: [Int] = []
    private(set) var owners: [UInt32] = []

    init(firstArrival: UInt64) { self.firstArrival = firstArrival }

    var count: Int { ends.count }
    var endArrival: UInt64 { firstArrival + UInt64(count) }

    mutating func append(_ call: EncodedCall, owner: UInt32) {
        bytes.append(contentsOf: call.bytes)
        ends.append(bytes.count)
        owners.append(owner)
    }

    /// Calls `body` with each call and its place among these.
    func forEach(_ body: (Int, EncodedCall) -> Void) {
        bytes.withUnsafeBytes { bytes in
            var start = 0
            for index in ends.indices {
                body(index, EncodedCall(bytes: UnsafeRawBufferPointer(rebasing: bytes[start ..< ends[index]])))
                start = ends[index]
            }
        }
    }
}
