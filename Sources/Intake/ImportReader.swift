internal import Columns
internal import Model

/// Reads a file chunk by chunk as calls, for one task at a time.
final class ImportReader {
    /// A chunk is handed on when it has this many bytes or rows.
    static let chunkBytes = 1 << 20
    static let chunkRows = 8_000

    let text: FileText
    private let records: FileRecords
    private let mapping: ImportMapping
    private var rows: ImportRowMapper
    private var objects: ImportObjectMapper
    private var calls = ImportCallLines()
    private var skipsHeader: Bool
    private var isFinished = false
    /// Why the file cannot be read on; told after the rows before it.
    private var failure: Problem?

    init(path: String, mapping: ImportMapping, clock: ImportClock, lineBytesMax: Int) throws(Problem) {
        text = try FileText(path: path)
        records = FileRecords(text: text, delimiter: mapping.format.quotedDelimiter, limit: lineBytesMax)
        self.mapping = mapping
        rows = ImportRowMapper(mapping: mapping, clock: clock)
        objects = ImportObjectMapper(mapping: mapping, clock: clock)
        skipsHeader = mapping.format.hasHeader
    }

    /// The next rows; nil at the end.
    ///
    /// - Throws: ``Problem`` when the file cannot be read on.
    func next() throws(Problem) -> ImportChunk? {
        if let failure { throw failure }
        guard !isFinished else { return nil }
        var chunk = ImportChunk()
        chunk.lines.reserveCapacity(ImportReader.chunkBytes + (64 << 10))
        while chunk.lines.count < ImportReader.chunkBytes, chunk.rowCount < ImportReader.chunkRows {
            do {
                guard let record = try records.next() else {
                    isFinished = true
                    rows.finish(into: &chunk)
                    break
                }
                take(record, into: &chunk)
            } catch {
                failure = error
                if chunk.rowCount == 0 { throw error }
                break
            }
        }
        chunk.nextLine = rows.waitingLine ?? records.line
        return chunk.rowCount == 0 && chunk.callCount == 0 && isFinished ? nil : chunk
    }

    private func take(_ record: FileRecords.Record, into chunk: inout ImportChunk) {
        if record.isTooLong {
            chunk.rowCount += 1
            chunk.refused.append(
                ImportRefusal(line: record.line, code: "line_too_long", reason: "The row has more than \(records.limit) bytes."))
            return
        }
        let bytes = records.buffer[record.range]
        if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { return }
        if skipsHeader {
            skipsHeader = false
            return
        }
        chunk.rowCount += 1
        switch mapping.format {
        case .calls: calls.add(bytes, line: record.line, into: &chunk)
        case .objects: objects.map(bytes, line: record.line, into: &chunk)
        case .table, .columns: rows.map(bytes, line: record.line, into: &chunk)
        }
    }
}

/// Passes Segment calls on as they are; those without an id get one made of what they say.
struct ImportCallLines {
    private var occurrences = ImportOccurrences()

    mutating func add(_ line: ArraySlice<UInt8>, line number: Int, into chunk: inout ImportChunk) {
        guard ImportCallLines.hasID(line) else {
            addWithID(line, number: number, into: &chunk)
            return
        }
        chunk.lines.append(contentsOf: line)
        chunk.lines.append(UInt8(ascii: "\n"))
        chunk.rows.append(number)
        chunk.rowEnds.append(chunk.rows.count)
    }

    private static let word = Array("\"messageId\"".utf8)

    /// Whether the call itself, not something within it, has a `messageId` that is neither null nor empty.
    static func hasID(_ line: ArraySlice<UInt8>) -> Bool {
        line.withUnsafeBufferPointer { bytes in
            var depth = 0
            var isInText = false
            var index = 0
            while index < bytes.count {
                switch bytes[index] {
                case UInt8(ascii: "\\") where isInText: index += 1
                case UInt8(ascii: "\"") where isInText: isInText = false
                case _ where isInText: break
                case UInt8(ascii: "\""):
                    if depth == 1, let value = valueOfID(bytes, index) { return isID(bytes, value) }
                    isInText = true
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
                default: break
                }
                index += 1
            }
            return false
        }
    }

    /// Where the value begins when the key `messageId` stands at `index`.
    private static func valueOfID(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Int? {
        guard index + word.count < bytes.count, bytes[index + 8] == UInt8(ascii: "I"),
            zip(bytes[index...], word).allSatisfy({ $0 == $1 })
        else { return nil }
        let rest = bytes[(index + word.count)...].drop { isBlank($0) }
        guard rest.first == UInt8(ascii: ":") else { return nil }
        return rest.dropFirst().drop { isBlank($0) }.startIndex
    }

    private static func isID(_ bytes: UnsafeBufferPointer<UInt8>, _ value: Int) -> Bool {
        let rest = bytes[value...].prefix(2)
        return rest.first != UInt8(ascii: "n") && !rest.elementsEqual("\"\"".utf8)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// The id stands last in its call: of two the last holds, and the first may be null.
    private mutating func addWithID(_ line: ArraySlice<UInt8>, number: Int, into chunk: inout ImportChunk) {
        guard let open = line.firstIndex(of: UInt8(ascii: "{")), let close = line.lastIndex(of: UInt8(ascii: "}")), open < close
        else {
            chunk.add(call: Array(line) + [UInt8(ascii: "\n")], rows: CollectionOfOne(number))
            return
        }
        let hash = line.withUnsafeBytes { XXHash.hash128($0) }
        let occurrence = occurrences.next(of: hash.high ^ hash.low)
        var call = Array(line[..<close])
        if !line[(open + 1) ..< close].allSatisfy(ImportCallLines.isBlank) { call.append(UInt8(ascii: ",")) }
        call.append(contentsOf: "\"messageId\":\"row-".utf8)
        ImportCallWriter.hexadecimal(hash.high, into: &call)
        ImportCallWriter.hexadecimal(hash.low, into: &call)
        if occurrence > 1 { call.append(contentsOf: "-\(occurrence)".utf8) }
        call.append(UInt8(ascii: "\""))
        call.append(contentsOf: line[close...])
        call.append(UInt8(ascii: "\n"))
        chunk.add(call: call, rows: CollectionOfOne(number))
    }
}

/// The columns of an exported table of calls.
enum ImportCallColumns {
    static let names = [
        "type", "messageId", "timestamp", "originalTimestamp", "sentAt", "receivedAt", "userId", "anonymousId", "previousId",
        "groupId",
        "event", "name", "category", "properties", "traits", "context", "integrations",
    ]
    /// Of them those that hold JSON.
    static let objects: Set<String> = ["properties", "traits", "context", "integrations"]
}
