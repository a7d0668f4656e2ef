import HTTPTypes
import HummingbirdTesting
import Loyalty
import Model
import Records
import Testing
import Workspaces

@testable import Console

@Suite("Pages of coupons") struct CouponRoutesTests {
    private static let form = [
        "name": "Spring", "kind": "amount", "value": "20", "on": "order", "spend_min": "100", "budget": "5,000", "of": "",
        "cart_lines": "tin, 2, 60",
    ]

    private static func make(_ fixture: ProgramFixture) async throws {
        let made = try await fixture.browser.post(
            "/coupons/new", form.merging(["deed": "make"]) { one, _ in one }, from: "/coupons/new")
        #expect(made.location == "/coupons/template?name=Spring&done=made")
    }

    @Test("A template is looked at and tried, then made once; its next version follows, and a name is not taken unseen")
    func template() async throws {
        try await ProgramFixture.run { fixture in
            let browser = fixture.browser
            #expect(try await browser.get("/coupons").html.contains("No coupons yet"))
            let looked = try await browser.post(
                "/coupons/new", Self.form.merging(["deed": "preview"]) { one, _ in one }, from: "/coupons/new")
            #expect(looked.status == .ok && looked.html.contains(#"lang="zh-CN""#))
            #expect(looked.html.contains("20 off: ") && looked.html.contains(#"value="Spring""#))
            let reader = fixture.directory.programReader(of: fixture.workspace)
            #expect(try await reader.couponTemplates().isEmpty, "a preview makes nothing")
            let wrong = try await browser.post(
                "/coupons/new", Self.form.merging(["deed": "make", "value": "x"]) { _, new in new }, from: "/coupons/new")
            #expect(wrong.status == .unprocessableContent)
            #expect(wrong.html.firstMatch(of: /<input id="f-value"[^>]* aria-invalid="true"/) != nil)
            try await Self.make(fixture)
            let list = try await browser.get("/coupons").html
            #expect(list.contains("<meter") && list.contains("5,000 used") && list.contains("Version 1"))
            let again = try await browser.post(
                "/coupons/new", Self.form.merging(["deed": "make"]) { one, _ in one }, from: "/coupons/new")
            #expect(again.status == .unprocessableContent && again.html.contains("There is a template of this name."))
            #expect(again.html.firstMatch(of: /<input id="f-name"[^>]* value="Spring"[^>]* aria-invalid="true" autofocus/) != nil)
            let filled = try await browser.get("/coupons/new?of=Spring")
            #expect(filled.html.contains(#"value="20.00""#))
            let next = try await browser.post(
                "/coupons/new", Self.form.merging(["deed": "make", "of": "Spring", "value": "25"]) { _, new in new },
                from: "/coupons/new?of=Spring")
            #expect(next.location == "/coupons/template?name=Spring&done=made")
            #expect(try await reader.couponTemplate("Spring")?.key.version == 2)
        }
    }

    @Test("A limit under whose name something else counts already is refused at its field")
    func limitTaken() async throws {
        try await ProgramFixture.run { fixture in
            let name = CouponTemplateKey(name: "Other", version: 1)
            var other = CouponTemplate(key: name, currency: .cny, zone: "Asia/Shanghai", effect: .amount(100, on: .order))
            other.limits = [CouponLimit("Spring/budget", .uses, max: 5)]
            let made = try await fixture.directory.perform(
                SetCouponTemplate(other), id: "other", in: fixture.workspace, by: .admin)
            #expect(!made.isRefused, "\(made.body.text)")
            let refused = try await fixture.browser.post(
                "/coupons/new", Self.form.merging(["deed": "make"]) { one, _ in one }, from: "/coupons/new")
            #expect(refused.status == .unprocessableContent)
            let field = /<input id="f-budget"[^>]* value="5,000"[^>]* aria-invalid="true" autofocus aria-describedby="h-budget">/
            #expect(refused.html.firstMatch(of: field) != nil, "\(refused.html)")
            #expect(refused.html.contains("counts uses. Choose another name for this one."))
        }
    }

