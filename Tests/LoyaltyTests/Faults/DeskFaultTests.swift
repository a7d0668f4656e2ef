import Disks
import Foundation
import Model
import Records
import RecordsPostgres
import RecordsSQLite
import Synchronization
import TestSupport
import Testing

@testable import Loyalty

/// The database goes away, is full or loses its power under load: what was answered holds, and nothing is done twice.
@Suite("Faults under the desk") struct DeskFaultTests {
    @Test(
        "PostgreSQL stopped and started again under load: whoever asks again gets the stored answer",
        .enabled(if: TestPostgres.isHere, "\(TestPostgres.absence)"), arguments: [false, true])
    func restarted(immediately: Bool) async throws {
        let server = try TestPostgres()
        let program = try await TestProgram(try await PostgresEngine.open(url: server.database()))
        try await program.enrolFaultMembers()
        let second = ProgramDesk(workspace: program.workspace, records: program.records, clock: program.clock)
        let load = FaultLoad(seed: immediately ? 51 : 52)
        let running = Task { await load.run(over: [program.desk, second]) }
        for round in 0 ..< 3 {
            try await Self.wait { load.answers.count > 7 * round }
            try server.stop(immediately: immediately)
            // Once for longer than the desk waits by itself.
            if round == 1 { try await Self.wait { load.failures["unavailable", default: 0] > 0 } }
            try server.start()
        }
        try await Self.wait { load.answers.count > 20 }
        load.stop()
        await running.value
        #expect(load.failures["unavailable", default: 0] > 0 && load.answers.count > 20, "\(load.failures)")
        try await load.check(second, program.reader, at: program.clock.now.advanced(byMicroseconds: .microsecondsPerDay))
    }

    /// Until it is so, however busy the machine is; two minutes at most, and then what follows says what is missing.
    private static func wait(_ isSo: () -> Bool) async throws {
        for _ in 0 ..< 2_400 where !isSo() { try await Task.sleep(for: .milliseconds(50)) }
    }

    @Test("a full disk refuses whole commands, and each is carried out once when there is room", arguments: [UInt64(53), 54])
    func fullDisk(seed: UInt64) async throws {
        let folder = try FaultFolder()
        let disk = NarrowDisk()
        let engine = try SQLiteEngine.open(path: folder.path("records.sqlite"), disk: disk)
        let program = try await TestProgram(engine)
        try await program.enrolFaultMembers()
        let load = FaultLoad(seed: seed)
        try await engine.limitPages()
        disk.widen()
        let running = Task { await load.run(over: [program.desk], steps: 40) }
        let keeper = Task {
            var known = 0
            while !Task.isCancelled {
                try await Task.sleep(for: .milliseconds(5))
                let count = load.failures["disk_full", default: 0]
                // Room for a little more, each time that there was none.
                if count > known {
                    try await engine.limitPages()
                    disk.widen()
                }
                known = count
            }
        }
        await running.value
        keeper.cancel()
        _ = await keeper.result
        disk.left.withLock { $0 = .max }
        #expect(load.failures["disk_full", default: 0] > 0 && load.failures.count == 1, "\(load.failures)")
        try await engine.limitPages()
        try await load.check(program.desk, program.reader, at: program.clock.now.advanced(byMicroseconds: .microsecondsPerDay))
        await engine.close()
    }

    @Test(
        "the power fails: what was answered is in the synced part of the log, whatever became of the rest", arguments: [UInt64(55)])
    func powerLoss(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let folder = try FaultFolder()
        let engine = try SQLiteEngine.open(path: folder.path("records.sqlite"))
        let program = try await TestProgram(engine)
        try await program.enrolFaultMembers()
        let load = FaultLoad(seed: seed)
        let running = Task { await load.run(over: [program.desk]) }
        var crashes: [(path: String, answers: [String: ProgramAnswer], steps: Int)] = []
        try await Self.wait { !load.answers.isEmpty }
        for number in 0 ..< 6 {
            try await Task.sleep(for: .milliseconds(Int.random(in: 10 ... 120, using: &random)))
            let answers = load.answers
            let path = folder.path("crash-\(number).sqlite")
            try folder.crash("records.sqlite", to: path, using: &random)
            crashes.append((path, answers, load.stepCount))
        }
        load.stop()
        await running.value
        await engine.close()
        #expect(crashes.last?.answers.isEmpty == false)
        for crash in crashes {
            let records = try await RecordStore.open(try SQLiteEngine.open(path: crash.path), now: program.clock.now)
            let again = FaultLoad(seed: seed, answers: crash.answers)
            let desk = ProgramDesk(workspace: program.workspace, records: records, clock: program.clock)
            await again.run(over: [desk], steps: crash.steps)
            let reader = ProgramReader(workspace: program.workspace, records: records)
            try await again.check(desk, reader, at: program.clock.now.advanced(byMicroseconds: .microsecondsPerDay))
            await records.engine.close()
        }
    }

