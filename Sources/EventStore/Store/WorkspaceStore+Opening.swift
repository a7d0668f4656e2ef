internal import Columns
internal import Disks
public import Logging
public import Model

extension WorkspaceStore {
    /// Opens the store in `directory`, making it when there is none, and takes in what the log's tail holds.
    ///
    /// A frame that a crash cut off is removed. Costs the mapping of the parts, their identities and decisions, and the log's calls.
    /// - Throws: ``Problem``: `data_folder_locked`, `damaged` with file and offset, `newer_data`, `read_only`, `disk_full`.
    public static func open(
        directory: String, options: StoreOptions = StoreOptions(), observer: (any ArrivalObserver)? = nil, logger: Logger
    ) throws(Problem) -> WorkspaceStore {
        do throws(StoreOpening.Failure) {
            return try StoreOpening(directory: directory, options: options, observer: observer, logger: logger).open()
        } catch {
            throw error.problem
        }
    }
}

/// One opening of a store.
struct StoreOpening {
    /// Either kind of failure, so that both can be thrown from one function.
    enum Failure: Error {
        case disk(DiskFailure)
        case problem(Problem)

        var problem: Problem {
            switch self {
            case .disk(let failure): failure.problem
            case .problem(let problem): problem
            }
        }
    }

    let directory: String
    let options: StoreOptions
    let observer: (any ArrivalObserver)?
    let logger: Logger

    var disk: any Disk { options.disk }
    var logDirectory: String { directory + "/log" }
    var partDirectory: String { directory + "/parts" }

    func open() throws(Failure) -> WorkspaceStore {
        let lock = try prepareFolder()
        do throws(Failure) {
            var state = StoreState(manifest: try readManifest())
            try readParts(&state)
            observer?.restore(identities: state.identities, decisions: DecisionLog(state.diskParts.map(\.part)))
            let log = try readLogs(&state)
            let store = WorkspaceStore(
                directory: directory, options: options, observer: observer, logger: logger, state: state, log: log, lock: lock)
            if options.mergesInBackground { store.settleLater() }
            return store
        } catch {
            lock.release()
            throw error
        }
    }

    func prepareFolder() throws(Failure) -> any DiskLock {
        do throws(DiskFailure) {
            try disk.makeDirectory(directory)
            try disk.makeDirectory(logDirectory)
            try disk.makeDirectory(partDirectory)
            if let lock = try disk.lock(directory + "/LOCK") { return lock }
        } catch {
            throw .disk(error)
        }
        throw .problem(
            Problem(
                .locked, "The events are in use by another Teahouse. Stop that one, or talk to it with --url.", place: directory,
                status: 503))
    }

    func readManifest() throws(Failure) -> Manifest {
        let path = "\(directory)/\(Manifest.fileName)"
        let region: ByteRegion?
        do throws(DiskFailure) {
            region = try disk.map(path)
            if region == nil { return try newManifest(path) }
        } catch {
            throw .disk(error)
        }
        do throws(Problem) { return try Manifest(region?.bytes ?? UnsafeRawBufferPointer(start: nil, count: 0), path: path) } catch
        {
            throw .problem(error)
        }
    }

    private func newManifest(_ path: String) throws(DiskFailure) -> Manifest {
        let hasParts = try disk.names(in: partDirectory).contains { $0.hasSuffix(".part") }
        guard !hasParts else { throw DiskFailure(kind: .missing, path: path, reason: "missing") }
        var random = SystemRandomNumberGenerator()
        let manifest = Manifest(seed: options.seed ?? random.next())
        try disk.replace(path, with: manifest.bytes)
        try disk.syncDirectory(DiskPath.directory(of: directory))
        return manifest
    }

    /// Maps the parts, takes in their identities and decisions, and removes files that an interrupted write left.
    private func readParts(_ state: inout StoreState) throws(Failure) {
        do throws(Problem) {
            for entry in state.manifest.parts {
                let path = WorkspaceStore.partPath(partDirectory, entry.number)
                let part = try WorkspaceStore.openPart(path, disk: disk)
                guard part.firstArrival == entry.firstArrival, part.endArrival == entry.endArrival else {
                    throw .damagedFile(path, offset: 0, "it holds other calls than the manifest says")
                }
                state.diskParts.append(StoreState.DiskPart(entry: entry, part: part))
            }
            if let last = state.diskParts.last?.part.info { state.identities.reserve(Int(last.firstOrdinal) + last.identityCount) }
            for disk in state.diskParts {
                try disk.part.addIdentities(to: &state.identities)
            }
        } catch {
            throw .problem(error)
        }
        state.pending = PendingCalls(firstArrival: state.nextArrival, firstOrdinal: UInt32(state.identities.count))
        let wanted = Set(state.manifest.parts.map { "\($0.number).part" })
        do throws(DiskFailure) {
            for name in try disk.names(in: partDirectory) where !wanted.contains(name) { disk.discard("\(partDirectory)/\(name)") }
        } catch {
            throw .disk(error)
        }
    }

