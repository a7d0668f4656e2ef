import HTTPTypes
import Loyalty
import Model
import Records
import Workspaces

/// Coupons: templates with what is left of them, and what is known of a code, a coupon or a member.
extension Desk {
    /// Of a form that was not taken: the coupon whose reason is wrong, or nil, and what is wrong.
    private struct Refused {
        var coupon: String?
        let said: Said
    }

    func coupons(_ visitor: Visitor) async throws(Problem) -> Reply { try await couponsReply(visitor, nil) }

    private func couponsReply(_ visitor: Visitor, _ refused: Refused?) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let (words, reader) = (visitor.words, directory.programReader(of: workspace.id))
        guard try await reader.program().settings != nil else { return noProgram(visitor, .coupons, words(\.coupons.title)) }
        let writer = try await couponWriter(visitor, workspace)
        let counts = try await reader.couponCounts()
        var items: [CouponsPage.Item] = []
        for kept in try await reader.couponTemplates() {
            let limits = try await reader.couponLimits(of: kept.template, at: now)
            items.append(writer.item(kept, limits, count: counts[kept.template.key.name] ?? 0))
        }
        let typed = visitor.form["look"] ?? visitor.query["look"] ?? ""
        var (found, problem): (CouponsPage.Found?, Said?) = (nil, refused?.coupon == nil ? refused?.said : nil)
        if !typed.isEmpty {
            do throws(Problem) {
                found = try await look(typed, visitor, workspace, writer, refused)
                if found == nil { problem = problem ?? Said(text: words(\.coupons.unknown)) }
            } catch {
                guard error.status < 500 else { throw error }
                problem = Said(
                    text: error.code == .tooManyAttempts
                        ? words(\.coupons.wait, ["seconds": String(error.retryAfterSeconds ?? 1)]) : words(\.coupons.unknown))
            }
        }
        let page = CouponsPage(
            tabs: programTabs(visitor, .coupons), typed: typed, problem: problem, found: found, items: items,
            hasItems: !items.isEmpty, newURL: visitor.isOwner ? SiteURL.couponForm() : nil, mayChange: visitor.isOwner)
        var frame = visitor.frame(words(\.coupons.title), .program)
        switch visitor.query["done"] {
        case "revoked": frame.notice = .init(kind: "", text: words(\.coupons.doneRevoked))
        case "voided": frame.notice = .init(kind: "", text: words(\.coupons.doneVoided))
        case "given": frame.notice = .init(kind: "", text: words(\.coupons.doneGiven))
        default: break
        }
        return .page(page, frame, status: refused == nil ? .ok : .unprocessableContent)
    }

    /// A coupon by its id, a member's coupons, or what a code stands for; nil when there is none of them.
    private func look(
        _ typed: String, _ visitor: Visitor, _ workspace: OpenWorkspace, _ writer: CouponWriter, _ refused: Refused?
    ) async throws(Problem) -> CouponsPage.Found? {
        let (words, reader) = (visitor.words, directory.programReader(of: workspace.id))
        func shown(_ coupon: Coupon) -> CouponsPage.Coupon {
            let isMine = refused?.coupon == coupon.id
            return writer.coupon(
                coupon, look: typed, mayChange: visitor.isOwner, reason: isMine ? visitor.form["reason"] ?? "" : "",
                error: isMine ? refused?.said.text : nil)
        }
        if let known = try await reader.coupon(typed) {
            return CouponsPage.Found(title: typed, facts: [], coupons: [shown(known.coupon)], none: nil)
        }
        if typed.contains(":") || ProgramMemberID(text: typed) != nil {
            let wish = try await directory.memberWish(typed, in: workspace.id, place: "/look")
            guard let member = try await reader.member(wish)?.member else { return nil }
            let coupons = try await reader.coupons(of: member.id)
            return CouponsPage.Found(
                title: typed, facts: [.init(key: words(\.coupons.member), value: member.id.text)],
                coupons: coupons.map { shown($0.coupon) }, none: coupons.isEmpty ? words(\.coupons.noneOfMember) : nil)
        }
        let attempt = CouponCodeAttempt(typed, address: visitor.address)
        let place = try await directory.couponPlace(attempt, in: workspace.id)
        guard let (batch, claimed) = try await reader.coupon(at: place) else { return nil }
        let code = try await directory.couponCode(place, length: batch.codeLength, in: workspace.id)
        let facts: [PortraitPage.Fact] = [
            .init(key: words(\.coupons.templates), value: batch.template.name),
            .init(key: words(\.coupons.batch), value: visitor.formats.number(Int(clamping: batch.number))),
            .init(key: words(\.coupons.state), value: writer.tag(batch.state).label),
        ]
        return CouponsPage.Found(
            title: code?.text ?? typed, facts: facts, coupons: claimed.map { [shown($0.coupon)] } ?? [],
            none: claimed == nil ? words(\.coupons.unclaimed) : nil)
    }

    /// Takes a coupon away, or makes it void.
    func changeCoupon(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let (coupon, isVoid) = (visitor.form["coupon"] ?? "", visitor.form["deed"] == "void")
        let reason = visitor.form["reason"] ?? ""
        guard isVoid || (reason.utf8.count <= 500 && !reason.allSatisfy(\.isWhitespace)) else {
            return try await couponsReply(
                visitor, Refused(coupon: coupon, said: Said(text: visitor.words(\.coupons.reasonMissing))))
        }
        let command = ChangeCoupon(isVoid ? .void : .revoke(reason: reason), coupon)
        // Each of the two buttons has a command of its own.
        let id = commandID(visitor).map { $0 + (isVoid ? "-void" : "-revoke") }
        let answer = try await directory.perform(command, id: id, in: workspace.id, by: actor(visitor))
        if let refusal = refusal(answer, visitor, workspace.calendar, scale: 0) {
            return try await couponsReply(visitor, Refused(said: refusal))
        }
        return .redirect(SiteURL.coupons(look: coupon, done: isVoid ? "voided" : "revoked"))
    }

    func couponWriter(_ visitor: Visitor, _ workspace: OpenWorkspace) async throws(Problem) -> CouponWriter {
        let points = try await pointWriter(visitor, workspace, PointCurrency(key: ""))
        return CouponWriter(
            words: visitor.words, formats: visitor.formats, calendar: workspace.calendar, now: now,
            actor: { points.actor($0) }, page: Team.anonymousToken())
    }
}
