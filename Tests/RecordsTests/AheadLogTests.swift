import Disks
import Model
import TestSupport
import Testing

@testable import Records
@testable import RecordsSQLite

/// The log of rows ahead over a disk that fails, stops and loses its power between any two steps.
struct AheadLogTests {
    @Test("what was made durable is there after any stop, and nothing is that was given up", arguments: UInt64(0) ..< 300)
    func stops(seed: UInt64) throws {
        var life = AheadLife(seed: seed)
        for _ in 0 ..< 80 { try life.step() }
        try life.reopen()
        #expect(life.durableCount > 5, "the test does something")
    }
}

/// A log, tables that are told of by a number alone, and what must be in the log after a stop.
private struct AheadLife {
    private static let path = "/records/records.sqlite"
    private static let statement = RowStatement.setting("secrets", key: ["name"], changing: ["bytes"])

    private var random: SplitMix64
    private var disk = MemoryDisk()
    private var log: AheadLog?
    /// The last number that is in the tables.
    private var applied: Int64 = 0
    /// What was made durable and is not in the tables.
    private var waiting: [(number: Int64, text: String)] = []
    /// What could not be made durable and was not given up: one of them may be there after a stop, under the next number.
    private var unsure: [String] = []
    private var powerIsLost = false
    private(set) var durableCount = 0

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    private static func rows(_ text: String) -> RowLog {
        var log = RowLog()
        log.put(statement) { row in
            row.add("name")
            row.add(text)
        }
        return log
    }

    mutating func step() throws {
        guard log != nil else { return try reopen() }
        fault()
        switch Int.random(in: 0 ..< 20, using: &random) {
        case 0: stop()
        case 1: give(up: try attempt { log throws(Problem) in try log.mend() })
        case 2 ..< 8:
            applied = (waiting.map(\.number) + [applied]).randomElement(using: &random).map { max(applied, $0) } ?? applied
            waiting.removeAll { $0.number <= applied }
            let until = applied
            _ = try attempt { log throws(Problem) in try log.release(until: until) }
        case 8: try forget()
        default: try append()
        }
        disk.fail(nil)
        if powerIsLost { stop() }
    }

    private mutating func append() throws {
        let number = (waiting.last?.number ?? applied) + 1
        let text = String(repeating: "v", count: Int.random(in: 0 ..< 300, using: &random)) + "\(random.next())"
        if try attempt({ log throws(Problem) in try log.append(AheadLife.rows(text), number: number) }) {
            waiting.append((number, text))
            (unsure, durableCount) = ([], durableCount + 1)
        } else {
            unsure.append(text)
        }
    }

    /// As the engine does it: once all is in the tables.
    private mutating func forget() throws {
        applied = waiting.last?.number ?? applied
        waiting = []
        let until = applied
        give(up: try attempt { log throws(Problem) in try log.forget(until: until) })
    }

    private mutating func give(up isGivenUp: Bool) { if isGivenUp { unsure = [] } }

    /// Has the disk fail in one of the next operations, now and then.
    private mutating func fault() {
        let operation = disk.operations + Int.random(in: 1 ... 5, using: &random)
        switch Int.random(in: 0 ..< 6, using: &random) {
        case 0: disk.fail(.powerLoss(atOperation: operation))
        case 1: disk.fail(.error(atOperation: operation))
        case 2: disk.fail(.full(afterBytes: Int.random(in: 0 ..< 400, using: &random)))
        default: disk.fail(nil)
        }
    }

    /// Whether it went well; a failure is the disk's alone.
    private mutating func attempt(_ body: (AheadLog) throws(Problem) -> Void) throws -> Bool {
        guard let log else { return false }
        do throws(Problem) {
            try body(log)
            return true
        } catch {
            #expect(error.code == .ioError || error.code == .diskFull, "\(error)")
            powerIsLost = error.message.contains("power lost")
            return false
        }
    }

    /// The process ends, and with it the power when that is gone.
    private mutating func stop() {
        log = nil
        if powerIsLost { disk = disk.afterPowerLoss(using: &random) }
        powerIsLost = false
    }

    mutating func reopen() throws {
        stop()
        var pending: [(number: Int64, log: RowLog)] = []
        let known = applied
        do throws(Problem) {
            log = try AheadLog(path: Self.path, disk: disk, bytesMax: 600, applied: { known }, &pending)
        } catch {
            Issue.record("\(error)")
            throw error
        }
        let found = pending.filter { $0.number > applied }
        let more = unsure.first { AheadLife.rows($0).rows == found.last?.log.rows }
        if let more, found.count == waiting.count + 1 { waiting.append(((waiting.last?.number ?? applied) + 1, more)) }
        #expect(found.map(\.number) == waiting.map(\.number))
        #expect(found.map(\.log.rows) == waiting.map { AheadLife.rows($0.text).rows })
        unsure = []
        try forget()
    }
}
