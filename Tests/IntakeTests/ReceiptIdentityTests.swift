import EventStore
import Intake
import Logging
import Model
import People
import TestSupport
import Testing

@Suite("Identities read again from what was kept") struct ReceiptIdentityTests {
    /// The identities of each person once these calls were sent as history.
    private func people(_ calls: [String], trusted: Bool, asOf: String? = nil) async throws -> Set<Set<Identity>> {
        let folder = try TestFolder()
        let rules = IdentityRules(region: "CN")
        let people = PeopleStore(settings: PeopleSettings(calendar: ZoneCalendar(zone: .utc), currency: .cny, identities: rules))
        let store = try WorkspaceStore.open(directory: folder.path, observer: people, logger: Logger(label: "test"))
        let clock = FixedClock("2026-06-01T00:00:00Z")
        let intake = Intake(
            store: store, identities: rules, rejections: ListSink(), live: LiveFeed(), clock: clock, logger: Logger(label: "test"))
        let source = IntakeSource(id: SourceID(text: "src_test"), isTrusted: trusted, allowsHistory: true)
        let answer = try await intake.take(
            Array("{\"batch\":[\(calls.joined(separator: ","))]}".utf8), shape: .batch, source: source,
            options: CollectOptions(isHistorical: true))
        #expect(answer.taken == calls.count)
        let instant = asOf.flatMap { Instant(rfc3339: $0) }
        let population = people.view(of: store, asOf: instant, now: clock.now).population
        let found = Set(population.persons.map { Set(population.knownIdentities(of: $0)) })
        await store.close()
        return found
    }

    private func call(_ number: Int, _ members: String, receivedAt: String = "2026-02-01T00:00:00Z") -> String {
        #"{"messageId":"m\#(number)","timestamp":"2026-01-01T00:00:00Z","receivedAt":"\#(receivedAt)",\#(members)}"#
    }

    private let members = [
        #""type":"track","event":"e","anonymousId":"a1","context":{"device":{"id":"d1"}}"#,
        #""type":"track","event":"e","anonymousId":"a2","context":{"device":{"id":"d1"},"device.id":"no"}"#,
        #""type":"identify","userId":"u1","anonymousId":"a1","traits":{"email":"Ann@Example.com","phone":"138 0013 8000"}"#,
        #""type":"identify","userId":"u2","traits":{"phone":13800138001}"#,
        #""type":"track","event":"e","anonymousId":"a3","context":{"externalIds":[{"type":"wechat_unionid","id":"w1"},{"type":"email","id":"ann@example.com"}]}"#,
        #""type":"track","event":"e","userId":"u3","context":{"externalIds":[{"type":"phone","id":"+8613800138001"},{"id":"x"},7]}"#,
        #""type":"alias","userId":"u3","previousId":"a4""#, #""type":"alias","userId":"u4","previousId":"u1""#,
        #""type":"track","event":"e","userId":"u4","anonymousId":"a4""#, #""type":"page","userId":"null","anonymousId":"a5""#,
        #""type":"identify","anonymousId":"a5","context":{"traits":{"email":"bob@example.com"}}"#,
        #""type":"identify","userId":"u5","traits":{"email":"bob@example.com"}"#,
        #""type":"group","userId":"u5","anonymousId":"a6","groupId":"g""#,
    ]

    @Test("What came later in receipt but first in arrival changes nothing as of an earlier instant", arguments: [true, false])
    func whatCameFirst(trusted: Bool) async throws {
        let calls = members.enumerated().map { call($0.offset, $0.element) }
        // It would join nearly everybody if it counted.
        let late = call(
            99,
            #""type":"track","event":"e","userId":"late","anonymousId":"a1","context":{"device":{"id":"d1"},"externalIds":[{"type":"email","id":"ann@example.com"},{"type":"email","id":"bob@example.com"},{"type":"phone","id":"+8613800138001"}]}"#,
            receivedAt: "2026-05-01T00:00:00Z")
        let alone = try await people(calls, trusted: trusted)
        let asOf = try await people([late] + calls, trusted: trusted, asOf: "2026-03-01T00:00:00Z")
        let now = try await people([late] + calls, trusted: trusted)
        #expect(asOf == alone)
        #expect(now != alone)
        #expect(alone.contains { $0.contains(Identity(type: .email, value: "bob@example.com")) } == trusted)
    }

    @Test("Whether traits were identities is noted with the call, and said to nobody")
    func flag() async throws {
        let bodies = [members[2], members[0], members[10]].enumerated().map { call($0.offset, $0.element) }
        for trusted in [true, false] {
            try await withWorld(\.isTrusted, trusted) { world in
                try await world.take("{\"batch\":[\(bodies.joined(separator: ","))]}", .batch)
                #expect(world.calls.map { $0.flags.contains(.trustedTraits) } == [trusted, false, trusted])
                #expect(world.calls.flatMap(\.flags.names) == [])
            }
        }
    }
}
