import Model
import Records
import Testing
import Workspaces

#if canImport(Glibc)
import Glibc
#endif

@Suite("Many workspaces")
struct ManyWorkspacesTests {
    // The limit is for what hangs: with threads of other tests it waits until these end.
    @Test("Three hundred workspaces are made, opened and closed, and few threads stay", .timeLimit(.minutes(45)))
    func threeHundred() async throws {
        let fixtures = try await DirectoryFixtures()
        let clock = ContinuousClock()
        var created: [CreatedWorkspace] = []
        let making = try await clock.measure {
            for index in 0 ..< 300 { created.append(try await fixtures.create("workspace \(index)")) }
        }
        let opening = try await clock.measure {
            for workspace in created { _ = try await fixtures.directory.workspace(workspace.workspace.id) }
        }
        #expect(fixtures.directory.openWorkspaces().count == 300)
        // Other tests' threads count, too, until they end: those that stay are the fewest that are seen.
        var threads = ManyWorkspacesTests.threadCount()
        for _ in 0 ..< 900 where threads >= 150 {
            try await Task.sleep(for: .seconds(1))
            threads = min(threads, ManyWorkspacesTests.threadCount())
        }
        let closing = await clock.measure { await fixtures.directory.close() }
        #expect(threads < 150, "\(threads) threads")
        print("300 workspaces: made in \(making), opened in \(opening), closed in \(closing), \(threads) threads")
    }

    private static func threadCount() -> Int {
        guard let folder = opendir("/proc/self/task") else { return 0 }
        defer { closedir(folder) }
        var count = -2
        while readdir(folder) != nil { count += 1 }
        return count
    }
}
