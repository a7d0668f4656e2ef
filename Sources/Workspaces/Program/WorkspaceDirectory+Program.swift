import Logging
public import Loyalty
public import Model
import People
public import Records
import Synchronization

/// The program of a workspace: its members, and what they earn and spend.
extension WorkspaceDirectory {
    /// Carries out a command of the program once for its id, durable when it returns.
    ///
    /// - Parameter id: The sender's; nil makes a new one, and then nobody can tell a repetition.
    /// - Throws: ``Problem`` when nobody knows whether it was carried out: send it again under the same id.
    public func perform(
        _ command: any ProgramCommand, id: String?, in workspace: WorkspaceID, by actor: Actor
    ) async throws(Problem) -> ProgramAnswer {
        _ = try settings(of: workspace)
        let desk = desk(of: workspace)
        // A month closes when all that was due in it is booked.
        if command is CloseMonth { _ = try await desk.settle() }
        if let use = command as? UseBenefit { try await endFormerCaps(on: [use.member], in: workspace) }
        return try await desk.perform(
            ProgramRequest(id: id ?? "auto-\(Secret.bytes().hex)", actor: actor, command: command))
    }

    /// Carries out several commands in their order, each once for its id, durable when it returns.
    func perform(_ requests: [ProgramRequest], in workspace: WorkspaceID) async throws(Problem) -> [ProgramAnswer] {
        try await desk(of: workspace).perform(requests)
    }

    /// What reads the program.
    public func programReader(of workspace: WorkspaceID) -> ProgramReader {
        ProgramReader(workspace: workspace, records: records)
    }

    /// The member whom a text names: a member's number, `type:value`, or a person's id.
    ///
    /// Whatever else is known of the same person finds the member, too.
    /// - Throws: ``Problem`` with code `bad_identity`, or `not_found` for a person who is unknown.
    public func memberWish(_ text: String, in workspace: WorkspaceID, place: String) async throws(Problem) -> MemberWish {
        if let id = ProgramMemberID(text: text) { return MemberWish(.id(id)) }
        let open = try await self.workspace(workspace)
        if let person = PersonID(text: text) {
            let known = try await open.look { view in view.person(text).map { view.identities(of: $0) } ?? [] }
            guard !known.isEmpty else {
                throw Problem(.notFound, "Nobody is known as \"\(text)\".", place: place, status: 404)
            }
            return MemberWish(.person(person), others: known)
        }
        let identity = try ProductRules.identity(text, IdentityRules(region: open.settings.region), place: place)
        // Most members are found by what they are called: the others are looked up when that finds nobody.
        guard try await programReader(of: workspace).member(MemberWish(.identity(identity))) == nil else {
            return MemberWish(.identity(identity))
        }
        let others = try await open.look { view in view.person(of: identity).map { view.identities(of: $0) } ?? [] }
        return MemberWish(.identity(identity), others: others.filter { $0 != identity })
    }

    /// The member whom a text names by a number or an identity, without a look at who else that person is.
    ///
    /// - Throws: ``Problem`` with code `bad_identity`.
    public func plainWish(_ text: String, in workspace: WorkspaceID, place: String) throws(Problem) -> MemberWish {
        if let id = ProgramMemberID(text: text) { return MemberWish(.id(id)) }
        let rules = IdentityRules(region: try settings(of: workspace).region)
        return MemberWish(.identity(try ProductRules.identity(text, rules, place: place)))
    }

    /// What the trait `tags` of the person behind a member held at an instant; empty for nobody whom the events know.
    package func tags(of wish: MemberWish, at instant: Instant, in workspace: WorkspaceID) async throws(Problem) -> Set<String> {
        let known = try await identities(of: wish, in: workspace)
        return try await self.workspace(workspace).look { view in
            known.lazy.compactMap { view.person(of: $0) }.first.map { view.tags(of: $0, at: instant) } ?? []
        }
    }

    /// When a new device came last to the person behind a member who wants to give points of a currency.
    ///
    /// - Returns: nil for none, for nobody whom the events know, and where the currency's rules do not ask for it.
    public func newDeviceAt(
        of giver: MemberWish, giving currency: String, in workspace: WorkspaceID
    ) async throws(Problem) -> Instant? {
        let settings = try await programReader(of: workspace).program().settings
        guard let rules = settings?.currency(currency)?.transfers, rules.coolDownHours > 0 else { return nil }
        let known = try await identities(of: giver, in: workspace)
        return try await self.workspace(workspace).look { view in
            known.lazy.compactMap { view.person(of: $0) }.first.flatMap { view.newestDeviceAt(of: $0) }
        }
    }

    /// What the person behind a member is known by, as the wish says or else as the program knows.
    func identities(of wish: MemberWish, in workspace: WorkspaceID) async throws(Problem) -> [Identity] {
        var identities = wish.others
        if case .identity(let identity) = wish.name { identities.insert(identity, at: 0) }
        return identities.isEmpty ? try await programReader(of: workspace).member(wish)?.identities ?? [] : identities
    }

    /// Books what was due, in all workspaces where something is: reports and events tell of it soon after.
    func settleBooks() async {
        let workspaces: [WorkspaceID]
        do throws(Problem) { workspaces = try await ProgramReader.workspacesDue(records, at: clock.now) } catch {
            return logger.warning("books were not settled", metadata: ["reason": "\(error.code)"])
        }
        for workspace in workspaces where !Task.isCancelled {
            do throws(Problem) { _ = try await desk(of: workspace).settle() } catch {
                logger.warning("books were not settled", metadata: ["workspace": "\(workspace)", "reason": "\(error.code)"])
            }
        }
        await keepSums()
    }

    /// Keeps sums of what counts before the days that stay open, in all workspaces with a program, once a day: reports begin there.
    private func keepSums() async {
        let workspaces: [WorkspaceID]
        do throws(Problem) { workspaces = try await ProgramReader.workspacesWithPrograms(records) } catch {
            return logger.warning("sums of points were not kept", metadata: ["reason": "\(error.code)"])
        }
        for workspace in workspaces where !Task.isCancelled {
            do throws(Problem) { try await desk(of: workspace).keepSums() } catch {
                logger.warning(
                    "sums of points were not kept", metadata: ["workspace": "\(workspace)", "reason": "\(error.code)"])
            }
        }
    }

    /// Tells holders whose coupons end soon, in all workspaces where a reminder is due: the events hear of it as of what is booked.
    func remindOfCoupons() async {
        let workspaces: [WorkspaceID]
        do throws(Problem) { workspaces = try await ProgramReader.workspacesToRemind(records, at: clock.now) } catch {
            return logger.warning("coupons were not told of", metadata: ["reason": "\(error.code)"])
        }
        for workspace in workspaces where !Task.isCancelled {
            do throws(Problem) { try await desk(of: workspace).remind() } catch {
                logger.warning("coupons were not told of", metadata: ["workspace": "\(workspace)", "reason": "\(error.code)"])
            }
        }
    }

    func desk(of workspace: WorkspaceID) -> ProgramDesk {
        desks.withLock { desks in
            if let known = desks[workspace] { return known }
            let made = ProgramDesk(workspace: workspace, records: records, clock: clock)
            desks[workspace] = made
            return made
        }
    }
}
