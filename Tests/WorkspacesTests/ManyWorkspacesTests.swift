import Model
import Records
import Testing
import Workspaces

#if canImport(Glibc)
import Glibc
#endif

@Suite("Many workspaces")
struct ManyWorkspacesTests {
    @Test("Three hundred workspaces are made, opened and closed, and few threads stay", .timeLimit(.minutes(20)))
    func threeHundred() async {
        // In a process of its own, without the threads of other tests.
        await #expect(processExitsWith: .success) {
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
            let threads = ManyWorkspacesTests.threadCount()
            let closing = await clock.measure { await fixtures.directory.close() }
            #expect(threads < 150, "\(threads) threads")
            print("300 workspaces: made in \(making), opened in \(opening), closed in \(closing), \(threads) threads")
        }
    }

    private static func threadCount() -> Int {
        guard let folder = opendir("/proc/self/task") else { return 0 }
        defer { closedir(folder) }
        var count = -2
        while readdir(folder) != nil { count += 1 }
        return count
    }
}
