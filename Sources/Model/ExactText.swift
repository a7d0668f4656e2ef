/// A text as a key, told apart by its bytes as the records do: `==` of `String` takes letters for the same that are put together
/// differently, such as `é` in one scalar or two.
public struct ExactText: Hashable, Sendable {
    public let text: String

    public init(_ text: String) { self.text = text }

    public static func == (left: ExactText, right: ExactText) -> Bool { left.text.isExactly(right.text) }
    public func hash(into hasher: inout Hasher) { text.hashExactly(into: &hasher) }
}

extension String {
    /// Whether two texts have the same bytes.
    package func isExactly(_ other: String) -> Bool {
        var (one, other) = (self, other)
        return one.withUTF8 { bytes in
            other.withUTF8 { others in bytes.count == others.count && bytes.elementsEqual(others) }
        }
    }

    /// Hashes what ``isExactly(_:)`` compares.
    package func hashExactly(into hasher: inout Hasher) {
        var text = self
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(0xFF as UInt8)
    }
}
