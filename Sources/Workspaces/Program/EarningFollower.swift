import EventStore
import Logging
import Loyalty
import Model
import People
import Records

/// Carries what arrives in one workspace to one of its earning programs: orders, and events that earn by themselves.
///
/// Where coupons came before any earning program a follower without a program takes the orders, for their coupons alone.
///
/// Calls are followed in the order of arrival from where the records say that it stopped, so that a restart loses none. Commands have
/// their ids from the messages: one that is followed twice is answered as before.
actor EarningFollower {
    private static let callsMax = 256
    /// How often so many are taken before other duties have their turn.
    private static let batchesMax = 8
    /// Under which name the cursor of coupons stands.
    private static let noProgram = ""

    let workspace: WorkspaceID
    /// nil for the coupons of orders.
    let program: String?
    private let logger: Logger
    private var known: (mark: EarningMark, versions: EarningVersions)?
    /// The last call that was followed; nil before it was looked up.
    private var cursor: UInt64?

    init(workspace: WorkspaceID, program: String?, logger: Logger) {
        self.workspace = workspace
        self.program = program
        self.logger = logger
    }

    /// What is looked for among the calls.
    private struct Wish {
        var versions = EarningVersions()
        let names: Set<String>
        let start: Instant
        /// From here on earning programs take completed orders, with their coupons; nil while there is none.
        var completedUntil: Instant?
    }

    /// Follows what has arrived; of very much a part, and the rest next time.
    ///
    /// - Returns: The first instant of which anything is followed; nil while there is none.
    /// - Throws: ``Problem`` when some of it has to be followed again.
    func follow(_ mark: EarningMark, in directory: WorkspaceDirectory) async throws(Problem) -> Instant? {
        let versions = try await versions(mark, directory)
        // What happened before any version decided earns nothing.
        guard let start = versions.versions.compactMap(\.effectiveFrom).min(), start <= directory.clock.now else { return nil }
        try await follow(Wish(versions: versions, names: versions.followedNames, start: start), directory)
        return start
    }

    /// Follows orders for their coupons, up to when earning programs take them; what changes those orders later, too.
    ///
    /// - Parameter start: When the first coupon template was made.
    func followCoupons(since start: Instant, until end: Instant?, in directory: WorkspaceDirectory) async throws(Problem) {
        if let end, end <= start { return }
        try await follow(
            Wish(names: EarningProgram.followedNames([]), start: start, completedUntil: end), directory)
    }

    private func follow(_ wish: Wish, _ directory: WorkspaceDirectory) async throws(Problem) {
        let place = program ?? EarningFollower.noProgram
        let open = try await directory.workspace(workspace)
        var last: UInt64
        if let cursor { last = cursor } else { last = try await directory.records.earningCursor(of: place, in: workspace) }
        for _ in 0 ..< EarningFollower.batchesMax where last + 1 < open.store.nextArrival && !Task.isCancelled {
            let after = last
            let found = try await open.carrying.run { () async throws(Problem) in
                try await carry(after: after, wish, open, directory)
            }
            // An idle stretch is looked at again after a restart, which costs less than writing it down.
            if !found.calls.isEmpty { try await directory.records.setEarningCursor(found.end, of: place, in: workspace) }
            last = found.end
            cursor = last
            if !found.isPart { return }
        }
        cursor = last
    }

    /// Makes commands of the calls that come next, and carries them out.
    private func carry(
        after: UInt64, _ wish: Wish, _ open: OpenWorkspace, _ directory: WorkspaceDirectory
    ) async throws(Problem) -> FollowedCalls {
        var found = try await open.look { view in
            view.followed(wish.names, after: after, in: wish.start ..< .distantFuture, limit: EarningFollower.callsMax)
        }
        found.wait(until: directory.clock.now)
        var requests: [(call: FollowedCall, request: ProgramRequest)] = []
        let tags = try await tags(of: found.calls, wish.versions, open)
        for call in found.calls {
            if let request = request(for: call, tags[call.arrival] ?? [], wish, open) { requests.append((call, request)) }
        }
        let answers = try await directory.perform(requests.map(\.request), in: workspace)
        for ((call, _), answer) in zip(requests, answers) { note(answer, call) }
        return found
    }

    private func versions(_ mark: EarningMark, _ directory: WorkspaceDirectory) async throws(Problem) -> EarningVersions {
        if let known, known.mark == mark { return known.versions }
        let versions = try await directory.programReader(of: workspace).earningVersions(mark.program)
        known = (mark, versions)
        return versions
    }

    /// The tags of those who did it, as they were then, by arrival: where a version or a coupon may ask for them.
    private func tags(
        of calls: [FollowedCall], _ versions: EarningVersions, _ open: OpenWorkspace
    ) async throws(Problem) -> [UInt64: Set<String>] {
        let asking = calls.filter { versions.asksForTags || $0.carriesCoupons }
        if asking.isEmpty { return [:] }
        return try await open.look { view in
            let tags = asking.compactMap { call in call.person.map { (call.arrival, view.tags(of: $0, at: call.at)) } }
            return Dictionary(tags) { first, _ in first }
        }
    }

    /// What a call means to the program; nil for nothing.
    private func request(
        for call: FollowedCall, _ tags: Set<String>, _ wish: Wish, _ open: OpenWorkspace
    ) -> ProgramRequest? {
        let member = call.identities.first.map { MemberWish(.identity($0), others: Array(call.identities.dropFirst())) }
        let command: any ProgramCommand
        if call.isOfOrder {
            if let end = wish.completedUntil, call.at >= end, call.name == OrderFact.Kind.completed.rawValue { return nil }
            let fact: OrderFact?
            do throws(Refusal) { fact = try call.fact(open.settings.currency) } catch {
                note(error.reasons.map(\.code), call)
                return nil
            }
            guard let fact else { return nil }
            var order = TakeOrder(fact, of: member, in: program)
            order.tags = tags
            command = order
        } else {
            guard let program else { return nil }
            // Whoever does what earns nothing need not become a member.
            let isAskedFor = wish.versions.live(at: call.at)?.rules.contains { $0.trigger == .event(call.name) } ?? false
            guard member != nil, isAskedFor else { return nil }
            var wish = EventWish(call.event, of: member, in: program)
            wish.tags = tags
            command = AwardEvent(wish)
        }
        return ProgramRequest(id: id(of: call), actor: .server, command: command)
    }

    private func note(_ answer: ProgramAnswer, _ call: FollowedCall) {
        guard answer.isRefused, !answer.isReplayed else { return }
        note(answer.body["reasons"]?.arrayValue?.compactMap { $0["code"]?.stringValue } ?? [], call)
    }

    /// One for each message and program.
    private func id(of call: FollowedCall) -> String {
        let id = (program.map { "event/\($0)/" } ?? "coupons/") + call.messageID
        return id.utf8.count <= 200 && id.isOneLine ? id : "event/" + KeyDigest(of: id).hex
    }

    /// Whoever is no member earns nothing, and nobody need hear of that.
    private func note(_ codes: [String], _ call: FollowedCall) {
        guard codes != ["MEMBER_UNKNOWN"], codes != ["NO_VERSION"] else { return }
        logger.warning(
            "an event has earned nothing",
            metadata: [
                "workspace": "\(workspace)", "program": "\(program ?? "coupons")", "arrival": "\(call.arrival)",
                "reason": "\(codes.joined(separator: " "))",
            ])
    }
}
