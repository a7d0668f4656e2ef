import EventStore
import Logging
import Loyalty
import Model
import People
import Records

/// Carries what arrives in one workspace to one of its earning programs: orders, and events that earn by themselves.
///
/// Calls are followed in the order of arrival from where the records say that it stopped, so that a restart loses none. Commands have
/// their ids from the messages: one that is followed twice is answered as before.
actor EarningFollower {
    private static let callsMax = 256
    /// How often so many are taken before other duties have their turn.
    private static let batchesMax = 8

    let workspace: WorkspaceID
    let program: String
    private let logger: Logger
    private var known: (mark: EarningMark, versions: EarningVersions)?
    /// The last call that was followed; nil before it was looked up.
    private var cursor: UInt64?

    init(workspace: WorkspaceID, program: String, logger: Logger) {
        self.workspace = workspace
        self.program = program
        self.logger = logger
    }

    /// Follows what has arrived; of very much a part, and the rest next time.
    ///
    /// - Throws: ``Problem`` when some of it has to be followed again.
    func follow(_ mark: EarningMark, in directory: WorkspaceDirectory) async throws(Problem) {
        let versions = try await versions(mark, directory)
        // What happened before any version decided earns nothing.
        guard let start = versions.versions.compactMap(\.effectiveFrom).min(), start <= directory.clock.now else { return }
        let open = try await directory.workspace(workspace)
        var last: UInt64
        if let cursor { last = cursor } else { last = try await directory.records.earningCursor(of: program, in: workspace) }
        let names = versions.followedNames
        for _ in 0 ..< EarningFollower.batchesMax where last + 1 < open.store.nextArrival && !Task.isCancelled {
            let after = last
            let found = try await open.carrying.run { () async throws(Problem) in
                try await carry(after: after, names, from: start, versions, open, directory)
            }
            // An idle stretch is looked at again after a restart, which costs less than writing it down.
            if !found.calls.isEmpty { try await directory.records.setEarningCursor(found.end, of: program, in: workspace) }
            last = found.end
            cursor = last
            if !found.isPart { return }
        }
        cursor = last
    }

    /// Makes commands of the calls that come next, and carries them out.
    private func carry(
        after: UInt64, _ names: Set<String>, from start: Instant, _ versions: EarningVersions, _ open: OpenWorkspace,
        _ directory: WorkspaceDirectory
    ) async throws(Problem) -> FollowedCalls {
        let found = try await open.look { view in
            view.followed(names, after: after, in: start ..< .distantFuture, limit: EarningFollower.callsMax)
        }
        var requests: [(call: FollowedCall, request: ProgramRequest)] = []
        let tags = try await tags(of: found.calls, versions, open)
        for call in found.calls {
            if let request = request(for: call, tags[call.arrival] ?? [], versions, open) { requests.append((call, request)) }
        }
        let answers = try await directory.perform(requests.map(\.request), in: workspace)
        for ((call, _), answer) in zip(requests, answers) { note(answer, call) }
        return found
    }

    private func versions(_ mark: EarningMark, _ directory: WorkspaceDirectory) async throws(Problem) -> EarningVersions {
        if let known, known.mark == mark { return known.versions }
        let versions = try await directory.programReader(of: workspace).earningVersions(program)
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
        for call: FollowedCall, _ tags: Set<String>, _ versions: EarningVersions, _ open: OpenWorkspace
    ) -> ProgramRequest? {
        let member = call.identities.first.map { MemberWish(.identity($0), others: Array(call.identities.dropFirst())) }
        let command: any ProgramCommand
        if call.isOfOrder {
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
            // Whoever does what earns nothing need not become a member.
            let isAskedFor = versions.live(at: call.at)?.rules.contains { $0.trigger == .event(call.name) } ?? false
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
        let id = "event/\(program)/\(call.messageID)"
        return id.utf8.count <= 200 ? id : "event/" + KeyDigest(of: id).hex
    }

    /// Whoever is no member earns nothing, and nobody need hear of that.
    private func note(_ codes: [String], _ call: FollowedCall) {
        guard codes != ["MEMBER_UNKNOWN"], codes != ["NO_VERSION"] else { return }
        logger.warning(
            "an event has earned nothing",
            metadata: [
                "workspace": "\(workspace)", "program": "\(program)", "arrival": "\(call.arrival)",
                "reason": "\(codes.joined(separator: " "))",
            ])
    }
}
