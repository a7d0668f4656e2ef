internal import Model

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The records of a text file, one after another: lines, or rows of a table whose quoted fields may hold line ends.
///
/// A line ends with LF, CR LF or CR, mixed as they come. A record over the limit is told and left out while the rest of it is
/// skipped without being held, so that memory stays bounded whatever the file holds.
final class FileRecords {
    /// One record in ``FileRecords/buffer``, without its line end.
    struct Record {
        /// Number of its first line, from 1.
        let line: Int
        let range: Range<Int>
        /// Nothing of it is held: it is longer than the limit.
        var isTooLong = false
    }

    let text: FileText
    /// The delimiter of fields whose quotes may hold line ends; nil for plain lines.
    let delimiter: UInt8?
    let limit: Int
    private(set) var buffer: [UInt8] = []
    private var start = 0
    /// Number of the next record's first line.
    private(set) var line = 1
    private var isAtEnd = false

    init(text: FileText, delimiter: UInt8?, limit: Int) {
        self.text = text
        self.delimiter = delimiter
        self.limit = limit
    }

    /// The next record, blank lines included; nil at the end of the file.
    ///
    /// - Throws: ``Problem`` when the file cannot be read on.
    func next() throws(Problem) -> Record? {
        while true {
            if start == buffer.count, isAtEnd { return nil }
            if let found = recordEnd() { return take(found) }
            if buffer.count - start > limit { return try skipLongRecord() }
            try fill()
        }
    }

    private func fill() throws(Problem) {
        if start > 0 {
            buffer.removeSubrange(..<start)
            start = 0
        }
        if try !text.read(into: &buffer) { isAtEnd = true }
    }

    private struct End {
        /// Where the record ends and the next one begins.
        var end: Int, next: Int, lineCount: Int
    }

    private func take(_ found: End) -> Record {
        let record = Record(line: line, range: start ..< found.end, isTooLong: found.end - start > limit)
        line += found.lineCount
        start = found.next
        return record
    }

    /// Where the record at `start` ends; nil when that is not in the buffer yet.
    private func recordEnd() -> End? {
        guard let first = lineEnd(from: start) else { return nil }
        guard let delimiter, contains(UInt8(ascii: "\""), start ..< first.end) else { return first }
        return quotedEnd(delimiter)
    }

    /// The end of the physical line that holds `position`.
    private func lineEnd(from position: Int) -> End? {
        let count = buffer.count
        return buffer.withUnsafeBytes { bytes -> End? in
            guard let base = bytes.baseAddress, position < count else {
                return isAtEnd ? End(end: count, next: count, lineCount: 1) : nil
            }
            var end = count
            var isFound = false
            if let feed = memchr(base + position, 0x0A, count - position) {
                end = UnsafeRawPointer(feed) - base
                isFound = true
            }
            if let carriage = memchr(base + position, 0x0D, end - position) {
                let at = UnsafeRawPointer(carriage) - base
                if at + 1 == count, !isAtEnd { return nil }
                let isPair = at + 1 < count && bytes[at + 1] == 0x0A
                return End(end: at, next: at + (isPair ? 2 : 1), lineCount: 1)
            }
            if isFound { return End(end: end, next: end + 1, lineCount: 1) }
            return isAtEnd ? End(end: count, next: count, lineCount: 1) : nil
        }
    }

    private func contains(_ byte: UInt8, _ range: Range<Int>) -> Bool {
        buffer.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, !range.isEmpty else { return false }
            return memchr(base + range.lowerBound, Int32(byte), range.count) != nil
        }
    }

    /// The end of a row with quotes (RFC 4180): line ends within quotes are part of the field.
    private func quotedEnd(_ delimiter: UInt8) -> End? {
        var isQuoted = false
        var isFieldStart = true
        var lineCount = 1
        var index = start
        let count = buffer.count
        return buffer.withUnsafeBufferPointer { bytes in
            while index < count {
                let byte = bytes[index]
                if isQuoted {
                    if byte == UInt8(ascii: "\"") {
                        if index + 1 == count, !isAtEnd { return nil }
                        if index + 1 < count, bytes[index + 1] == UInt8(ascii: "\"") { index += 1 } else { isQuoted = false }
                    } else if byte == 0x0A || byte == 0x0D {
                        if byte == 0x0D, index + 1 < count, bytes[index + 1] == 0x0A { index += 1 }
                        lineCount += 1
                    }
                } else if byte == UInt8(ascii: "\""), isFieldStart {
                    isQuoted = true
                    isFieldStart = false
                } else if byte == delimiter {
                    isFieldStart = true
                } else if byte == 0x0A {
                    return End(end: index, next: index + 1, lineCount: lineCount)
                } else if byte == 0x0D {
                    if index + 1 == count, !isAtEnd { return nil }
                    let isPair = index + 1 < count && bytes[index + 1] == 0x0A
                    return End(end: index, next: index + (isPair ? 2 : 1), lineCount: lineCount)
                } else {
                    isFieldStart = false
                }
                index += 1
            }
            return isAtEnd ? End(end: count, next: count, lineCount: lineCount) : nil
        }
    }

    /// Passes over a record that is longer than the limit: to the end of its first physical line, so that a quote that was never
    /// closed costs one line and not the rest of the file.
    private func skipLongRecord() throws(Problem) -> Record {
        let number = line
        while true {
            if let end = lineEnd(from: start) {
                start = end.next
                line += 1
                return Record(line: number, range: 0 ..< 0, isTooLong: true)
            }
            // A carriage return may stand last; all before it can go.
            start = max(start, buffer.count - 1)
            try fill()
        }
    }
}
