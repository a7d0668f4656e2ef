import EventStore
import Intake
import Logging
import Loyalty
package import Model
import Records
import Synchronization

extension SourceID {
    /// What the program tells of itself comes from no source that somebody has made.
    package static let program = SourceID(text: "program")
}

extension WorkspaceDirectory {
    /// Carries what has arrived to the earning programs, and to the coupons that were there before them, in all workspaces.
    package func followEvents() async {
        let (marks, coupons): ([EarningMark], [WorkspaceID: Instant])
        do throws(Problem) { (marks, coupons) = (try await records.earningMarks(), try await records.couponStarts()) } catch {
            return noteFollowing(error, nil)
        }
        // When the first earning program began; of one that could not be read it is not known.
        var (starts, unknown): ([WorkspaceID: Instant], Set<WorkspaceID>) = ([:], [])
        for mark in marks where !Task.isCancelled {
            do throws(Problem) {
                let start = try await follower(mark.workspace, mark.program).follow(mark, in: self)
                if let start { starts[mark.workspace] = min(starts[mark.workspace] ?? start, start) }
            } catch {
                noteFollowing(error, mark.workspace)
                unknown.insert(mark.workspace)
            }
        }
        for (workspace, start) in coupons where !unknown.contains(workspace) && !Task.isCancelled {
            do throws(Problem) {
                try await follower(workspace, nil).followCoupons(since: start, until: starts[workspace], in: self)
            } catch { noteFollowing(error, workspace) }
        }
    }

    // MARK: - Facts

    private static let factsMax = 500
    /// How often so many are sent before other duties have their turn.
    private static let factBatchesMax = 8

    /// Sends what the ledgers have booked to the events, in all workspaces where something waits.
    package func sendFacts() async {
        let workspaces: [WorkspaceID]
        do throws(Problem) { workspaces = try await records.workspacesWithFacts() } catch { return noteFollowing(error, nil) }
        for workspace in workspaces where !Task.isCancelled {
            do throws(Problem) { try await sendFacts(of: workspace) } catch { noteFollowing(error, workspace) }
        }
    }

    private func sendFacts(of workspace: WorkspaceID) async throws(Problem) {
        let (open, reader) = (try await self.workspace(workspace), programReader(of: workspace))
        var source = IntakeSource(id: .program, isTrusted: true)
        source.isOwn = true
        for _ in 0 ..< WorkspaceDirectory.factBatchesMax where !Task.isCancelled {
            let isDone = try await open.carrying.run { () async throws(Problem) in
                let waiting = try await records.facts(of: workspace, limit: WorkspaceDirectory.factsMax)
                try await send(waiting, reader, open, source)
                return waiting.isEmpty
            }
            if isDone { return }
        }
    }

    private func send(
        _ waiting: [ProgramFactRecord], _ reader: ProgramReader, _ open: OpenWorkspace, _ source: IntakeSource
    ) async throws(Problem) {
        guard !waiting.isEmpty else { return }
        var lines = ""
        for record in waiting {
            let fact = try ProgramFact(record)
            // Nobody hears of somebody who was erased.
            guard let known = try await reader.member(MemberWish(.id(fact.member))),
                let identity = known.identities.first(where: { $0.type == .userID }) ?? known.identities.first
            else { continue }
            lines += fact.line(id: record.id, of: identity)
        }
        if !lines.isEmpty {
            let answer = try await open.intake.take(lines: Array(lines.utf8), source: source, options: CollectOptions())
            if let refused = answer.rejected.first {
                logger.error("a fact of the program was refused", metadata: ["reason": "\(refused.code)"])
            }
        }
        try await records.deleteFacts(waiting.map(\.id), of: open.id)
    }

    private func follower(_ workspace: WorkspaceID, _ program: String?) -> EarningFollower {
        followers.withLock { followers in
            let key = FollowerKey(workspace: workspace, program: program)
            if let known = followers[key] { return known }
            let made = EarningFollower(workspace: workspace, program: program, logger: logger)
            followers[key] = made
            return made
        }
    }

    private func noteFollowing(_ problem: Problem, _ workspace: WorkspaceID?) {
        // Stopped in the middle of it: it goes on after the next start.
        if problem.code == .stopping || Task.isCancelled { return }
        guard followingTroubles.isNew(problem.code, of: workspace, at: clock.now) else { return }
        logger.warning(
            "events wait for the program, or it for them, and it is tried again",
            metadata: [
                "workspace": "\(workspace.map { $0.text } ?? "all")", "reason": "\(problem.code)", "detail": "\(problem.message)",
            ])
    }
}

/// What keeps events and programs from each other, so that it is told now and then and not at each attempt.
final class FollowingTroubles: Sendable {
    private static let pause = Int64.microsecondsPerMinute

    private let told = Mutex<[WorkspaceID?: (code: Problem.Code, at: Instant)]>([:])

    /// Whether it is to be told: another reason than the last one, or a minute later.
    func isNew(_ code: Problem.Code, of workspace: WorkspaceID?, at now: Instant) -> Bool {
        told.withLock { told in
            if let last = told[workspace], last.code == code, now < last.at.advanced(byMicroseconds: FollowingTroubles.pause) {
                return false
            }
            told[workspace] = (code, now)
            return true
        }
    }
}

/// Who follows what.
struct FollowerKey: Hashable {
    let workspace: WorkspaceID
    /// nil for the coupons of orders.
    let program: String?
}
