public import Loyalty
public import Model
import People
import Records

/// Guardians of members, and what they have set for them.
extension WorkspaceDirectory {
    /// Whether somebody is a guardian of a member now, by what the people behind them are to each other.
    public func isGuardian(
        _ guardian: MemberWish, of member: MemberWish, in workspace: WorkspaceID
    ) async throws(Problem) -> Bool {
        let holders = try await identities(of: guardian, in: workspace)
        let (members, now) = (try await identities(of: member, in: workspace), clock.now)
        return try await self.workspace(workspace).look { view in
            guard let holder = holders.lazy.compactMap({ view.person(of: $0) }).first,
                let person = members.lazy.compactMap({ view.person(of: $0) }).first
            else { return false }
            return view.relationships(of: holder).contains {
                $0.role == .guardian && $0.holder == holder && $0.to == .person(person) && $0.holds(at: now)
            }
        }
    }

    /// Takes away the caps on what members use whose setters are their guardians no more: no cap outlives the guardianship.
    ///
    /// It is called before anything is asked or used of them, so that no answer depends on when.
    public func endFormerCaps(on members: [MemberWish], in workspace: WorkspaceID) async throws(Problem) {
        for cap in try await programReader(of: workspace).guardianCaps(on: members) {
            let (member, guardian) = (MemberWish(.id(cap.member)), MemberWish(.id(cap.guardian)))
            if try await isGuardian(guardian, of: member, in: workspace) { continue }
            _ = try await perform(CapBenefit(cap.benefit, of: member, at: nil, by: guardian), id: nil, in: workspace, by: .server)
        }
    }
}
