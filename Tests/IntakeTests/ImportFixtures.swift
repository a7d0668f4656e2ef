import Foundation
import Model
import Synchronization

@testable import Intake

/// A sink that takes every call once by its message id and remembers the lines.
final class ListingSink: ImportSink {
    private struct State {
        var calls: [String] = []
        var ids: Set<String> = []
        var commitsLeft = Int.max
    }

    private let state: Mutex<State>

    /// - Parameter commits: After so many chunks it takes nothing more, as a killed import.
    init(commits: Int = .max) { state = Mutex(State(commitsLeft: commits)) }

    var calls: [String] { state.withLock { $0.calls } }
    func revive(commits: Int = .max) { state.withLock { $0.commitsLeft = commits } }

    func prepare(_ lines: [UInt8]) throws(Problem) -> [UInt8] { lines }

    func commit(_ prepared: [UInt8]) async throws(Problem) -> IntakeAnswer {
        let lines = String(decoding: prepared, as: UTF8.self).split(separator: "\n").map(String.init)
        let answer: IntakeAnswer? = state.withLock { state in
            guard state.commitsLeft > 0 else { return nil }
            state.commitsLeft -= 1
            var answer = IntakeAnswer()
            for (index, line) in lines.enumerated() {
                guard let id = line.firstMatch(of: /"messageId":"([^"]*)"/)?.1 else {
                    answer.rejected.append(RejectedCall(index: index, code: .init("no_id"), reason: "no messageId"))
                    continue
                }
                if state.ids.insert(String(id)).inserted {
                    answer.taken += 1
                    state.calls.append(line)
                } else {
                    answer.duplicates += 1
                    answer.duplicateIndexes.append(index)
                }
            }
            return answer
        }
        guard let answer else { throw Problem(.stopping, "killed", status: 503) }
        return answer
    }

    /// The calls as JSON objects.
    var objects: [[String: Any]] {
        calls.compactMap { try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
    }
}

/// A folder for one test.
final class ImportFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "teahouse-import-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
        let file = url.appending(path: name)
        try Data(bytes).write(to: file)
        return file.path
    }

    func path(_ name: String) -> String { url.appending(path: name).path }
    func text(_ name: String) -> String? { try? String(contentsOfFile: path(name), encoding: .utf8) }
}

/// The workspace's calendar of the tests.
let utcOptions = ImportOptions(calendar: ZoneCalendar(zone: .utc))

/// `bytes` in another encoding, by the C library.
func encoded(_ text: String, _ encoding: String) -> [UInt8] {
    guard let converter = iconv_open(encoding, "UTF-8"), Int(bitPattern: converter) != -1 else { return [] }
    defer { iconv_close(converter) }
    var input = Array(text.utf8)
    var output = [UInt8](repeating: 0, count: input.count * 4 + 16)
    var written = 0
    input.withUnsafeMutableBytes { source in
        output.withUnsafeMutableBytes { target in
            var from: UnsafeMutablePointer<CChar>? = source.baseAddress?.assumingMemoryBound(to: CChar.self)
            var to: UnsafeMutablePointer<CChar>? = target.baseAddress?.assumingMemoryBound(to: CChar.self)
            var left = source.count
            var room = target.count
            _ = iconv(converter, &from, &left, &to, &room)
            written = target.count - room
        }
    }
    return Array(output[..<written])
}
