import HTTPTypes
import HummingbirdTesting
import Loyalty
import Model
import Records
import Testing
import Workspaces

@testable import Console

@Suite("What product codes grant, by forms") struct ProductGrantRoutesTests {
    private static let address = "/benefits/products"

    @Test("A product's codes grant benefits for so long, paid by somebody; it is changed, and ended")
    func grants() async throws {
        try await ProgramFixture.run { fixture in
            let browser = fixture.browser
            #expect(try await browser.get(Self.address).html.contains("There are no product codes yet."))
            for product in ["kettle", "cup"] {
                try await browser.post(
                    "/people/product-codes", ["name": product, "product": product, "count": "2"], from: "/people/product-codes")
            }
            #expect(try await browser.get(Self.address).html.contains("There are no benefits yet."))
            var benefit = try await browser.get("/benefits").fields
            (benefit["key"], benefit["name_en"], benefit["name_zh"], benefit["quota"]) = ("repairs", "Repairs", "维修", "3")
            try await browser.postRaw("/benefits", benefit)
            let maker = try await fixture.earn(1, "user_id:maker", for: "o-1")

            let empty = try await browser.get(Self.address)
            #expect(empty.html.contains("No product grants anything yet"))
            var fields = try empty.form(holding: #"name="product""#)
            (fields["product"], fields["g0_benefit"], fields["g0_payer"]) = ("kettle", "repairs", "?")
            (fields["g0_amount"], fields["g0_months"]) = ("2", "1,300")
            let wrong = try await browser.postRaw(Self.address, fields)
            #expect(wrong.status == .unprocessableContent)
            for name in ["g0_months", "g0_payer"] {
                #expect(try wrong.html.contains(Regex("<input id=\"f-\(name)\"[^>]* aria-invalid=\"true\"")), "\(name)")
            }
            (fields["g0_months"], fields["g0_payer"]) = ("24", maker)
            fields["g1_benefit"] = "repairs"
            #expect(wrong.html.contains("<details open><summary>Benefit 1 · <bdi>Repairs</bdi> <span class=\"tag bad\">"))
            #expect(wrong.html.contains(#"<details><summary>Benefit 2 <span class="faint">not used</span></summary>"#))
            let twice = try await browser.postRaw(Self.address, fields)
            #expect(twice.status == .unprocessableContent && twice.html.contains("That was done already: repairs."))
            (fields["g1_benefit"], fields["command"]) = ("", fields["command"].map { $0 + "-2" })
            for _ in 0 ..< 2 {
                #expect(try await browser.postRaw(Self.address, fields).location == Self.address + "?done=set")
            }
            let set = try await browser.get(Self.address)
            #expect(set.html.contains("Repairs: 2, 24 months, paid by \(maker)"))
            var other = try set.form(holding: #"name="product""#)
            (other["product"], other["g0_benefit"]) = ("kettle", "repairs")
            #expect(try await browser.postRaw(Self.address, other).html.contains("This product grants something already."))

            let page = try await browser.get(Self.address + "?product=kettle")
            var change = try page.form(holding: #"name="product""#)
            #expect(change["g0_months"] == "24" && change["g0_payer"] == maker && change["of"] == "kettle")
            #expect(!page.html.contains(#"value="cup""#))
            (change["product"], change["g0_benefit"]) = ("kettle", "")
            #expect(try await browser.postRaw(Self.address, change).location == Self.address + "?done=set")
            #expect(try await browser.get(Self.address).html.contains("nothing from now on"))
            #expect(try await browser.get(Self.address + "?product=cup").status == .notFound)
        }
    }

    @Test("Who is no owner reads it, and finds no form")
    func reader() async throws {
        try await ProgramFixture.run { fixture in
            try await fixture.join(.analyst, "bo@example.com")
            let page = try await fixture.browser.get(Self.address)
            #expect(page.html.contains("Only an owner") && !page.html.contains(#"action="/benefits/products""#))
            #expect(try await fixture.browser.postRaw(Self.address, ["token": page.token ?? ""]).status == .forbidden)
        }
    }
}
