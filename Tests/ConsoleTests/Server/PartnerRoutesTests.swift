import HTTPTypes
import HummingbirdTesting
import Loyalty
import Model
import Records
import Testing
import Workspaces

@testable import Console

@Suite("Partners, and what stands open of points") struct PartnerRoutesTests {
    private static let address = "/points/partners"

    @Test("A partner's block is entered once, points come from it, and its statement closes")
    func partners() async throws {
        try await ProgramFixture.run { fixture in
            let browser = fixture.browser
            #expect(try await browser.get("/points/books").html.contains(#"href="/points/partners""#))
            let empty = try await browser.get(Self.address)
            #expect(empty.html.contains("No partner has bought points yet"))
            var fields = try empty.form(holding: #"value="buy""#)
            for (name, wrong) in [("partner", " "), ("amount", "0"), ("price", "much")] {
                (fields["partner"], fields["amount"], fields["price"]) = ("roaster", "1,000", "900.50")
                fields[name] = wrong
                let page = try await browser.postRaw(Self.address, fields)
                #expect(page.status == .unprocessableContent)
                #expect(try page.html.contains(Regex("<input id=\"f-buy-\(name)-\"[^>]* aria-invalid=\"true\"")), "\(name)")
            }
            (fields["partner"], fields["price"], fields["reference"]) = (" roaster ", "900.50", "INV-7")
            for _ in 0 ..< 2 {
                let location = try #require(try await browser.postRaw(Self.address, fields).location)
                #expect(location == Self.address + "?currency=points&bought=roaster&amount=1000")
                #expect(try await browser.get(location).html.contains("Entered: 1,000 points more for roaster."))
            }
            let wish = try await fixture.directory.memberWish("user_id:ana", in: fixture.workspace, place: "")
            var earned = EarnPoints(300, of: "points", to: wish, for: PointSource(id: "o-1"))
            earned.fundedBy = "roaster"
            let answer = try await fixture.directory.perform(earned, id: nil, in: fixture.workspace, by: .admin)
            #expect(!answer.isRefused)
            fixture.fixtures.clock.advance(seconds: 60)
            let list = try await browser.get(Self.address).html
            #expect(list.contains(#"<td class="num">300</td><td class="num">700</td>"#))
            let link = try #require(list.firstMatch(of: /href="(\/points\/partners\/statement[^"]*)"/)).1.unescaped
            let statement = try await browser.get(link).html
            #expect(statement.contains("1,000 points for") && statement.contains("900.50") && statement.contains("INV-7"))
            #expect(statement.contains("entered by Lu Yu") && statement.contains(#"<dd class="num">700</dd>"#))
            #expect(try await browser.get(link + "&month=2020-01").html.contains("Nothing was bought in this month."))
            #expect(try await browser.get("/points/partners/statement?partner=none").status == .notFound)
        }
    }

    @Test("Offers that wait and dormant points are listed, with who was told; nothing can be changed there")
    func open() async throws {
        try await ProgramFixture.run { fixture in
            let browser = fixture.browser
            let address = "/points/open"
            let empty = try await browser.get(address).html
            #expect(empty.contains("No offer waits.") && empty.contains("do not end for want of activity"))
            let ana = try await fixture.earn(500, "user_id:ana", for: "o-1")
            let bo = try await fixture.earn(5, "user_id:bo", for: "o-2")
            for (index, name) in [bo, "user_id:new"].enumerated() {
                let from = try await fixture.directory.memberWish(ana, in: fixture.workspace, place: "")
                let to = try await fixture.directory.memberWish(name, in: fixture.workspace, place: "")
                let made = try await fixture.directory.perform(
                    OfferPoints(100, of: "points", from: from, to: to), id: "offer-\(index)", in: fixture.workspace, by: .admin)
                #expect(!made.isRefused, "\(made.body)")
            }
            let page = try await browser.get(address).html
            #expect(
                page.contains(bo) && page.contains("user_id:new, invited") && page.matches(of: /<td class="num">100</).count == 2)
            let taken = AnswerOffer(
                "offer-0", by: try await fixture.directory.memberWish(bo, in: fixture.workspace, place: ""), accepts: true)
            _ = try await fixture.directory.perform(taken, id: nil, in: fixture.workspace, by: .admin)
            #expect(try await browser.get(address).html.matches(of: /<td class="num">100</).count == 1)
            #expect(!page.contains(#"action="/points"#))
            #expect(try await browser.get("/points").html.contains("/points/open"))
        }
    }

    @Test("Who is no owner reads them, and enters nothing")
    func reader() async throws {
        try await ProgramFixture.run { fixture in
            try await fixture.join(.analyst, "bo@example.com")
            let page = try await fixture.browser.get(Self.address)
            #expect(page.html.contains("Only an owner") && !page.html.contains(#"value="buy""#))
            #expect(try await fixture.browser.postRaw(Self.address, ["token": page.token ?? ""]).status == .forbidden)
        }
    }
}
