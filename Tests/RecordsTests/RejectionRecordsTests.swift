import Model
import Records
import TestSupport
import Testing

@Suite("Rejection records")
struct RejectionRecordsTests {
    @Test("Equal refusals are counted together and keep the newest payload", arguments: RecordsEngine.here)
    func counted(on engine: RecordsEngine) async throws {
        let fixtures = try await RecordFixtures(engine)
        try await fixtures.insertAll()
        try await fixtures.store.add([fixtures.rejection("a", at: 0, count: 2)])
        try await fixtures.store.add([fixtures.rejection("a", at: 9, count: 3), fixtures.rejection("b", at: 5)])
        let rows = try await fixtures.store.rejections(workspace: fixtures.workspace.id, source: nil, after: nil, limit: 10)
        #expect(rows.map(\.fingerprint) == ["a", "b"])
        #expect(rows.map(\.count) == [5, 1])
        #expect(rows[0].firstAt == fixtures.now)
        #expect(rows[0].payload == "{\"at\":9}")
    }

    @Test("Pages follow each other without gaps, also among equal times", arguments: RecordsEngine.here)
    func paging(on engine: RecordsEngine) async throws {
        let fixtures = try await RecordFixtures(engine)
        try await fixtures.insertAll()
        try await fixtures.store.add((0 ..< 25).map { fixtures.rejection("f\($0)", at: Int64($0 / 10)) })
        var cursor: RejectionCursor?
        var seen: [String] = []
        while true {
            let page = try await fixtures.store.rejections(
                workspace: fixtures.workspace.id, source: fixtures.source.id, after: cursor, limit: 4)
            seen += page.map(\.fingerprint)
            guard let last = page.last else { break }
            cursor = RejectionCursor(lastAt: last.lastAt, fingerprint: last.fingerprint)
        }
        #expect(seen.count == 25)
        #expect(Set(seen).count == 25)
    }

    @Test("Of each code and day only so many rows stay, the newest; the others are counted together", arguments: RecordsEngine.here)
    func bounded(on engine: RecordsEngine) async throws {
        let fixtures = try await RecordFixtures(engine)
        try await fixtures.insertAll()
        try await fixtures.store.add([fixtures.rejection("quiet", at: 0, code: "too_many_keys")])
        for round in 0 ..< 3 {
            let range = round * 10 ..< round * 10 + 10
            try await fixtures.store.add(range.map { fixtures.rejection("f\($0)", at: Int64($0), count: 2) }, rowsMax: 10)
        }
        let rows = try await fixtures.store.rejections(workspace: fixtures.workspace.id, source: nil, after: nil, limit: 100)
        #expect(
            rows.filter { $0.payload != nil && $0.code == "too_deep" }.map(\.fingerprint) == (20 ..< 30).reversed().map { "f\($0)" }
        )
        #expect(rows.filter { $0.code == "too_deep" }.reduce(0) { $0 + $1.count } == 60)
        let counted = try #require(rows.first { $0.payload == nil })
        #expect(counted.count == 40 && counted.firstAt == fixtures.now)
        #expect(counted.lastAt == fixtures.now.advanced(byMicroseconds: 19 * .microsecondsPerSecond))
        #expect(rows.contains { $0.fingerprint == "quiet" }, "one code never displaces another")
    }

    @Test("What is counted together is counted for each day apart, so that a week's counts add up", arguments: RecordsEngine.here)
    func days(on engine: RecordsEngine) async throws {
        let fixtures = try await RecordFixtures(engine)
        try await fixtures.insertAll()
        for day in 0 ..< 10 {
            let start = Int64(day) * 86_400
            try await fixtures.store.add(
                (0 ..< 20).map { fixtures.rejection("d\(day)-\($0)", at: start + Int64($0)) }, rowsMax: 5)
        }
        let edge = fixtures.now.advanced(byMicroseconds: 3 * .microsecondsPerDay)
        try await fixtures.store.prune(rejectionsBefore: edge, answersBefore: edge, throttlesBefore: edge, now: edge)
        let rows = try await fixtures.store.rejections(workspace: fixtures.workspace.id, source: nil, after: nil, limit: 1_000)
        #expect(rows.reduce(0) { $0 + $1.count } == 140)
        #expect(rows.filter { $0.payload == nil }.map(\.count) == Array(repeating: 15, count: 7))
    }

    @Test("What is old is forgotten", arguments: RecordsEngine.here)
    func pruned(on engine: RecordsEngine) async throws {
        let fixtures = try await RecordFixtures(engine)
        try await fixtures.insertAll()
        try await fixtures.store.add([fixtures.rejection("old", at: 0), fixtures.rejection("new", at: 100)])
        let edge = fixtures.now.advanced(byMicroseconds: 50 * .microsecondsPerSecond)
        try await fixtures.store.prune(rejectionsBefore: edge, answersBefore: edge, throttlesBefore: edge, now: edge)
        let rows = try await fixtures.store.rejections(workspace: fixtures.workspace.id, source: nil, after: nil, limit: 100)
        #expect(rows.map(\.fingerprint) == ["new"])
    }
}
