import HTTPTypes
import HummingbirdTesting
import Loyalty
import Model
import Records
import Testing
import Workspaces

@testable import Console

@Suite("Pages of benefits") struct BenefitRoutesTests {
    private static let address = "/benefits/benefit?key=lounge"

    /// Defines a lounge by the form.
    private static func define(_ browser: Browser) async throws {
        var fields = try await browser.get("/benefits").fields
        (fields["key"], fields["name_en"], fields["name_zh"], fields["quota"], fields["period"]) = (
            "lounge", "Lounge", "茶室", "3", "month"
        )
        #expect(try await browser.postRaw("/benefits", fields).location == address + "&done=defined")
    }

    @Test("A benefit is defined, wrong fields are told, and its key is taken once")
    func define() async throws {
        try await ProgramFixture.run { fixture in
            let browser = fixture.browser
            let empty = try await browser.get("/benefits")
            #expect(empty.html.contains("No benefits yet"))
            var fields = empty.fields
            (fields["key"], fields["name_en"], fields["name_zh"], fields["quota"]) = ("lounge", "Lounge", "茶室", "many")
            let wrong = try await browser.postRaw("/benefits", fields)
            #expect(wrong.status == .unprocessableContent && wrong.html.contains(#"value="many""#))
            #expect(wrong.html.firstMatch(of: /<input id="f-quota"[^>]* aria-invalid="true"/) != nil)
            try await Self.define(browser)
            let list = try await browser.get("/benefits").html
            #expect(list.contains("Lounge") && list.contains("each month"))
            fields["quota"] = "4"
            let taken = try await browser.postRaw("/benefits", fields)
            #expect(taken.status == .unprocessableContent && taken.html.contains("There is a benefit with this key"))
            var change = try await browser.get("/benefits?of=lounge").fields
            #expect(change["quota"] == "3" && change["of"] == "lounge")
            change["quota"] = "5"
            #expect(try await browser.postRaw("/benefits", change).location == Self.address + "&done=defined")
            #expect(try await browser.get(Self.address).html.contains("Version 2"))
            #expect(try await browser.get("/benefits/benefit?key=spa").status == .notFound)
        }
    }

    @Test("A benefit is granted once however often the form is sent, shows its uses, and is taken back with a reason")
    func grant() async throws {
        try await ProgramFixture.run { fixture in
            let browser = fixture.browser
            try await Self.define(browser)
            let member = try await fixture.earn(10, "user_id:ana", for: "o-1")
            let page = try await browser.get(Self.address)
            #expect(page.html.contains("Nobody holds it yet"))
            var fields = try page.form(holding: #"value="grant""#)
            #expect(fields["payer"] == "program")
            (fields["beneficiary"], fields["source"], fields["source_kind"]) = (member, "", "compensation")
            let wrong = try await browser.postRaw("/benefits/benefit", fields)
            #expect(wrong.html.firstMatch(of: /<input id="f-source"[^>]* aria-invalid="true"/) != nil)
            (fields["source"], fields["until"]) = ("late-parcel", "2030-01-31")
            for _ in 0 ..< 2 {
                #expect(try await browser.postRaw("/benefits/benefit", fields).location == Self.address + "&done=granted")
            }
            let wish = try await fixture.directory.memberWish(member, in: fixture.workspace, place: "")
            var command = UseBenefit(.consume(.hard), of: "lounge", by: wish)
            command.amount = 2
            let used = try await fixture.directory.perform(command, id: "use", in: fixture.workspace, by: .admin)
            #expect(!used.isRefused)
            fixture.fixtures.clock.advance(seconds: 60)
            let shown = try await browser.get(Self.address)
            #expect(shown.html.contains(member) && shown.html.contains("late-parcel") && shown.html.contains("paid by the program"))
            #expect(shown.html.contains(#"<strong class="amount">1</strong>"#) && shown.html.contains("Used"))
            var back = try shown.form(holding: #"value="revoke""#)
            back["reason"] = " "
            #expect(try await browser.postRaw("/benefits/benefit", back).html.contains("Say why"))
            back["reason"] = "by mistake"
            #expect(try await browser.postRaw("/benefits/benefit", back).location == Self.address + "&done=revoked")
            fixture.fixtures.clock.advance(seconds: 60)
            let after = try await browser.get(Self.address).html
            #expect(after.contains("by mistake") && !after.contains(#"value="revoke""#))
        }
    }

    @Test("Who is no owner reads, and changes nothing")
    func reader() async throws {
        try await ProgramFixture.run { fixture in
            try await Self.define(fixture.browser)
            try await fixture.join(.analyst, "bo@example.com")
            let page = try await fixture.browser.get(Self.address)
            #expect(page.html.contains("Only an owner") && !page.html.contains(#"action="/benefits/benefit""#))
            #expect(!(try await fixture.browser.get("/benefits").html.contains(#"action="/benefits""#)))
        }
    }
}
