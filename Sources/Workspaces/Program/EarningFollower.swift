import EventStore
import Logging
import Loyalty
import Model
import Records

/// Carries what arrives in one workspace to one of its earning programs: orders, and events that earn by themselves.
///
/// Calls are followed in the order of arrival from where the records say that it stopped, so that a restart loses none. Commands have
/// their ids from the messages: one that is followed twice is answered as before.
actor EarningFollower {
    private static let callsMax = 256

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

    /// Follows everything that has arrived.
    ///
    /// - Throws: ``Problem`` when some of it has to be followed again.
    func follow(_ mark: EarningMark, in directory: WorkspaceDirectory) async throws(Problem) {
        let versions = try await versions(mark, directory)
        // What happened before any version decided earns nothing.
        guard let start = versions.versions.compactMap(\.effectiveFrom).min(), start <= directory.clock.now else { return }
        let open = try await directory.workspace(workspace)
        var last: UInt64
        if let cursor { last = cursor } else { last = try await directory.records.earningCursor(of: program, in: workspace) }
        let names = EarningFollower.names(versions)
        while last + 1 < open.store.nextArrival, !Task.isCancelled {
            let found = try await open.followed(names, after: last, since: start, limit: EarningFollower.callsMax)
            for call in found.calls { try await take(call, open, directory) }
            // An idle stretch is looked at again after a restart, which costs less than writing it down.
            if !found.calls.isEmpty { try await directory.records.setEarningCursor(found.end, of: program, in: workspace) }
            last = found.end
            cursor = last
            if !found.isPart { return }
        }
        cursor = last
    }

    private func versions(_ mark: EarningMark, _ directory: WorkspaceDirectory) async throws(Problem) -> EarningVersions {
        if let known, known.mark == mark { return known.versions }
        let versions = try await directory.programReader(of: workspace).earningVersions(program)
        known = (mark, versions)
        return versions
    }

    /// The events that any version asks for, and those of orders. What the ledger itself tells earns nothing.
    private static func names(_ versions: EarningVersions) -> Set<String> {
        var names = Set(OrderFact.Kind.allCases.map(\.rawValue))
        for rule in versions.versions.flatMap(\.program.rules) {
            if case .event(let name) = rule.trigger { names.insert(name) }
        }
        return names.subtracting(ProgramFact.names)
    }

    private func take(
        _ call: FollowedCall, _ open: OpenWorkspace, _ directory: WorkspaceDirectory
    ) async throws(Problem) {
        let member = call.identities.first.map { MemberWish(.identity($0), others: Array(call.identities.dropFirst())) }
        let command: any ProgramCommand
        if OrderFact.Kind(rawValue: call.event) != nil {
            let fact: OrderFact?
            do throws(Refusal) {
                fact = try OrderFact(
                    event: call.event, messageID: call.messageID, at: call.at, properties: call.properties,
                    context: call.context, standard: open.settings.currency)
            } catch {
                return note(error.reasons.map(\.code), call)
            }
            guard let fact else { return }
            command = TakeOrder(fact, of: member, in: program)
        } else {
            guard member != nil else { return }
            var event = EarningEvent(
                .event(call.event), source: "event:\(call.messageID)", at: call.at, properties: call.properties)
            event.context = call.context
            event.channel = call.properties["channel"]?.stringValue ?? call.context["channel"]?.stringValue
            command = AwardEvent(EventWish(event, of: member, in: program))
        }
        let answer = try await directory.perform(command, id: id(of: call), in: workspace, by: .server)
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
