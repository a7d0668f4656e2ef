public import Model

/// The four objects of a call whose members are kept as columns.
public enum Section: UInt8, Sendable, CaseIterable, Hashable {
    case properties = 0, traits, context, integrations
}

/// The texts of a call that are no members of an object.
public enum CallField: UInt8, Sendable, CaseIterable, Hashable {
    case messageID = 1, userID, anonymousID, previousID, groupID, event, name, category, source
}

/// One member of an object as given to ``CallEncoder``; the bytes are UTF-8 and need to live only for the call.
public enum LeafValue {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    /// An integer beyond Int64, or a number beyond Double, as its decimal text.
    case bigNumber(UnsafeRawBufferPointer)
    case string(UnsafeRawBufferPointer)
    /// A list, or an object without members, as compact canonical JSON.
    case json(UnsafeRawBufferPointer)

    /// The number by which the kind is stored.
    package var kind: ValueKind {
        switch self {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .double: .double
        case .bigNumber: .bigNumber
        case .string: .string
        case .json: .json
        }
    }
}

/// The kinds of values as stored.
package enum ValueKind: UInt8, Sendable, CaseIterable {
    case null = 0, bool, int, double, bigNumber, string, json
}

/// What a call holds beside its texts and objects.
public struct CallHeader: Sendable, Hashable {
    public var type: CallType
    public var timestamp: Instant
    public var receivedAt: Instant
    public var originalTimestamp: Instant?
    public var sentAt: Instant?
    public var flags: CallFlags
    /// Of the payload without `sentAt`, `receivedAt` and the batch's envelope; tells a repeat from a conflict.
    public var payloadHash: UInt64

    public init(
        type: CallType, timestamp: Instant, receivedAt: Instant, originalTimestamp: Instant? = nil, sentAt: Instant? = nil,
        flags: CallFlags = [], payloadHash: UInt64
    ) {
        self.type = type
        self.timestamp = timestamp
        self.receivedAt = receivedAt
        self.originalTimestamp = originalTimestamp
        self.sentAt = sentAt
        self.flags = flags
        self.payloadHash = payloadHash
    }
}
