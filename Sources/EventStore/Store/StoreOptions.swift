package import Disks
internal import Model

/// The bounds of a store.
///
/// The defaults suit a shop on one machine; tests make them small.
public struct StoreOptions: Sendable {
    /// Calls in memory at which they are written to a part.
    public var flushCalls = 262_144
    /// Encoded bytes in memory at which they are written to a part.
    public var flushBytes = 96 << 20
    /// Encoded bytes that may wait for the writer; beyond it appending throws `overloaded`.
    public var waitingBytesMax = 64 << 20
    /// Calls that become one part in memory without anybody asking.
    public var sealCalls = 16_384
    /// Neighbouring parts of a similar size that are merged into one.
    public var mergeFanIn = 8
    /// Calls of a part beyond which it is not merged any more while others follow; bounds how long one merge takes.
    ///
    /// Room for 64 parts as they are flushed by default, each of which has a few calls more than ``flushCalls``.
    public var mergedCallsMax = 20 << 20
    /// Calls of a part beyond which it is not merged any more when it is quiet.
    public var settledCallsMax = 128 << 20
    /// Whether parts are merged in the background.
    public var mergesInBackground = true
    /// Seconds without a new part after which parts are merged in the background until each is much larger than all behind it.
    public var settlesAfter = 20.0
    /// The seed of a new store's message hashes; nil draws one.
    package var seed: UInt64?
    package var disk: any Disk = SystemDisk()
    /// Bytes of a list beyond which a merge keeps it in a file.
    package var scratchBytes = 1 << 20

    public init() {}
}

/// What became of one call that was appended.
public enum AppendOutcome: Hashable, Sendable {
    /// New: durable under this arrival number.
    case taken(arrival: UInt64)
    /// A repeat with an equal payload of a call that is durable.
    case duplicate
    /// A repeat with another payload; the first stays.
    case conflict
    /// New, but not taken: another call of its batch is a conflict, and the batch was to be taken whole or not at all.
    case withheld
    /// Not taken: calls of one of its identities are not kept.
    case suppressed
}

/// Tells whose calls are not kept.
public protocol CallGate: Sendable {
    /// Whether calls with this identity are turned away; both are UTF-8.
    func turnsAway(type: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) -> Bool
}

/// How much of a batch is taken when some of its calls conflict with others.
public enum BatchTaking: Hashable, Sendable {
    /// Every call that is new.
    case callByCall
    /// Every call that is new, or nothing when one is a conflict; repeats with an equal payload do no harm.
    case allOrNothing
}

/// Counts and sizes of a store at one moment.
public struct StoreStatistics: Sendable, Hashable {
    /// Calls kept.
    public var callCount = 0
    /// Calls deleted by ``WorkspaceStore/drop(events:before:)``.
    public var droppedCount = 0
    public var identityCount = 0
    /// Parts on disk.
    public var partCount = 0
    /// Bytes of the parts on disk.
    public var partBytes = 0
    /// Bytes of the log files.
    public var logBytes = 0
    /// Calls that are in memory and the log only.
    public var memoryCalls = 0
    /// Repeats seen since the start.
    public var duplicateCount = 0
    /// Conflicts seen since the start.
    public var conflictCount = 0

    public init() {}
}
