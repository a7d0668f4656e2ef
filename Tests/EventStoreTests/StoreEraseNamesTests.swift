import Model
import Synchronization
import TestSupport
import Testing

@testable import EventStore

/// What others' calls are called, and what may happen while somebody is erased.
@Suite struct StoreEraseNamesTests {
    private static let ann = Identity(type: .userID, value: "customer-1")
    private static let bob = Identity(type: .userID, value: "customer-12")

    private static func call(_ id: String, _ change: (inout Call) -> Void = { _ in }) -> Call {
        var call = Call(
            type: .track, messageID: id, timestamp: Instant(microseconds: 5), receivedAt: Instant(microseconds: 5),
            userID: bob.value, event: "View", source: SourceID(text: "s"))
        change(&call)
        return call
    }

    @Test("Names of events and of members are blacked out, messageIds become their hashes, and repeats are still known")
    func names() async throws {
        let disk = MemoryDisk()
        var store = try TestStore.open(disk)
        let calls = [
            Self.call("about customer-1") { call in
                call.event = "Called customer-1"
                call.properties = [
                    "customer-1": "x", "Customer-1": 2, "(erased)": true,
                    "for": ["customer-1": ["a": 1, "b": "b"], "customer-12": 3],
                    "list": [["customer-1": "y"]],
                ]
            },
            Self.call("plain") { call in
                call.event = "Called CUSTOMER-1"
                call.properties = ["customer-12": "z", "for": ["customer-1": ["a": 5]]]
            },
            Self.call("customer-12-mail") { $0.event = "Called customer-12" },
        ]
        let entries = calls.map { RandomCalls.Entry(call: $0, identities: [Self.bob]) }
        let own = RandomCalls.Entry(call: Self.call("own") { $0.userID = Self.ann.value }, identities: [Self.ann])
        _ = try await store.append((entries + [own]).batch)
        #expect(try store.places(of: ["customer-1"]).count > 3)
        let ordinal = try #require(store.snapshot().identities.ordinal(of: Self.ann))
        _ = try await store.erase { _ in ErasedPeople(identities: [ordinal], texts: [Self.ann.value]) }
        for round in 0 ..< 3 {
            #expect(try store.places(of: ["customer-1"]).isEmpty)
            #expect(try !store.places(of: ["customer-12"]).isEmpty)
            let left = store.snapshot().callsInOrder
            #expect(left.map(\.event) == ["Called (erased)", "Called (erased)", "Called customer-12"], "round \(round)")
            #expect(left[0].messageID.hasPrefix("erased:") && left[1].messageID == "plain" && left[2] == calls[2])
            let members = left[0].properties
            #expect(members["(erased)"] == true && members["list"] == [["(erased)": "y"]])
            #expect(Set([members["(erased) 2"], members["(erased) 3"]]) == ["x", 2])
            #expect(members["for"] == ["(erased)": ["a": 1, "b": "b"], "customer-12": 3])
            #expect(left[1].properties.canonical == ["customer-12": "z", "for": ["(erased)": ["a": 5]]])
            #expect(try await store.append((entries + [own]).batch).allSatisfy { $0 == .duplicate })
            _ = try store.verify()
            if round == 1 { try await store.mergeAll() }
            await store.close()
            store = try TestStore.open(disk)
        }
        await store.close()
    }

    @Test("When there is more of somebody at the last moment it begins again with all of it")
    func growing() async throws {
        let disk = MemoryDisk()
        let store = try TestStore.open(disk)
        let mail = Identity(type: .email, value: "ann@example.com")
        let note = Self.call("note") { $0.properties = ["about": "ann@example.com"] }
        _ = try await store.append(
            [
                RandomCalls.Entry(call: Self.call("a"), identities: [Self.ann]),
                RandomCalls.Entry(call: note, identities: [Self.bob]),
            ]
            .batch)
        var announced: [Int] = []
        let summary = try await store.erase { table in
            let known = [Self.ann, mail].filter { table.ordinal(of: $0) != nil }
            return ErasedPeople(identities: Set(known.compactMap { table.ordinal(of: $0) }), texts: Set(known.map(\.value)))
        } announcing: { people throws(Problem) in
            announced.append(people.identities.count)
            if announced.count == 1 {
                _ = try await store.append(
                    [RandomCalls.Entry(call: Self.call("b"), identities: [Self.ann, mail])].batch)
            }
        }
        #expect(announced == [1, 2] && summary.identityCount == 2 && summary.callCount == 2)
        #expect(try store.places(of: [Self.ann.value, mail.value]).isEmpty)
        #expect(store.snapshot().callsInOrder.map(\.properties.canonical) == [["about": "(erased)"]])
        await store.close()
        let reopened = try TestStore.open(disk)
        #expect(try reopened.places(of: [Self.ann.value, mail.value]).isEmpty)
        await reopened.close()
    }

