internal import Columns
public import Model
internal import Synchronization

/// The identities of a store by dense ordinals, in order of their first arrival.
///
/// A copy is cheap and fixed: it shares the pages, of which a growing table writes only what no copy can see.
public struct IdentityTable: Sendable {
    private var entries: [EntryPage] = []
    private var heap: [HeapPage] = []
    private var heapUsed = 0
    private var types: [IdentityType] = []
    private var typeCodes: [String: UInt32] = [:]
    private var index: SlotPage
    /// Number of identities; ordinals are below it.
    public private(set) var count = 0
    /// The ordinals of identities that were erased.
    public private(set) var erased: Set<UInt32> = []

    public init() { index = SlotPage(capacity: 256) }

    /// The identity of `ordinal`.
    public func identity(_ ordinal: UInt32) -> Identity {
        Identity(type: type(of: ordinal), value: withValue(of: ordinal) { String(decoding: $0, as: UTF8.self) })
    }

    public func type(of ordinal: UInt32) -> IdentityType { types[Int(entry(ordinal).type)] }

    /// The arrival number of the first call that carried it.
    public func firstArrival(of ordinal: UInt32) -> UInt64 { entry(ordinal).firstArrival }

    /// When that call was received.
    public func firstReceivedAt(of ordinal: UInt32) -> Instant { Instant(microseconds: entry(ordinal).firstReceivedAt) }

    /// Calls `body` with the UTF-8 of the value.
    public func withValue<Result>(of ordinal: UInt32, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        let entry = entry(ordinal)
        return try withExtendedLifetime(heap) { try body(value(entry)) }
    }

    /// The ordinal of an identity; nil when no call carried it.
    ///
    /// O(1).
    public func ordinal(of identity: Identity) -> UInt32? {
        var value = identity.value
        return value.withUTF8 { ordinal(type: identity.type.text, value: UnsafeRawBufferPointer($0)) }
    }

    /// The ordinal of an identity given as UTF-8.
    public func ordinal(type: String, value: UnsafeRawBufferPointer) -> UInt32? {
        guard let code = typeCodes[type] else { return nil }
        return find(code, value, hash: IdentityTable.hash(code, value))
    }

    /// Ordinals, from `from` on, whose value holds `text`; the case of ASCII letters does not count.
    public func ordinals(
        containing text: String, type: IdentityType? = nil, from: UInt32 = 0, limit: Int
    ) -> [UInt32] {
        let needle = text.utf8.map(ASCIIFold.lower)
        let code = type.map { typeCodes[$0.text] ?? UInt32.max }
        var found: [UInt32] = []
        guard Int(from) < count, limit > 0 else { return found }
        for ordinal in from ..< UInt32(count) {
            let entry = entry(ordinal)
            if let code, entry.type != code { continue }
            if !erased.isEmpty, erased.contains(ordinal) { continue }
            guard ASCIIFold.contains(value(entry), needle) else { continue }
            found.append(ordinal)
            if found.count == limit { break }
        }
        return found
    }

    // MARK: - Growing

    /// Makes room for `count` identities, so that none has to be found a new place before; of an empty table.
    mutating func reserve(_ count: Int) {
        var capacity = index.capacity
        while count * 2 > capacity { capacity *= 4 }
        index = SlotPage(capacity: capacity)
    }

    /// The ordinal of an identity, which is added when it is new.
    mutating func insert(type: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, arrival: UInt64, receivedAt: Int64) -> UInt32
    {
        let code = typeCode(String(decoding: type, as: UTF8.self))
        let hash = IdentityTable.hash(code, value)
        if let known = find(code, value, hash: hash) { return known }
        let ordinal = UInt32(count)
        let page = count / EntryPage.capacity
        if page == entries.count { entries.append(EntryPage()) }
        let address = store(value)
        entries[page].set(
            count % EntryPage.capacity,
            Entry(address: address, length: UInt32(value.count), type: code, firstArrival: arrival, firstReceivedAt: receivedAt))
        count += 1
        if types[Int(code)] == .erased { erased.insert(ordinal) }
        enterIndex(ordinal, hash: hash)
        return ordinal
    }

    /// Puts tombstones in the place of identities, which nothing finds any more; copies made before keep them.
    ///
    /// Costs a copy of each page that holds something of them.
    mutating func erase(_ ordinals: Set<UInt32>) {
        var freshEntries: Set<Int> = []
        var freshHeap: Set<Int> = []
        let type = typeCode(IdentityType.erased.text)
        for ordinal in ordinals where Int(ordinal) < count && erased.insert(ordinal).inserted {
            var entry = entry(ordinal)
            let heapPage = Int(entry.address >> 32)
            if freshHeap.insert(heapPage).inserted { heap[heapPage] = heap[heapPage].copy() }
            heap[heapPage].clear(Int(entry.address & 0xFFFF_FFFF), Int(entry.length))
            let page = Int(ordinal) / EntryPage.capacity
            if freshEntries.insert(page).inserted { entries[page] = entries[page].copy() }
            let value = Array(Erasure.tombstone(ordinal).value.utf8)
            value.withUnsafeBytes { value in
                entry.address = store(value)
                (entry.length, entry.type) = (UInt32(value.count), type)
                entries[page].set(Int(ordinal) % EntryPage.capacity, entry)
                enterIndex(ordinal, hash: IdentityTable.hash(type, value))
            }
        }
    }

    /// Slots are never emptied, so that each erased identity takes two.
    private mutating func enterIndex(_ ordinal: UInt32, hash: UInt64) {
        if (count + erased.count) * 2 > index.capacity { grow() } else { index.insert(ordinal, hash: hash) }
    }

