/// Bytes written in order, with places that are filled in later: kept in memory, or handed on to a file piece by piece.
package struct ByteOutput {
    private static let pieceBytes = 1 << 20

    /// The newest bytes, those that were not handed on.
    package var pending: [UInt8] = []
    private var handedOn = 0
    private let take: ((UnsafeRawBufferPointer, _ place: Int) -> Void)?

    /// Keeps everything.
    package init() { take = nil }

    /// Hands pieces of about a megabyte on to `take`, each with its place; a place that was filled in later comes once more.
    package init(handingOnTo take: @escaping (UnsafeRawBufferPointer, _ place: Int) -> Void) { self.take = take }

    /// Bytes written so far.
    package var count: Int { handedOn + pending.count }

    package mutating func append(_ bytes: [UInt8]) { pending.append(contentsOf: bytes) }

    package mutating func append(_ bytes: UnsafeRawBufferPointer) { pending.append(contentsOf: bytes) }

    /// Appends bytes however many they are, and hands them on as they come.
    package mutating func appendMany(_ bytes: UnsafeRawBufferPointer) {
        for start in stride(from: 0, to: bytes.count, by: ByteOutput.pieceBytes) {
            append(UnsafeRawBufferPointer(rebasing: bytes[start ..< min(start + ByteOutput.pieceBytes, bytes.count)]))
            handOn()
        }
    }

    @inlinable package mutating func appendInteger(_ value: some FixedWidthInteger) { pending.appendInteger(value) }

    /// Room for bytes that are set later; gives their place.
    package mutating func reserve(_ count: Int) -> Int {
        pending.append(contentsOf: repeatElement(0, count: count))
        return self.count - count
    }

    /// Fills in bytes at a place that was written or reserved before.
    package mutating func set(_ bytes: [UInt8], at place: Int) {
        let early = min(max(handedOn - place, 0), bytes.count)
        if early > 0, let take {
            bytes.withUnsafeBytes { take(UnsafeRawBufferPointer(rebasing: $0[..<early]), place) }
        }
        for index in early ..< bytes.count { pending[place - handedOn + index] = bytes[index] }
    }

    /// Fills in an integer.
    package mutating func setInteger(_ value: some FixedWidthInteger, at place: Int) {
        var bytes: [UInt8] = []
        bytes.appendInteger(value)
        set(bytes, at: place)
    }

    /// Hands on what is there, if it is enough to be worth it or `isLast`.
    package mutating func handOn(isLast: Bool = false) {
        guard let take, isLast || pending.count >= ByteOutput.pieceBytes else { return }
        pending.withUnsafeBytes { take($0, handedOn) }
        handedOn += pending.count
        pending.removeAll(keepingCapacity: true)
    }

    /// The bytes that `body` writes.
    package static func bytes(_ body: (inout ByteOutput) -> Void) -> [UInt8] {
        var output = ByteOutput()
        body(&output)
        return output.pending
    }

    /// How many bytes `body` writes; none of them is kept.
    package static func count(_ body: (inout ByteOutput) -> Void) -> Int {
        var output = ByteOutput { _, _ in }
        body(&output)
        return output.count
    }
}
