import Intake
import Model
import Testing

@Suite struct LiveFeedTests {
    @Test("The feed shows what was taken, repeated and refused, newest first, and counts all of it")
    func shows() async throws {
        try await withWorld { world in
            try await world.batch(track(id: "1"), track(id: "1"), #"{"type":"track","event":"e"}"#)
            try await world.take(#"{"userId":"ada","event":"Opened","messageId":"2"}"#)
            let snapshot = world.live.snapshot()
            #expect(snapshot.taken == 2 && snapshot.duplicates == 1 && snapshot.refused == 1)
            #expect(snapshot.items.first?.event == "Opened" && snapshot.items.first?.userID == "ada")
            #expect(snapshot.items.count == 4)
            #expect(snapshot.items.map(\.sequence) == [4, 3, 2, 1])
            #expect(snapshot.items.contains { $0.outcome == .duplicate })
        }
    }

    @Test("When a source sent last is known however much others send since")
    func lastTaken() async throws {
        try await withWorld { world in
            #expect(world.live.snapshot().lastTakenAt.isEmpty)
            try await world.take(#"{"userId":"ada","event":"Opened","messageId":"1"}"#)
            let (source, first) = (world.source.id, world.clock.now)
            #expect(world.live.snapshot().lastTakenAt == [source: first])
            world.clock.advance(seconds: 60)
            // What was there already is nothing new.
            try await world.take(#"{"userId":"ada","event":"Opened","messageId":"1"}"#)
            #expect(world.live.snapshot().lastTakenAt == [source: first])
            let other = IntakeSource(id: SourceID(text: "src_other"), isTrusted: true, allowsHistory: true)
            for batch in 0 ..< 12 {
                world.clock.advance(seconds: 1)
                let calls = (0 ..< 50).map { track(id: "\(batch)-\($0)") }.joined(separator: ",")
                _ = try await world.intake.take(Array("{\"batch\":[\(calls)]}".utf8), shape: .batch, source: other)
            }
            let snapshot = world.live.snapshot()
            #expect(!snapshot.items.contains { $0.source == source })
            #expect(snapshot.lastTakenAt == [source: first, other.id: world.clock.now])
        }
    }

    @Test("Who is erased is named by nothing that the feed keeps, and somebody with a longer id stays")
    func forgets() async throws {
        try await withWorld { world in
            try await world.take(#"{"userId":"customer-1","event":"Opened","messageId":"1"}"#)
            try await world.take(#"{"userId":"customer-12","event":"Called customer-1","messageId":"to customer-1"}"#)
            try await world.take(#"{"userId":"customer-12","event":"Opened","messageId":"to customer-12"}"#)
            world.live.forget(IdentityFinder(["customer-1"]))
            let items = world.live.snapshot().items
            #expect(items.map(\.userID) == ["customer-12", "customer-12", nil])
            #expect(items.map(\.event) == ["Opened", "(erased)", "Opened"])
            #expect(items.map(\.messageID) == ["to customer-12", nil, nil])
        }
    }

    @Test("A reader gets what happens from then on")
    func streams() async throws {
        try await withWorld { world in
            try await world.take(track(id: "before"))
            let updates = world.live.updates()
            try await world.take(track(id: "after"))
            var iterator = updates.makeAsyncIterator()
            #expect(await iterator.next()?.messageID == "after")
        }
    }

    @Test("Under load it samples and keeps its size")
    func samples() async throws {
        try await withWorld { world in
            for batch in 0 ..< 20 {
                let calls = (0 ..< 100).map { track(id: "\(batch)-\($0)") }.joined(separator: ",")
                try await world.take("{\"batch\":[\(calls)]}", .batch)
            }
            let snapshot = world.live.snapshot()
            #expect(snapshot.taken == 2_000 && snapshot.items.count == 500)
            #expect(Set(snapshot.items.map(\.sequence)).count == 500)
        }
    }
}
