internal import Columns
public import Model
internal import OrderedCollections

/// Writes calls into a ``CallBatch``, member by member, straight from parsed JSON.
///
///     encoder.begin(header)
///     encoder.text(.messageID, id)          // messageID and source always; each field at most once
///     encoder.identity(type: "user_id", utf8: value)
///     encoder.leaf(.properties, path: path, .int(3))
///     encoder.end()
///
/// One call is a header of 56 bytes and its items:
///
///     0  u8   version (1)        1  u8  type           2  u16 flags
///     4  u8   1 originalTimestamp present, 2 sentAt present        5  u8 × 3  0
///     8  i64  timestamp          16 i64 receivedAt     24 i64 originalTimestamp    32 i64 sentAt
///     40 u64  payload hash       48 u64 0
///     item: u8 tag, by tag
///       1 … 9    text of that field: varint length, bytes
///       0x10     identity: varint length, type, varint length, value
///       0x40 + 8 × section + kind: varint length, path, and the value: nothing, u8, i64, f64, or varint length and bytes
public struct CallEncoder: Sendable {
    static let version: UInt8 = 1
    static let headerBytes = 56
    static let identityTag: UInt8 = 0x10
    static let leafTag: UInt8 = 0x40

    private var batch = CallBatch()
    /// The call that was begun and not ended.
    private var call = CallBytes()

    public init() {}

    /// Calls written and ended.
    public var count: Int { batch.count }
    /// Bytes of the calls ended.
    public var byteCount: Int { batch.bytes.count }

    /// Starts a call.
    public mutating func begin(_ header: CallHeader) {
        if !isKnownUniquelyReferenced(&call) { call = CallBytes() }
        call.clear()
        call.append(CallEncoder.version)
        call.append(header.type.rawValue)
        call.append(integer: header.flags.rawValue)
        call.append((header.originalTimestamp == nil ? 0 : 1) | (header.sentAt == nil ? 0 : 2))
        call.append(0)
        call.append(integer: UInt16(0))
        call.append(integer: header.timestamp.microseconds)
        call.append(integer: header.receivedAt.microseconds)
        call.append(integer: header.originalTimestamp?.microseconds ?? 0)
        call.append(integer: header.sentAt?.microseconds ?? 0)
        call.append(integer: header.payloadHash)
        call.append(integer: UInt64(0))
    }

    /// Adds a text of the call.
    public mutating func text(_ field: CallField, _ utf8: UnsafeRawBufferPointer) {
        call.append(field.rawValue)
        call.append(counted: utf8)
    }

    /// Adds a text of the call.
    public mutating func text(_ field: CallField, _ text: String) {
        var text = text
        text.withUTF8 { self.text(field, UnsafeRawBufferPointer($0)) }
    }

    /// Adds an identity, the most important first: the first one owns the call.
    public mutating func identity(type: String, utf8: UnsafeRawBufferPointer) {
        var type = type
        call.append(CallEncoder.identityTag)
        type.withUTF8 { call.append(counted: UnsafeRawBufferPointer($0)) }
        call.append(counted: utf8)
    }

    /// Adds an identity, the most important first.
    public mutating func identity(_ identity: Identity) {
        var value = identity.value
        value.withUTF8 { self.identity(type: identity.type.text, utf8: UnsafeRawBufferPointer($0)) }
    }

    /// Adds one member of an object; objects with members are given member by member, see ``PropertyPath``.
    public mutating func leaf(_ section: Section, path: UnsafeRawBufferPointer, _ value: LeafValue) {
        call.append(CallEncoder.leafTag + section.rawValue * 8 + value.kind.rawValue)
        call.append(counted: path)
        switch value {
        case .null: break
        case .bool(let value): call.append(value ? 1 : 0)
        case .int(let value): call.append(integer: value)
        case .double(let value): call.append(integer: value.bitPattern)
        case .bigNumber(let text), .string(let text), .json(let text): call.append(counted: text)
        }
    }

    /// Ends the call.
    public mutating func end() {
        batch.bytes.append(contentsOf: call.bytes)
        batch.ends.append(batch.bytes.count)
    }

    /// Takes the call back that was begun and not ended.
    public mutating func abandon() { call.clear() }

    /// The calls written so far; the encoder starts over.
    public mutating func finish() -> CallBatch {
        defer { batch = CallBatch() }
        return batch
    }
}