    private mutating func typeCode(_ type: String) -> UInt32 {
        if let code = typeCodes[type] { return code }
        let code = UInt32(types.count)
        types.append(IdentityType(type))
        typeCodes[type] = code
        return code
    }

    private mutating func store(_ value: UnsafeRawBufferPointer) -> UInt64 {
        if heap.isEmpty || heapUsed + value.count > heap[heap.count - 1].capacity {
            heap.append(HeapPage(capacity: max(HeapPage.standardBytes, value.count)))
            heapUsed = 0
        }
        let page = heap.count - 1
        heap[page].write(value, at: heapUsed)
        defer { heapUsed += value.count }
        return UInt64(page) << 32 | UInt64(heapUsed)
    }

    private mutating func grow() {
        let larger = SlotPage(capacity: index.capacity * 4)
        for ordinal in 0 ..< UInt32(count) {
            let entry = entry(ordinal)
            larger.insert(ordinal, hash: IdentityTable.hash(entry.type, value(entry)))
        }
        index = larger
    }

    // MARK: - Looking up

    private static func hash(_ type: UInt32, _ value: UnsafeRawBufferPointer) -> UInt64 { XXHash.hash64(value, seed: UInt64(type)) }

    private func find(_ type: UInt32, _ value: UnsafeRawBufferPointer, hash: UInt64) -> UInt32? {
        index.find(hash: hash) { ordinal in
            guard Int(ordinal) < count else { return false }
            let entry = entry(ordinal)
            return entry.type == type && ByteOrder.areEqual(self.value(entry), value)
        }
    }

    private func entry(_ ordinal: UInt32) -> Entry {
        precondition(Int(ordinal) < count, "ordinal outside of the table")
        return entries[Int(ordinal) / EntryPage.capacity].get(Int(ordinal) % EntryPage.capacity)
    }

    private func value(_ entry: Entry) -> UnsafeRawBufferPointer {
        heap[Int(entry.address >> 32)].bytes(Int(entry.address & 0xFFFF_FFFF), Int(entry.length))
    }
}

private struct Entry: BitwiseCopyable {
    /// Heap page and offset.
    var address: UInt64
    var length: UInt32
    var type: UInt32
    var firstArrival: UInt64
    var firstReceivedAt: Int64
}

private final class EntryPage: @unchecked Sendable {
    // Unchecked because an entry is written once, before any reader is given a count above it.
    static let capacity = 4_096
    private let entries = UnsafeMutablePointer<Entry>.allocate(capacity: capacity)

    deinit { entries.deallocate() }
    func get(_ index: Int) -> Entry { entries[index] }
    func set(_ index: Int, _ entry: Entry) { entries[index] = entry }

    func copy() -> EntryPage {
        let copy = EntryPage()
        copy.entries.update(from: entries, count: EntryPage.capacity)
        return copy
    }
}

private final class HeapPage: @unchecked Sendable {
    // Unchecked because bytes are written once, before any reader is given an entry that names them.
    static let standardBytes = 1 << 18
    let capacity: Int
    private let memory: UnsafeMutableRawPointer

    init(capacity: Int) {
        self.capacity = capacity
        memory = .allocate(byteCount: max(capacity, 1), alignment: 8)
    }

    deinit { memory.deallocate() }
    func bytes(_ offset: Int, _ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: memory + offset, count: count)
    }
    func write(_ value: UnsafeRawBufferPointer, at offset: Int) {
        if let source = value.baseAddress { (memory + offset).copyMemory(from: source, byteCount: value.count) }
    }

    func copy() -> HeapPage {
        let copy = HeapPage(capacity: capacity)
        copy.memory.copyMemory(from: memory, byteCount: capacity)
        return copy
    }

    /// Overwrites a value; of a page that nobody else holds.
    func clear(_ offset: Int, _ count: Int) { (memory + offset).initializeMemory(as: UInt8.self, repeating: 0, count: count) }
}

/// Open addressing from hashes to ordinals + 1; slots are filled once and never emptied.
private final class SlotPage: @unchecked Sendable {
    // Unchecked because slots are atomic, and a reader skips ordinals that it must not know.
    let capacity: Int
    private let slots: UnsafeMutablePointer<Atomic<UInt32>>

    init(capacity: Int) {
        self.capacity = capacity
        slots = .allocate(capacity: capacity)
        for index in 0 ..< capacity { (slots + index).initialize(to: Atomic(0)) }
    }

    deinit {
        slots.deinitialize(count: capacity)
        slots.deallocate()
    }

    func insert(_ ordinal: UInt32, hash: UInt64) {
        var slot = Int(truncatingIfNeeded: hash) & (capacity - 1)
        while slots[slot].load(ordering: .relaxed) != 0 { slot = (slot + 1) & (capacity - 1) }
        slots[slot].store(ordinal + 1, ordering: .releasing)
    }

    func find(hash: UInt64, where isWanted: (UInt32) -> Bool) -> UInt32? {
        var slot = Int(truncatingIfNeeded: hash) & (capacity - 1)
        while true {
            let value = slots[slot].load(ordering: .acquiring)
            if value == 0 { return nil }
            if isWanted(value - 1) { return value - 1 }
            slot = (slot + 1) & (capacity - 1)
        }
    }
}

/// Search without regard to the case of ASCII letters.
private enum ASCIIFold {
    static func lower(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte + 32 : byte }

    static func contains(_ text: UnsafeRawBufferPointer, _ needle: [UInt8]) -> Bool {
        guard let first = needle.first else { return true }
        guard text.count >= needle.count else { return false }
        for start in 0 ... text.count - needle.count where lower(text[start]) == first {
            var index = 1
            while index < needle.count, lower(text[start + index]) == needle[index] { index += 1 }
            if index == needle.count { return true }
        }
        return false
    }
}
