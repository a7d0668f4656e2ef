internal import Columns
internal import Model
internal import OrderedCollections

/// How far an import had come: what a run that is started again needs in order to go on there and to add up.
///
/// Everything before `line` is durable where it went. Source: docs/decisions/0006-resumed-imports.md
struct ImportCheckpoint: Hashable, Sendable {
    /// Which file, read how, going where: going on makes sense only when all three are the same.
    struct Subject: Hashable, Sendable {
        /// Size, time of change and the hash of the file's beginning.
        var file: String
        /// The hash of the mapping and of all else that decides which calls the rows become.
        var reading: String
        /// The hash of the place's name.
        var target: String
    }

    var subject: Subject
    /// Chunks of the file whose calls are all settled.
    var chunkCount: Int
    /// The first line that is not.
    var line: Int
    /// The accounts up to there.
    var summary: ImportSummary
    /// Length of the list of refused rows up to there.
    var rejectedBytes: Int
    /// A call that was accepted, one of the last: a place that does not know it is not the place that took it.
    var witness: [UInt8]
}

extension ImportCheckpoint.Subject {
    /// Bytes of the file's beginning that count.
    private static let headBytes = 256 << 10

    /// Another version of how rows become calls, or of how they are cut into chunks, is another reading.
    private static let readingVersion = 2

    /// - Throws: ``Problem`` as ``FileSource``.
    init(path: String, mapping: ImportMapping, calendar: ZoneCalendar, lineBytesMax: Int, target: String) throws(Problem) {
        let source = try FileSource(path: path)
        var head = [UInt8](repeating: 0, count: Self.headBytes)
        let count = head.withUnsafeMutableBytes { buffer in
            Result { () throws(Problem) in try source.read(into: buffer) }
        }
        let hash = Self.hexadecimal(Array(head[..<(try count.get())]))
        file = "\(source.byteCount) bytes, changed \(source.modifiedNanoseconds), \(hash)"
        let zone = mapping.zone ?? calendar.zone.identifier
        let terms: [String] = [
            mapping.json.text, zone, String(lineBytesMax), String(ImportReader.chunkBytes), String(ImportReader.chunkRows),
            String(Self.readingVersion),
        ]
        reading = Self.hexadecimal(Array(terms.joined(separator: "\n").utf8))
        self.target = Self.hexadecimal(Array(target.utf8))
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let hash = XXHash.hash128(bytes)
        var text: [UInt8] = []
        ImportCallWriter.hexadecimal(hash.high, into: &text)
        ImportCallWriter.hexadecimal(hash.low, into: &text)
        return String(decoding: text, as: UTF8.self)
    }
}

extension ImportCheckpoint {
    private static let version: Int64 = 1

    var json: JSONValue {
        [
            "teahouseImport": .int(ImportCheckpoint.version), "file": .string(subject.file), "reading": .string(subject.reading),
            "target": .string(subject.target), "chunks": .int(Int64(chunkCount)), "line": .int(Int64(line)),
            "rows": .int(Int64(summary.rowCount)), "taken": .int(Int64(summary.taken)),
            "duplicates": .int(Int64(summary.duplicates)), "interrupted": .int(Int64(summary.interruptedCount)),
            "refused": .int(Int64(summary.refused)),
            "refusedByCode": .object(
                OrderedDictionary(
                    uniqueKeysWithValues: summary.refusedByCode.sorted { $0.key < $1.key }.map { ($0.key, .int(Int64($0.value))) })),
            "calls": .int(Int64(summary.callCount)), "seconds": .double(summary.seconds),
            "rejectedFile": summary.rejectedPath.map { .string($0) } ?? .null, "rejectedBytes": .int(Int64(rejectedBytes)),
            "witness": .string(String(decoding: witness, as: UTF8.self)),
        ]
    }

    /// Reads a checkpoint; nil when it is none, is torn, or is of another version.
    init?(json: JSONValue) {
        func number(_ key: String) -> Int? { json[key]?.intValue.flatMap { $0 >= 0 ? Int($0) : nil } }
        func text(_ key: String) -> String? { json[key]?.stringValue }
        guard json["teahouseImport"]?.intValue == ImportCheckpoint.version,
            let file = text("file"), let reading = text("reading"), let target = text("target"), let chunkCount = number("chunks"),
            let line = number("line"), let rowCount = number("rows"), let taken = number("taken"),
            let duplicates = number("duplicates"), let interrupted = number("interrupted"), let refused = number("refused"),
            let refusedByCode = json["refusedByCode"]?.objectValue, let callCount = number("calls"),
            let seconds = json["seconds"]?.doubleValue, let rejectedBytes = number("rejectedBytes"), let witness = text("witness")
        else { return nil }
        var summary = ImportSummary()
        summary.rowCount = rowCount
        summary.taken = taken
        summary.duplicates = duplicates
        summary.interruptedCount = interrupted
        summary.refused = refused
        for (code, count) in refusedByCode { summary.refusedByCode[code] = count.intValue.map { Int($0) } }
        summary.callCount = callCount
        summary.seconds = seconds
        summary.rejectedPath = text("rejectedFile")
        self.init(
            subject: Subject(file: file, reading: reading, target: target), chunkCount: chunkCount, line: line, summary: summary,
            rejectedBytes: rejectedBytes, witness: Array(witness.utf8))
    }
}