    /// Applies the calls that are in no part yet, and gives the log file to go on with.
    private func readLogs(_ state: inout StoreState) throws(Failure) -> LogFile {
        var numbers: [UInt64] = []
        do throws(DiskFailure) {
            for name in try disk.names(in: logDirectory) {
                guard let number = LogFile.number(ofName: name) else { continue }
                if number < state.manifest.firstLog { disk.discard("\(logDirectory)/\(name)") } else { numbers.append(number) }
            }
        } catch {
            throw .disk(error)
        }
        numbers.sort()
        try passOverEmptyTail(&numbers)
        var newest: (number: UInt64, end: Int)?
        for (place, number) in numbers.enumerated() {
            guard number == state.manifest.firstLog + UInt64(place) else {
                throw .disk(
                    DiskFailure(
                        kind: .missing, path: LogFile.path(logDirectory, state.manifest.firstLog + UInt64(place)), reason: "missing"
                    ))
            }
            if place > 0 { state.startLog(number) }
            state.currentLog = number
            newest = (number, try readLog(number, isNewest: place == numbers.count - 1, &state))
        }
        do throws(DiskFailure) {
            // An end of 0 is a file whose header a crash cut off.
            guard let newest, newest.end > 0 else {
                let number = newest?.number ?? state.manifest.firstLog
                state.currentLog = number
                state.logBytes[number] = LogFile.headerBytes
                return try LogFile(number: number, firstArrival: state.nextArrival, directory: logDirectory, disk: disk)
            }
            return try LogFile(continuing: newest.number, at: newest.end, directory: logDirectory, disk: disk)
        } catch {
            throw .disk(error)
        }
    }

    /// Passes over files at the end that never held a call, but for the first one.
    ///
    /// A file that could not be made durable is removed again and the one before it goes on, so that a crash may both bring the
    /// empty one back and cut the last frame of the other.
    private func passOverEmptyTail(_ numbers: inout [UInt64]) throws(Failure) {
        do throws(DiskFailure) {
            while numbers.count > 1, let last = numbers.last {
                let path = LogFile.path(logDirectory, last)
                guard let region = try disk.map(path), region.count <= LogFile.headerBytes else { return }
                disk.discard(path)
                numbers.removeLast()
            }
        } catch {
            throw .disk(error)
        }
    }

    private func readLog(_ number: UInt64, isNewest: Bool, _ state: inout StoreState) throws(Failure) -> Int {
        let path = LogFile.path(logDirectory, number)
        let region: ByteRegion?
        do throws(DiskFailure) { region = try disk.map(path) } catch { throw .disk(error) }
        guard let region else { throw .disk(DiskFailure(kind: .missing, path: path, reason: "missing")) }
        let reader = LogReader(number: number, path: path, bytes: region.bytes, isNewest: isNewest)
        var arrival = state.nextArrival
        do throws(Problem) {
            let end = try reader.read(arrival: &arrival) { bytes in
                let call = EncodedCall(bytes: bytes)
                state.recent.insert(XXHash.hash128(call.text(.messageID), seed: state.manifest.seed), payloadHash: call.payloadHash)
                state.apply(bytes, observer: observer)
                if state.pending.count >= options.sealCalls { state.seal() }
            }
            state.logBytes[number] = end
            if end < region.count {
                logger.notice(
                    "the end of the log was cut off by a crash and is removed",
                    metadata: ["path": "\(path)", "offset": "\(end)", "bytes": "\(region.count - end)"])
            }
            return end
        } catch {
            throw .problem(error)
        }
    }
}

extension StoreState {
    /// The calls from now on are in a later log file; those before wait to become a part.
    mutating func startLog(_ number: UInt64) {
        seal()
        frozen.append(FrozenMessages(log: currentLog, messages: recent))
        recent.removeAll()
        currentLog = number
    }
}
