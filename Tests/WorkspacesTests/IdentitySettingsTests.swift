import Intake
import Model
import People
import Records
import Testing

@testable import Workspaces

@Suite("Identity settings of a workspace") struct IdentitySettingsTests {
    private func send(_ cards: [String], _ fixtures: DirectoryFixtures, _ created: CreatedWorkspace) async throws {
        let calls = cards.map {
            #"{"type":"track","event":"Paid","userId":"anna","context":{"externalIds":[{"type":"card","id":"\#($0)"}]}}"#
        }
        let open = try await fixtures.directory.workspace(created.workspace.id)
        let answer = try await open.intake.take(
            Array("{\"batch\":[\(calls.joined(separator: ","))]}".utf8), shape: .batch, source: IntakeSource(created.source),
            options: CollectOptions())
        #expect(answer.rejected.isEmpty)
    }

    private func cards(_ fixtures: DirectoryFixtures, _ created: CreatedWorkspace) async throws -> [String] {
        try await fixtures.directory.workspace(created.workspace.id).look { view throws(Problem) in
            let anna = view.person(named: "anna").flatMap { view.profile($0) }
            return (anna?.identities ?? []).filter { $0.identity.type == IdentityType("card") }.map(\.identity.value)
        }
    }

    @Test("Limits and blocked values hold for calls from then on, through a restart; what a person holds stays")
    func limits() async throws {
        let fixtures = try await DirectoryFixtures()
        let created = try await fixtures.create()
        let id = created.workspace.id
        try await send(["1", "2", "3"], fixtures, created)
        let own = try IdentitySettings(json: ["types": ["card": ["count": 2, "per": "ever"]], "blocked": ["Walk-In"]])
        try await fixtures.directory.changeIdentitySettings(of: id, to: own, by: .commandLine)
        #expect(try await cards(fixtures, created) == ["1", "2", "3"])
        try await send(["4", "WALK-IN"], fixtures, created)
        #expect(try await cards(fixtures, created) == ["1", "2", "3"])

        let again = try await fixtures.reopened()
        #expect(try again.directory.identitySettings(of: id) == own)
        #expect(try await cards(again, created) == ["1", "2", "3"])
        try await send(["5", "walk-in"], again, created)
        #expect(try await cards(again, created) == ["1", "2", "3"])
        try await again.directory.changeIdentitySettings(
            of: id, to: try IdentitySettings(json: ["types": ["card": nil]]), by: .commandLine)
        try await send(["6", "7", "8", "walk-in"], again, created)
        #expect(try await cards(again, created) == ["1", "2", "3", "6", "7", "8", "walk-in"])
        try await again.directory.changeIdentitySettings(of: id, to: .standard, by: .commandLine)
        #expect(try again.directory.settings(of: id).identitySettings == nil)
        let audit = try await again.directory.audit(of: id)
        #expect(audit.count { $0.action == "identity_settings.changed" } == 3)
        #expect(!audit.contains { $0.detail.contains("Walk-In") })
        await again.directory.close()
    }
}
