import Model
import Questions
import Records
import Testing

@testable import Workspaces

@Suite("Computed traits of a workspace") struct ComputedTraitDirectoryTests {
    @Test("Rules are there after a restart, in their order, and belong to one workspace")
    func restart() async throws {
        let fixtures = try await DirectoryFixtures()
        let (one, other) = (try await fixtures.create().workspace.id, try await fixtures.create("other").workspace.id)
        var traits: [ComputedTrait] = []
        for key in ["b", "a"] {
            let trait = try ComputedTrait(key: key, rule: ["selector": ["event": "茶"], "measure": "count", "window": "7d"])
            traits.append(trait)
            _ = try await fixtures.directory.change(by: .commandLine) { planner throws(Problem) in
                try planner.definedTrait(trait, in: one)
            }
            fixtures.clock.advance(seconds: 1)
        }
        let again = try await fixtures.reopened()
        #expect(try again.directory.computedTraits(of: one) == traits)
        #expect(try again.directory.computedTraits(of: other) == [])
        #expect(try await again.directory.workspace(one).computedTraits == traits, "answers follow them")
        _ = try await again.directory.change(by: .commandLine) { planner throws(Problem) in try planner.removedTrait("b", in: one) }
        #expect(try await again.directory.workspace(one).computedTraits.map(\.key) == ["a"])
        await again.directory.close()
    }
}
