import Foundation
import Model
import Testing

@testable import EventStore
@testable import People

/// Memory of identities and the speed of resolving; `Benchmarks/identities.sh` asks for it with `TEAHOUSE_IDENTITIES=10000000`.
@Suite struct IdentityLoadTests {
    /// People who come without a name, say who they are, and come again under it: two identities each, a UUID and a user id.
    @Test("Memory of identities, and calls a second", .enabled(if: wantedCount != nil))
    func load() throws {
        let wanted = try #require(wantedCount)
        let people = PeopleStore(settings: PeopleBench().settings)
        var table = IdentityTable()
        var random = SplitMix64(seed: 7)
        var (arrival, spent) = (UInt64(0), Duration.zero)
        let before = try anonymousBytes()
        while table.count < wanted {
            let batch = calls(of: table.count / 2 ..< table.count / 2 + 1_000, using: &random)
            spent += ContinuousClock().measure {
                for index in 0 ..< batch.count {
                    arrival += 1
                    batch.withCall(at: index) { call in
                        _ = people.observe(Arrivals.arrive(call, arrival: arrival, table: &table))
                    }
                }
            }
        }
        let bytes = try anonymousBytes() - before
        #expect(people.graph.personCount == table.count / 2 && people.graph.identityCount == table.count)
        let rate = Int(Double(arrival) / (Double(spent.components.seconds) + Double(spent.components.attoseconds) / 1e18))
        print("RESULT identities=\(table.count) people=\(people.graph.personCount) bytes=\(bytes / table.count) calls=\(rate)")
    }

    private func calls(of people: Range<Int>, using random: inout SplitMix64) -> CallBatch {
        var encoder = CallEncoder()
        for person in people {
            let uuid = UUID(uuid: unsafeBitCast((random.next(), random.next()), to: uuid_t.self)).uuidString.lowercased()
            let anonymous = Identity(type: .anonymousID, value: uuid)
            let user = Identity(type: .userID, value: "user-\(person)")
            let at = Instant(microseconds: 1_700_000_000_000_000 + Int64(person) * 250_000)
            for (type, identities) in [(.track, [anonymous]), (.identify, [user, anonymous]), (.track, [user])]
                as [(CallType, [Identity])]
            {
                let call = Call(type: type, messageID: "", timestamp: at, receivedAt: at, event: "View", source: PeopleBench.source)
                encoder.append(call, identities: identities, payloadHash: 0)
            }
        }
        return encoder.finish()
    }

    /// Resident memory that no file is behind.
    private func anonymousBytes() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") })
        return try #require(Int(line.filter(\.isNumber))) * 1_024
    }
}

private let wantedCount = ProcessInfo.processInfo.environment["TEAHOUSE_IDENTITIES"].flatMap(Int.init)