    @Test("Whatever of the disk fails, nobody is half erased, the store goes on, and asking again erases them")
    func failures() async throws {
        var failureCount = 0
        for fault in 0 ..< 60 {
            let disk = MemoryDisk()
            let store = try TestStore.open(disk)
            let entries = [
                RandomCalls.Entry(call: Self.call("a"), identities: [Self.ann]),
                RandomCalls.Entry(call: Self.call("b"), identities: [Self.bob]),
            ]
            _ = try await store.append(entries.batch)
            try await store.flush()
            let ordinal = try #require(store.snapshot().identities.ordinal(of: Self.ann))
            let people = ErasedPeople(identities: [ordinal], texts: [Self.ann.value])
            disk.fail(.error(atOperation: disk.operations + fault))
            let outcome = try? await store.erase { _ in people }
            disk.fail(nil)
            if outcome == nil {
                failureCount += 1
                #expect(store.snapshot().callsInOrder.count == 2, "\(fault)")
            }
            #expect(try await store.append([RandomCalls.Entry(call: Self.call("c"), identities: [Self.bob])].batch).count == 1)
            _ = try await store.erase { _ in people }
            #expect(try store.places(of: [Self.ann.value]).isEmpty)
            await store.close()
            let reopened = try TestStore.open(disk)
            #expect(reopened.snapshot().callsInOrder.map(\.messageID) == ["b", "c"], "\(fault)")
            await reopened.close()
        }
        #expect(failureCount > 5)
    }

    @Test("A store that is closed meanwhile has erased them or not", arguments: 0 ..< 12)
    func closing(delay: Int) async throws {
        let disk = MemoryDisk()
        let store = try TestStore.open(disk)
        _ = try await store.append(
            [
                RandomCalls.Entry(call: Self.call("a"), identities: [Self.ann]),
                RandomCalls.Entry(call: Self.call("b"), identities: [Self.bob]),
            ].batch)
        let ordinal = try #require(store.snapshot().identities.ordinal(of: Self.ann))
        let asked = Mutex(0)
        let outcome: Result<ErasureSummary, Problem>
        do throws(Problem) {
            outcome = .success(
                try await store.erase { _ in
                    // The last moment: somebody else closes it just then.
                    if asked.withLock({
                        $0 += 1
                        return $0
                    }) == 2, delay > 0 {
                        Task.detached {
                            for _ in 0 ..< delay { await Task.yield() }
                            await store.close()
                        }
                    }
                    return ErasedPeople(identities: [ordinal], texts: [Self.ann.value])
                } announcing: { _ throws(Problem) in
                    if delay == 0 { await store.close() }
                })
        } catch { outcome = .failure(error) }
        await store.close()
        let reopened = try TestStore.open(disk)
        let ids = reopened.snapshot().callsInOrder.map(\.messageID)
        switch outcome {
        case .success: #expect(ids == ["b"])
        case .failure(let problem): #expect(ids == ["a", "b"] && problem.code == .stopping)
        }
        if delay == 0 { #expect(ids == ["a", "b"]) }
        await reopened.close()
    }

    private struct Gate: CallGate {
        func turnsAway(type: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) -> Bool {
            value.elementsEqual(StoreEraseNamesTests.ann.value.utf8)
        }
    }

    @Test("Statements of somebody and commands pass the door that turns their calls away")
    func statements() async throws {
        let store = try TestStore.open(MemoryDisk())
        store.setGate(Gate())
        var outcomes: [AppendOutcome] = []
        for type in [CallType.track, .identify, .page, .declare, .merge, .unmerge] {
            let call = Self.call("m-\(type.text)") { $0.type = type }
            outcomes += try await store.append([RandomCalls.Entry(call: call, identities: [Self.ann])].batch)
        }
        #expect(outcomes.prefix(3).allSatisfy { $0 == .suppressed })
        #expect(outcomes.suffix(3) == [.taken(arrival: 1), .taken(arrival: 2), .taken(arrival: 3)])
        await store.close()
    }
}
