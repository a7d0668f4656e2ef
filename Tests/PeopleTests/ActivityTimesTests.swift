import Model
import Testing

@testable import People

@Suite struct ActivityTimesTests {
    @Test("Packed times are what was packed, while people come and their times change", arguments: UInt64(0) ..< 8)
    func pages(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let step: Int64 = [1, 1_000, 1_000_000][Int(seed % 3)]
        func one() -> PersonTimes {
            let first = 1_700_000_000_000_000 + step * Int64.random(in: 0 ..< 1 << 34, using: &random)
            switch Int.random(in: 0 ..< 8, using: &random) {
            case 0: return PersonTimes()
            case 1: return PersonTimes(firstSeen: first)
            case 2: return PersonTimes(firstSeen: first, firstEvent: first, lastEvent: first)
            default:
                let event = first + step * Int64.random(in: 0 ..< 1_000, using: &random)
                return PersonTimes(
                    firstSeen: first, firstEvent: event, lastEvent: event + step * Int64.random(in: 0 ..< 1 << 30, using: &random))
            }
        }
        var expected = (0 ..< Int.random(in: 0 ..< 1_200, using: &random)).map { _ in one() }
        var builder = ActivityTimes.Builder()
        for times in expected { builder.append(times) }
        var times = builder.finish()
        for _ in 0 ..< 6 {
            #expect(all(times) == expected)
            let before = times
            expected += Array(repeating: PersonTimes(), count: Int.random(in: 0 ..< 600, using: &random))
            times.reach(expected.count)
            var changes: [UInt32: PersonTimes] = [:]
            for _ in 0 ..< Int.random(in: 0 ..< 20, using: &random) where !expected.isEmpty {
                let person = Int.random(in: expected.indices, using: &random)
                expected[person] = one()
                changes[UInt32(person)] = expected[person]
            }
            times.change(changes)
            #expect(before.count <= times.count)
        }
        #expect(all(times) == expected)
    }

    private func all(_ times: ActivityTimes) -> [PersonTimes] {
        var (seen, first) = (ActivityColumn(.firstSeen, of: times), ActivityColumn(.firstEvent, of: times))
        var last = ActivityColumn(.lastEvent, of: times)
        return (0 ..< UInt32(times.count)).map {
            PersonTimes(firstSeen: seen[$0], firstEvent: first[$0], lastEvent: last[$0])
        }
    }
}
