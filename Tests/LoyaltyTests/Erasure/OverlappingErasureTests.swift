import Model
import Records
import RecordsPostgres
import Synchronization
import TestSupport
import Testing

@testable import Loyalty

/// The last pass of an erasure and a command of another server over the same database, one in the middle of the other.
@Suite("Erasure beside another server", .enabled(if: TestPostgres.isHere, "\(TestPostgres.absence)"))
struct OverlappingErasureTests {
    private static let ann = Identity(type: .userID, value: "overlapping-ann")
    private let program: TestProgram
    /// Of the other server.
    private let other: ProgramDesk
    private let reader: ProgramReader

    init() async throws {
        let url = try TestPostgres.shared().database()
        program = try await TestProgram(try await PostgresEngine.open(url: url, options: .patient))
        let records = try await RecordStore.open(try await PostgresEngine.open(url: url, options: .patient), now: program.clock.now)
        other = ProgramDesk(workspace: program.workspace, records: records, clock: program.clock)
        reader = ProgramReader(workspace: program.workspace, records: program.records)
        _ = try await program.perform("welcome", EnrolMember(Self.ann))
        _ = try await program.earn("o1", 100, Self.ann.value)
    }

    private func spend(_ id: String, holding hold: Hold? = nil) async throws -> ProgramAnswer {
        let spending = SpendPoints(.burn(1, place: nil), of: "points", by: MemberWish(.identity(Self.ann)))
        let command: any ProgramCommand = if let hold { HeldCommand(command: spending, hold: hold) } else { spending }
        return try await other.perform(ProgramRequest(id: id, actor: .server, command: command))
    }

    private func erase(beside: @escaping RecordStore.Scrubbing = ProgramErasure.carryOut) async throws {
        let now = program.clock.now
        let erasure = PendingErasure(
            workspace: program.workspace, id: "e", person: nil, actor: .server, suppresses: false, reason: "", startedAt: now,
            ordinals: [], identities: [Self.ann], texts: [Self.ann.value])
        let entry = AuditEntry(
            workspace: program.workspace, at: now, actor: .server, action: "person.erased", target: "", detail: "", people: [])
        _ = try await program.desk.alone { () async throws(Problem) in
            try await program.records.complete(erasure, entry, beside: beside)
        }
    }

    @Test("what a command writes that had begun before is taken out, too") func commandFirst() async throws {
        let hold = Hold()
        let spending = Task { try await spend("s1", holding: hold) }
        try await hold.entered()
        let erasing = Task { try await erase() }
        // As long as it takes an erasure that waits for nobody.
        for _ in 0 ..< 100 {
            if try await reader.member(MemberWish(.identity(Self.ann))) == nil { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        hold.release()
        #expect(try await !spending.value.isRefused)
        try await erasing.value
        #expect(try await program.records.places(of: [Self.ann], texts: [Self.ann.value], in: program.workspace) == [])
        #expect(try await spend("s1").codes == ["COMMAND_ERASED"])
    }

    private func entryCount() async throws -> [SQLValue]? {
        try await program.records.engine.read { connection throws(Problem) in
            try connection.row("SELECT COUNT(*) FROM point_entries")?.values
        }
    }

    @Test("a command that comes in the middle of it waits, and finds nobody") func erasureFirst() async throws {
        let before = try await entryCount()
        let hold = Hold()
        let erasing = Task {
            try await erase { erasure, connection throws(Problem) in
                let scrubbed = try ProgramErasure.carryOut(erasure, on: connection)
                hold.stay()
                return scrubbed
            }
        }
        try await hold.entered()
        let isAnswered = Mutex(false)
        let spending = Task {
            defer { isAnswered.withLock { $0 = true } }
            return try await spend("s1")
        }
        for _ in 0 ..< 100 where !isAnswered.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(10)) }
        #expect(isAnswered.withLock { !$0 })
        hold.release()
        try await erasing.value
        #expect(try await spending.value.codes == ["MEMBER_UNKNOWN"])
        #expect(try await entryCount() == before)
    }
}

/// A command that stays in the middle of its transaction.
private struct HeldCommand: ProgramCommand {
    let command: SpendPoints
    let hold: Hold

    var content: JSONValue { command.content }

    func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        hold.stay()
        return try command.perform(in: &draft)
    }
}
