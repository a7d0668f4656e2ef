public import Model

/// One call that was just taken, with its identities as ordinals.
public struct ArrivedCall: Sendable {
    public let arrival: UInt64
    public let receivedAt: Instant
    public let timestamp: Instant
    public let type: CallType
    public let flags: CallFlags
    /// In order of importance, the owner first; empty for a call of nobody.
    public let identities: [UInt32]
    /// Ordinals from this one on were first seen in this call.
    public let firstNewOrdinal: UInt32
    public let table: IdentityTable

    /// Whether this call is the first with that identity.
    public func isNew(_ ordinal: UInt32) -> Bool { ordinal >= firstNewOrdinal }
}

/// Follows a store's calls in arrival order, and decides which identities are one person.
public protocol ArrivalObserver: AnyObject, Sendable {
    /// Called once at open, with all that was kept of earlier calls; calls of the log's tail are then observed again.
    func restore(identities: IdentityTable, decisions: DecisionLog)
    /// Called for each taken call, on the writer's thread under the store's lock; the decisions are kept with the call.
    func observe(_ arrival: ArrivedCall) -> [Decision]
    /// Called when identities were erased, under the store's lock: their calls are gone, and nothing names them any more.
    func forget(identities: Set<UInt32>)
}
