import FoundationEssentials

/// An empty folder of one test's own, removed with everything in it when the last reference goes.
package final class TestFolder: Sendable {
    package let path: String

    package init() throws {
        path = FileManager.default.temporaryDirectory.path + "/teahouse-test-" + String(UInt64.random(in: 0 ... .max), radix: 36)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file or folder in it.
    package func path(_ name: String) -> String { path + "/" + name }

    /// The paths of all files under it (or under `folder` of it), sorted.
    package func files(under folder: String = "") -> [String] {
        let root = folder.isEmpty ? path : path(folder)
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: root)) ?? []
        return names.map { root + "/" + $0 }.filter { name in
            var isFolder: Bool = false
            return FileManager.default.fileExists(atPath: name, isDirectory: &isFolder) && !isFolder
        }.sorted()
    }
}
