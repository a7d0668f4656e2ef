import HTTPTypes
import HummingbirdTesting
import Loyalty
import Model
import Records
import Testing
import Workspaces

@testable import Console

@Suite("How points are earned, by forms") struct EarningRoutesTests {
    private static let address = "/program/earning"

    private static func form(_ browser: Browser, _ query: String = "") async throws -> [String: String] {
        let page = try await browser.get(address + query)
        var fields = try page.form(holding: #"value="save""#)
        // Selects are no inputs: their standards are sent as the page has them.
        for (name, value) in page.fields where fields[name] == nil && (name.hasPrefix("rule") || name == "points" || name == "tax")
        {
            fields[name] = value
        }
        return fields
    }

    /// Sends the deed that a version offers.
    private static func deed(_ word: String, _ browser: Browser, _ typed: [String: String] = [:]) async throws -> Page {
        let fields = try await browser.get(address).form(holding: #"value="\#(word)""#)
        return try await browser.postRaw(address, fields.merging(typed) { $1 })
    }

    private static func draft(_ browser: Browser) async throws {
        let saved = try await browser.postRaw(address, try await form(browser))
        #expect(saved.location == address + "?program=club&version=1&done=saved", "\(saved.html)")
    }

    @Test("A first version is drafted from what the page proposes, tried, looked at and begun, and the next one follows it")
    func versions() async throws {
        try await ProgramFixture.run { fixture in
            let browser = fixture.browser
            #expect(try await browser.get("/program").html.contains(#"href="/program/earning""#))
            #expect(try await browser.get(Self.address).html.contains("Nothing earns points yet"))
            try await Self.draft(browser)
            let drafted = try await browser.get(Self.address).html
            #expect(drafted.contains("For orders: 1 point for each "), "\(drafted)")
            #expect(drafted.contains("draft") && drafted.contains("drafted by Lu Yu"))

            let tried = try await browser.get(Self.address + "?program=club&version=1&amount=88.50").html
            #expect(tried.contains("Such an order earns 88 points."), "\(tried)")
            let odd = try await browser.get(Self.address + "?program=club&version=1&amount=much").html
            #expect(odd.contains("Write an amount such as 100.00.") && !odd.contains("Such an order"))
            #expect(try await browser.get(Self.address + "?version=9").status == .notFound)
            #expect(try await browser.get(Self.address + "?program=none").status == .notFound)

            #expect(try await Self.deed("review", browser).location == Self.address + "?program=club&version=1&done=moved")
            let reviewed = try await browser.get(Self.address).html
            #expect(reviewed.contains("drafted by Lu Yu · looked at by Lu Yu"))
            #expect(!reviewed.contains(#"<p class="hint">drafted by"#), "who drafted it is no hint of the form")
            let wrong = try await Self.deed("schedule", browser, ["from": "soon"])
            #expect(wrong.status == .unprocessableContent && wrong.html.contains("Write a day such as 2026-12-01."))
            let past = try await Self.deed("schedule", browser, ["from": "2020-01-01"])
            #expect(past.html.contains(#"<p class="error" role="alert">A version cannot decide about what has happened"#))
            let day = /<input id="f-schedule-from-1"[^>]* value="2020-01-01"[^>]* aria-invalid="true" autofocus/
            #expect(past.html.firstMatch(of: day) != nil, "\(past.html)")
            #expect(try await Self.deed("schedule", browser).status == .seeOther)
            fixture.fixtures.clock.advance(seconds: 1)
            #expect(try await browser.get(Self.address).html.contains("counts now"))

            var next = try await Self.form(browser, "?program=club&of=1")
            #expect(next["of"] == "club" && next["number"] == "" && next["rule0_id"] == "rule-1" && next["rule0_points"] == "1")
            (next["rule0_points"], next["rule0_day"]) = ("2", "150")
            let second = try await browser.postRaw(Self.address, next)
            #expect(second.location == Self.address + "?program=club&version=2&done=saved", "\(second.html)")
            let twice = try await browser.postRaw(Self.address, next)
            #expect(twice.location == second.location, "the same form makes no third version")
            let versions = try await fixture.directory.programReader(of: fixture.workspace).earningVersions("club")
            #expect(versions.versions.map(\.program.version) == [1, 2])
            #expect(versions.versions[1].program.rules[0].id == versions.versions[0].program.rules[0].id)
            let shown = try await browser.get(Self.address + "?program=club&version=2&amount=100").html
            #expect(shown.contains("At most 150 for each member in a day.") && shown.contains("earns 150 points"))
            #expect(shown.contains("gives 150, of 200 without the caps."))
        }
    }

    @Test("What is wrong with a version is said at its field, and a key that is taken is not taken over")
    func wrong() async throws {
        try await ProgramFixture.run { fixture in
            let browser = fixture.browser
            let first = try await Self.form(browser)
            let folded = try await browser.get(Self.address).html
            #expect(folded.contains(#"<details open><summary>Rule 1 · <bdi>Points for what is bought</bdi> <span class="gives">"#))
            #expect(folded.contains(#"<details><summary>Rule 2 <span class="faint">not used</span></summary>"#))
            #expect(folded.contains(#"<details><summary>Multiplier 1 <span class="faint">not used</span></summary>"#))
            var wrong = first
            (wrong["rule0_points"], wrong["factor0_name"], wrong["factor0_by"]) = ("none", "Double", "0")
            let refused = try await browser.postRaw(Self.address, wrong)
            #expect(refused.status == .unprocessableContent)
            for field in ["rule0_points", "factor0_by"] {
                #expect(refused.html.contains(#"id="f-\#(field)""#) && refused.html.contains(#"aria-describedby="h-\#(field)""#))
            }
            #expect(refused.html.matches(of: /aria-invalid="true"/).count == 2)
            #expect(refused.html.matches(of: /<input id="f-([^"]+)"[^>]* autofocus/).map { String($0.1) } == ["rule0_points"])
            let bad = #"<span class="tag bad">to be corrected</span></summary>"#
            #expect(refused.html.contains("<details open><summary>Multiplier 1 · <bdi>Double</bdi> " + bad), "\(refused.html)")
            #expect(refused.html.contains(#"<details><summary>Rule 2 <span class="faint">not used</span></summary>"#))
            #expect(try await browser.postRaw(Self.address, first).status == .seeOther)
            var other = first
            (other["command"], other["rule0_points"]) = ("another", "3")
            let taken = try await browser.postRaw(Self.address, other)
            #expect(taken.status == .unprocessableContent && taken.html.contains("There are rules with this key."))
            #expect(taken.html.firstMatch(of: /<input id="f-program"[^>]* aria-invalid="true" autofocus/) != nil)
        }
    }

    @Test("A version is tried on the orders of the last days beside the one that counts, and nothing is booked")
    func rehearsal() async throws {
        try await ProgramFixture.run { fixture in
            let browser = fixture.browser
            try await Self.draft(browser)
            _ = try await Self.deed("review", browser)
            _ = try await Self.deed("schedule", browser)
            fixture.fixtures.clock.advance(seconds: 1)
            var next = try await Self.form(browser, "?program=club&of=1")
            (next["rule0_points"], next["rule0_budget"]) = ("3", "100")
            #expect(try await browser.postRaw(Self.address, next).status == .seeOther)
            let quiet = try await browser.get(Self.address + "?program=club&version=2&days=7").html
            #expect(quiet.contains("Nothing happened in that time"))
            let at = fixture.fixtures.clock.now.advanced(byMicroseconds: -.microsecondsPerHour).rfc3339
            try await fixture.fixtures.send(
                """
                {"type":"track","event":"Order Completed","messageId":"o1","userId":"ann","timestamp":"\(at)","properties":
                {"order_id":"o1","products":[{"product_id":"tea","price":40}]}}
                """, to: fixture.created)
            let tried = try await browser.get(Self.address + "?program=club&version=2&days=7").html
            #expect(tried.contains("Orders and events: 1. Members: 1. Points that they would have earned: 100."), "\(tried)")
            #expect(tried.contains("The version that counts now gives 40 for the same."))
            #expect(tried.contains("would have been used up on"))
            let reader = fixture.directory.programReader(of: fixture.workspace)
            #expect(try await reader.memberCount() == 0)
        }
    }

    @Test("A version that is to begin is taken back, and changed before it begins")
    func taking() async throws {
        try await ProgramFixture.run { fixture in
            let browser = fixture.browser
            try await Self.draft(browser)
            _ = try await Self.deed("review", browser)
            #expect(try await Self.deed("schedule", browser, ["from": "2030-01-01"]).status == .seeOther)
            let later = try await browser.get(Self.address).html
            #expect(later.contains("begins later") && later.contains("from 1 Jan 2030, 00:00"))
            #expect(try await Self.deed("unschedule", browser).status == .seeOther)
            var change = try await Self.form(browser, "?program=club&of=1")
            #expect(change["number"] == "1")
            change["name"] = "Leaves for all"
            let changed = try await browser.postRaw(Self.address, change)
            #expect(changed.location == Self.address + "?program=club&version=1&done=saved", "\(changed.html)")
            let versions = try await fixture.directory.programReader(of: fixture.workspace).earningVersions("club")
            #expect(versions.versions.map(\.program.name) == ["Leaves for all"] && versions.versions[0].reviewer == nil)
        }
    }

    @Test("An analyst reads and tries the rules, and changes nothing")
    func analyst() async throws {
        try await ProgramFixture.run { fixture in
            let browser = fixture.browser
            try await Self.draft(browser)
            try await fixture.join(.analyst, "c@example.com")
            let page = try await browser.get(Self.address + "?amount=10")
            #expect(page.status == .ok && page.html.contains("Such an order earns 10 points."))
            let forms = page.html.matches(of: /<form method="post" action="([^"]+)"/).map { String($0.1) }
            #expect(Set(forms) == ["/sign-out"], "\(forms)")
            #expect(try await browser.post(Self.address, ["deed": "save"], from: Self.address).status == .forbidden)
        }
    }
}
