import Model
import Questions
import Records
import Testing

@testable import Workspaces

@Suite("Stages of a workspace") struct StageSettingsTests {
    private static let scheme: JSONValue = [
        ["name": "seen", "rule": ["everyone": true]], ["name": "buyer", "rule": ["role": "customer"]],
    ]

    @Test("Stages that were saved hold at once and after a restart, and so do the standard ones once restored")
    func survives() async throws {
        let fixtures = try await DirectoryFixtures()
        let (id, other) = (try await fixtures.create().workspace.id, try await fixtures.create("另一家").workspace.id)
        let scheme = try StageScheme(json: Self.scheme)
        try await fixtures.directory.changeStages(of: id, to: scheme, by: .commandLine)
        #expect(try await fixtures.directory.workspace(id).stages == scheme)
        let again = try await fixtures.reopened()
        #expect(try await again.directory.workspace(id).stages == scheme)
        #expect(try await again.directory.workspace(other).stages == .standard)
        // Other settings leave them alone.
        try await again.directory.update(id, WorkspaceWish(name: "茶馆二"), by: .commandLine)
        #expect(try await again.directory.workspace(id).stages == scheme)
        try await again.directory.changeStages(of: id, to: nil, by: .commandLine)
        let last = try await again.reopened()
        #expect(try await last.directory.workspace(id).stages == .standard)
        await last.directory.close()
    }
}
