public import EventStore
import Logging
public import Model
import Records
import Synchronization

extension WorkspaceDirectory {
    /// The workspace `id`, opened when it is not; whoever asks meanwhile waits for the same opening.
    ///
    /// - Throws: ``Problem`` with code `not_found`, or what the store of events says.
    public func workspace(_ id: WorkspaceID) async throws(Problem) -> OpenWorkspace {
        if let open = openWorkspace(id) { return open }
        let settings = try settings(of: id)
        let result: Result<OpenWorkspace, Problem> = await withCheckedContinuation { continuation in
            let isFirst = openings.withLock { openings -> Bool? in
                switch openings[id] {
                case .open(let open):
                    continuation.resume(returning: .success(open))
                    return nil
                case .opening(let waiting):
                    openings[id] = .opening(waiting + [continuation])
                    return false
                case nil:
                    openings[id] = .opening([continuation])
                    return true
                }
            }
            if isFirst == true { startOpening(settings) }
        }
        return try result.get()
    }

    /// The workspace `id` when it is open already; never waits.
    public func openWorkspace(_ id: WorkspaceID) -> OpenWorkspace? {
        openings.withLock { openings in if case .open(let open) = openings[id] { open } else { nil } }
    }

    /// The workspaces that are open, oldest first.
    public func openWorkspaces() -> [OpenWorkspace] {
        let open = openings.withLock { openings in
            openings.values.compactMap { opening in if case .open(let open) = opening { open } else { nil } }
        }
        return open.sorted { ($0.settings.createdAt, $0.id) < ($1.settings.createdAt, $1.id) }
    }

    /// Makes an archive's events those of a workspace in which no event has ever arrived and that is not open.
    ///
    /// - Parameter progress: told the bytes that are written.
    /// - Returns: Whether they are; false, with nothing changed, when events have arrived there before.
    public func load(
        _ archive: EventArchive, into id: WorkspaceID, progress: (Int) -> Void = { _ in }
    ) throws(Problem) -> Bool {
        try WorkspaceStore.load(
            archive, into: folder.eventsPath(of: id), options: options.store, logger: logger, progress: progress)
    }

    private func startOpening(_ settings: Workspace) {
        openingBench.start {
            let result = Result { () throws(Problem) in try self.openNow(settings) }
            guard case .success(let open) = result, self.unfinished.withLock({ $0.contains(settings.id) }) else {
                return self.give(result, to: settings.id)
            }
            // Nobody sees somebody half erased.
            Task { self.give(await self.completed(open), to: settings.id) }
        }
    }

    /// Gives an opened workspace to those who wait for it.
    private func give(_ result: Result<OpenWorkspace, Problem>, to id: WorkspaceID) {
        let waiting = openings.withLock { openings in
            guard case .opening(let waiting) = openings[id] else {
                return [CheckedContinuation<Result<OpenWorkspace, Problem>, Never>]()
            }
            openings[id] = (try? result.get()).map { .open($0) }
            return waiting
        }
        for continuation in waiting { continuation.resume(returning: result) }
    }

    /// A workspace whose erasures are complete; what fails is tried again within an hour, and does not keep it from being used.
    private func completed(_ open: OpenWorkspace) async -> Result<OpenWorkspace, Problem> {
        do throws(Problem) { try await completeErasures(in: open) } catch {
            logger.error("an erasure is not complete", metadata: ["workspace": "\(open.id)", "reason": "\(error.code)"])
        }
        guard isClosed.load(ordering: .acquiring) else { return .success(open) }
        await open.close()
        return .failure(Problem(.stopping, "Teahouse is stopping.", status: 503, retryAfterSeconds: 5))
    }

    private func openNow(_ settings: Workspace) throws(Problem) -> OpenWorkspace {
        if isClosed.load(ordering: .acquiring) {
            throw Problem(.stopping, "Teahouse is stopping.", status: 503, retryAfterSeconds: 5)
        }
        let id = settings.id
        let open = try OpenWorkspace(
            settings: settings, purposes: purposes(of: settings.id), directory: try folder.eventsPath(of: settings.id),
            options: options.store, rejections: rejections,
            clock: clock, workbench: workbench, memory: options.questionMemory,
            traits: { [weak self] () throws(Problem) in try self?.computedTraits(of: id) ?? [] }, logger: logger)
        let list = suppressionLists.withLock { $0.list(of: settings.id) }
        if list.isTurningAway { open.store.setGate(list) }
        return open
    }

    // MARK: - Duties and the end

    /// Writes refusals and last uses down and forgets what is old, until the task is cancelled.
    public func run() async {
        var lastTouchesAt = clock.now
        var lastPruneAt = Instant.distantPast
        var lastWalkAt = Instant.distantPast
        var hasRecalledProductCalls = false
        while !Task.isCancelled {
            do {
                try await Task.sleep(for: .milliseconds(500))
            } catch {
                // Cancelled: what waits is written when the directory is closed; a cancelled task cannot write.
                return
            }
            await rejections.flush()
            await readings.flush()
            if !hasRecalledProductCalls { hasRecalledProductCalls = await recallProductCalls() }
            await sendProductCalls()
            await followEvents()
            await sendFacts()
            let now = clock.now
            if now.microseconds(since: lastTouchesAt) >= .microsecondsPerMinute {
                lastTouchesAt = now
                await flushTouches()
                await settleBooks()
                await settlePlans()
                await followProductCodes()
                await remindOfCoupons()
            }
            if lastPruneAt == .distantPast || now.microseconds(since: lastPruneAt) >= .microsecondsPerHour {
                lastPruneAt = now
                await prune(at: now)
                await carryOutRetention()
                await completeErasures()
            }
            // Every member with points is looked at: once a day is enough for what is counted in days.
            if lastWalkAt == .distantPast || now.microseconds(since: lastWalkAt) >= .microsecondsPerDay {
                lastWalkAt = now
                await walkDormancy()
            }
        }
    }

    /// Writes down what waits, closes every store and gives the folder up.
    ///
    /// Later calls throw `stopping`.
    public func close() async {
        guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
        // First what is quick: closing a store may wait for a long merge, and whoever closes may not wait for that.
        await rejections.flush()
        await readings.flush()
        await flushTouches()
        await sendProductCalls()
        await withTaskGroup { group in
            for workspace in openWorkspaces() { group.addTask { await workspace.close() } }
        }
        await rejections.flush()
        await readings.flush()
        await flushTouches()
        await records.close()
        folder.release()
    }

    func flushTouches() async {
        let changes = touched.withLock { touched in
            defer { touched = [:] }
            return Array(touched.values)
        }
        do { try await records.commit(changes) } catch {
            logger.warning("last uses of keys were not kept", metadata: ["reason": "\(error.code)"])
        }
    }

    private func prune(at now: Instant) async {
        do {
            try await records.prune(
                rejectionsBefore: now.advanced(byMicroseconds: -7 * .microsecondsPerDay),
                answersBefore: now.advanced(byMicroseconds: -.microsecondsPerDay),
                throttlesBefore: now.advanced(byMicroseconds: -.microsecondsPerDay), now: now)
        } catch {
            // Stopped in the middle of it: it is done after the next start.
            if error.code == .stopping { return }
            logger.warning("old records were not removed", metadata: ["reason": "\(error.code)"])
        }
    }
}
