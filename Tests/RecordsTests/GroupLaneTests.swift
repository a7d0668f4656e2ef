import Model
import Synchronization
import TestSupport
import Testing

@testable import Records

@Suite("Groups of wishes that come at the same moment") struct GroupLaneTests {
    private struct Wish: Hashable {
        let number: Int
        /// What it is about; nil for everything.
        var subjects: Set<Int>?
    }

    /// What is done, and by whom it was disturbed.
    private final class Log: Sendable {
        struct Notes {
            var done: [Wish] = []
            var groups: [Int] = []
            var going: [[Wish]] = []
            var mostAtOnce = 0
            var faults: [String] = []
        }

        let notes = Mutex(Notes())

        /// Takes the answers' time, while other groups may go on.
        func work(_ group: [Wish]) async -> [Result<Int, Problem>] {
            notes.withLock { notes in
                for other in notes.going {
                    for one in group {
                        for two in other {
                            guard let first = one.subjects, let second = two.subjects, first.isDisjoint(with: second) else {
                                notes.faults.append("\(one.number) beside \(two.number)")
                                continue
                            }
                        }
                    }
                }
                notes.going.append(group)
                notes.mostAtOnce = max(notes.mostAtOnce, notes.going.count)
                notes.groups.append(group.count)
            }
            for _ in 0 ..< 4 { await Task.yield() }
            notes.withLock { notes in
                notes.done += group
                if let place = notes.going.firstIndex(of: group) { notes.going.remove(at: place) }
            }
            return group.map { .success($0.number) }
        }
    }

    private func lane(_ log: Log, groupMax: Int = 8, width: Int) -> GroupLane<Wish, Int> {
        GroupLane(groupMax: groupMax, width: width, subjects: { $0.subjects }, work: { await log.work($0) })
    }

    @Test("Groups beside each other are about different things, and each wish has its own answer", arguments: UInt64(0) ..< 8)
    func besideEachOther(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let (log, width) = (Log(), Int.random(in: 1 ... 3, using: &random))
        let lane = lane(log, width: width)
        let wishes = (0 ..< 400).map { number in
            let subjects = Set((0 ..< 2).map { _ in Int.random(in: 0 ..< 40, using: &random) })
            return Wish(number: number, subjects: Int.random(in: 0 ..< 50, using: &random) == 0 ? nil : subjects)
        }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for wish in wishes {
                tasks.addTask {
                    let answer = try await lane.perform(wish)
                    #expect(answer == wish.number)
                }
            }
            for _ in 0 ..< 5 {
                tasks.addTask {
                    try await lane.alone { () async throws(Problem) in
                        #expect(log.notes.withLock { $0.going.isEmpty }, "seed \(seed)")
                        await Task.yield()
                        #expect(log.notes.withLock { $0.going.isEmpty }, "seed \(seed)")
                    }
                }
            }
            try await tasks.waitForAll()
        }
        let notes = log.notes.withLock { $0 }
        #expect(notes.faults.isEmpty || width == 1, "seed \(seed): \(notes.faults.prefix(5))")
        #expect(notes.mostAtOnce <= width && notes.groups.allSatisfy { $0 <= 8 })
        #expect(notes.done.count == 400 && Set(notes.done).count == 400)
    }

    @Test("Two groups are worked on at once where they may be") func atOnce() async throws {
        let log = Log()
        let gate = Mutex<[CheckedContinuation<Void, Never>]>([])
        @Sendable func work(_ group: [Wish]) async -> [Result<Int, Problem>] {
            if group.contains(where: { $0.number == 0 }) {
                // Ends with the other one.
                await withCheckedContinuation { continuation in gate.withLock { $0.append(continuation) } }
            } else {
                while gate.withLock({ $0.isEmpty }) { await Task.yield() }
                for waiting in gate.withLock({ $0 }) { waiting.resume() }
            }
            return await log.work(group)
        }
        let lane = GroupLane<Wish, Int>(groupMax: 8, width: 2, subjects: { $0.subjects }, work: work)
        async let first = lane.perform(Wish(number: 0, subjects: [1]))
        while gate.withLock({ $0.isEmpty }) { await Task.yield() }
        #expect(try await lane.perform(Wish(number: 1, subjects: [2])) == 1)
        let last = try await first
        #expect(last == 0)
    }

    @Test("Wishes about the same are done in the order in which they came, several of one sender too")
    func order() async throws {
        let log = Log()
        let lane = lane(log, groupMax: 3, width: 2)
        let list = (0 ..< 40).map { Wish(number: $0, subjects: [$0]) }
        #expect(try await lane.perform(list) == Array(0 ..< 40))
        #expect(log.notes.withLock { $0.done.map(\.number) } == Array(0 ..< 40))
        #expect(log.notes.withLock { $0.mostAtOnce } == 1)
    }

    @Test("Who comes when too many wait is turned away, and comes in later") func overload() async throws {
        let gate = Mutex<CheckedContinuation<Void, Never>?>(nil)
        let lane = GroupLane<Wish, Int>(groupMax: 1, waitingMax: 1) { group in
            if group[0].number == 0 { await withCheckedContinuation { continuation in gate.withLock { $0 = continuation } } }
            return group.map { .success($0.number) }
        }
        async let first = lane.perform(Wish(number: 0))
        while gate.withLock({ $0 == nil }) { await Task.yield() }
        var refused = 0
        await withTaskGroup(of: Problem.Code?.self) { tasks in
            for number in 1 ... 3 {
                tasks.addTask {
                    do throws(Problem) {
                        let answer = try await lane.perform(Wish(number: number))
                        #expect(answer == number)
                        return nil
                    } catch { return error.code }
                }
            }
            for await code in tasks {
                guard code != nil else { continue }
                #expect(code == .overloaded)
                refused += 1
                // One of the three waits for the first.
                if refused == 2 { gate.withLock { $0?.resume() } }
            }
        }
        #expect(refused == 2)
        let last = try await first
        #expect(last == 0)
        #expect(try await lane.perform(Wish(number: 4)) == 4)
    }
}
