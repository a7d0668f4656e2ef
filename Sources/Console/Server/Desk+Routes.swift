import Model

extension Desk {
    /// Every address that shows something.
    static let pages: [Route] = [
        Route("/", access: .workspace) { desk, visitor throws(Problem) in try await desk.home(visitor) },
        Route("/roles", access: .workspace) { desk, visitor throws(Problem) in try await desk.roles(visitor) },
        Route("/people", access: .workspace) { desk, visitor throws(Problem) in try await desk.people(visitor) },
        Route("/people/identity", access: .workspace) { desk, visitor throws(Problem) in try await desk.identity(visitor) },
        Route("/people/identity/change", access: .workspace) { desk, visitor throws(Problem) in
            try await desk.identityChange(visitor)
        },
        Route("/people/product-codes", access: .workspace) { desk, visitor throws(Problem) in
            try await desk.productCodes(visitor)
        },
        Route("/people/product-codes/:batch/codes.csv", access: .owner) { desk, visitor throws(Problem) in
            try await desk.downloadProductCodes(visitor)
        },
        Route("/people/registration", access: .workspace) { desk, visitor throws(Problem) in
            try await desk.registration(visitor)
        },
        Route("/people/:person", access: .workspace) { desk, visitor throws(Problem) in try await desk.portrait(visitor) },
        Route("/people/:person/export", access: .workspace) { desk, visitor throws(Problem) in
            try await desk.exportPerson(visitor)
        },
        Route("/people/:person/erase", access: .workspace) { desk, visitor throws(Problem) in try await desk.erasure(visitor) },
        Route("/people/:person/events/:arrival", access: .workspace) { desk, visitor throws(Problem) in
            try await desk.event(visitor)
        },
        Route("/accounts", access: .workspace) { desk, visitor throws(Problem) in try await desk.accounts(visitor) },
        Route("/accounts/:account", access: .workspace) { desk, visitor throws(Problem) in try await desk.account(visitor) },
        Route("/program", access: .workspace) { desk, visitor throws(Problem) in try await desk.program(visitor) },
        Route("/program/earning", access: .workspace) { desk, visitor throws(Problem) in try await desk.earning(visitor) },
        Route("/points", access: .workspace) { desk, visitor throws(Problem) in try await desk.points(visitor) },
        Route("/points/members/:member", access: .workspace) { desk, visitor throws(Problem) in
            try await desk.memberPoints(visitor)
        },
        Route("/points/import", access: .workspace) { desk, visitor throws(Problem) in try await desk.opening(visitor) },
        Route("/points/import/close", access: .owner) { desk, visitor throws(Problem) in
            try await desk.openingClosing(visitor)
        },
        Route("/points/partners", access: .workspace) { desk, visitor throws(Problem) in try await desk.partners(visitor) },
        Route("/points/partners/statement", access: .workspace) { desk, visitor throws(Problem) in
            try await desk.partner(visitor)
        },
        Route("/points/open", access: .workspace) { desk, visitor throws(Problem) in try await desk.openPoints(visitor) },
        Route("/points/books", access: .workspace) { desk, visitor throws(Problem) in try await desk.books(visitor) },
        Route("/points/books/close", access: .owner) { desk, visitor throws(Problem) in try await desk.bookClosing(visitor) },
        Route("/points/books/entries.csv", access: .owner) { desk, visitor throws(Problem) in
            try await desk.exportBooks(visitor)
        },
        Route("/points/approvals", access: .workspace) { desk, visitor throws(Problem) in try await desk.approvals(visitor) },
        Route("/coupons", access: .workspace) { desk, visitor throws(Problem) in try await desk.coupons(visitor) },
        Route("/coupons/template", access: .workspace) { desk, visitor throws(Problem) in try await desk.couponTemplate(visitor) },
        Route("/coupons/new", access: .owner) { desk, visitor throws(Problem) in try await desk.couponForm(visitor) },
        Route("/benefits", access: .workspace) { desk, visitor throws(Problem) in try await desk.benefits(visitor) },
        Route("/benefits/care", access: .workspace) { desk, visitor throws(Problem) in try await desk.benefitCare(visitor) },
        Route("/benefits/benefit", access: .workspace) { desk, visitor throws(Problem) in try await desk.benefit(visitor) },
        Route("/benefits/plans", access: .workspace) { desk, visitor throws(Problem) in try await desk.plans(visitor) },
        Route("/benefits/plans/plan", access: .workspace) { desk, visitor throws(Problem) in try await desk.plan(visitor) },
        Route("/benefits/plans/refund", access: .owner) { desk, visitor throws(Problem) in try await desk.planRefund(visitor) },
        Route("/benefits/products", access: .workspace) { desk, visitor throws(Problem) in
            try await desk.productGrants(visitor)
        },
        Route("/disputes", access: .workspace) { desk, visitor throws(Problem) in try await desk.disputes(visitor) },
        Route("/m/:token", access: .anyone) { desk, visitor throws(Problem) in try await desk.memberCard(visitor) },
        Route("/live", access: .workspace) { desk, visitor throws(Problem) in try await desk.live(visitor) },
        Route("/live/rows", access: .workspace) { desk, visitor throws(Problem) in try await desk.liveRows(visitor) },
        Route("/ask", access: .workspace) { desk, visitor throws(Problem) in try await desk.ask(visitor) },
        Route("/questions", access: .workspace) { _, _ throws(Problem) in .redirect(QuestionKind.trends.path) },
        Route("/questions/people", access: .workspace) { desk, visitor throws(Problem) in try await desk.audience(visitor) },
        Route("/questions/values", access: .workspace) { desk, visitor throws(Problem) in try await desk.propertyValues(visitor) },
        Route("/questions/:kind", access: .workspace) { desk, visitor throws(Problem) in try await desk.questions(visitor) },
        Route("/boards", access: .workspace) { desk, visitor throws(Problem) in try await desk.boards(visitor) },
        Route("/boards/:board", access: .workspace) { desk, visitor throws(Problem) in try await desk.board(visitor) },
        Route("/boards/:board/cards/:card", access: .workspace) { desk, visitor throws(Problem) in try await desk.card(visitor) },
        Route("/boards/:board/delete", access: .workspace) { desk, visitor throws(Problem) in
            try await desk.boardDeletion(visitor)
        },
        Route("/settings", access: .workspace) { desk, visitor throws(Problem) in try await desk.workspaceSettings(visitor) },
        Route("/settings/sources", access: .workspace) { desk, visitor throws(Problem) in try await desk.sourceSettings(visitor) },
        Route("/settings/sources/:source", access: .workspace) { desk, visitor throws(Problem) in
            try await desk.snippets(visitor)
        },
        Route("/settings/sources/:source/settings", access: .owner) { desk, visitor throws(Problem) in
            try await desk.oneSourceSettings(visitor)
        },
        Route("/settings/members", access: .workspace) { desk, visitor throws(Problem) in try await desk.memberSettings(visitor) },
        Route("/settings/identity", access: .workspace) { desk, visitor throws(Problem) in
            try await desk.identitySettings(visitor)
        },
        Route("/settings/stages", access: .workspace) { desk, visitor throws(Problem) in try await desk.stageSettings(visitor) },
        Route("/settings/traits", access: .workspace) { desk, visitor throws(Problem) in try await desk.traitSettings(visitor) },
        Route("/settings/retention", access: .workspace) { desk, visitor throws(Problem) in
            try await desk.retentionSettings(visitor)
        },
        Route("/settings/consent", access: .workspace) { desk, visitor throws(Problem) in try await desk.consent(visitor) },
        Route("/settings/audit", access: .owner) { desk, visitor throws(Problem) in try await desk.audit(visitor) },
        Route("/settings/account", access: .workspace) { desk, visitor throws(Problem) in try await desk.accountSettings(visitor) },
        Route("/sign-in", access: .anyone) { desk, visitor throws(Problem) in try await desk.signInForm(visitor) },
        Route("/setup", access: .anyone) { desk, visitor throws(Problem) in try await desk.ownerForm(visitor) },
        Route("/setup/workspace", access: .member) { desk, visitor throws(Problem) in try await desk.workspaceForm(visitor) },
        Route("/setup/source", access: .owner) { desk, visitor throws(Problem) in desk.sourceForm(visitor) },
        Route("/setup/ready", access: .owner) { desk, visitor throws(Problem) in try await desk.sourceReady(visitor) },
        Route("/setup/waiting", access: .workspace) { desk, visitor throws(Problem) in try await desk.waiting(visitor) },
        Route("/preferences", access: .anyone) { desk, visitor throws(Problem) in desk.preferences(visitor) },
    ]

