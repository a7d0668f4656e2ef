import HTTPTypes
import HummingbirdTesting
import Intake
import Loyalty
import Model
import Records
import Testing
import Workspaces

@testable import Console

@Suite("Payers, caps, pools and gifts by forms") struct BenefitCareRoutesTests {
    private static let address = "/benefits/care?key=caddy"
    private static let done = "/benefits/care?key=caddy&done=1"

    /// Defines a gift out of a stock by the form.
    private static func define(_ browser: Browser) async throws {
        var fields = try await browser.get("/benefits").fields
        (fields["key"], fields["name_en"], fields["name_zh"]) = ("caddy", "Tea caddy", "茶罐")
        (fields["kind"], fields["detail"], fields["quota"]) = ("physical_gift", "caddies", "5")
        #expect(try await browser.postRaw("/benefits", fields).location == "/benefits/benefit?key=caddy&done=defined")
    }

    private static func send(
        _ deed: String, _ typed: [String: String], _ browser: Browser
    ) async throws -> String? {
        // Boxes that nobody ticks are not sent.
        let fields = try await browser.get(address).form(holding: #"value="\#(deed)""#).filter { !$0.key.hasPrefix("role_") }
        return try await browser.postRaw("/benefits/care", fields.merging(typed) { $1 }).location
    }

    @Test("A stock is filled and emptied, never below what was promised, and a gift takes its steps")
    func gifts() async throws {
        try await ProgramFixture.run { fixture in
            let browser = fixture.browser
            try await Self.define(browser)
            let member = try await fixture.earn(10, "user_id:ana", for: "o-1")
            #expect(try await Self.send("stock", ["count": "3"], browser) == Self.done)
            var fields = try await browser.get(Self.address).form(holding: #"value="stock""#)
            fields["count"] = "many"
            let wrong = try await browser.postRaw("/benefits/care", fields)
            #expect(wrong.status == .unprocessableContent && wrong.html.contains("such as 3 or -2"))
            fields["count"] = "-4"
            let short = try await browser.postRaw("/benefits/care", fields)
            #expect(short.status == .unprocessableContent && short.html.contains("Only 3 are free"))
            #expect(try await Self.send("stock", ["count": "-1"], browser) == Self.done)

            let wish = try await fixture.directory.memberWish(member, in: fixture.workspace, place: "")
            let grant = GrantBenefit("caddy", to: wish, for: .init(.gift, id: "birthday"))
            _ = try await fixture.directory.perform(grant, id: "grant", in: fixture.workspace, by: .admin)
            let use = UseBenefit(.reserve(seconds: 86_400), of: "caddy", by: wish)
            _ = try await fixture.directory.perform(use, id: "gift-1", in: fixture.workspace, by: .admin)
            #expect(try await Self.send("step", ["step": "reserve"], browser) == Self.done)
            #expect(try await browser.get(Self.address).html.contains("1 free, 1 promised, 2 on hand"))
            #expect(try await Self.send("consent", [:], browser) == Self.done)
            #expect(try await Self.send("step", ["step": "pack"], browser) == Self.done)
            #expect(try await Self.send("payer", ["payer": member, "grant": "grant"], browser) == Self.done)
            #expect(try await browser.get(Self.address).html.contains("paid by \(member)"))
        }
    }

    @Test("A pool is made, its people get roles and caps, what is large is allowed by another, and it is used")
    func pools() async throws {
        try await ProgramFixture.run { fixture in
            let browser = fixture.browser
            try await Self.define(browser)
            var members: [String] = []
            for name in ["firm", "boss", "buyer", "user"] {
                members.append(try await fixture.earn(1, "user_id:\(name)", for: "o-\(name)"))
            }
            let (firm, boss, buyer, user) = (members[0], members[1], members[2], members[3])
            #expect(try await Self.send("stock", ["count": "9"], browser) == Self.done)
            #expect(try await Self.send("open", ["account": firm, "by": boss, "approval_from": "4"], browser) == Self.done)
            #expect(try await Self.send("roles", ["by": boss, "member": buyer, "role_buyer": "1"], browser) == Self.done)
            #expect(
                try await Self.send("roles", ["by": boss, "member": user, "role_user": "1", "role_approver": "1"], browser)
                    == Self.done)
            #expect(try await Self.send("pool_cap", ["by": boss, "member": user, "max": "2"], browser) == Self.done)
            let wish = ["by": buyer, "source_kind": "order_line", "source": "o-77", "amount": "4"]
            #expect(try await Self.send("buy", wish, browser) == Self.done)
            #expect(try await browser.get(Self.address).html.contains("4 asked for by \(buyer)"))
            #expect(try await Self.send("approve", ["by": user], browser) == Self.done)
            #expect(try await Self.send("use", ["user": user, "amount": "2"], browser) == Self.done)
            var fields = try await browser.get(Self.address).form(holding: #"value="use""#)
            fields["user"] = user
            let capped = try await browser.postRaw("/benefits/care", fields)
            #expect(capped.status == .unprocessableContent && capped.html.contains("Nothing is left of the 2"))
            fields = try await browser.get(Self.address).form(holding: #"value="cap""#)
            fields.merge(["member": firm, "by": boss, "max": "3"]) { $1 }
            let stranger = try await browser.postRaw("/benefits/care", fields)
            #expect(stranger.status == .unprocessableContent && stranger.html.contains("Only whoever is guardian may do that"))
            try await fixture.fixtures.send(
                #"{"type":"track","userId":"boss","event":"View"},{"type":"track","userId":"firm","event":"View"}"#,
                to: fixture.created)
            let declared =
                #"{"userId":"boss","event":"relationship","properties":{"as":"guardian","to":{"type":"user_id","id":"firm"}}}"#
            let open = try await fixture.directory.workspace(fixture.workspace)
            let source = IntakeSource(id: fixture.created.source.id, isTrusted: true)
            let taken = try await open.intake.take(Array(declared.utf8), shape: .single(.declare), source: source)
            #expect(taken.rejected.isEmpty)
            #expect(try await Self.send("cap", ["member": firm, "by": boss, "max": "3"], browser) == Self.done)
            #expect(try await browser.get(Self.address).html.contains("at most 3, said by \(boss)"))
            #expect(try await Self.send("cap", ["member": firm, "by": boss, "max": ""], browser) == Self.done)
            #expect(try await Self.send("close", ["by": boss], browser) == Self.done)
            #expect(try await browser.get(Self.address).html.contains("No account has made a pool of it."))
        }
    }
}