    @Test("While somebody types, the text and what it does for the cart come alone, in the page's language; nothing is made")
    func draft() async throws {
        try await ProgramFixture.run { fixture in
            let browser = fixture.browser
            let page = try await browser.get("/coupons/new").html
            #expect(page.contains(#"<form method="post" action="/coupons/new" data-draft="draft">"#))
            #expect(page.contains(#"<div id="draft" aria-live="polite">"#) && page.contains("It stands here in both languages"))
            func told(_ typed: [String: String]) async throws -> Page {
                let fields = Self.form.merging(typed) { _, new in new }.merging(["deed": "draft"]) { _, new in new }
                return try await browser.post("/coupons/new", fields, from: "/coupons/new")
            }
            let first = try await told([:])
            #expect(first.status == .ok && !first.html.contains("<html") && !first.html.contains("<form"))
            #expect(first.html.contains("CN¥20 off the order.") && first.html.contains("整单立减 ¥20。"))
            #expect(first.html.contains("It takes CN¥20 off: CN¥100 are left to pay."))
            let more = try await told(["value": "25"]).html
            #expect(more.contains("CN¥25 off the order.") && more.contains("It takes CN¥25 off: CN¥95 are left to pay."))
            let wrong = try await told(["value": "a <few>"])
            #expect(wrong.status == .ok && !wrong.html.contains("panel") && !wrong.html.contains("<few>"))
            #expect(wrong.html.firstMatch(of: /^\s*<p class="muted">How much: [^<]+<\/p>\s*$/) != nil, "\(wrong.html)")
            let cart = try await told(["cart_lines": "tin"]).html
            #expect(cart.contains("CN¥20 off the order.") && cart.contains("Goods, one a line: Line 1 is not understood."))
            // The form's own token is asked for, and its template, as when it is sent.
            let foreign = try await browser.postRaw("/coupons/new", Self.form.merging(["deed": "draft"]) { one, _ in one })
            #expect(foreign.status == .forbidden && !foreign.html.contains("CN¥20 off the order."))
            #expect(try await told(["of": "Autumn"]).status == .notFound)
            _ = try await browser.get("/preferences?language=zh&back=/")
            let chinese = try await told([:]).html
            #expect(chinese.contains("减免 ¥20，应付 ¥100。") && chinese.contains("CN¥20 off the order."), "\(chinese)")
            #expect(try await told(["value": "?"]).html.contains("“数值”一栏："))
            #expect(try await fixture.directory.programReader(of: fixture.workspace).couponTemplates().isEmpty)
        }
    }

    @Test("Codes are made, taken out with a note of who did it, looked up, and end")
    func codes() async throws {
        try await ProgramFixture.run { fixture in
            let browser = fixture.browser
            try await Self.make(fixture)
            let page = "/coupons/template?name=Spring"
            let none = try await browser.post("/coupons/batches", ["template": "Spring", "count": "few"], from: page)
            #expect(none.status == .unprocessableContent && none.html.contains("Write a whole number."))
            let made = try await browser.post("/coupons/batches", ["template": "Spring", "count": "1,000"], from: page)
            #expect(made.location == "/coupons/template?name=Spring&done=batch")
            let file = try await browser.post("/coupons/batches/1/codes", [:], from: page)
            #expect(file.response.headers[.contentDisposition]?.hasPrefix("attachment") == true)
            let codes = file.html.split(separator: "\r\n").dropFirst().compactMap { $0.split(separator: ",").first }
            #expect(codes.count == 1_000)
            #expect(try await browser.get(page).html.contains("once, by Lu Yu"))
            #expect(try await browser.get("/coupons?look=\(codes[3])").html.contains("Nobody has claimed this code yet."))
            #expect(try await browser.get("/coupons?look=2222-2222").html.contains("There is no such code"))
            _ = try await fixture.earn(10, "user_id:ann", for: "order-1")
            let place = try await fixture.directory.couponPlace(.init(String(codes[3]), address: "::1"), in: fixture.workspace)
            let wish = try await fixture.directory.memberWish("user_id:ann", in: fixture.workspace, place: "")
            let claim = GrantCoupon(.code(place), to: wish)
            let claimed = try await fixture.directory.perform(claim, id: "claim", in: fixture.workspace, by: .admin)
            #expect(!claimed.isRefused, "\(claimed.body.text)")
            #expect(try await browser.get("/disputes?look=\(codes[3])").html.contains("Carried out"))
            #expect(try await browser.get("/disputes?look=\(codes[4])").html.contains("Nothing is known of"))
            let closed = try await browser.post("/coupons/batches/1/close", ["template": "Spring"], from: page)
            #expect(closed.location == "/coupons/template?name=Spring&done=closed")
            #expect(try await !browser.get(page).html.contains("/coupons/batches/1/codes"))
        }
    }

