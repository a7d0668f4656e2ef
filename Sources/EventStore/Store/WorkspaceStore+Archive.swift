internal import Columns
internal import Disks
public import Logging
public import Model
internal import Synchronization

extension WorkspaceStore {
    /// Everything taken so far as one file; what is not in a part on disk becomes the file's last part.
    ///
    /// Nothing of the store changes. Memory: the packed calls of the log.
    public func archive() -> EventArchiveWriter {
        let (parts, chunks, seed) = state.withLock { state in
            state.seal()
            return (state.diskParts.map(\.part), state.chunks, state.manifest.seed)
        }
        guard !chunks.isEmpty else { return EventArchiveWriter(parts, seed: seed) }
        let last = Part.inMemory(PartMerger.fileBytes(chunks.map(\.part), seed: seed))
        return EventArchiveWriter(parts + [last], seed: seed)
    }

    /// What would become of rows of another store's part whose messageIds are known here; nil where one is not.
    ///
    /// Payloads are compared by the 24 bits of their hashes that parts keep. About half a microsecond a row when rows come in the order
    /// of arrival; none is decoded.
    public func outcomes(repeating rows: some Collection<UInt32>, of part: Part) -> [AppendOutcome?] {
        let (known, seed) = state.withLock { ($0.knownMessages, $0.manifest.seed) }
        let blockSize = part.messageIDs.blockSize
        var block: (number: Int, texts: TextBlock)?
        return rows.map { row in
            let place = Int(part.arrivalList.value(at: Int(row)))
            let texts =
                block.flatMap { $0.number == place / blockSize ? $0.texts : nil } ?? part.messageIDs.block(place / blockSize)
            block = (place / blockSize, texts)
            let id = texts.withText(place % blockSize) { MessageHash.of($0, seed: seed) }
            return known.payload(of: id).map { $0.isEqual(toLowOf: part.payloadHash(at: Int(row))) ? .duplicate : .conflict }
        }
    }

    /// Makes an archive's parts those of the store in `directory`, if no call has ever arrived in it and nobody has it open.
    ///
    /// After a crash the store holds all of it or nothing. Costs the writing of the file and reading it back once.
    /// - Parameter progress: told the bytes of parts that are written.
    /// - Returns: Whether they are; false, with nothing changed, when calls have arrived there before.
    /// - Throws: ``Problem``: `data_folder_locked`, `disk_full`, `read_only`, `io_error`, `damaged`; then nothing was taken.
    public static func load(
        _ archive: EventArchive, into directory: String, options: StoreOptions = StoreOptions(), logger: Logger,
        progress: (Int) -> Void = { _ in }
    ) throws(Problem) -> Bool {
        let opening = StoreOpening(directory: directory, options: options, observer: nil, logger: logger)
        do throws(StoreOpening.Failure) { return try opening.load(archive, progress) } catch { throw error.problem }
    }
}

extension StoreOpening {
    fileprivate func load(_ archive: EventArchive, _ progress: (Int) -> Void) throws(Failure) -> Bool {
        let lock = try prepareFolder()
        defer { lock.release() }
        let old = try readManifest()
        guard old.parts.isEmpty, let firstLog = try onDisk({ () throws(DiskFailure) in try logBehindEmptyOnes(of: old) }) else {
            return false
        }
        var manifest = old
        (manifest.seed, manifest.endArrival, manifest.firstLog) = (archive.seed, archive.endArrival, firstLog)
        do throws(Failure) {
            for part in archive.parts {
                manifest.parts.append(try copy(part, number: manifest.nextPart, progress))
                manifest.nextPart += 1
            }
            try onDisk { () throws(DiskFailure) in
                try disk.syncDirectory(partDirectory)
                try disk.replace("\(directory)/\(Manifest.fileName)", with: manifest.bytes)
            }
        } catch {
            // Where the new manifest may be in place already, the next opening removes what is not named.
            if (try? readManifest()) == old {
                for number in old.nextPart ... manifest.nextPart { disk.discard(WorkspaceStore.partPath(partDirectory, number)) }
            }
            throw error
        }
        return true
    }

    /// The number of the next log file; nil when one that is there holds more than its header.
    private func logBehindEmptyOnes(of manifest: Manifest) throws(DiskFailure) -> UInt64? {
        var next = manifest.firstLog
        for name in try disk.names(in: logDirectory) {
            guard let number = LogFile.number(ofName: name), number >= manifest.firstLog else { continue }
            if let log = try disk.map("\(logDirectory)/\(name)"), log.count > LogFile.headerBytes { return nil }
            next = max(next, number + 1)
        }
        return next
    }

    private func copy(_ part: Part, number: UInt64, _ progress: (Int) -> Void) throws(Failure) -> Manifest.PartEntry {
        let path = WorkspaceStore.partPath(partDirectory, number)
        try onDisk { () throws(DiskFailure) in
            let file = try disk.open(path)
            defer { file.close() }
            try file.truncate(to: 0)
            for offset in stride(from: 0, to: part.byteCount, by: 1 << 20) {
                let count = min(1 << 20, part.byteCount - offset)
                try file.write(part.region.bytes.slice(offset, count), at: offset)
                progress(count)
            }
            try file.sync()
        }
        // What cannot be read back as it was written is never named by a manifest.
        do throws(Problem) { _ = try WorkspaceStore.openPart(path, disk: disk) } catch {
            guard error.code == .damaged else { throw .problem(error) }
            throw .disk(DiskFailure(kind: .other(5), path: path, reason: "the file does not hold what was written to it"))
        }
        return Manifest.PartEntry(
            number: number, firstArrival: part.firstArrival, endArrival: part.endArrival, byteCount: UInt64(part.byteCount))
    }

    private func onDisk<Result>(_ work: () throws(DiskFailure) -> Result) throws(Failure) -> Result {
        do throws(DiskFailure) { return try work() } catch { throw .disk(error) }
    }
}
