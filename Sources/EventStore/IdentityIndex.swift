internal import Synchronization

/// Open addressing from hashes to ordinals; slots are filled once and never emptied.
///
/// A slot is the ordinal + 1 in as many bits as the capacity needs, and above it bits of the hash, so that what is looked for is seldom
/// compared with anything else.
final class IdentityIndex: @unchecked Sendable {
    // Unchecked because slots are atomic, and a reader skips ordinals that it must not know.
    let capacity: Int
    private let ordinalBits: UInt32
    private let slots: UnsafeMutablePointer<Atomic<UInt32>>

    init(capacity: Int) {
        self.capacity = capacity
        ordinalBits = UInt32(Int.bitWidth - capacity.leadingZeroBitCount)
        slots = .allocate(capacity: capacity)
        for index in 0 ..< capacity { (slots + index).initialize(to: Atomic(0)) }
    }

    deinit {
        slots.deinitialize(count: capacity)
        slots.deallocate()
    }

    /// Whether so many slots may be filled: beyond four fifths of them looking takes long.
    func hasRoom(for count: Int) -> Bool { count * 5 <= capacity * 4 }

    /// - Parameter ordinal: Below the capacity.
    func insert(_ ordinal: UInt32, hash: UInt64) {
        var slot = start(hash)
        while slots[slot].load(ordering: .relaxed) != 0 { slot = after(slot) }
        slots[slot].store(mark(hash) << ordinalBits | (ordinal + 1), ordering: .releasing)
    }

    func find(hash: UInt64, where isWanted: (UInt32) -> Bool) -> UInt32? {
        let mark = mark(hash)
        var slot = start(hash)
        while true {
            let value = slots[slot].load(ordering: .acquiring)
            if value == 0 { return nil }
            if value >> ordinalBits == mark {
                let ordinal = value & ((1 << ordinalBits) - 1) - 1
                if isWanted(ordinal) { return ordinal }
            }
            slot = after(slot)
        }
    }

    /// The upper bits of the hash choose the slot, the lower ones are kept with it.
    private func start(_ hash: UInt64) -> Int { Int(hash.multipliedFullWidth(by: UInt64(capacity)).high) }

    private func after(_ slot: Int) -> Int { slot + 1 == capacity ? 0 : slot + 1 }

    private func mark(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash) & ((1 << (32 - ordinalBits)) - 1) }
}
