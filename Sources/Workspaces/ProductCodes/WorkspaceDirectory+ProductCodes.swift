import Logging
public import Model
import People
public import Records
import Synchronization

/// Product codes: printed on goods, registered by whoever uses them.
extension WorkspaceDirectory {
    /// The batches of a workspace, newest first.
    public func productBatches(of workspace: WorkspaceID) async throws(Problem) -> [ProductBatch] {
        try await records.productBatches(of: workspace)
    }

    /// Makes a batch; its codes are made whenever they are downloaded.
    ///
    /// - Throws: ``Problem`` with code `bad_name`, `bad_product_batch`, `bad_identity` or `too_many_batches`.
    @discardableResult
    public func createProductBatch(
        _ wish: NewProductBatch, in workspace: WorkspaceID, by actor: Actor
    ) async throws(Problem) -> ProductBatch {
        try await change(by: actor) { planner throws(Problem) in try planner.newProductBatch(wish, in: workspace) }
    }

    /// The codes of a batch as CSV.
    package func productCodes(of id: ProductBatchID, in workspace: WorkspaceID) async throws(Problem) -> ProductCodeList {
        guard let batch = try await records.productBatches(of: workspace).first(where: { $0.id == id }) else {
            throw Problem(.notFound, "There is no batch \(id).", status: 404)
        }
        return ProductCodeList(batch, try await registrar(of: workspace).cipher)
    }

    /// Registers a code for a person: the first one has it; for any other one a case is opened, or joined.
    ///
    /// Durable when it returns; the same person may ask again.
    /// - Throws: ``Problem`` with code `bad_identity`, `unknown_product_code` (422), or `too_many_attempts` (429) with the seconds to wait.
    public func registerProduct(
        _ wish: ProductWish, in workspace: WorkspaceID, by actor: Actor
    ) async throws(Problem) -> ProductAnswer {
        let open = try await self.workspace(workspace)
        let attempt = ProductAttempt(
            who: try await who(wish.who, in: open, place: "/who"), code: wish.code, address: wish.address,
            source: SourceID(text: actor.text))
        let answer = try await registrar(of: workspace).register(attempt, in: open)
        if case .registered = answer { await followProductCodes(of: workspace) }
        return answer
    }

    /// What is known of a code.
    ///
    /// - Throws: ``Problem`` with code `unknown_product_code` (404).
    public func product(_ code: String, in workspace: WorkspaceID) async throws(Problem) -> ProductInquiry {
        let registrar = try await registrar(of: workspace)
        let number = registrar.cipher.place(typed: code)?.batch
        let batches = number == nil ? [:] : try await registrar.batches(including: [number].compactMap(\.self))
        guard let place = ProductJudge.place(code, registrar.cipher, batches), let batch = batches[place.batch] else {
            throw Problem(.unknownProduct, "This is no product code of this workspace.", status: 404)
        }
        let state = try await records.productState(of: workspace, places: [place])
        return ProductInquiry(
            code: registrar.cipher.code(place), batch: batch, serial: place.serial + 1,
            registration: state.registrations[place].flatMap { $0.who == nil ? nil : $0 },
            cases: try await records.productCases(of: place, in: workspace), block: state.blocks[place])
    }

    /// Blocks a code, such as one that was copied: nobody can register it, and whoever has it loses it with what came with it.
    ///
    /// - Throws: ``Problem`` with code `unknown_product_code` (404), `bad_resolution` for no reason why, or `code_blocked` (409).
    @discardableResult
    public func blockProduct(
        _ code: String, why: String, in workspace: WorkspaceID, by actor: Actor
    ) async throws(Problem) -> ProductInquiry {
        try await setBlock(of: code, why: try ProductRules.reason(why), in: workspace, by: actor)
    }

    /// Lets a blocked code be registered again; whoever had it has it no more.
    ///
    /// - Throws: ``Problem`` with code `unknown_product_code` (404) or `code_not_blocked` (409).
    @discardableResult
    public func unblockProduct(_ code: String, in workspace: WorkspaceID, by actor: Actor) async throws(Problem) -> ProductInquiry {
        try await setBlock(of: code, why: nil, in: workspace, by: actor)
    }

    /// - Parameter why: nil to unblock it.
    private func setBlock(
        of code: String, why: String?, in workspace: WorkspaceID, by actor: Actor
    ) async throws(Problem) -> ProductInquiry {
        let (open, known, now) = (try await self.workspace(workspace), try await product(code, in: workspace), clock.now)
        let place = ProductPlace(batch: known.batch.number, serial: known.serial - 1)
        let block = why.map { ProductBlock(workspace: workspace, place: place, at: now, by: actor, reason: $0) }
        // Why stands in the block: entries of the audit stay when somebody is erased.
        let audit = AuditEntry(
            workspace: workspace, at: now, actor: actor, action: block == nil ? "product_code.unblocked" : "product_code.blocked",
            target: known.code.text, detail: "")
        try await registrar(of: workspace).block(place, block, by: actor, .audit(audit), in: open)
        await followProductCodes(of: workspace)
        return try await product(code, in: workspace)
    }

