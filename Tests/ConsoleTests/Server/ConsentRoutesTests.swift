import HTTPTypes
import Model
import Records
import Testing
import Workspaces

@testable import Console

@Suite("Consent and audit in the console") struct ConsentRoutesTests {
    private static let calls = #"""
        {"type": "identify", "userId": "u-1", "messageId": "1", "traits": {"name": "Ana"}, "timestamp": "2026-11-20T08:00:00Z"},
        {"type": "track", "event": "View", "userId": "u-2", "messageId": "2", "timestamp": "2026-11-20T08:00:00Z"}
        """#

    private static func run(
        _ body: @escaping @Sendable (ConsoleFixtures, Browser, CreatedWorkspace) async throws -> Void
    ) async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            try await fixtures.send(calls, to: created)
            try await body(fixtures, browser, created)
        }
    }

    @Test("An owner names a purpose and changes its text; what is wrong is said at its field")
    func purposes() async throws {
        try await Self.run { fixtures, browser, created in
            let place = "/settings/consent"
            #expect(try await browser.get(place).html.contains("No purpose has been named yet"))
            let bad = try await browser.post(place, ["name": "a b", "text": "May we?", "basis": "consent"], from: place)
            #expect(bad.status == .unprocessableContent && bad.html.contains("letters, digits, dots"))
            #expect(bad.html.contains("May we?"), "what was typed stays")
            let made = try await browser.post(
                place, ["name": "marketing.email", "text": "May we?", "basis": "contract"], from: place)
            #expect(made.location == "/settings/consent?done=saved")
            let again = try await browser.post(place, ["name": "marketing.email", "text": "x"], from: place)
            #expect(again.status == .unprocessableContent && again.html.contains("already"))
            let change = place + "/marketing.email"
            #expect(try await browser.post(change, ["text": " ", "basis": "consent"], from: place).status == .unprocessableContent)
            _ = try await browser.post(change, ["text": "May we write?", "basis": "consent"], from: place)
            let page = try await browser.get(place)
            #expect(
                page.html.contains("Version 2") && page.html.contains("1 earlier version") && page.html.contains("May we write?"))
            #expect(fixtures.directory.purposes(of: created.workspace.id).first?.legalBasis == .consent)
            #expect(try await browser.post(place + "/none", ["text": "x"], from: place).status == .notFound)
        }
    }

    @Test("The list of people and its CSV file hold for a purpose only who consents, and say so where nobody does")
    func list() async throws {
        try await Self.run { fixtures, browser, created in
            #expect(try await !browser.get("/people").html.contains(#"name="purpose""#))
            try await fixtures.directory.createPurpose(
                NewPurpose(name: "ads", text: "May we?"), in: created.workspace.id, by: .commandLine)
            #expect(try await browser.get("/people?purpose=ads").html.contains("Nobody in this list has granted “ads”"))
            _ = try await browser.post(
                "/people/p_0/consents", ["purpose": "ads", "status": "granted", "reason": "asked"], from: "/people/p_0")
            let page = try await browser.get("/people?purpose=ads").html
            #expect(page.contains("Ana") && !page.contains("u-2") && page.contains(#"<option value="ads" selected>"#))
            let link = "/people?purpose=ads&amp;csv=people"
            #expect(page.contains(#"href="\#(link)""#) && page.contains("/people?cell=neither&amp;purpose=ads"))
            let file = try await browser.get("/people?purpose=ads&csv=people").html
            #expect(file.contains("Ana") && !file.contains("u-2") && file.split(whereSeparator: \.isNewline).count == 2)
            let whole = try await browser.get("/people?csv=people").html
            #expect(whole.contains("Ana") && whole.contains("u-2"))
            #expect(try await browser.get("/people?purpose=adds").status == .badRequest)
        }
    }

    @Test("An owner records what a person said, with a reason; the page shows it with its history, and counts it")
    func records() async throws {
        try await Self.run { fixtures, browser, created in
            #expect(try await !browser.get("/people/p_0").html.contains("id=\"consents\""))
            try await fixtures.directory.createPurpose(
                NewPurpose(name: "ads", text: "May we?"), in: created.workspace.id, by: .commandLine)
            #expect(try await browser.get("/people/p_0").html.contains("Never asked"))
            let post = "/people/p_0/consents"
            let bare = try await browser.post(post, ["purpose": "ads", "status": "granted", "reason": " "], from: "/people/p_0")
            #expect(bare.status == .unprocessableContent && bare.html.contains("Say on what it rests."))
            let wrong = try await browser.post(post, ["purpose": "adds", "status": "granted", "reason": "x"], from: "/people/p_0")
            #expect(wrong.status == .unprocessableContent && wrong.html.contains("ads"))
            let done = try await browser.post(
                post, ["purpose": "ads", "status": "granted", "reason": "by phone"], from: "/people/p_0")
            #expect(done.location == "/people/p_0?done=saved#consents")
            let page = try await browser.get("/people/p_0")
            #expect(page.html.contains("Granted") && page.html.contains("by phone") && page.html.contains("Lu Yu"))
            let counted = try await browser.get("/settings/consent")
            #expect(counted.html.contains("50% have answered, 100% said yes."), "\(counted.html)")
            _ = try await browser.post(post, ["purpose": "ads", "status": "withdrawn", "reason": "by mail"], from: "/people/p_0")
            #expect(try await browser.get("/people/p_0").html.contains("tag bad\">Withdrawn"))
            #expect(try await browser.post("/people/p_zz/consents", ["reason": "x"], from: "/people").status == .notFound)
        }
    }

    @Test("The audit shows who looked at whom and why, filters, pages, and gives a file; a tampered row is named")
    func audit() async throws {
        try await Self.run { fixtures, browser, created in
            _ = try await browser.get("/people")
            _ = try await browser.get("/people/p_0?why=a+complaint")
            _ = try await browser.get("/people/p_0/events/1")
            _ = try await browser.get("/people/p_1")
            let all = try await browser.get("/settings/audit")
            #expect(all.html.contains("the chain is whole") && all.html.contains("why: a complaint"))
            for words in ["Listed people", "Looked at a person", "Looked at a raw event", "Made the workspace"] {
                #expect(all.html.contains(words), "\(words)")
            }
            let ana = try await browser.get("/settings/audit?kind=reading&person=u-1")
            #expect(ana.html.contains("/people/p_0") && !ana.html.contains("Made the workspace"))
            #expect(ana.html.matches(of: /<th scope="row">/).count == 3)
            #expect(try await browser.get("/settings/audit?person=who").html.contains("Nobody is known as"))
            #expect(try await browser.get("/settings/audit?actor=command-line").html.contains("No entry fits"))
            let csv = try await browser.get("/settings/audit?csv=audit&kind=reading")
            #expect(csv.html.contains("profile.viewed") && csv.html.split(separator: "\r\n").count == 5)
            for _ in 0 ..< 60 { _ = try await browser.get("/people/p_1") }
            let first = try await browser.get("/settings/audit?kind=reading")
            let next = try #require(first.html.firstMatch(of: /href="([^"]+)" rel="next"/)).1.unescaped
            let second = try await browser.get(next)
            #expect(second.html.matches(of: /<th scope="row">/).count == 14)
            try await fixtures.tamper("UPDATE audit_chain SET reason = NULL WHERE reason IS NOT NULL")
            let broken = try await browser.get("/settings/audit")
            #expect(broken.html.contains("is not what was written") && broken.html.contains("notice bad"))
        }
    }

    @Test("An analyst sees purposes, and neither changes anything nor reads the audit")
    func analyst() async throws {
        try await Self.run { fixtures, browser, created in
            let analyst = try await fixtures.directory.team.addMember(
                email: "ana@example.com", name: "Ana", password: "a good long password", role: .analyst, to: created.workspace.id,
                by: .commandLine)
            browser.set("teahouse_session", try await fixtures.directory.team.openSession(for: analyst.id))
            let page = try await browser.get("/settings/consent")
            #expect(page.html.contains("Only owners may name purposes") && !page.html.contains("/settings/audit"))
            #expect(try await browser.get("/settings/audit").status == .forbidden)
            #expect(try await browser.post("/settings/consent", ["name": "a", "text": "b"], from: "/people").status == .forbidden)
        }
    }
}
