internal import Columns
public import Model
internal import Synchronization

extension WorkspaceStore {
    /// Where texts still stand in the files that count: parts with their texts unpacked, and the log.
    ///
    /// A text of eight bytes and more is looked for anywhere, whatever stands around it; a shorter one as a whole text, and not in the log. The
    /// case of ASCII letters does not count. Costs the unpacking of every text.
    /// - Returns: Places as `parts/3.part: traits.email`; empty when there are none.
    /// - Throws: ``Problem`` with code `io_error` when a file cannot be read.
    public func places(of texts: [String]) throws(Problem) -> [String] {
        let finder = TextFinder(texts)
        let (parts, chunks, logs) = state.withLock { state in
            state.seal()
            return (state.diskParts.map { ($0.entry.number, $0.part) }, state.chunks, state.logBytes.keys.sorted())
        }
        var places: [String] = []
        for (number, part) in parts { places += part.places(of: finder).map { "parts/\(number).part: \($0)" } }
        for chunk in chunks { places += chunk.part.places(of: finder).map { "in memory: \($0)" } }
        for number in logs {
            let path = LogFile.path(logDirectory, number)
            do throws(DiskFailure) {
                if let region = try options.disk.map(path), finder.isIn(region.bytes) { places.append("log \(number)") }
            } catch {
                throw error.problem
            }
        }
        return places
    }
}

extension Part {
    /// The sections and columns that hold a text, unpacked.
    fileprivate func places(of finder: TextFinder) -> [String] {
        var places: [String] = []
        if eventNames.contains(where: finder.isIn) { places.append("events") }
        var isFound = false
        messageIDs.forEach { if !isFound { isFound = finder.isIn($0) } }
        if isFound { places.append("messageIds") }
        isFound = false
        forEachNewIdentity { if !isFound { isFound = finder.isIn($0.value) } }
        if isFound { places.append("identities") }
        for number in directory.columns.indices {
            let column = unkeptColumn(number: number)
            isFound = finder.isIn(column.path)
            column.dictionary.forEach { _, text in if !isFound { isFound = finder.isIn(text) } }
            if isFound { places.append(column.path) }
        }
        return places
    }
}

extension WorkspaceStore {
    /// The files under a folder whose bytes, as they are, hold one of `texts` of eight bytes and more.
    ///
    /// - Throws: ``Problem`` with code `io_error` when a file cannot be read.
    package static func files(holding texts: [String], under folder: String) throws(Problem) -> [String] {
        let finder = TextFinder(texts.filter { $0.utf8.count >= TextFinder.longBytes })
        let disk = SystemDisk()
        do throws(DiskFailure) {
            var found: [String] = []
            for path in try disk.files(under: folder) {
                // One that has gone meanwhile holds nothing.
                if let region = try disk.map(path), finder.isIn(region.bytes) { found.append(path) }
            }
            return found
        } catch {
            throw error.problem
        }
    }
}

/// Looks for texts without regard to the case of ASCII letters: long ones anywhere, short ones as whole texts.
package struct TextFinder {
    fileprivate static let longBytes = 8
    private let long: [[UInt8]]
    private let short: Set<[UInt8]>

    package init(_ texts: [String]) {
        let folded = Set(texts.map { $0.utf8.map(TextFinder.folded) }).filter { !$0.isEmpty }
        long = folded.filter { $0.count >= TextFinder.longBytes }
        short = folded.filter { $0.count < TextFinder.longBytes }
    }

    package func isIn(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { isIn(UnsafeRawBufferPointer($0)) }
    }

    package func isIn(_ text: UnsafeRawBufferPointer) -> Bool {
        if text.count < TextFinder.longBytes { return !short.isEmpty && short.contains(text.map(TextFinder.folded)) }
        return long.contains { isPiece($0, of: text) }
    }

    private func isPiece(_ piece: [UInt8], of text: UnsafeRawBufferPointer) -> Bool {
        guard text.count >= piece.count else { return false }
        let first = piece[0]
        for start in 0 ... text.count - piece.count where TextFinder.folded(text[start]) == first {
            var index = 1
            while index < piece.count, TextFinder.folded(text[start + index]) == piece[index] { index += 1 }
            if index == piece.count { return true }
        }
        return false
    }

    @inline(__always) private static func folded(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }
}