    /// Cases, those opened last at the head.
    public func productCases(
        of workspace: WorkspaceID, _ state: ProductCaseState?, after cursor: ProductCaseCursor? = nil, limit: Int
    ) async throws(Problem) -> [ProductDispute] {
        let cases = try await records.productCases(of: workspace, state, after: cursor, limit: limit)
        let registrar = try await registrar(of: workspace)
        let batches = try await registrar.batches(including: cases.map(\.place.batch))
        return cases.compactMap { one in
            batches[one.place.batch].map { ProductDispute(code: registrar.cipher.code(one.place), batch: $0, dispute: one) }
        }
    }

    /// How many cases wait for a decision.
    public func openProductCaseCount(of workspace: WorkspaceID) async throws(Problem) -> Int {
        try await records.openProductCaseCount(of: workspace)
    }

    /// Decides a case for good.
    ///
    /// - Parameter wish: Who gets the code when it moves; needed when several people claim it.
    /// - Throws: ``Problem`` with code `not_found`, `case_closed` (409), `bad_resolution` or `bad_identity`.
    @discardableResult
    public func resolveProductCase(
        _ id: ProductCaseID, _ resolution: ProductResolution, movedTo wish: String? = nil, why: String,
        in workspace: WorkspaceID, by actor: Actor
    ) async throws(Problem) -> ProductDispute {
        let open = try await self.workspace(workspace)
        var heir: Identity?
        if resolution == .move, let wish { heir = try await who(wish, in: open, place: "/to") }
        let registrar = try await registrar(of: workspace)
        let now = clock.now
        let decided = try await registrar.resolve(
            id, resolution, movedTo: heir, reason: try ProductRules.reason(why), by: actor,
            { detail in
                .audit(
                    AuditEntry(
                        workspace: workspace, at: now, actor: actor, action: "product_case.resolved", target: id.text,
                        detail: detail))
            }, in: open)
        if resolution != .keep { await followProductCodes(of: workspace) }
        guard let batch = try await registrar.batches(including: [decided.place.batch])[decided.place.batch] else {
            throw Problem(.notFound, "There is no batch of this case.", status: 404)
        }
        return ProductDispute(code: registrar.cipher.code(decided.place), batch: batch, dispute: decided)
    }

    /// What came of attempts to register codes since the start, in all workspaces.
    public var productCounts: [ProductCounts] { registrars.withLock { $0.values.map(\.counts) } }

    // MARK: - Duties

    /// Finds the calls that an earlier run has not sent; false when it has to be tried again.
    func recallProductCalls() async -> Bool {
        do throws(Problem) {
            for workspace in Set(try await records.productCalls().map(\.workspace)) { try await registrar(of: workspace).recall() }
            return true
        } catch {
            logger.warning("calls of product codes were not looked for", metadata: ["reason": "\(error.code)"])
            return false
        }
    }

    /// Sends the calls that wait.
    func sendProductCalls() async {
        for (workspace, registrar) in registrars.withLock({ $0 }) where !registrar.isIdle {
            do throws(Problem) { try await registrar.send(in: try await self.workspace(workspace)) } catch {
                // Stopped in the middle of it: they are sent after the next start.
                if error.code == .stopping { return }
                logger.warning("calls of product codes wait", metadata: ["reason": "\(error.code)"])
            }
        }
    }

    func registrar(of workspace: WorkspaceID) async throws(Problem) -> ProductRegistrar {
        if let known = registrars.withLock({ $0[workspace] }) { return known }
        let secret = try await records.secret("product-codes:\(workspace.text)", fresh: Secret.bytes())
        return registrars.withLock { registrars in
            if let known = registrars[workspace] { return known }
            let made = ProductRegistrar(
                workspace: workspace, secret: secret, records: records, clock: clock, logger: logger)
            registrars[workspace] = made
            return made
        }
    }

    /// `type:value`, whoever that is, or the id of somebody known.
    private func who(_ text: String, in open: OpenWorkspace, place: String) async throws(Problem) -> Identity {
        guard !text.contains(":"), PersonID(text: text) != nil else {
            return try ProductRules.identity(text, IdentityRules(region: open.settings.region), place: place)
        }
        let identity = try await open.look { view in view.person(text).flatMap { view.callIdentity(of: $0) } }
        guard let identity else { throw Problem(.notFound, "Nobody is known as \"\(text)\".", place: place, status: 404) }
        return identity
    }
}
