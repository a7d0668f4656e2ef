internal import Columns

/// The message ids of calls that are not in a durable part yet, by hash: exact look-ups in memory.
struct RecentMessages {
    private struct Slot {
        var id = Hash128(high: 0, low: 0)
        var payloadHash: UInt64 = 0
        var isUsed = false
    }

    private var slots: [Slot]
    private(set) var count = 0

    init() { slots = Array(repeating: Slot(), count: 1_024) }

    /// The payload's hash of the call with this id; nil when there is none.
    func payloadHash(of id: Hash128) -> UInt64? {
        var index = Int(truncatingIfNeeded: id.low) & (slots.count - 1)
        while slots[index].isUsed {
            if slots[index].id == id { return slots[index].payloadHash }
            index = (index + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Remembers an id that is not there yet.
    mutating func insert(_ id: Hash128, payloadHash: UInt64) {
        if count * 2 >= slots.count { grow() }
        place(Slot(id: id, payloadHash: payloadHash, isUsed: true))
        count += 1
    }

    mutating func removeAll() { self = RecentMessages() }

    private mutating func place(_ slot: Slot) {
        var index = Int(truncatingIfNeeded: slot.id.low) & (slots.count - 1)
        while slots[index].isUsed { index = (index + 1) & (slots.count - 1) }
        slots[index] = slot
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: Slot(), count: old.count * 4)
        for slot in old where slot.isUsed { place(slot) }
    }
}
