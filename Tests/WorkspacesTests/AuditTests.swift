import Model
import Records
import Testing

@testable import Workspaces

@Suite("The audit of readings") struct AuditTests {
    @Test("Readings that wait are written when the directory is closed, in their order, and the chain is whole after a restart")
    func cleanStop() async throws {
        let fixtures = try await DirectoryFixtures()
        let workspace = try await fixtures.create().workspace.id
        for index in 0 ..< 2_500 {
            await fixtures.directory.note(
                Reading(.profile, of: [PersonID(ordinal: UInt32(index))], "\(index)"), in: workspace, by: .commandLine,
                why: index == 7 ? "a complaint" : nil)
        }
        let again = try await fixtures.reopened()
        let kept = try await again.directory.audit(of: workspace, AuditQuery(isReading: true), limit: 10_000).map(\.entry)
        #expect(kept.map(\.detail) == (0 ..< 2_500).reversed().map { "\($0)" })
        #expect(kept.filter { $0.reason != nil }.map(\.detail) == ["7"])
        #expect(kept.first?.target == "p_2e3" && kept.first?.people == [PersonID(ordinal: 2_499)])
        #expect(try await again.directory.checkAudit(of: workspace).firstBroken == nil)
        await again.directory.close()
    }

    @Test("Many who read at once are all in the chain, once")
    func concurrent() async throws {
        let fixtures = try await DirectoryFixtures()
        let workspace = try await fixtures.create().workspace.id
        let directory = fixtures.directory
        await withTaskGroup { group in
            for reader in 0 ..< 8 {
                group.addTask {
                    for index in 0 ..< 300 {
                        await directory.note(Reading(.people, of: [], "\(reader) \(index)"), in: workspace, by: .admin)
                        if index % 100 == 0 { _ = try? await directory.audit(of: workspace, AuditQuery(), limit: 1) }
                    }
                }
            }
        }
        let details = try await directory.audit(of: workspace, AuditQuery(actor: .admin), limit: 10_000).map(\.entry.detail)
        #expect(details.count == 2_400 && Set(details).count == 2_400)
        #expect(try await directory.checkAudit(of: workspace).firstBroken == nil)
        await directory.close()
    }

    @Test("Only answers that show single people are readings")
    func answers() throws {
        let figures: JSONValue = ["question": ["kind": "count"], "count": 3]
        #expect(Reading(answer: figures) == nil)
        let list: JSONValue = ["question": ["kind": "count", "list": true], "people": [["id": "p_1"], ["id": "p_a"]]]
        #expect(Reading(answer: list)?.people == [PersonID(ordinal: 1), PersonID(ordinal: 10)])
        let way: JSONValue = ["question": ["kind": "funnel", "explain": "p_1"], "explain": ["person": "p_2"]]
        #expect(Reading(answer: way)?.people == [PersonID(ordinal: 2)] && Reading(answer: way)?.action == .timeline)
        #expect(Reading(answer: ["question": ["kind": "funnel"], "steps": []]) == nil)
        let scores: JSONValue = ["question": ["kind": "rfm", "list": true], "rows": [["people": ["p_1"]], ["people": ["p_2"]]]]
        #expect(Reading(answer: scores)?.people == [PersonID(ordinal: 1), PersonID(ordinal: 2)])
    }
}
