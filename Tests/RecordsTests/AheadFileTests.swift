import Disks
import Foundation
import Model
import Testing

@testable import Records
@testable import RecordsSQLite

/// One file of rows written ahead, as a stop may leave it.
struct AheadFileTests {
    private static let statement = RowStatement.setting("secrets", key: ["name"], changing: ["bytes"])
    private let path =
        FileManager.default.temporaryDirectory.path + "/teahouse-ahead-file-" + String(UInt64.random(in: 0 ... .max), radix: 36)

    private static func log(_ text: String) -> RowLog {
        var log = RowLog()
        log.put(statement) { row in
            row.add("name")
            row.add(text)
        }
        return log
    }

    /// The numbers of the frames that are read from these bytes.
    private func numbers(in bytes: Data, applied: Int64) throws -> [Int64] {
        try bytes.write(to: URL(filePath: path))
        var numbers: [Int64] = []
        let file = try AheadFile(path: path, disk: SystemDisk(), applied: applied) { number, _ throws(Problem) in
            numbers.append(number)
        }
        #expect(file.last == numbers.last ?? 0)
        return numbers
    }

    @Test("a stop in the first write over what is needed no more leaves no damage, wherever it was")
    func tornOverOld() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = try AheadFile(path: path, disk: SystemDisk(), applied: 0) { _, _ throws(Problem) in }
        for number in 1 ... 5 { try file.append(Self.log("a"), number: Int64(number)) }
        let old = try Data(contentsOf: URL(filePath: path))
        let frameBytes = file.byteCount / 5
        try file.restart()
        // Longer than one of the old frames and shorter than two.
        try file.append(Self.log(String(repeating: "b", count: frameBytes / 2)), number: 6)
        let new = try Data(contentsOf: URL(filePath: path))
        #expect(file.byteCount > frameBytes && file.byteCount < 2 * frameBytes)
        #expect(try numbers(in: new, applied: 5) == [6])
        for count in 0 ..< file.byteCount {
            // The beginning of the new one is there, or its end alone: a disk keeps no order within a write.
            for torn in [
                new.prefix(count) + old.dropFirst(count), old.prefix(count) + new.dropFirst(count),
            ] where torn != new {
                let found = try numbers(in: torn, applied: 5)
                #expect(found.allSatisfy { $0 <= 5 }, "cut at \(count)")
            }
        }
        // What the tables do not have yet is missed.
        var broken = old
        broken[frameBytes + 40] ^= 1
        #expect(try numbers(in: broken, applied: 5) == [1])
        let problem = #expect(throws: Problem.self) { try numbers(in: broken, applied: 4) }
        #expect(problem?.code == .damaged)
    }

    @Test("no text in a row can pass for a frame") func marks() {
        for shift in [0, 8, 16, 24] {
            let byte = UInt8(truncatingIfNeeded: AheadFile.magic >> UInt32(shift))
            #expect(String(validating: [byte], as: UTF8.self) == nil && byte >= 0xF8)
        }
    }
}
