import Columns

/// When one person was there.
struct PersonTimes: Hashable, Sendable {
    /// The first call of any kind, Int64.max without one.
    var firstSeen = Int64.max
    /// The first event, Int64.max without one.
    var firstEvent = Int64.max
    /// The last event, Int64.min without one.
    var lastEvent = Int64.min
}

/// When everybody was there, packed: a page for 256 people, which copies share.
///
/// About 16 bytes a person for instants of a year in microseconds, 13 in milliseconds.
struct ActivityTimes: Sendable {
    private var pages: [ActivityPage] = []
    private(set) var count = 0

    /// The times of people by ascending person; those that are passed over were never there.
    struct Builder {
        private var times = ActivityTimes()
        private var held: [PersonTimes] = []

        /// The person whose times are added next.
        var next: Int { times.count + held.count }

        mutating func append(_ one: PersonTimes) {
            held.append(one)
            if held.count == ActivityPage.capacity { flush() }
        }

        mutating func finish() -> ActivityTimes {
            if !held.isEmpty { flush() }
            return times
        }

        private mutating func flush() {
            times.pages.append(ActivityPage(held))
            times.count += held.count
            held.removeAll(keepingCapacity: true)
        }
    }

    /// Makes room for `count` people, of whom the new ones were never there.
    mutating func reach(_ count: Int) {
        guard count > self.count else { return }
        let last = self.count / ActivityPage.capacity
        var held = pages.count > last ? pages.removeLast().times : []
        while pages.count * ActivityPage.capacity < count {
            let filled = min(ActivityPage.capacity, count - pages.count * ActivityPage.capacity)
            held += Array(repeating: PersonTimes(), count: filled - held.count)
            pages.append(ActivityPage(held))
            held = []
        }
        self.count = count
    }

    /// Puts other times in the place of those of some people; costs a page for each of them that are not neighbours.
    mutating func change(_ changes: [UInt32: PersonTimes]) {
        for (page, people) in Dictionary(grouping: changes.keys, by: { Int($0) / ActivityPage.capacity }) {
            var held = pages[page].times
            for person in people { held[Int(person) % ActivityPage.capacity] = changes[person] ?? PersonTimes() }
            pages[page] = ActivityPage(held)
        }
    }

    fileprivate func page(_ number: Int) -> ActivityPage { pages[number] }
}

/// One of the times of everybody; neighbours are read quickly: a page is unpacked at a time.
struct ActivityColumn {
    /// Which of a person's times.
    enum Kind: Int {
        case firstSeen, firstEvent, lastEvent
    }

    private let times: ActivityTimes
    private let kind: Kind
    private var page = -1
    private var values: [Int64] = []

    init(_ kind: Kind, of times: ActivityTimes) { (self.kind, self.times) = (kind, times) }

    /// Number of people.
    var count: Int { times.count }

    subscript(person: UInt32) -> Int64 {
        mutating get {
            let number = Int(person) / ActivityPage.capacity
            if number != page {
                values = times.page(number).values(kind)
                page = number
            }
            return values[Int(person) % ActivityPage.capacity]
        }
    }
}

/// The times of up to 256 people.
///
///     0  u16 people, u32 start of the second list, u32 start of the third
///     10 u8 × 32: a bit for each who was there; u8 × 32: a bit for each with an event
///     74 three lists of PackedInts: first seen, first event less that, last event; who has none has the one before's
private struct ActivityPage: Sendable {
    static let capacity = 256
    private static let bitsStart = 10
    private static let listsStart = bitsStart + 2 * capacity / 8

    private let bytes: [UInt8]

    init(_ times: [PersonTimes]) {
        var out = ByteOutput()
        out.appendInteger(UInt16(times.count))
        let starts = out.reserve(8)
        for hasIt in [{ $0.firstSeen != .max }, { $0.lastEvent != .min }] as [(PersonTimes) -> Bool] {
            var bits = [UInt8](repeating: 0, count: ActivityPage.capacity / 8)
            for (place, one) in times.enumerated() where hasIt(one) { bits[place / 8] |= 1 << UInt8(place % 8) }
            out.append(bits)
        }
        let lists: [(PersonTimes) -> Int64?] = [
            { $0.firstSeen == .max ? nil : $0.firstSeen },
            { $0.firstEvent == .max ? nil : $0.firstEvent &- ($0.firstSeen == .max ? 0 : $0.firstSeen) },
            { $0.lastEvent == .min ? nil : $0.lastEvent },
        ]
        for (number, value) in lists.enumerated() {
            if number > 0 { out.setInteger(UInt32(out.count), at: starts + 4 * (number - 1)) }
            var last = times.lazy.compactMap(value).first ?? 0
            PackedIntsEncoder.encode(
                times.map { one in
                    last = value(one) ?? last
                    return last
                }, appendingTo: &out)
        }
        // Decoders load whole words.
        out.append([UInt8](repeating: 0, count: ByteRegion.slackBytes))
        bytes = Array(out.pending[...])
    }

    func values(_ kind: ActivityColumn.Kind) -> [Int64] {
        switch kind {
        case .firstSeen: return list(0, missing: .max)
        case .lastEvent: return list(2, missing: .min)
        case .firstEvent:
            let seen = list(0, missing: 0)
            return zip(list(1, missing: .max), seen).map { $0 == .max ? $0 : $0 &+ $1 }
        }
    }

    var times: [PersonTimes] {
        let (first, event, last) = (values(.firstSeen), values(.firstEvent), values(.lastEvent))
        return first.indices.map { PersonTimes(firstSeen: first[$0], firstEvent: event[$0], lastEvent: last[$0]) }
    }

    private func list(_ number: Int, missing: Int64) -> [Int64] {
        bytes.withUnsafeBytes { bytes in
            let start = number == 0 ? ActivityPage.listsStart : Int(bytes.integer(at: 4 * number - 2, as: UInt32.self))
            guard var values = PackedInts(bytes.slice(start, bytes.count - start))?.array() else {
                preconditionFailure("a page of times that was just packed cannot be read")
            }
            let bits = ActivityPage.bitsStart + (number == 0 ? 0 : ActivityPage.capacity / 8)
            for place in values.indices where bytes[bits + place / 8] >> UInt8(place % 8) & 1 == 0 { values[place] = missing }
            return values
        }
    }
}