    @Test(
        "a clock that jumps an hour back and forth under load loses nothing and books nothing twice", arguments: RecordsEngine.here)
    func clock(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        try await program.enrolFaultMembers()
        let second = ProgramDesk(workspace: program.workspace, records: program.records, clock: program.clock)
        let load = FaultLoad(seed: 56)
        let start = program.clock.now
        let jumping = Task {
            var random = SplitMix64(seed: 57)
            while !Task.isCancelled {
                let minutes = Int64(random.below(121)) - 60
                program.clock.now = start.advanced(byMicroseconds: minutes * .microsecondsPerMinute)
                try await Task.sleep(for: .milliseconds(3))
            }
        }
        await load.run(over: [program.desk, second], steps: 40)
        jumping.cancel()
        #expect(Set(load.failures.keys).isSubset(of: ["overloaded"]), "\(load.failures)")
        try await load.check(second, program.reader, at: start.advanced(byMicroseconds: .microsecondsPerDay))
        let records = try await program.reader.read { tables throws(Problem) in
            try tables.list(
                "SELECT position, recorded_at FROM point_entries WHERE workspace = ? ORDER BY member, currency, position",
                tables.values()
            ) { reader throws(Problem) in (position: try reader.integer(), at: try reader.instant()) }
        }
        for (one, next) in zip(records, records.dropFirst()) where next.position > one.position { #expect(one.at <= next.at) }
    }
}

extension TestProgram {
    var reader: ProgramReader { ProgramReader(workspace: workspace, records: records) }

    /// Takes in the members of a ``FaultLoad``, with rules that earn, coupons and a benefit, of which there are too few for all.
    func enrolFaultMembers() async throws {
        try await earns(by: OrderTests.program)
        var template = CouponTemplate(
            key: .init(name: "fault", version: 1), currency: .cny, zone: "UTC", effect: .amount(100, on: .order))
        template.limits = [CouponLimit("all", .uses, max: FaultLoad.usesMax)]
        _ = try await records.secret(CouponCodeCipher.secretName(of: workspace), fresh: FaultLoad.secret)
        var commands: [(String, any ProgramCommand)] = [
            ("template", SetCouponTemplate(template)), ("batch", MakeCouponBatch(10_000, of: "fault")),
            ("define", DefineBenefit(BenefitProgram.lounge)),
        ]
        for member in FaultLoad.members {
            commands.append(("enrol-\(member)", EnrolMember(Identity(type: .userID, value: member))))
            var grant = GrantBenefit("lounge", to: TestProgram.member(member), for: .init(.compensation, id: member))
            grant.amount = FaultLoad.quota
            commands.append(("lounge-\(member)", grant))
        }
        for (id, command) in commands {
            let answer = try await perform(id, command)
            #expect(!answer.isRefused, "\(id): \(answer.body.text)")
        }
        clock.advance(.microsecondsPerDay)
    }
}

/// A folder that is removed with the value, and disks whose power fails.
private final class FaultFolder {
    private let root: String

    init() throws {
        root = FileManager.default.temporaryDirectory.path + "/teahouse-faults-" + String(UInt64.random(in: 0 ... .max), radix: 36)
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func path(_ name: String) -> String { root + "/" + name }

    /// What a disk has after a power cut: all that was synced when this is called, and a damaged piece of what came after.
    ///
    /// The log is not copied into the database while it is short, so that the database does not change; and rows written ahead stay in
    /// their file while it is short.
    func crash(_ name: String, to copy: String, using random: inout SplitMix64) throws {
        let endings = ["-wal", "-ahead-0", "-ahead-1"]
        let synced = try endings.map { try Data(contentsOf: URL(filePath: path(name) + $0)).count }
        Thread.sleep(forTimeInterval: 0.01)
        try FileManager.default.copyItem(atPath: path(name), toPath: copy)
        for (ending, synced) in zip(endings, synced) {
            var log = try Data(contentsOf: URL(filePath: path(name) + ending))
            log = log.prefix(Int.random(in: synced ... log.count, using: &random))
            for _ in 0 ..< min(3, log.count - synced) { log[Int.random(in: synced ..< log.count, using: &random)] ^= 0x55 }
            try log.write(to: URL(filePath: copy + ending))
        }
    }
}

/// The machine's disk, with no more room than it is given for rows written ahead.
private final class NarrowDisk: PassingDisk {
    fileprivate let left = Mutex(Int.max)

    func file(_ file: any DiskFile, at path: String) -> any DiskFile { NarrowFile(file: file, path: path, disk: self) }

    /// Room for a little more.
    func widen() { left.withLock { $0 = 20_000 } }
}

private struct NarrowFile: PassingFile {
    let file: any DiskFile
    let path: String
    let disk: NarrowDisk

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(DiskFailure) {
        let fits = disk.left.withLock { left in
            left -= min(left, bytes.count)
            return left > 0
        }
        try file.write(fits ? bytes : UnsafeRawBufferPointer(rebasing: bytes.prefix(bytes.count / 2)), at: offset)
        guard fits else { throw DiskFailure(kind: .full, path: path, reason: "No space left on device") }
    }
}
