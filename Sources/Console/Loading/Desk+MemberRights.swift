import Loyalty
import Model
import Records
import Workspaces

/// What a member has beside points, as the service desk sees it.
extension Desk {
    private static let couponsShown = 10

    func memberRights(
        of member: ProgramMemberID, _ visitor: Visitor, _ workspace: OpenWorkspace
    ) async throws(Problem) -> MemberPointsPage.Rights {
        let reader = directory.programReader(of: workspace.id)
        let card = MemberCardWriter(
            words: visitor.words, formats: visitor.formats, calendar: workspace.calendar, now: now)
        let all = try await reader.coupons(of: member)
        let coupons = try await couponRights(all, card, visitor, workspace)
        let benefits = try await reader.benefits(of: member, at: now).compactMap { statement in
            card.benefit(statement).map { benefit in
                MemberPointsPage.Right(
                    head: benefit.name, url: SiteURL.benefit(statement.benefit.key), tag: nil,
                    detail: ([benefit.left] + benefit.notes).joined(separator: " · "))
            }
        }
        let writer = planWriter(visitor, workspace, action: "", [], nil)
        let plans = try await reader.plans(of: member, at: now).map { statement in
            let bought = writer.bought(statement)
            let parties = visitor.words(
                \.points.planParties, ["payer": bought.payer, "beneficiary": bought.beneficiary, "until": bought.until])
            return MemberPointsPage.Right(head: bought.name, url: bought.url, tag: bought.tag, detail: parties)
        }
        return MemberPointsPage.Rights(
            coupons: coupons, hasCoupons: !coupons.isEmpty,
            allCoupons: all.isEmpty
                ? nil
                : PageLink(
                    url: SiteURL.coupons(look: member.text), label: visitor.words(\.points.allCoupons, count: all.count)),
            benefits: benefits, hasBenefits: !benefits.isEmpty, plans: plans, hasPlans: !plans.isEmpty)
    }

    /// Those that can be used first, those that end soonest at the head.
    private func couponRights(
        _ all: [(coupon: Coupon, terms: CouponTerms)], _ card: MemberCardWriter, _ visitor: Visitor, _ workspace: OpenWorkspace
    ) async throws(Problem) -> [MemberPointsPage.Right] {
        let writer = try await couponWriter(visitor, workspace)
        func rank(_ coupon: Coupon) -> (Int, Instant, String) {
            let isOpen = [.granted, .reserved].contains(coupon.state(at: now))
            return (isOpen ? 0 : 1, coupon.grant?.interval.until ?? .distantFuture, coupon.id)
        }
        return all.sorted { rank($0.coupon) < rank($1.coupon) }.prefix(Desk.couponsShown).map { coupon, terms in
            let told = card.coupon(coupon, terms, code: coupon.id)
            return MemberPointsPage.Right(
                head: told.promise, url: SiteURL.couponTemplate(coupon.template.name), tag: writer.tag(coupon.state(at: now)),
                detail: ([told.ends] + told.notes + [coupon.id]).joined(separator: " · "))
        }
    }
}
