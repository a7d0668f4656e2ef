import Testing

@testable import Console

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Whole pages of fixed content, compared with golden files beside this one.
///
/// `TEAHOUSE_RECORD=1` writes the golden files anew; `TEAHOUSE_PREVIEW=DIR` also writes pages to look at, sheet and scripts included.
struct PageTests {
    static let names = [
        "home", "home-empty", "home-sparse", "roles", "roles-none", "people", "people-none", "registration", "registration-none",
        "accounts", "accounts-none", "account",
        "portrait", "erase", "event", "live",
        "live-quiet", "ask",
        "ask-problem", "lifecycle", "stages", "way", "question-problem", "audience", "owner",
        "sign-in", "ready", "settings", "stage-settings", "trait-settings", "trait-settings-none", "error", "boards", "boards-none",
        "board", "board-empty", "board-delete",
        "pin-refused",
        "consent", "consent-none", "audit", "audit-broken",
        "product-codes", "product-codes-none",
        "program", "program-new", "program-none", "earning", "earning-none", "points", "points-none", "member-points",
        "opening", "opening-none", "opening-closed", "opening-close", "books", "book-closing", "approvals",
        "approvals-none", "partners", "partners-none", "partner", "open-points", "open-points-none",
        "coupons", "coupons-none", "coupon-template", "coupon-form",
        "benefits", "benefits-none", "benefit", "plans", "plans-none", "plan", "plan-refund",
        "product-grants", "product-grants-none", "disputes", "disputes-none",
    ]

    @Test("Pages are as they were", arguments: names, Language.allCases)
    func golden(name: String, language: Language) throws {
        let html = try page(name, language: language)
        let file = Self.folder.appending(path: "Golden/\(name).\(language.rawValue).html")
        if ProcessInfo.processInfo.environment["TEAHOUSE_RECORD"] != nil {
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(html.neutral.utf8).write(to: file)
        }
        // Content hashes of assets change with every edit of the sheet; the pages are kept and compared without them.
        #expect(try String(decoding: Data(contentsOf: file), as: UTF8.self) == html.neutral)
        try preview(name, language: language)
    }

    @Test("A member's card is a document of its own, without script, form or menu", arguments: Language.allCases)
    func memberCard(language: Language) throws {
        let fixtures = Fixtures(language: language)
        let html = try Templates().fragment(fixtures.memberCard, in: fixtures.frame("", alone: true)).neutral
        let file = Self.folder.appending(path: "Golden/member-card.\(language.rawValue).html")
        if ProcessInfo.processInfo.environment["TEAHOUSE_RECORD"] != nil { try Data(html.utf8).write(to: file) }
        #expect(try String(decoding: Data(contentsOf: file), as: UTF8.self) == html)
        let empty = try Templates().fragment(fixtures.emptyMemberCard, in: fixtures.frame("", alone: true)).neutral
        let emptyFile = Self.folder.appending(path: "Golden/member-card-empty.\(language.rawValue).html")
        if ProcessInfo.processInfo.environment["TEAHOUSE_RECORD"] != nil { try Data(empty.utf8).write(to: emptyFile) }
        #expect(try String(decoding: Data(contentsOf: emptyFile), as: UTF8.self) == empty)
        #expect(html.contains("<html lang=\"\(language.tag)\"") && html.matches(of: /<h1>/).count == 1)
        #expect(!html.contains("<script") && !html.contains("<form") && !html.contains(" style=") && !html.contains("{{"))
    }

