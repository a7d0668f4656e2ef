extension [UInt8] {
    /// Appends the little-endian bytes of an integer.
    @inlinable package mutating func appendInteger<Value: FixedWidthInteger>(_ value: Value) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }

    /// Appends an unsigned integer in groups of 7 bits, lowest first, the top bit set on all but the last byte.
    @inlinable package mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends a varint length and the bytes.
    @inlinable package mutating func appendCounted(_ bytes: UnsafeRawBufferPointer) {
        appendVarint(UInt64(bytes.count))
        append(contentsOf: bytes)
    }

    /// Overwrites four bytes at `offset` with the little-endian bytes of `value`.
    @inlinable package mutating func setInteger<Value: FixedWidthInteger>(_ value: Value, at offset: Int) {
        Swift.withUnsafeBytes(of: value.littleEndian) { source in
            for (index, byte) in source.enumerated() { self[offset + index] = byte }
        }
    }
}

extension UnsafeRawBufferPointer {
    /// The little-endian integer at `offset`, which need not be aligned.
    @inlinable package func integer<Value: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int, as type: Value.Type = Value.self
    ) -> Value {
        Value(littleEndian: loadUnaligned(fromByteOffset: offset, as: Value.self))
    }

    /// The part of this buffer from `offset` on.
    @inlinable package func slice(_ offset: Int, _ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[offset ..< offset + count])
    }
}

/// Reads integers and counted bytes one after another; nil once the bytes run out.
package struct ByteReader {
    package let bytes: UnsafeRawBufferPointer
    package var offset: Int

    @inlinable package init(_ bytes: UnsafeRawBufferPointer, offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    @inlinable package var isAtEnd: Bool { offset >= bytes.count }
    @inlinable package var remaining: Int { bytes.count - offset }

    @inlinable package mutating func integer<Value: FixedWidthInteger & BitwiseCopyable>(as type: Value.Type = Value.self) -> Value?
    {
        let size = MemoryLayout<Value>.size
        guard size <= bytes.count - offset else { return nil }
        defer { offset += size }
        return bytes.integer(at: offset)
    }

    @inlinable package mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while offset < bytes.count, shift < 64 {
            let byte = bytes[offset]
            offset += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }

    @inlinable package mutating func take(_ count: Int) -> UnsafeRawBufferPointer? {
        guard count >= 0, count <= bytes.count - offset else { return nil }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset ..< offset + count])
    }

    @inlinable package mutating func counted() -> UnsafeRawBufferPointer? {
        guard let count = varint(), count <= UInt64(bytes.count) else { return nil }
        return take(Int(count))
    }
}