    @Test("A coupon is given, found by its member, and taken away with a reason")
    func giving() async throws {
        try await ProgramFixture.run { fixture in
            let browser = fixture.browser
            try await Self.make(fixture)
            let number = try await fixture.earn(10, "user_id:ann", for: "order-1")
            let page = "/coupons/template?name=Spring"
            let nobody = try await browser.post("/coupons/give", ["template": "Spring", "member": "user_id:zoe"], from: page)
            #expect(nobody.status == .unprocessableContent && nobody.html.contains("There is no member"))
            let given = try await browser.post("/coupons/give", ["template": "Spring", "member": "user_id:ann"], from: page)
            #expect(given.location?.hasPrefix("/coupons?look=c_") == true)
            let found = try await browser.get("/coupons?look=\(number)")
            #expect(found.html.contains("to be used"))
            let coupon = try #require(found.html.firstMatch(of: /name="coupon" value="([^"]+)"/)?.1)
            let fields = ["coupon": String(coupon), "look": number, "deed": "revoke", "reason": " "]
            let silent = try await browser.post("/coupons/change", fields, from: "/coupons?look=\(number)")
            #expect(silent.status == .unprocessableContent && silent.html.contains("Say why it is taken away."))
            let taken = try await browser.post(
                "/coupons/change", fields.merging(["reason": "misprint <b>"]) { _, new in new }, from: "/coupons?look=\(number)")
            #expect(taken.location == "/coupons?look=\(coupon)&done=revoked")
            #expect(try await browser.get("/coupons?look=\(coupon)").html.contains("misprint &lt;b&gt;"))
        }
    }

    @Test("What a budget had left day by day stands on its template's page, from the first use on")
    func budget() async throws {
        try await ProgramFixture.run { fixture in
            try await Self.make(fixture)
            let page = "/coupons/template?name=Spring"
            let before = try await fixture.browser.get(page).html
            #expect(before.contains("Nothing was used yet") && !before.contains("figure-burn-0"))
            try await fixture.earn(10, "user_id:ann", for: "order-1")
            let wish = try await fixture.directory.memberWish("user_id:ann", in: fixture.workspace, place: "")
            let given = try await fixture.directory.perform(
                GrantCoupon(.template("Spring"), to: wish), id: "give", in: fixture.workspace, by: .admin)
            let coupon = try #require(given.body["coupon"]?.stringValue)
            let cart = CouponCart(
                currency: .cny, lines: [.init(id: "1", sku: "tin", unitPrice: 12_000)], at: fixture.fixtures.clock.now)
            var command = ReserveCoupons([coupon], for: "order-2", by: wish, cart)
            command.commits = true
            let used = try await fixture.directory.perform(command, id: "use", in: fixture.workspace, by: .admin)
            #expect(!used.isRefused, "\(used.body.text)")
            let after = try await fixture.browser.get(page).html
            #expect(after.contains(#"id="figure-burn-0""#) && after.contains("<bdi>CN¥4,980</bdi>"))
            #expect(after.contains("At the rate of the last 7 days it is used up on "))
        }
    }

    @Test("Who only reads sees coupons and changes nothing")
    func readers() async throws {
        try await ProgramFixture.run { fixture in
            try await Self.make(fixture)
            try await fixture.join(.analyst, "bo@example.com")
            let page = try await fixture.browser.get("/coupons/template?name=Spring")
            #expect(page.status == .ok && page.html.contains("Only an owner") && !page.html.contains("/coupons/give"))
            #expect(try await fixture.browser.get("/coupons/new").status == .forbidden)
            for path in ["/coupons/new", "/coupons/change", "/coupons/give", "/coupons/batches", "/coupons/batches/1/codes"] {
                let reply = try await fixture.browser.post(path, [:], from: "/coupons")
                #expect(reply.status == .forbidden, "\(path)")
            }
        }
    }
}
