import Foundation
import Model
import Records
import RecordsSQLite
import Synchronization
import TestSupport
import Testing

@testable import Loyalty

/// What the desk knows by heart is what is durable, whatever fails in between.
struct AheadDeskTests {
    @Test("a command sent again after a failure of the records is the one that was carried out") func readFails() async throws {
        let engine = FailingEngine(try SQLiteEngine.inMemory())
        let program = try await TestProgram(engine)
        _ = try await program.perform("enrol", EnrolMember(Identity(type: .userID, value: "ann")))
        #expect(try await program.earn("e1", 10, "ann").available == 10)
        engine.failures.withLock { $0 = 1 }
        let problem = await #expect(throws: Problem.self) { try await program.earn("e2", 10, "ann") }
        #expect(problem?.code == .unavailable)
        let again = try await program.earn("e1", 10, "ann")
        #expect(again.isReplayed && again.available == 10)
        #expect(try await program.earn("e2", 10, "ann").available == 20)
        #expect(try await program.reader.check("points").isWhole)
        await engine.close()
    }

    @Test("rows that find no room in the tables are waited for by whoever needs them, and are booked once", arguments: 0 ..< 4)
    func fullTables(refusals: Int) async throws {
        let folder =
            FileManager.default.temporaryDirectory.path + "/teahouse-full-" + String(UInt64.random(in: 0 ... .max), radix: 36)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let engine = try SQLiteEngine.open(path: folder + "/records.sqlite")
        let program = try await TestProgram(engine)
        _ = try await program.perform("enrol", EnrolMember(Identity(type: .userID, value: "ann")))
        try await engine.settle()
        try await engine.limitPages(more: 0)
        // More than the rest of a page, so that they do not fit.
        for number in 0 ..< 80 {
            let source = PointSource(id: "e\(number)" + String(repeating: "x", count: 190))
            _ = try await program.perform(
                "e\(number)", EarnPoints(1, of: "points", to: TestProgram.member("ann"), for: source))
        }
        let second = ProgramDesk(workspace: program.workspace, records: program.records, clock: program.clock)
        let wish = TestProgram.member("ann")
        func spend(_ desk: ProgramDesk, _ id: String) async throws -> ProgramAnswer {
            try await desk.perform(
                ProgramRequest(id: id, actor: .server, command: SpendPoints(.burn(5, place: nil), of: "points", by: wish)))
        }
        for number in 0 ..< refusals {
            let problem = await #expect(throws: Problem.self) { try await spend(number % 2 == 0 ? second : program.desk, "s1") }
            #expect(problem?.code == .diskFull)
            try await engine.limitPages(more: 0)
        }
        try await engine.limitPages(more: 1_000)
        #expect(try await spend(second, "s1").available == 75)
        let again = try await spend(program.desk, "s1")
        #expect(again.isReplayed && again.available == 75)
        #expect(try await spend(program.desk, "s2").available == 70)
        #expect(try await program.reader.check("points").isWhole)
        await engine.close()
    }

    @Test("members whose names look alike and differ in their bytes have points of their own") func lookAlikes() async throws {
        let program = try await TestProgram(try SQLiteEngine.inMemory())
        let names = ["Jos\u{E9}", "Jose\u{301}"]
        for (number, name) in names.enumerated() {
            _ = try await program.perform("enrol-\(number)", EnrolMember(Identity(type: .userID, value: name)))
        }
        for round in 1 ... 3 {
            for (number, name) in names.enumerated() {
                let amount = Int64(10 + number)
                let id = "e\(round)-\(number)"
                let answer = try await program.perform(
                    id, EarnPoints(amount, of: "points", to: TestProgram.member(name), for: PointSource(id: "\(name) \(round)")))
                #expect(answer.available == Int64(round) * amount, "\(answer.body.text)")
            }
        }
        #expect(try await program.reader.check("points").isWhole)
    }

    @Test("a source may have a name as long as an id can be, of any letters") func longNames() async throws {
        let program = try await TestProgram(try SQLiteEngine.inMemory())
        _ = try await program.perform("enrol", EnrolMember(Identity(type: .userID, value: "ann")))
        let source = PointSource(id: String(repeating: "漢", count: 66))
        let first = try await program.perform(
            "e1", EarnPoints(10, of: "points", to: TestProgram.member("ann"), for: source))
        try await program.records.engine.settle()
        let second = ProgramDesk(workspace: program.workspace, records: program.records, clock: program.clock)
        let command = TakeBackPoints(.disputed(4), of: "points", earnedFor: source)
        let answer = try await second.perform(ProgramRequest(id: "t1", actor: .server, command: command))
        #expect(first.available == 10 && answer.codes.isEmpty, "\(answer.codes)")
        #expect(try await program.earn("e2", 1, "ann").available == 7)
        #expect(try await program.reader.check("points").isWhole)
    }
}

/// An engine whose next readings fail.
private final class FailingEngine: SQLEngine {
    private let engine: SQLiteEngine
    let failures = Mutex(0)

    init(_ engine: SQLiteEngine) { self.engine = engine }

    var ahead: (any RowsAhead)? { engine.ahead }

    func read<Answer: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(Problem) -> Answer
    ) async throws(Problem) -> Answer {
        let fails = failures.withLock { left in
            defer { left = max(0, left - 1) }
            return left > 0
        }
        if fails { throw Problem(.unavailable, "The disk cannot be read.", status: 503) }
        return try await engine.read(body)
    }

    func write<Answer: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(Problem) -> Answer
    ) async throws(Problem) -> Answer { try await engine.write(body) }

    func writeRows<Answer: Sendable>(
        in workspace: WorkspaceID, _ body: @escaping @Sendable (any SQLConnection) throws(Problem) -> Answer
    ) async throws(Problem) -> Answer { try await engine.writeRows(in: workspace, body) }

    func forgetDeleted() async throws(Problem) { try await engine.forgetDeleted() }
    func close() async { await engine.close() }
}
