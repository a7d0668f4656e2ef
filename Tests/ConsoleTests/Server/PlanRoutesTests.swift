import HTTPTypes
import HummingbirdTesting
import Loyalty
import Model
import Records
import Testing
import Workspaces

@testable import Console

@Suite("Plans by forms") struct PlanRoutesTests {
    private static let address = "/benefits/plans"

    /// Defines a lounge with a price, and a plan that gives four visits a month for 99.
    private static func offer(_ browser: Browser) async throws {
        var fields = try await browser.get("/benefits").fields
        (fields["key"], fields["name_en"], fields["name_zh"]) = ("lounge", "Lounge", "茶室")
        (fields["quota"], fields["period"], fields["list_price"]) = ("4", "month", "30")
        #expect(try await browser.postRaw("/benefits", fields).status == .seeOther)
        var plan = try await form(browser)
        (plan["fee"], plan["part0_benefit"]) = ("99", "lounge")
        #expect(try await browser.postRaw(address, plan).location == address + "?done=defined")
    }

    private static func form(_ browser: Browser) async throws -> [String: String] {
        var fields = try await browser.get(address).form(holding: #"value="define""#)
        (fields["key"], fields["name_en"], fields["name_zh"], fields["interval"]) = ("gold", "Gold", "金卡", "month")
        return fields
    }

    private static func send(_ deed: String, _ typed: [String: String], _ browser: Browser) async throws -> Page {
        let fields = try await browser.get(address).form(holding: #"value="\#(deed)""#)
        return try await browser.postRaw(address, fields.merging(typed) { $1 })
    }

    @Test("A plan is offered and changed as a new version; what is wrong is said at its field")
    func offers() async throws {
        try await ProgramFixture.run { fixture in
            let browser = fixture.browser
            #expect(try await browser.get("/benefits").html.contains(#"href="/benefits/plans""#))
            let empty = try await browser.get(Self.address).html
            #expect(empty.contains("A plan gives benefits. Define one first.") && !empty.contains(#"value="define""#))
            try await Self.offer(browser)
            let list = try await browser.get(Self.address).html
            #expect(list.contains("Gold") && list.contains("99 each month") && list.contains("Lounge: 4, "))
            var again = try await Self.form(browser)
            (again["fee"], again["part0_benefit"]) = ("9.999", "lounge")
            let wrong = try await browser.postRaw(Self.address, again)
            #expect(wrong.status == .unprocessableContent && wrong.html.contains(#"value="9.999""#))
            #expect(wrong.html.firstMatch(of: /<input id="f-fee"[^>]* aria-invalid="true"/) != nil)
            again["fee"] = "9"
            let taken = try await browser.postRaw(Self.address, again)
            #expect(taken.html.contains("There is a plan with this key."))
            #expect(taken.html.contains(#"<details class="further"><summary>Trial, grace and notice</summary>"#))
            let trial = again["trial_days"]
            again["trial_days"] = "soon"
            let days = try await browser.postRaw(Self.address, again)
            #expect(days.html.contains(#"<details class="further" open><summary>Trial, grace and notice</summary>"#))
            again["trial_days"] = trial
            (again["key"], again["part0_benefit"]) = ("silver", "")
            let none = try await browser.postRaw(Self.address, again)
            #expect(none.html.contains("A plan gives 1 to 20 benefits."))
            #expect(none.html.firstMatch(of: /<select id="f-part0_benefit"[^>]* aria-invalid="true"/) != nil)
            again["part2_benefit"] = "lounge"
            again["notice_days"] = "2"
            again["part2_amount"] = "0"
            let amount = try await browser.postRaw(Self.address, again)
            #expect(amount.html.firstMatch(of: /<input id="f-part2_amount"[^>]* aria-invalid="true"/) != nil)
            let bad = #"<span class="tag bad">to be corrected</span></summary>"#
            #expect(amount.html.contains("<details open><summary>Benefit 3 · <bdi>Lounge</bdi> " + bad), "\(amount.html)")
            #expect(amount.html.contains(#"<details><summary>Benefit 2 <span class="faint">not used</span></summary>"#))

            let page = try await browser.get(Self.address + "?of=gold")
            var change = try page.form(holding: #"value="define""#)
            #expect(change["of"] == "gold" && change["fee"] == "99.00" && change["part0_amount"] == "4")
            (change["fee"], change["part0_benefit"], change["interval"]) = ("120", "lounge", "quarter")
            #expect(try await browser.postRaw(Self.address, change).location == Self.address + "?done=defined")
            let after = try await browser.get(Self.address).html
            #expect(after.contains("version 2") && after.contains("120 each quarter"))
            #expect(try await browser.get(Self.address + "?of=tin").status == .notFound)
        }
    }

    @Test("A plan is bought with payer and beneficiary apart, cancelled, and paid back less what was used")
    func bought() async throws {
        try await ProgramFixture.run { fixture in
            let browser = fixture.browser
            try await Self.offer(browser)
            let ana = try await fixture.earn(10, "user_id:ana", for: "o-1")
            let firm = try await fixture.earn(10, "user_id:firm", for: "o-2")
            let nobody = try await Self.send("buy", ["plan": "gold 1", "beneficiary": ana, "payer": "?"], browser)
            #expect(nobody.html.firstMatch(of: /<input id="f-buy-payer-"[^>]* aria-invalid="true"/) != nil)
            let old = try await Self.send("buy", ["plan": "gold 9", "beneficiary": ana, "payer": firm], browser)
            #expect(old.status == .unprocessableContent && old.html.contains("version 1 is for sale now"))
            var fields = try await browser.get(Self.address).form(holding: #"value="buy""#)
            (fields["plan"], fields["beneficiary"], fields["payer"]) = ("gold 1", ana, firm)
            let location = try #require(try await browser.postRaw(Self.address, fields).location)
            #expect(location.hasSuffix("&done=bought"))
            #expect(try await browser.postRaw(Self.address, fields).location == location, "sent twice is bought once")
            let page = try await browser.get(location)
            #expect(page.html.contains(ana) && page.html.contains(firm) && page.html.contains("A period began"))
            #expect(try await browser.get(Self.address).html.matches(of: /class="who" href="\/benefits\/plans\/plan/).count == 1)
            #expect(try await browser.get(Self.address + "?member=user_id:firm").html.contains(location.prefix { $0 != "&" }))
            #expect(try await browser.get(Self.address + "?member=m_7").html.contains("Nothing was bought or given by or for m_7."))

            let wish = try await fixture.directory.memberWish(ana, in: fixture.workspace, place: "")
            let use = UseBenefit(.consume(.hard), of: "lounge", by: wish)
            let used = try await fixture.directory.perform(use, id: "use", in: fixture.workspace, by: .admin)
            #expect(!used.isRefused)
            fixture.fixtures.clock.advance(seconds: 60)
            let cancel = try page.form(holding: #"value="cancel""#)
            #expect(try await browser.postRaw("/benefits/plans/plan", cancel).location?.hasSuffix("&done=cancelled") == true)
            let link = try #require(page.html.firstMatch(of: /href="(\/benefits\/plans\/refund[^"]*)"/)).1.unescaped
            let preview = try await browser.get(link)
            #expect(preview.html.contains("69</dd>") && preview.html.contains("The plan ends at once"))
            let back = try preview.form(holding: "Pay it back")
            let done = try #require(try await browser.postRaw("/benefits/plans/refund", back).location)
            let after = try await browser.get(done).html
            #expect(after.contains("69 goes back to the payer: send it.") && !after.contains(#"value="cancel""#))
            #expect(try await browser.get(link).location?.hasPrefix("/benefits/plans/plan") == true, "nothing more goes back")
            #expect(try await browser.get("/benefits/plans/plan?id=none").status == .notFound)
        }
    }

    @Test("A plan is given, declined, taken back and accepted")
    func gifts() async throws {
        try await ProgramFixture.run { fixture in
            let browser = fixture.browser
            try await Self.offer(browser)
            let ana = try await fixture.earn(10, "user_id:ana", for: "o-1")
            let firm = try await fixture.earn(10, "user_id:firm", for: "o-2")
            let wish = ["plan": "gold 1", "payer": firm, "recipient": ana, "days": "7"]
            let oneself = try await Self.send("give", wish.merging(["recipient": firm]) { $1 }, browser)
            #expect(oneself.status == .unprocessableContent && oneself.html.contains("Nobody makes a gift to themselves."))
            let long = try await Self.send("give", wish.merging(["days": "900"]) { $1 }, browser)
            #expect(long.html.firstMatch(of: /<input id="f-give-days-"[^>]* aria-invalid="true"/) != nil)
            let answered = Self.address + "?done=answered"
            for deed in ["decline", "withdraw", "accept"] {
                #expect(try await Self.send("give", wish, browser).location == Self.address + "?done=given")
                #expect(try await Self.send(deed, [:], browser).location == answered)
            }
            let page = try await browser.get(Self.address).html
            #expect(page.contains("Declined") && page.contains("Taken back") && page.contains("accepted by \(ana)"))
            #expect(!page.contains(#"value="accept""#))
            // For whoever comes first: nobody in particular can decline it.
            #expect(try await Self.send("give", wish.merging(["recipient": ""]) { $1 }, browser).location != nil)
            #expect(!(try await browser.get(Self.address).html.contains(#"value="decline""#)))
            let other = try await Self.send("accept", ["by": firm], browser)
            #expect(other.status == .unprocessableContent && other.html.contains("Nobody makes a gift to themselves."))
            #expect(try await Self.send("accept", ["by": "user_id:ana"], browser).location == answered)
        }
    }

    @Test("Who is no owner reads plans, and changes nothing")
    func reader() async throws {
        try await ProgramFixture.run { fixture in
            try await Self.offer(fixture.browser)
            try await fixture.join(.analyst, "bo@example.com")
            let page = try await fixture.browser.get(Self.address)
            #expect(page.html.contains("Only an owner") && page.html.contains("Gold"))
            #expect(!page.html.contains(#"<form method="post" action="/benefits/plans"#) && !page.html.contains(#"value="define""#))
            #expect(try await fixture.browser.get("/benefits/plans/refund?id=x").status == .forbidden)
        }
    }
}
