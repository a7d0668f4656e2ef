import EventStore
import Logging
public import Model
public import Records
import Synchronization

/// How long events are kept.
extension WorkspaceDirectory {
    /// The most rules of one workspace.
    public static let retentionRulesMax = 500
    /// A hundred years.
    static let retentionDaysMax = 36_500

    /// The rules of a workspace, and what they have deleted so far.
    public func retention(
        of workspace: WorkspaceID
    ) async throws(Problem) -> (rules: [RetentionRule], counts: [RetentionCount]) {
        (try await records.retentionRules(of: workspace), try await records.retentionCounts(of: workspace))
    }

    /// Puts rules in the place of all that there were; they are carried out within the hour, and once an hour.
    ///
    /// Events of a name are deleted once the time of every purpose that has a rule for them is over.
    /// - Throws: ``Problem`` with code `bad_request` for what cannot be.
    public func setRetention(_ rules: [RetentionRule], in workspace: WorkspaceID, by actor: Actor) async throws(Problem) {
        try WorkspaceDirectory.check(rules)
        try await change(by: actor) { planner in
            let said = rules.map { "\($0.event)\($0.purpose.isEmpty ? "" : " for \($0.purpose)"): \($0.days) d" }
            var plan = planner.noted(workspace, "retention.changed", target: workspace.text, said.joined(separator: ", "))
            plan.changes.insert(.setRetention(workspace, rules), at: 0)
            return plan
        }
    }

    private static func check(_ rules: [RetentionRule]) throws(Problem) {
        guard rules.count <= retentionRulesMax else {
            throw Problem(.badRequest, "At most \(retentionRulesMax) rules can be kept, not \(rules.count).", place: "/rules")
        }
        var seen: Set<[String]> = []
        for (index, rule) in rules.enumerated() {
            let place = "/rules/\(index)"
            guard (1 ... 200).contains(rule.event.utf8.count) else {
                throw Problem(
                    .badRequest, "A rule names an event of 1 to 200 bytes, or \"*\" for all others.", place: place + "/event")
            }
            guard rule.purpose.utf8.count <= 100 else {
                throw Problem(.badRequest, "A purpose has at most 100 bytes.", place: place + "/purpose")
            }
            guard (1 ... retentionDaysMax).contains(rule.days) else {
                throw Problem(.badRequest, "Events are kept for 1 to \(retentionDaysMax) days.", place: place + "/days")
            }
            guard seen.insert([rule.event, rule.purpose]).inserted else {
                throw Problem(.badRequest, "There is a rule for this event and purpose already.", place: place)
            }
        }
    }

    /// Deletes what has been kept for long enough; how many events that were, by name.
    ///
    /// Costs nothing for events of which none is old enough.
    @discardableResult
    public func carryOutRetention(of workspace: WorkspaceID) async throws(Problem) -> [String: Int] {
        let rules = try await records.retentionRules(of: workspace)
        if rules.isEmpty { return [:] }
        let store = try await self.workspace(workspace).store
        var days = Dictionary(rules.map { ($0.event, $0.days) }, uniquingKeysWith: max)
        if let others = days.removeValue(forKey: RetentionRule.allOthers) {
            for part in store.snapshot().parts { for event in part.eventNames where days[event] == nil { days[event] = others } }
        }
        let now = clock.now
        var deleted: [String: Int] = [:]
        for (event, days) in days.sorted(by: { $0.key < $1.key }) {
            let instant = now.advanced(byMicroseconds: -Int64(days) * .microsecondsPerDay)
            guard store.hasCalls(of: event, before: instant) else { continue }
            let summary = try await store.drop(events: [event], before: instant)
            guard summary.callCount > 0 else { continue }
            deleted[event] = summary.callCount
            try await records.commit([.countRetained(workspace, event: event, count: summary.callCount, at: now)])
        }
        if !deleted.isEmpty {
            let said = deleted.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
            try await change(by: .server) { planner in
                planner.noted(workspace, "retention.carried_out", target: workspace.text, said.joined(separator: ", "))
            }
        }
        return deleted
    }

    /// Carries out the rules of every workspace; what fails is logged and tried again an hour later.
    func carryOutRetention() async {
        for workspace in workspaces() {
            do throws(Problem) { try await carryOutRetention(of: workspace.id) } catch {
                if error.code == .stopping { return }
                logger.warning(
                    "old events were not deleted", metadata: ["workspace": "\(workspace.id)", "reason": "\(error.message)"])
            }
        }
    }
}
