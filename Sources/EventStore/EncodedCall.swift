internal import Columns
package import Model

/// One call read from the bytes that ``CallEncoder`` wrote; valid only as long as they are.
package struct EncodedCall {
    package let bytes: UnsafeRawBufferPointer

    package init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// One item of a call.
    package enum Item {
        case text(CallField, UnsafeRawBufferPointer)
        case identity(type: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)
        case leaf(Section, path: UnsafeRawBufferPointer, LeafValue)
    }

    package var type: CallType { CallType(rawValue: bytes[1]) ?? .track }
    package var flags: CallFlags { CallFlags(rawValue: bytes.integer(at: 2)) }
    package var timestamp: Int64 { bytes.integer(at: 8) }
    package var receivedAt: Int64 { bytes.integer(at: 16) }
    package var originalTimestamp: Int64? { bytes[4] & 1 == 0 ? nil : bytes.integer(at: 24) }
    package var sentAt: Int64? { bytes[4] & 2 == 0 ? nil : bytes.integer(at: 32) }
    package var payloadHash: UInt64 { bytes.integer(at: 40) }

    /// Whether the bytes are a whole call of a known version.
    package var isValid: Bool {
        guard bytes.count >= CallEncoder.headerBytes, bytes[0] == CallEncoder.version, CallType(rawValue: bytes[1]) != nil else {
            return false
        }
        var items = self.items
        while items.next() != nil {}
        return items.isAtEnd
    }

    package var items: Items { Items(bytes) }

    /// Reads the items in the order in which they were written.
    package struct Items {
        private var reader: ByteReader

        init(_ bytes: UnsafeRawBufferPointer) { reader = ByteReader(bytes, offset: min(CallEncoder.headerBytes, bytes.count)) }

        var isAtEnd: Bool { reader.isAtEnd }

        package mutating func next() -> Item? {
            guard let tag = reader.integer(as: UInt8.self) else { return nil }
            if tag >= CallEncoder.leafTag { return leaf(tag - CallEncoder.leafTag) }
            if tag == CallEncoder.identityTag {
                guard let type = reader.counted(), let value = reader.counted() else { return nil }
                return .identity(type: type, value: value)
            }
            guard let field = CallField(rawValue: tag), let text = reader.counted() else { return nil }
            return .text(field, text)
        }

        private mutating func leaf(_ tag: UInt8) -> Item? {
            guard let section = Section(rawValue: tag >> 3), let kind = ValueKind(rawValue: tag & 7), let path = reader.counted(),
                let value = value(kind)
            else { return nil }
            return .leaf(section, path: path, value)
        }

        private mutating func value(_ kind: ValueKind) -> LeafValue? {
            switch kind {
            case .null: .null
            case .bool: reader.integer(as: UInt8.self).map { .bool($0 != 0) }
            case .int: reader.integer(as: Int64.self).map { .int($0) }
            case .double: reader.integer(as: UInt64.self).map { .double(Double(bitPattern: $0)) }
            case .bigNumber: reader.counted().map { .bigNumber($0) }
            case .string: reader.counted().map { .string($0) }
            case .json: reader.counted().map { .json($0) }
            }
        }
    }

    /// The bytes of a field; empty when it is absent.
    package func text(_ wanted: CallField) -> UnsafeRawBufferPointer {
        var items = self.items
        while let item = items.next() {
            if case .text(let field, let text) = item, field == wanted { return text }
        }
        return UnsafeRawBufferPointer(start: nil, count: 0)
    }

    /// Whether one of the identities is `wanted`; both are UTF-8.
    func hasIdentity(_ isWanted: (_ type: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Bool) -> Bool {
        var items = self.items
        while let item = items.next() {
            if case .identity(let type, let value) = item, isWanted(type, value) { return true }
        }
        return false
    }

    package var identities: [Identity] {
        var found: [Identity] = []
        var items = self.items
        while let item = items.next() {
            guard case .identity(let type, let value) = item else { continue }
            found.append(
                Identity(type: IdentityType(String(decoding: type, as: UTF8.self)), value: String(decoding: value, as: UTF8.self)))
        }
        return found
    }

    /// The whole call.
    package var call: Call {
        var draft = CallDraft(
            call: Call(
                type: type, messageID: "", timestamp: Instant(microseconds: timestamp),
                receivedAt: Instant(microseconds: receivedAt),
                originalTimestamp: originalTimestamp.map(Instant.init(microseconds:)),
                sentAt: sentAt.map(Instant.init(microseconds:)),
                flags: flags, source: SourceID(text: "")))
        var items = self.items
        while let item = items.next() {
            switch item {
            case .text(let field, let text): draft.set(field, String(decoding: text, as: UTF8.self))
            case .identity: break
            case .leaf(let section, let path, let value): draft.set(section, Array(path), JSONValue(leaf: value))
            }
        }
        return draft.finished
    }
}
