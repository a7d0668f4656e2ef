internal import Columns
public import Model

/// The identities of a store by dense ordinals, in order of their first arrival.
///
/// A copy is cheap and fixed: it shares the pages, which never change, and the index, which grows by what no copy can see. Memory: about
/// 6 bytes an identity for the index, 3 to 6 for when it was first seen, and 2 and its text, of which a UUID takes 16.
public struct IdentityTable: Sendable {
    private var pages: [IdentityPage] = []
    /// The identities behind those of the pages.
    private var rest = OpenIdentityPage()
    private var types: [IdentityType] = []
    private var typeCodes: [String: UInt32] = [:]
    private var index: IdentityIndex
    /// Number of identities; ordinals are below it.
    public private(set) var count = 0
    /// The ordinals of identities that were erased.
    public private(set) var erased: Set<UInt32> = []

    public init() { index = IdentityIndex(capacity: 256) }

    /// The identity of `ordinal`.
    public func identity(_ ordinal: UInt32) -> Identity {
        withText(of: ordinal) { type, value in
            Identity(type: types[Int(type)], value: String(decoding: value, as: UTF8.self))
        }
    }

    public func type(of ordinal: UInt32) -> IdentityType {
        let (page, place) = split(ordinal)
        return types[Int(page < pages.count ? pages[page].texts.type(place) : rest.texts.type(place))]
    }

    /// The arrival number of the first call that carried it.
    public func firstArrival(of ordinal: UInt32) -> UInt64 {
        let (page, place) = split(ordinal)
        return page < pages.count ? pages[page].firstArrival(place) : rest.firstArrivals[place]
    }

    /// When that call was received.
    public func firstReceivedAt(of ordinal: UInt32) -> Instant {
        let (page, place) = split(ordinal)
        return Instant(microseconds: page < pages.count ? pages[page].firstReceivedAt(place) : rest.firstReceivedAts[place])
    }

    /// Calls `body` with the UTF-8 of the value.
    public func withValue<Result>(of ordinal: UInt32, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try withText(of: ordinal) { try body($1) }
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
        guard Int(from) < count else { return found }
        for page in Int(from) / IdentityPage.capacity ... pages.count where found.count < limit {
            let start = page * IdentityPage.capacity
            texts(page).forEach { place, type, value in
                let ordinal = UInt32(start + place)
                guard ordinal >= from, found.count < limit, type == code ?? type, ASCIIFold.contains(value, needle),
                    erased.isEmpty || !erased.contains(ordinal)
                else { return }
                found.append(ordinal)
            }
        }
        return found
    }

    // MARK: - Growing

    /// Makes room for `count` identities, so that none has to be found a new place before; of an empty table.
    mutating func reserve(_ count: Int) { index = IdentityIndex(capacity: max(256, count + count / 2)) }

    /// The ordinal of an identity, which is added when it is new.
    mutating func insert(type: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, arrival: UInt64, receivedAt: Int64) -> UInt32
    {
        let code = typeCode(String(decoding: type, as: UTF8.self))
        let hash = IdentityTable.hash(code, value)
        if let known = find(code, value, hash: hash) { return known }
        let ordinal = UInt32(count)
        makeRestUnique()
        rest.append(type: code, value: value, arrival: arrival, receivedAt: receivedAt)
        if rest.count == IdentityPage.capacity {
            pages.append(IdentityPage(rest))
            rest = OpenIdentityPage()
        }
        count += 1
        if types[Int(code)] == .erased { erased.insert(ordinal) }
        enterIndex(ordinal, hash: hash)
        return ordinal
    }

    /// Puts tombstones in the place of identities, which nothing finds any more; copies made before keep them.
    ///
    /// Costs a copy of each page that holds something of them.
    mutating func erase(_ ordinals: Set<UInt32>) {
        let fresh = ordinals.filter { Int($0) < count && erased.insert($0).inserted }
        let type = typeCode(IdentityType.erased.text)
        makeRestUnique()
        for page in Set(fresh.map { split($0).page }) {
            var next = IdentityTexts()
            texts(page).forEach { place, known, value in
                let ordinal = UInt32(page * IdentityPage.capacity + place)
                guard fresh.contains(ordinal) else { return next.append(type: known, value: value) }
                Array(Erasure.tombstone(ordinal).value.utf8).withUnsafeBytes { next.append(type: type, value: $0) }
            }
            if page < pages.count { pages[page] = IdentityPage(pages[page], texts: next) } else { rest.texts = next }
        }
        for ordinal in fresh { enterIndex(ordinal, hash: withText(of: ordinal, IdentityTable.hash)) }
    }

    /// Slots are never emptied, so that each erased identity takes two.
    private mutating func enterIndex(_ ordinal: UInt32, hash: UInt64) {
        if !index.hasRoom(for: count + erased.count) { grow() } else { index.insert(ordinal, hash: hash) }
    }

    private mutating func makeRestUnique() {
        if !isKnownUniquelyReferenced(&rest) { rest = rest.copy() }
    }

    private mutating func typeCode(_ type: String) -> UInt32 {
        if let code = typeCodes[type] { return code }
        let code = UInt32(types.count)
        types.append(IdentityType(type))
        typeCodes[type] = code
        return code
    }

    private mutating func grow() {
        let larger = IdentityIndex(capacity: index.capacity + index.capacity / 2)
        for page in 0 ... pages.count {
            texts(page).forEach { place, type, value in
                larger.insert(UInt32(page * IdentityPage.capacity + place), hash: IdentityTable.hash(type, value))
            }
        }
        index = larger
    }

    // MARK: - Looking up

    private static func hash(_ type: UInt32, _ value: UnsafeRawBufferPointer) -> UInt64 { XXHash.hash64(value, seed: UInt64(type)) }

    private func find(_ type: UInt32, _ value: UnsafeRawBufferPointer, hash: UInt64) -> UInt32? {
        index.find(hash: hash) { ordinal in
            Int(ordinal) < count && withText(of: ordinal) { $0 == type && ByteOrder.areEqual($1, value) }
        }
    }

    private func withText<Result>(
        of ordinal: UInt32, _ body: (_ type: UInt32, UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        let (page, place) = split(ordinal)
        return page < pages.count ? try pages[page].texts.withText(place, body) : try rest.texts.withText(place, body)
    }

    private func split(_ ordinal: UInt32) -> (page: Int, place: Int) {
        precondition(Int(ordinal) < count, "ordinal outside of the table")
        return (Int(ordinal) / IdentityPage.capacity, Int(ordinal) % IdentityPage.capacity)
    }

    private func texts(_ page: Int) -> IdentityTexts { page < pages.count ? pages[page].texts : rest.texts }
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
