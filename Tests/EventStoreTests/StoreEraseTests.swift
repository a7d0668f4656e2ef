import Columns
import Model
import TestSupport
import Testing

@testable import EventStore

@Suite struct StoreEraseTests {
    private static let ann = Identity(type: .userID, value: "customer-0815")
    private static let annsMail = Identity(type: .email, value: "ann.lee@example.com")
    private static let bob = Identity(type: .userID, value: "customer-08155")

    @Test(
        "Who is erased is gone with all calls, everybody else is as before, also after merging and reopening",
        arguments: UInt64(0) ..< 6)
    func erased(seed: UInt64) async throws {
        var random = RandomCalls(seed: seed)
        let disk = MemoryDisk()
        var store = try TestStore.open(disk)
        var all: [RandomCalls.Entry] = []
        for count in [900, 3, 500, 40] {
            let entries = random.entries(count)
            _ = try await store.append(entries.batch)
            all += entries
            if count != 40 { try await store.flush() }
        }
        var arrived: [(arrival: UInt64, call: Call, owner: Identity?)] = []
        for (index, entry) in all.enumerated() { arrived.append((UInt64(index) + 1, entry.call, entry.identities.first)) }
        let owners = Array(Set(all.compactMap { $0.identities.first })).sorted()
        let gone = Set([owners[Int(seed) % owners.count], owners[Int(seed * 7 + 3) % owners.count]])
        let table = store.snapshot().identities
        let ordinals = Set(gone.compactMap { table.ordinal(of: $0) })
        let summary = try await store.erase { _ in ErasedPeople(identities: ordinals, texts: []) }
        let kept = arrived.filter { row in !(row.owner.map(gone.contains) ?? false) }
        #expect(summary.callCount == arrived.count - kept.count && summary.identityCount == ordinals.count)
        for _ in 0 ..< 2 {
            let snapshot = store.snapshot()
            #expect(snapshot.callsInOrder == kept.map(\.call))
            #expect(snapshot.identities.erased == ordinals)
            for identity in gone { #expect(snapshot.identities.ordinal(of: identity) == nil) }
            for (ordinal, identity) in (0 ..< UInt32(table.count)).map({ ($0, table.identity($0)) })
            where !ordinals.contains(ordinal) {
                #expect(snapshot.identities.ordinal(of: identity) == ordinal)
            }
            // A repeat of an erased call is still known, and one under the erased identity is somebody new.
            let repeats = all.filter { $0.identities.first.map(gone.contains) ?? false }
            #expect(try await store.append(repeats.batch).allSatisfy { $0 == .duplicate })
            try await store.mergeAll()
            _ = try store.verify()
            await store.close()
            store = try TestStore.open(disk)
        }
        await store.close()
    }

    @Test("Nothing that somebody sent is left in any file, and others' calls do not name them any more")
    func traces() async throws {
        let disk = MemoryDisk()
        let store = try TestStore.open(disk)
        var entries: [RandomCalls.Entry] = []
        func call(_ number: Int, _ identities: [Identity], _ change: (inout Call) -> Void) {
            var call = Call(
                type: .track, messageID: "message-of-\(identities[0].value)-\(number)",
                timestamp: Instant(microseconds: Int64(number)),
                receivedAt: Instant(microseconds: Int64(number)), source: SourceID(text: "s"))
            call.event = "Order Completed"
            change(&call)
            entries.append((call: call, identities: identities))
        }
        call(1, [Self.ann, Self.annsMail]) {
            $0.userID = Self.ann.value
            $0.traits = ["email": "Ann.Lee@Example.com", "secret": "lives in Tübingen"]
            $0.properties = ["list": ["what ann likes"], "code": "A-secret-of-ann"]
        }
        call(2, [Self.bob]) {
            $0.userID = Self.bob.value
            $0.properties = [
                "payer": .string(Self.ann.value), "note": "ask Ann.Lee@example.com. or call", "size": "0815",
                "url": "https://x/?m=ann.lee%40example.com&n=1", "others": ["customer-0815", "customer-08155"],
            ]
        }
        _ = try await store.append(entries.batch)
        let before = try store.places(of: ["lives in Tübingen", "A-secret-of-ann"])
        #expect(before.contains { $0.hasSuffix("traits.secret") || $0.hasSuffix("secret") })
        let table = store.snapshot().identities
        let ordinals = Set([Self.ann, Self.annsMail].compactMap { table.ordinal(of: $0) })
        let people = ErasedPeople(identities: ordinals, texts: [Self.ann.value, Self.annsMail.value])
        _ = try await store.erase { _ in people }
        #expect(
            try store.places(of: ["lives in Tübingen", "A-secret-of-ann", "what ann likes", "message-of-customer-0815-1"]).isEmpty)
        let left = try #require(store.snapshot().callsInOrder.first)
        #expect(left.userID == Self.bob.value)
        #expect(
            left.properties.canonical == [
                "note": "ask (erased). or call", "others": ["(erased)", "customer-08155"], "payer": "(erased)", "size": "0815",
                "url": "https://x/?m=(erased)&n=1",
            ])
        #expect(try store.places(of: [Self.annsMail.value]).isEmpty)
        #expect(try await store.append([entries[0]].batch) == [.duplicate])
        await store.close()
    }

    @Test("What is short or made up is blacked out only where it names somebody, and ids of deleted calls go, too")
    func narrow() async throws {
        let disk = MemoryDisk()
        let store = try TestStore.open(disk)
        let (made, short) = (Identity(type: .anonymousID, value: "Order Completed"), Identity(type: .userID, value: "42"))
        var other = Call(
            type: .track, messageID: "other", timestamp: Instant(microseconds: 9), receivedAt: Instant(microseconds: 9),
            userID: "bob", event: "Order Completed", source: SourceID(text: "s"))
        other.properties = [
            "order_id": "42", "payer": "42", "label": "Order Completed", "paid": "42", "to": ["id": "42"], "seats": ["42", "bob"],
        ]
        var own = other
        (own.messageID, own.userID, own.anonymousID, own.event) = ("mail-to-ann@example.com", "42", made.value, "Dropped")
        own.properties = [:]
        var kept = own
        (kept.messageID, kept.event) = ("kept-of-42", "Kept")
        let entries: [RandomCalls.Entry] = [
            (other, [Identity(type: .userID, value: "bob")]), (own, [short, made]), (kept, [short, made]),
        ]
        _ = try await store.append(entries.batch)
        _ = try await store.drop(events: ["Dropped"], before: Instant(microseconds: 100))
        let table = store.snapshot().identities
        let people = ErasedPeople(
            identities: Set([short, made].compactMap { table.ordinal(of: $0) }), texts: ["42"], madeUp: [made.value])
        _ = try await store.erase { _ in people }
        let left = try #require(store.snapshot().callsInOrder.first)
        #expect(left.event == "Order Completed")
        #expect(
            left.properties.canonical == [
                "label": "Order Completed", "order_id": "42", "paid": "42", "payer": "(erased)", "seats": ["42", "bob"],
                "to": ["id": "(erased)"],
            ])
        #expect(try store.places(of: ["mail-to-ann@example.com"]).isEmpty)
        #expect(try await store.append(entries.batch) == [.duplicate, .duplicate, .duplicate])
        await store.close()
    }

    @Test("After a power cut at any write everything is there or nothing of them")
    func crashes() async throws {
        for fault in 0 ..< 60 {
            var random = RandomCalls(seed: 5)
            let disk = MemoryDisk()
            let store = try TestStore.open(disk)
            let entries = random.entries(120)
            _ = try await store.append(entries.batch)
            try await store.flush()
            let more = random.entries(20)
            _ = try await store.append(more.batch)
            let owner = try #require(entries.lazy.compactMap { $0.identities.first }.first)
            let ordinal = try #require(store.snapshot().identities.ordinal(of: owner))
            let whole = store.snapshot().callsInOrder
            let kept = zip(entries + more, whole).filter { $0.0.identities.first != owner }.map(\.1)
            disk.fail(.powerLoss(atOperation: disk.operations + fault))
            let outcome = try? await store.erase { _ in ErasedPeople(identities: [ordinal], texts: []) }
            await store.close()
            var dice = SplitMix64(seed: UInt64(fault))
            let after = disk.afterPowerLoss(using: &dice)
            let reopened = try TestStore.open(after)
            let calls = reopened.snapshot().callsInOrder
            #expect(calls == kept || (outcome == nil && calls == whole), "\(fault)")
            #expect((reopened.snapshot().identities.ordinal(of: owner) == nil) == (calls == kept))
            await reopened.close()
            if outcome != nil, fault > 40 { break }
        }
    }
}