    /// Every address that changes something; each form carries its token.
    static let forms: [Route] = [
        Route("/sign-in", access: .anyone) { desk, visitor throws(Problem) in try await desk.signIn(visitor) },
        Route("/sign-out", access: .anyone) { desk, visitor throws(Problem) in try await desk.signOut(visitor) },
        Route("/setup", access: .anyone) { desk, visitor throws(Problem) in try await desk.createOwner(visitor) },
        Route("/setup/workspace", access: .member) { desk, visitor throws(Problem) in try await desk.createWorkspace(visitor) },
        Route("/setup/source", access: .owner) { desk, visitor throws(Problem) in try await desk.createFirstSource(visitor) },
        Route("/people/identity", access: .owner) { desk, visitor throws(Problem) in try await desk.changeIdentity(visitor) },
        Route("/people/product-codes", access: .owner) { desk, visitor throws(Problem) in
            try await desk.createProductBatch(visitor)
        },
        Route("/people/product-codes/block", access: .owner) { desk, visitor throws(Problem) in
            try await desk.blockProductCode(visitor)
        },
        Route("/people/product-codes/cases/:case", access: .owner) { desk, visitor throws(Problem) in
            try await desk.decideProductCase(visitor)
        },
        Route("/people/:person/erase", access: .owner) { desk, visitor throws(Problem) in try await desk.erase(visitor) },
        Route("/people/:person/consents", access: .owner) { desk, visitor throws(Problem) in
            try await desk.recordConsent(visitor)
        },
        Route("/settings/consent", access: .owner) { desk, visitor throws(Problem) in try await desk.createPurpose(visitor) },
        Route("/settings/consent/:purpose", access: .owner) { desk, visitor throws(Problem) in
            try await desk.changePurpose(visitor)
        },
        Route("/people/registration", access: .owner) { desk, visitor throws(Problem) in try await desk.saveForm(visitor) },
        Route("/people/registration/:form/delete", access: .owner) { desk, visitor throws(Problem) in
            try await desk.deleteForm(visitor)
        },
        Route("/program", access: .owner) { desk, visitor throws(Problem) in try await desk.saveProgram(visitor) },
        Route("/program/earning", access: .owner) { desk, visitor throws(Problem) in try await desk.changeEarning(visitor) },
        Route("/points/members", access: .owner) { desk, visitor throws(Problem) in try await desk.enrolMember(visitor) },
        Route("/points/members/:member", access: .owner) { desk, visitor throws(Problem) in
            try await desk.changePoints(visitor)
        },
        Route("/points/members/:member/card", access: .owner) { desk, visitor throws(Problem) in
            try await desk.renewMemberCard(visitor)
        },
        Route("/points/members/:member/viewers", access: .owner) { desk, visitor throws(Problem) in
            try await desk.takeBackViewing(visitor)
        },
        Route("/points/import", access: .owner, formBytesMax: OpeningForm.bytesMax) { desk, visitor throws(Problem) in
            try await desk.takeOverPoints(visitor)
        },
        Route("/points/import/close", access: .owner) { desk, visitor throws(Problem) in
            try await desk.closeOpening(visitor)
        },
        Route("/points/partners", access: .owner) { desk, visitor throws(Problem) in try await desk.buyBlock(visitor) },
        Route("/points/books/close", access: .owner) { desk, visitor throws(Problem) in try await desk.closeBooks(visitor) },
        Route("/points/books/estimate", access: .owner) { desk, visitor throws(Problem) in
            try await desk.signEstimate(visitor)
        },
        Route("/coupons/new", access: .owner) { desk, visitor throws(Problem) in try await desk.makeCouponTemplate(visitor) },
        Route("/coupons/change", access: .owner) { desk, visitor throws(Problem) in try await desk.changeCoupon(visitor) },
        Route("/coupons/give", access: .owner) { desk, visitor throws(Problem) in try await desk.giveCoupon(visitor) },
        Route("/coupons/batches", access: .owner) { desk, visitor throws(Problem) in try await desk.makeCouponBatch(visitor) },
        Route("/coupons/batches/:batch/codes", access: .owner) { desk, visitor throws(Problem) in
            try await desk.downloadCouponCodes(visitor)
        },
        Route("/coupons/batches/:batch/close", access: .owner) { desk, visitor throws(Problem) in
            try await desk.closeCouponBatch(visitor)
        },
        Route("/benefits", access: .owner) { desk, visitor throws(Problem) in try await desk.defineBenefit(visitor) },
        Route("/benefits/care", access: .owner) { desk, visitor throws(Problem) in try await desk.changeBenefitCare(visitor) },
        Route("/benefits/benefit", access: .owner) { desk, visitor throws(Problem) in try await desk.changeBenefit(visitor) },
        Route("/benefits/plans", access: .owner) { desk, visitor throws(Problem) in try await desk.changePlans(visitor) },
        Route("/benefits/plans/plan", access: .owner) { desk, visitor throws(Problem) in try await desk.cancelPlan(visitor) },
        Route("/benefits/plans/refund", access: .owner) { desk, visitor throws(Problem) in try await desk.refundPlan(visitor) },
        Route("/benefits/products", access: .owner) { desk, visitor throws(Problem) in
            try await desk.setProductGrants(visitor)
        },
        Route("/points/approvals", access: .owner) { desk, visitor throws(Problem) in try await desk.decideAdjustment(visitor) },
        Route("/boards", access: .workspace) { desk, visitor throws(Problem) in try await desk.createBoard(visitor) },
        Route("/boards/pin", access: .workspace) { desk, visitor throws(Problem) in try await desk.pin(visitor) },
        Route("/boards/:board", access: .workspace) { desk, visitor throws(Problem) in try await desk.renameBoard(visitor) },
        Route("/boards/:board/delete", access: .workspace) { desk, visitor throws(Problem) in try await desk.deleteBoard(visitor) },
        Route("/boards/:board/cards/:card/up", access: .workspace) { desk, visitor throws(Problem) in
            try await desk.moveCard(visitor, by: -1)
        },
        Route("/boards/:board/cards/:card/down", access: .workspace) { desk, visitor throws(Problem) in
            try await desk.moveCard(visitor, by: 1)
        },
        Route("/boards/:board/cards/:card/title", access: .workspace) { desk, visitor throws(Problem) in
            try await desk.retitleCard(visitor)
        },
        Route("/boards/:board/cards/:card/remove", access: .workspace) { desk, visitor throws(Problem) in
            try await desk.removeCard(visitor)
        },
        Route("/settings", access: .owner) { desk, visitor throws(Problem) in try await desk.saveWorkspace(visitor) },
        Route("/settings/open", access: .member) { desk, visitor throws(Problem) in desk.openWorkspace(visitor) },
        Route("/settings/identity", access: .owner) { desk, visitor throws(Problem) in
            try await desk.saveIdentitySettings(visitor)
        },
        Route("/settings/stages", access: .owner) { desk, visitor throws(Problem) in try await desk.changeStages(visitor) },
        Route("/settings/traits", access: .owner) { desk, visitor throws(Problem) in try await desk.changeTrait(visitor) },
        Route("/settings/traits/remove", access: .owner) { desk, visitor throws(Problem) in try await desk.removeTrait(visitor) },
        Route("/settings/sources", access: .owner) { desk, visitor throws(Problem) in try await desk.createSource(visitor) },
        Route("/settings/sources/:source/settings", access: .owner) { desk, visitor throws(Problem) in
            try await desk.saveSource(visitor)
        },
        Route("/settings/sources/:source/limits", access: .owner) { desk, visitor throws(Problem) in
            try await desk.saveSourceLimits(visitor)
        },
        Route("/settings/sources/:source/rotate", access: .owner) { desk, visitor throws(Problem) in
            try await desk.rotateKey(visitor)
        },
        Route("/settings/keys/:key/revoke", access: .owner) { desk, visitor throws(Problem) in try await desk.revokeKey(visitor) },
        Route("/settings/api-keys", access: .owner) { desk, visitor throws(Problem) in try await desk.createAPIKey(visitor) },
        Route("/settings/members", access: .owner) { desk, visitor throws(Problem) in try await desk.addMember(visitor) },
        Route("/settings/members/:member/remove", access: .owner) { desk, visitor throws(Problem) in
            try await desk.removeMember(visitor)
        },
        Route("/settings/retention", access: .owner) { desk, visitor throws(Problem) in try await desk.saveRetention(visitor) },
        Route("/settings/account/password", access: .member) { desk, visitor throws(Problem) in
            try await desk.changePassword(visitor)
        },
        Route("/settings/account/everywhere", access: .member) { desk, visitor throws(Problem) in
            try await desk.signOutEverywhere(visitor)
        },
    ]
}