    @Test("Hostile names do no harm on any page", arguments: names)
    func hostile(name: String) throws {
        let html = try page(name, language: .english)
        #expect(!html.contains("<script>alert") && !html.contains("<img src=x") && !html.contains("</pre><script>"))
        #expect(!html.unicodeScalars.contains { VisibleText.steers($0.value) || $0.value == 7 })
        #expect(
            !html.contains(" style=") && !html.contains("<style") && !html.contains(" onclick") && !html.contains("javascript:"))
        #expect(html.matches(of: /<script(?![^>]* src=)/).isEmpty)
    }

    @Test("Every page has a language, a title, a heading, a way past the menu and labelled fields", arguments: names)
    func accessible(name: String) throws {
        let html = try page(name, language: .chinese)
        #expect(html.contains("<html lang=\"zh-CN\""))
        #expect(html.contains("<a class=\"skip\" href=\"#main\">") && html.contains("<main id=\"main\""))
        #expect(html.matches(of: /<h1>/).count == 1)
        #expect(!html.contains("<title> ·"))
        for match in html.matches(of: /<(?:input|select|textarea) id="([^"]+)"/) {
            #expect(html.contains("for=\"\(match.1)\""), "\(match.1)")
        }
        #expect(!html.contains("{{"))
        let ids = html.matches(of: /\sid="([^"]+)"/).map { String($0.1) }
        #expect(Set(ids).count == ids.count, "each id stands once")
        #expect(html.matches(of: /<svg[^>]*role="img"(?![^>]*aria-label)/).isEmpty)
    }

    @Test("No page tells a Chinese reader something in English")
    func chineseOnly() throws {
        for name in Self.names {
            let html = try page(name, language: .chinese)
            for (_, texts) in Catalogue.entries {
                for (_, text) in texts where text.english.count > 12 && !text.english.contains("{") && text.english != text.chinese
                {
                    #expect(!html.contains(text.english), "\(name): \(text.english)")
                }
            }
        }
    }

    // MARK: -

    static let folder = URL(filePath: #filePath).deletingLastPathComponent()

    private func page(_ name: String, language: Language, theme: Theme = .auto) throws -> String {
        let templates = try Templates()
        var fixtures = Fixtures(language: language)
        fixtures.theme = theme
        let words = fixtures.words
        func show(
            _ model: some PageModel, _ area: MenuArea?, alone: Bool = false, roomy: Bool = false, title: String? = nil
        ) -> String {
            var frame = fixtures.frame(title ?? area.map { words($0.title) } ?? words(\.common.product), area, alone: alone)
            frame.roomy = roomy
            return templates.page(model, in: frame)
        }
        let bare = fixtures.frame("", alone: true)
        return switch name {
        case "home": show(fixtures.home, .home)
        case "home-empty": show(fixtures.emptyHome, .home)
        case "home-sparse": show(fixtures.sparseHome, .home)
        case "roles": show(fixtures.roles, .roles)
        case "roles-none": show(fixtures.noRoles, .roles)
        case "people": show(fixtures.people, .people)
        case "people-none": show(fixtures.noPeople, .people)
        case "accounts": show(fixtures.accounts, .accounts)
        case "accounts-none": show(fixtures.noAccounts, .accounts)
        case "account": show(fixtures.account, .accounts)
        case "registration": show(fixtures.registration, .people)
        case "registration-none": show(fixtures.noRegistration, .people)
        case "portrait": show(fixtures.portrait, .people)
        case "event": show(fixtures.event, .people)
        case "live": show(fixtures.live(fragment: templates.piece(fixtures.liveRows, in: bare)), .live)
        case "live-quiet": show(fixtures.live(fragment: templates.piece(fixtures.quietLive, in: bare)), .live)
        case "ask": show(fixtures.ask, .ask)
        case "ask-problem": show(fixtures.askProblem, .ask)
        case "lifecycle": show(fixtures.lifecycle, .questions)
        case "stages": show(fixtures.stages, .questions)
        case "way": show(fixtures.way, .questions)
        case "question-problem": show(fixtures.questionProblem, .questions)
        case "audience": show(fixtures.audience, .questions)
        case "owner": show(fixtures.owner, nil, alone: true)
        case "sign-in": show(fixtures.signIn, nil, alone: true)
        case "ready": show(fixtures.ready(fragment: templates.piece(fixtures.waiting, in: bare)), nil, alone: true, roomy: true)
        case "settings": show(fixtures.settings, .settings)
        case "consent": show(fixtures.consent, .settings, title: words(\.consent.title))
        case "consent-none": show(fixtures.noConsent, .settings, title: words(\.consent.title))
        case "audit": show(fixtures.audit, .settings, title: words(\.audit.title))
        case "audit-broken": show(fixtures.brokenAudit, .settings, title: words(\.audit.title))
        case "stage-settings": show(fixtures.stageSettings, .settings)
        case "trait-settings": show(fixtures.traitSettings, .settings)
        case "trait-settings-none": show(fixtures.noTraitSettings, .settings)
        case "boards": show(fixtures.boards, .boards)
        case "boards-none": show(fixtures.noBoards, .boards)
        case "board": show(fixtures.board { templates.piece($0, in: bare) }, .boards)
        case "board-empty": show(fixtures.emptyBoard, .boards)
        case "erase": show(fixtures.erase, .people)
        case "board-delete": show(fixtures.boardDelete, .boards)
        case "pin-refused": show(fixtures.pinRefused(form: templates.piece(fixtures.pinForm, in: bare)), .boards)
        case "product-codes": show(fixtures.productCodes, .people, title: words(\.products.title))
        case "product-codes-none": show(fixtures.noProductCodes, .people, title: words(\.products.title))
        case "program": show(fixtures.program, .program)
        case "program-new": show(fixtures.newProgram, .program)
        case "program-none": show(fixtures.noProgram, .program)
        case "earning": show(try fixtures.earning, .program, title: words(\.earning.title))
        case "earning-none": show(fixtures.noEarning, .program, title: words(\.earning.title))
        case "points": show(fixtures.points, .program, title: words(\.points.title))
        case "points-none": show(fixtures.noPoints, .program, title: words(\.points.title))
        case "member-points": show(fixtures.memberPoints, .program, title: "Ana")
        case "opening": show(fixtures.opening, .program)
        case "opening-none": show(fixtures.quietOpening(isClosed: false), .program)
        case "opening-closed": show(fixtures.quietOpening(isClosed: true), .program)
        case "opening-close": show(fixtures.openingClose, .program)
        case "books": show(fixtures.books, .program, title: words(\.books.title))
        case "book-closing": show(fixtures.bookClosing, .program, title: words(\.books.title))
        case "approvals": show(fixtures.approvals, .program, title: words(\.books.approvals))
        case "approvals-none": show(fixtures.noApprovals, .program, title: words(\.books.approvals))
        case "coupons": show(fixtures.coupons, .program, title: words(\.coupons.title))
        case "coupons-none": show(fixtures.noCoupons, .program, title: words(\.coupons.title))
        case "coupon-template": show(fixtures.couponTemplate, .program, title: words(\.coupons.title))
        case "plans": show(fixtures.plans, .program)
        case "plans-none": show(fixtures.noPlans, .program)
        case "plan": show(try #require(fixtures.plan), .program)
        case "plan-refund": show(fixtures.planRefund, .program)
        case "product-grants": show(fixtures.productGrants, .program)
        case "product-grants-none": show(fixtures.noProductGrants, .program)
        case "partners": show(fixtures.partners, .program)
        case "partners-none": show(fixtures.noPartners, .program)
        case "partner": show(fixtures.partner, .program)
        case "open-points": show(fixtures.openPoints, .program)
        case "open-points-none": show(fixtures.noOpenPoints, .program)
        case "disputes": show(fixtures.disputes, .program, title: words(\.disputes.title))
        case "disputes-none": show(fixtures.noDisputes, .program, title: words(\.disputes.title))
        case "benefits": show(fixtures.benefits, .program, title: words(\.benefits.title))
        case "benefits-none": show(fixtures.noBenefits, .program, title: words(\.benefits.title))
        case "benefit": show(fixtures.benefit, .program, title: words(\.benefits.title))
        case "coupon-form": show(try fixtures.couponForm, .program, title: words(\.coupons.newVersion))
        default: show(fixtures.error, nil, alone: true)
        }
    }

    private func preview(_ name: String, language: Language) throws {
        guard let path = ProcessInfo.processInfo.environment["TEAHOUSE_PREVIEW"] else { return }
        let folder = URL(filePath: path)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for asset in Asset.all { try Data(asset.bytes).write(to: folder.appending(path: asset.name)) }
        for theme in [Theme.light, .dark] {
            var html = try page(name, language: language, theme: theme)
            for asset in Asset.all { html = html.replacing(asset.url, with: asset.name) }
            try Data(html.utf8).write(to: folder.appending(path: "\(name).\(language.rawValue).\(theme.rawValue).html"))
        }
    }
}

extension String {
    fileprivate var neutral: String { replacing(/\/assets\/[0-9a-f]{16}\//, with: "/assets/") }
}
