import EventStore
import Model

/// Hands out the sorted event times of each person, everybody in one pass over the parts.
///
/// Parts are sorted by identity, people are not: so times are scattered into one buffer by person, a range of people at a time, so that
/// memory does not grow with the data. About 20 ns an event.
struct ActivityPass {
    /// Times held at once: 64 MB.
    static let chunkEvents = 8 << 20

    let parts: [PartRows]
    /// The person of each identity, `IdentityGraph.none` where unknown.
    let personOf: [UInt32]

    /// Calls `body` for each person with an event, ascending, with the times of their events, ascending.
    func run(_ body: (_ person: UInt32, _ times: UnsafeBufferPointer<Int64>) -> Void) {
        var counts = [UInt32](repeating: 0, count: personOf.count)
        for rows in parts {
            forEachOwner(of: rows) { person, range, exceptions in counts[Int(person)] += UInt32(range.count - exceptions.count) }
        }
        var start = 0
        while start < counts.count {
            var end = start
            var total = 0
            while end < counts.count, total == 0 || total + Int(counts[end]) <= ActivityPass.chunkEvents {
                total += Int(counts[end])
                end += 1
            }
            if total > 0 { runChunk(start ..< end, counts: counts, total: total, body) }
            start = end
        }
    }

    private func runChunk(
        _ people: Range<Int>, counts: [UInt32], total: Int, _ body: (UInt32, UnsafeBufferPointer<Int64>) -> Void
    ) {
        var places = [Int](repeating: 0, count: people.count)
        var place = 0
        for index in people {
            places[index - people.lowerBound] = place
            place += Int(counts[index])
        }
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: total) { times in
            for rows in parts { scatter(rows, people, &places, into: times) }
            var start = 0
            for index in people where counts[index] > 0 {
                let slice = UnsafeMutableBufferPointer(rebasing: times[start ..< start + Int(counts[index])])
                ActivityPass.sortIfNeeded(slice)
                body(UInt32(index), UnsafeBufferPointer(slice))
                start += Int(counts[index])
            }
        }
    }

    private func scatter(
        _ rows: PartRows, _ people: Range<Int>, _ places: inout [Int], into times: UnsafeMutableBufferPointer<Int64>
    ) {
        let block = 1 << 15
        var decoded = [Int64](repeating: 0, count: block)
        var decodedRange = 0 ..< 0
        forEachOwner(of: rows) { person, range, exceptions in
            guard people.contains(Int(person)) else { return }
            var place = places[Int(person) - people.lowerBound]
            var exception = exceptions.startIndex
            for row in range {
                if row >= decodedRange.upperBound || row < decodedRange.lowerBound {
                    decodedRange = row ..< min(row + block, rows.part.rowCount)
                    decoded.withUnsafeMutableBufferPointer {
                        rows.part.timestamps(decodedRange, into: UnsafeMutableBufferPointer(rebasing: $0[..<decodedRange.count]))
                    }
                }
                if exception < exceptions.endIndex, Int(exceptions[exception]) == row {
                    exception += 1
                    continue
                }
                times[place] = decoded[row - decodedRange.lowerBound]
                place += 1
            }
            places[Int(person) - people.lowerBound] = place
        }
    }

    /// Visits the known owners of a part with their rows and which of these are no events.
    private func forEachOwner(of rows: PartRows, _ body: (_ person: UInt32, Range<Int>, _ exceptions: ArraySlice<UInt32>) -> Void) {
        let stretch = 1 << 20
        var (exceptions, end, next): ([UInt32], Int, Int) = ([], 0, 0)
        rows.part.forEachOwner { owner, range in
            guard Int(owner) < personOf.count else { return false }
            if range.upperBound > end {
                end = max(range.upperBound, range.lowerBound + stretch)
                (exceptions, next) = (rows.notEvents(in: range.lowerBound ..< end), 0)
            }
            let first = next
            while next < exceptions.count, Int(exceptions[next]) < range.upperBound { next += 1 }
            let person = personOf[Int(owner)]
            if person != IdentityGraph.none { body(person, range, exceptions[first ..< next]) }
            return true
        }
    }

    private static func sortIfNeeded(_ times: UnsafeMutableBufferPointer<Int64>) {
        for index in 1 ..< max(times.count, 1) where times[index] < times[index - 1] {
            var unsorted = times
            unsorted.sort()
            return
        }
    }
}