extension CallEncoder {
    /// Writes a whole call, the slow and obvious way.
    public mutating func append(_ call: Call, identities: [Identity], payloadHash: UInt64) {
        begin(
            CallHeader(
                type: call.type, timestamp: call.timestamp, receivedAt: call.receivedAt, originalTimestamp: call.originalTimestamp,
                sentAt: call.sentAt, flags: call.flags, payloadHash: payloadHash))
        text(.messageID, call.messageID)
        text(.source, call.source.text)
        let texts: [(CallField, String?)] = [
            (.userID, call.userID), (.anonymousID, call.anonymousID), (.previousID, call.previousID), (.groupID, call.groupID),
            (.event, call.event), (.name, call.name), (.category, call.category),
        ]
        for case (let field, .some(let value)) in texts { text(field, value) }
        for identity in identities { self.identity(identity) }
        leaves(.properties, call.properties)
        leaves(.traits, call.traits)
        leaves(.context, call.context)
        leaves(.integrations, call.integrations)
        end()
    }

    /// Adds the members of `object`, nested ones by their paths; anything but an object is taken as one without members.
    public mutating func leaves(_ section: Section, _ object: JSONValue) { leaves(section, object, path: nil) }

    private mutating func leaves(_ section: Section, _ object: JSONValue, path: [UInt8]?) {
        guard case .object(let members) = object else { return }
        for (key, value) in members {
            var inner = path ?? []
            var key = key
            key.withUTF8 { PropertyPath.append(key: UnsafeRawBufferPointer($0), isFirst: path == nil, to: &inner) }
            if case .object(let below) = value, !below.isEmpty {
                leaves(section, value, path: inner)
            } else {
                inner.withUnsafeBytes { leaf(section, path: $0, value) }
            }
        }
    }

    private mutating func leaf(_ section: Section, path: UnsafeRawBufferPointer, _ value: JSONValue) {
        switch value {
        case .null: leaf(section, path: path, LeafValue.null)
        case .bool(let value): leaf(section, path: path, LeafValue.bool(value))
        case .int(let value): leaf(section, path: path, LeafValue.int(value))
        case .double(let value): leaf(section, path: path, LeafValue.double(value))
        case .bigNumber(var text): text.withUTF8 { leaf(section, path: path, .bigNumber(UnsafeRawBufferPointer($0))) }
        case .string(var text): text.withUTF8 { leaf(section, path: path, .string(UnsafeRawBufferPointer($0))) }
        case .array, .object: value.canonical.utf8.withUnsafeBytes { leaf(section, path: path, .json($0)) }
        }
    }
}

/// The bytes of one call as they are written: many small pieces, for each of which an array would ask who else has it.
///
/// Unchecked because one ``CallEncoder`` alone writes to it.
private final class CallBytes: @unchecked Sendable {
    private var base: UnsafeMutableRawPointer
    private var capacity: Int
    private var count = 0

    init(capacity: Int = 2_048) {
        self.capacity = capacity
        base = .allocate(byteCount: capacity, alignment: 8)
    }

    deinit { base.deallocate() }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    func clear() { count = 0 }

    @inline(__always) func append(_ byte: UInt8) {
        reserve(1)
        base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    @inline(__always) func append<Value: FixedWidthInteger & BitwiseCopyable>(integer value: Value) {
        reserve(MemoryLayout<Value>.size)
        base.storeBytes(of: value.littleEndian, toByteOffset: count, as: Value.self)
        count += MemoryLayout<Value>.size
    }

    /// Appends a varint length and the bytes.
    @inline(__always) func append(counted bytes: UnsafeRawBufferPointer) {
        reserve(bytes.count + 10)
        var rest = UInt64(bytes.count)
        while rest >= 0x80 {
            base.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, toByteOffset: count, as: UInt8.self)
            count += 1
            rest >>= 7
        }
        base.storeBytes(of: UInt8(truncatingIfNeeded: rest), toByteOffset: count, as: UInt8.self)
        count += 1
        if let source = bytes.baseAddress { (base + count).copyMemory(from: source, byteCount: bytes.count) }
        count += bytes.count
    }

    @inline(__always) private func reserve(_ extra: Int) {
        if count + extra > capacity { grow(extra) }
    }

    private func grow(_ extra: Int) {
        let larger = max(2 * capacity, count + extra)
        let fresh = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 8)
        fresh.copyMemory(from: base, byteCount: count)
        base.deallocate()
        (base, capacity) = (fresh, larger)
    }
}
