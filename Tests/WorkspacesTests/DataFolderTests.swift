import Model
import Testing
import Workspaces

#if canImport(Glibc)
import Glibc
#endif

@Suite("Data folder")
struct DataFolderTests {
    @Test("A second holder is refused and told the folder and the process")
    func locked() throws {
        let files = TemporaryDataFolder()
        let folder = try DataFolder.open(files.path)
        let problem = #expect(throws: Problem.self) { _ = try DataFolder.open(files.path) }
        #expect(problem?.code == .locked)
        #expect(problem?.message.contains(files.path) == true)
        #expect(problem?.message.contains("process \(getpid())") == true)
        #expect(DataFolder.holder(of: files.path) == getpid())
        folder.release()
        #expect(DataFolder.holder(of: files.path) == nil)
        try DataFolder.open(files.path).release()
    }

    @Test("Missing folders above are made")
    func nested() throws {
        let files = TemporaryDataFolder()
        let folder = try DataFolder.open(files.path + "/a/b/")
        #expect(folder.recordsPath == files.path + "/a/b/records.sqlite")
        folder.release()
    }

    @Test("A folder written by a later program is left alone")
    func newer() throws {
        let files = TemporaryDataFolder()
        try DataFolder.open(files.path).release()
        write("teahouse data 99\n", to: files.path + "/LAYOUT")
        let problem = #expect(throws: Problem.self) { _ = try DataFolder.open(files.path) }
        #expect(problem?.code.text == "newer_data")
        #expect(DataFolder.holder(of: files.path) == nil)
    }

    @Test("A strange layout file is damage")
    func strange() throws {
        let files = TemporaryDataFolder()
        try DataFolder.open(files.path).release()
        write("hello\n", to: files.path + "/LAYOUT")
        let problem = #expect(throws: Problem.self) { _ = try DataFolder.open(files.path) }
        #expect(problem?.code == .damaged)
    }

    @Test("A file where the folder should be is named")
    func file() throws {
        let files = TemporaryDataFolder()
        try DataFolder.open(files.path).release()
        write("x", to: files.path + "/file")
        let problem = #expect(throws: Problem.self) { _ = try DataFolder.open(files.path + "/file") }
        #expect(problem?.message.contains("not a folder") == true)
    }

    @Test(
        "A folder that cannot be made although there is one above it is named, once", arguments: ["/proc/teahouse", "/proc/1/a/b"])
    func impossible(path: String) {
        let problem = #expect(throws: Problem.self) { _ = try DataFolder.open(path) }
        #expect(problem?.message.contains("/proc/") == true)
        #expect(problem?.message.contains("--data") == true)
    }

    private func write(_ text: String, to path: String) {
        guard let file = fopen(path, "w") else { return }
        fputs(text, file)
        fclose(file)
    }
}
