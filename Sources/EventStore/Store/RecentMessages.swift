internal import Columns

/// The message ids of calls that are not in a durable part yet, by hash: exact look-ups in memory, 32 to 64 bytes each.
struct RecentMessages {
    private struct Slot {
        /// All zero where the slot is free; that one id is kept under another.
        var id = Hash128(high: 0, low: 0)
        var payloadHash: UInt64 = 0

        var isUsed: Bool { id.high | id.low != 0 }
    }

    private var slots: [Slot]
    private(set) var count = 0

    init() { slots = Array(repeating: Slot(), count: 1_024) }

    /// The payload's hash of the call with this id; nil when there is none.
    func payloadHash(of id: Hash128) -> UInt64? {
        let id = RecentMessages.key(id)
        var index = Int(truncatingIfNeeded: id.low) & (slots.count - 1)
        while slots[index].isUsed {
            if slots[index].id == id { return slots[index].payloadHash }
            index = (index + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Remembers an id that is not there yet.
    mutating func insert(_ id: Hash128, payloadHash: UInt64) {
        if count * 4 >= slots.count * 3 { grow() }
        place(Slot(id: RecentMessages.key(id), payloadHash: payloadHash))
        count += 1
    }

    mutating func removeAll() { self = RecentMessages() }

    private static func key(_ id: Hash128) -> Hash128 { id.high | id.low == 0 ? Hash128(high: 0, low: 1) : id }

    private mutating func place(_ slot: Slot) {
        var index = Int(truncatingIfNeeded: slot.id.low) & (slots.count - 1)
        while slots[index].isUsed { index = (index + 1) & (slots.count - 1) }
        slots[index] = slot
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: Slot(), count: old.count * 2)
        for slot in old where slot.isUsed { place(slot) }
    }
}
