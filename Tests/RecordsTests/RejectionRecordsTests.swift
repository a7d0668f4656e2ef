import Model
import Records
import Testing

@Suite("Rejection records")
struct RejectionRecordsTests {
    @Test("Equal refusals are counted together and keep the newest payload")
    func counted() async throws {
        let fixtures = try await RecordFixtures()
        try await fixtures.insertAll()
        try await fixtures.store.add([fixtures.rejection("a", at: 0, count: 2)])
        try await fixtures.store.add([fixtures.rejection("a", at: 9, count: 3), fixtures.rejection("b", at: 5)])
        let rows = try await fixtures.store.rejections(workspace: fixtures.workspace.id, source: nil, after: nil, limit: 10)
        #expect(rows.map(\.fingerprint) == ["a", "b"])
        #expect(rows.map(\.count) == [5, 1])
        #expect(rows[0].firstAt == fixtures.now)
        #expect(rows[0].payload == "{\"at\":9}")
    }

    @Test("Pages follow each other without gaps, also among equal times")
    func paging() async throws {
        let fixtures = try await RecordFixtures()
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

    @Test("Of each source only so many rows stay, the newest")
    func bounded() async throws {
        let fixtures = try await RecordFixtures()
        try await fixtures.insertAll()
        try await fixtures.store.add((0 ..< 30).map { fixtures.rejection("f\($0)", at: Int64($0)) }, rowsMax: 10)
        let rows = try await fixtures.store.rejections(workspace: fixtures.workspace.id, source: nil, after: nil, limit: 100)
        #expect(rows.map(\.fingerprint) == (20 ..< 30).reversed().map { "f\($0)" })
    }

    @Test("What is old is forgotten")
    func pruned() async throws {
        let fixtures = try await RecordFixtures()
        try await fixtures.insertAll()
        try await fixtures.store.add([fixtures.rejection("old", at: 0), fixtures.rejection("new", at: 100)])
        let edge = fixtures.now.advanced(byMicroseconds: 50 * .microsecondsPerSecond)
        try await fixtures.store.prune(rejectionsBefore: edge, answersBefore: edge, throttlesBefore: edge, now: edge)
        let rows = try await fixtures.store.rejections(workspace: fixtures.workspace.id, source: nil, after: nil, limit: 100)
        #expect(rows.map(\.fingerprint) == ["new"])
    }
}
