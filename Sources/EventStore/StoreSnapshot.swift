public import Model

/// A store at one moment: everything acknowledged so far, and nothing half-applied.
///
/// Holding one keeps its parts readable.
public struct StoreSnapshot: Sendable {
    /// In arrival order, each with rows; without gaps but for calls that were dropped.
    public let parts: [Part]
    public let identities: IdentityTable
    public let decisions: DecisionLog
    /// The latest instant of receipt; `distantPast` in an empty store.
    public let watermark: Instant
    /// The arrival number that the next call will get; they start at 1.
    public let nextArrival: UInt64
    /// Number of calls that were deleted.
    public let droppedCount: Int

    /// A number that grows with every call that is taken or deleted: while it stays, so does everything else here.
    public var version: UInt64 { nextArrival + UInt64(droppedCount) }

    /// Number of calls of every type.
    public var eventCount: Int { parts.reduce(0) { $0 + $1.rowCount } }

    init(parts: [Part], identities: IdentityTable, nextArrival: UInt64) {
        self.parts = parts.filter { $0.rowCount > 0 }
        (self.identities, self.decisions, self.nextArrival) = (identities, DecisionLog(parts), nextArrival)
        droppedCount = parts.reduce(0) { $0 + $1.droppedCount }
        let latest = parts.lazy.filter { $0.endArrival > $0.firstArrival }.map(\.maxReceivedAt).max()
        watermark = latest.map(Instant.init(microseconds:)) ?? .distantPast
    }

    /// A store without calls.
    public static var empty: StoreSnapshot { StoreSnapshot(calls: []) }

    /// A snapshot of the given calls in arrival order, each with its identities (the owner first), for tests and tools.
    ///
    /// - Parameter rowsPerPart: where to cut the calls into parts.
    /// - Parameter observer: follows the calls as a store's observer does.
    public init(
        calls: [(call: Call, identities: [Identity])], rowsPerPart: Int = Int.max, observer: (any ArrivalObserver)? = nil
    ) {
        var identities = IdentityTable()
        var parts: [Part] = []
        observer?.restore(identities: identities, decisions: DecisionLog())
        var start = 0
        while start < calls.count {
            let end = start + min(max(rowsPerPart, 1), calls.count - start)
            let firstOrdinal = UInt32(identities.count)
            var decisions: [Decision] = []
            var rows = CallRows(firstArrival: UInt64(start) + 1)
            for entry in calls[start ..< end] {
                var encoder = CallEncoder()
                encoder.append(entry.call, identities: entry.identities, payloadHash: 0)
                encoder.finish().withCall(at: 0) { call in
                    let arrived = Arrivals.arrive(call, arrival: rows.endArrival, table: &identities)
                    rows.append(call, owner: arrived.identities.first ?? Part.nobody)
                    decisions += observer?.observe(arrived) ?? []
                }
            }
            parts.append(
                PartBuilder.build(
                    rows, identities: identities, ordinals: firstOrdinal ..< UInt32(identities.count), decisions: decisions))
            start = end
        }
        self.init(parts: parts, identities: identities, nextArrival: UInt64(calls.count) + 1)
    }
}

/// Gives a call's identities their ordinals.
enum Arrivals {
    static func arrive(_ call: EncodedCall, arrival: UInt64, table: inout IdentityTable) -> ArrivedCall {
        let firstNew = UInt32(table.count)
        var ordinals: [UInt32] = []
        var items = call.items
        while let item = items.next() {
            guard case .identity(let type, let value) = item else { continue }
            let ordinal = table.insert(type: type, value: value, arrival: arrival, receivedAt: call.receivedAt)
            if !ordinals.contains(ordinal) { ordinals.append(ordinal) }
        }
        return ArrivedCall(
            arrival: arrival, receivedAt: Instant(microseconds: call.receivedAt), timestamp: Instant(microseconds: call.timestamp),
            type: call.type, flags: call.flags, identities: ordinals, firstNewOrdinal: firstNew, table: table)
    }
}
