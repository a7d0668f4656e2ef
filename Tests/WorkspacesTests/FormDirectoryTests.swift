import Model
import Records
import Testing

@testable import Workspaces

@Suite("Forms of a workspace") struct FormDirectoryTests {
    private static func wish(_ name: String) -> FormWish {
        FormWish(name: name, steps: [.init(name: "联系", traits: ["email", "address.city"]), .init(name: "B", traits: ["公司, 部门"])])
    }

    @Test("Forms are there after a restart as they were, and belong to one workspace")
    func restart() async throws {
        let fixtures = try await DirectoryFixtures()
        let (one, other) = (try await fixtures.create().workspace.id, try await fixtures.create("other").workspace.id)
        let first = try await fixtures.directory.createForm(Self.wish("b"), in: one, by: .commandLine)
        fixtures.clock.advance(seconds: 1)
        let second = try await fixtures.directory.createForm(Self.wish("a"), in: one, by: .commandLine)
        _ = try await fixtures.directory.createForm(Self.wish("a"), in: other, by: .commandLine)
        let again = try await fixtures.reopened()
        #expect(try await again.directory.forms(of: one) == [first, second])
        #expect(second.steps == Self.wish("a").steps)
        _ = try await again.directory.deleteForm(first.id, in: one, by: .commandLine)
        #expect(try await again.directory.forms(of: one) == [second])
        let problem = await #expect(throws: Problem.self) {
            try await again.directory.deleteForm(second.id, in: other, by: .commandLine)
        }
        #expect(problem?.code == .notFound)
        await again.directory.close()
    }

    @Test("A workspace has at most 50 forms")
    func limit() async throws {
        let fixtures = try await DirectoryFixtures()
        let workspace = try await fixtures.create().workspace.id
        for number in 0 ..< WorkspaceDirectory.formsMax {
            _ = try await fixtures.directory.createForm(Self.wish("f\(number)"), in: workspace, by: .commandLine)
        }
        let problem = await #expect(throws: Problem.self) {
            try await fixtures.directory.createForm(Self.wish("more"), in: workspace, by: .commandLine)
        }
        #expect(problem?.code == .tooManyForms)
        await fixtures.directory.close()
    }
}
