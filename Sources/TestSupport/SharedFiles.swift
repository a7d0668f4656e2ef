public import FoundationEssentials

/// The folder of shared data, clients and oracles that lies beside the package: `../shared`.
///
/// Tests that need it say so with `.enabled(if: SharedFiles.areHere)`, so that a clone without it still tests itself.
public enum SharedFiles {
    /// The root of this package, found from where this file lies.
    public static let packageDirectory: String = {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast(3)
        return parts.joined(separator: "/")
    }()

    /// The shared folder; `TEAHOUSE_SHARED` names another one.
    public static let directory: String = {
        if let given = ProcessInfo.processInfo.environment["TEAHOUSE_SHARED"], !given.isEmpty { return given }
        var parts = packageDirectory.split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast()
        return parts.joined(separator: "/") + "/shared"
    }()

    /// Whether tests that need the shared folder run: it lies beside this clone, or `CI` is set, so that its absence fails there.
    public static var areHere: Bool {
        let hasCI = ProcessInfo.processInfo.environment["CI"].map { !$0.isEmpty } ?? false
        return hasCI || FileManager.default.fileExists(atPath: path("data"))
    }

    /// The absolute path of a shared file: `path("data/cdnow/…")`.
    public static func path(_ relative: String) -> String { directory + "/" + relative }

    /// As ``path(_:)``, as a file URL.
    public static func url(_ relative: String) -> URL { URL(filePath: path(relative)) }

    /// The bytes of a shared file.
    ///
    /// - Throws: what Foundation throws for a missing file.
    public static func bytes(_ relative: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: url(relative)))
    }
}
