internal import Columns
internal import Model

/// Everything that readers and the writer share, guarded by the store's lock.
struct StoreState {
    struct DiskPart {
        var entry: Manifest.PartEntry
        var part: Part
    }

    /// Message ids of one log file that is being written to a part.
    struct FrozenMessages {
        var log: UInt64
        var messages: RecentMessages
    }

    var manifest: Manifest
    var diskParts: [DiskPart] = []
    /// Behind the parts on disk, in order of arrival.
    var chunks: [MemoryChunk] = []
    /// The newest calls.
    var pending: PendingCalls
    var identities = IdentityTable()
    /// Ids of the calls in the current log file.
    var recent = RecentMessages()
    var frozen: [FrozenMessages] = []
    var nextArrival: UInt64
    /// The file that new frames go to.
    var currentLog: UInt64
    var logBytes: [UInt64: Int] = [:]
    /// Whose calls are not taken; nil takes everybody's.
    var gate: (any CallGate)?
    var duplicateCount = 0
    var conflictCount = 0

    /// Calls in memory.
    var memoryCalls: Int { Int(nextArrival - manifest.endArrival) }
    /// Encoded bytes in memory.
    var memoryBytes: Int { chunks.reduce(pending.rows.bytes.count) { $0 + $1.byteCount } }
    /// Calls of the current log file.
    var currentLogCalls: Int { recent.count }

    init(manifest: Manifest) {
        self.manifest = manifest
        currentLog = manifest.firstLog
        nextArrival = manifest.endArrival
        pending = PendingCalls(firstArrival: manifest.endArrival, firstOrdinal: 0)
    }

    /// Every messageId that is there.
    var knownMessages: KnownMessages { KnownMessages(recent: recent, frozen: frozen, diskParts: diskParts) }

    /// Adds one durable call behind all others.
    mutating func apply(_ bytes: UnsafeRawBufferPointer, observer: (any ArrivalObserver)?) {
        let call = EncodedCall(bytes: bytes)
        let arrived = Arrivals.arrive(call, arrival: nextArrival, table: &identities)
        pending.decisions += observer?.observe(arrived) ?? []
        pending.rows.append(call, owner: arrived.identities.first ?? Part.nobody)
        nextArrival += 1
    }

    /// Turns the newest calls into a chunk, if there are any.
    mutating func seal() {
        guard pending.count > 0 else { return }
        chunks.append(MemoryChunk(pending, identities: identities, log: currentLog))
        pending = PendingCalls(firstArrival: nextArrival, firstOrdinal: UInt32(identities.count))
    }

    /// Puts `merged` in the place of the neighbouring chunks that it was made of; false when these are no longer there.
    mutating func replace(_ old: [MemoryChunk], by merged: MemoryChunk) -> Bool {
        guard let first = old.first, let start = chunks.firstIndex(where: { $0 === first }), start + old.count <= chunks.count,
            zip(chunks[start ..< start + old.count], old).allSatisfy({ $0 === $1 })
        else { return false }
        chunks.replaceSubrange(start ..< start + old.count, with: [merged])
        return true
    }
}

/// The messageIds of a store at one moment, by their hashes.
struct KnownMessages {
    let recent: RecentMessages
    let frozen: [StoreState.FrozenMessages]
    let diskParts: [StoreState.DiskPart]

    /// The hash of a call's payload, in full or its low 24 bits.
    enum Payload {
        case full(UInt64)
        case low(UInt32)

        func isEqual(to hash: UInt64) -> Bool {
            switch self {
            case .full(let known): known == hash
            case .low: isEqual(toLowOf: hash)
            }
        }

        /// Compares the low 24 bits alone.
        func isEqual(toLowOf hash: UInt64) -> Bool {
            switch self {
            case .full(let known): known & 0xFF_FFFF == hash & 0xFF_FFFF
            case .low(let known): UInt64(known) == hash & 0xFF_FFFF
            }
        }
    }

    /// The payload of the call with this id; nil when no call has it.
    func payload(of id: Hash128) -> Payload? {
        if let hash = recent.payloadHash(of: id) { return .full(hash) }
        for frozen in frozen.reversed() {
            if let hash = frozen.messages.payloadHash(of: id) { return .full(hash) }
        }
        for disk in diskParts.reversed() {
            if let hash = disk.part.payloadHash(ofMessage: id) { return .low(hash) }
        }
        return nil
    }
}
