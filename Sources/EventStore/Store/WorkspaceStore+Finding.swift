internal import Columns
internal import Disks
public import Model
internal import Synchronization

extension WorkspaceStore {
    /// Where texts still stand in the files that count: parts with their texts unpacked, and the log.
    ///
    /// ``IdentityFinder`` says what counts; texts of parts are looked at one by one, the log as the bytes it is. Costs the unpacking of every text.
    /// - Parameter madeUp: those that are looked for only where they are all that is said of somebody.
    /// - Returns: Places as `parts/3.part: traits.email`; empty when there are none.
    /// - Throws: ``Problem`` with code `io_error` when a file cannot be read.
    public func places(
        of texts: some Sequence<String>, madeUp: some Sequence<String> = EmptyCollection()
    ) throws(Problem) -> [String] {
        let finder = IdentityFinder(texts, madeUp: madeUp)
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
    fileprivate func places(of finder: IdentityFinder) -> [String] {
        var places: [String] = []
        if kinds.contains(where: { $0.event?.withUnsafeBytes(finder.isIn) ?? false }) { places.append("events") }
        var isFound = false
        messageIDs.forEach { if !isFound { isFound = finder.isIn($0) } }
        if isFound { places.append("messageIds") }
        isFound = false
        forEachNewIdentity { if !isFound { isFound = finder.isWhole($0.value) || finder.isIn($0.value) } }
        if isFound { places.append("identities") }
        for number in directory.columns.indices {
            let column = unkeptColumn(number: number)
            let namesSomebody = column.key.namesSomebody
            isFound = column.key.path.withUnsafeBytes(finder.isIn)
            column.dictionary.forEach { _, text in
                if !isFound { isFound = finder.redacted(text, namesSomebody: namesSomebody) != nil }
            }
            if isFound { places.append(column.path) }
        }
        return places
    }
}

extension WorkspaceStore {
    /// The files under a folder whose bytes, as they are, hold one of `texts` of eight bytes and more, standing by itself.
    ///
    /// - Throws: ``Problem`` with code `io_error` when a file cannot be read.
    package static func files(holding texts: some Sequence<String>, under folder: String) throws(Problem) -> [String] {
        let finder = IdentityFinder(texts)
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
