import EventStore
import Model
import TestSupport

/// A scripted life of a store, and what a reader of the script expects to be in it.
struct StoreLife {
    enum Step {
        case append([RandomCalls.Entry])
        case flush
        case merge
        case drop(String, before: Instant)
        case reopen
    }

    /// What a store holds after some steps, by plain reading.
    struct Model: Equatable {
        private(set) var taken: [Call] = []
        private(set) var dropped: Set<Int> = []

        static func == (left: Model, right: Model) -> Bool { left.calls == right.calls && left.taken.count == right.taken.count }

        mutating func carryOut(_ step: Step) {
            switch step {
            case .append(let entries):
                let known = Set(taken.map(\.messageID))
                taken += entries.map(\.call).filter { !known.contains($0.messageID) }
            case .drop(let event, let instant):
                for (place, call) in taken.enumerated() where call.event == event && call.timestamp < instant {
                    dropped.insert(place)
                }
            case .flush, .merge, .reopen: break
            }
        }

        func after(_ step: Step) -> Model {
            var model = self
            model.carryOut(step)
            return model
        }

        /// What is there, by arrival number.
        var calls: [UInt64: Call] {
            var calls: [UInt64: Call] = [:]
            for (place, call) in taken.enumerated() where !dropped.contains(place) { calls[UInt64(place) + 1] = call }
            return calls
        }
    }

    let steps: [Step]

    /// Each kind of step in every neighbourhood: calls in memory, in one part, in several; dropping from all, none and what was merged.
    init(seed: UInt64) {
        var random = RandomCalls(seed: seed)
        random.senders = 4
        func append(_ count: Int) -> Step { .append(random.entries(count)) }
        let old = Instant(microseconds: 1_700_000_005_000_000)
        let everything = Instant(microseconds: 1_800_000_000_000_000)
        steps = [
            append(4), append(1), .drop("Order Completed", before: old), append(5), .flush, append(3), .reopen, .flush, append(2),
            .merge, append(4), .drop("page", before: everything), .flush, append(2), .flush, .drop("", before: old), .merge,
            append(1), .drop("下单", before: everything), append(3), .drop("Order Completed", before: everything), .reopen,
            .drop("Product Viewed", before: everything), .merge, append(2), .drop("\u{0}", before: everything), .reopen,
        ]
    }

    /// Everything that is ever sent.
    var entries: [RandomCalls.Entry] {
        steps.flatMap { step -> [RandomCalls.Entry] in if case .append(let entries) = step { entries } else { [] } }
    }

    /// Carries out one step on the store that lies on `disk`.
    static func carryOut(_ step: Step, _ store: inout WorkspaceStore, _ disk: MemoryDisk) async throws(Problem) {
        switch step {
        case .append(let entries): _ = try await store.append(entries.batch)
        case .flush: try await store.flush()
        case .merge: try await store.mergeAll()
        case .drop(let event, let instant): _ = try await store.drop(events: [event], before: instant)
        case .reopen:
            await store.close()
            store = try TestStore.open(disk)
        }
    }
}
