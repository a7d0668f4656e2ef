import HTTPTypes
import HummingbirdTesting
import Loyalty
import Model
import Records
import Testing
import Workspaces

@testable import Console

@Suite("The page of disputes") struct DisputeRoutesTests {
    @Test("An order's commands stand with their answers in the order of time, refused ones too")
    func order() async throws {
        try await ProgramFixture.run { fixture in
            let browser = fixture.browser
            #expect(try await browser.get("/disputes").html.contains("What is it about?"))
            let member = try await fixture.earn(120, "user_id:ana", for: "o-4711")
            fixture.fixtures.clock.advance(seconds: 60)
            let wish = try await fixture.directory.memberWish("user_id:ana", in: fixture.workspace, place: "")
            let again = EarnPoints(120, of: "points", to: wish, for: PointSource(id: "o-4711"))
            let refused = try await fixture.directory.perform(again, id: "again", in: fixture.workspace, by: .admin)
            #expect(refused.isRefused)
            let page = try await browser.get("/disputes?look=%20o-4711").html
            #expect(page.contains("Carried out") && page.contains("Refused") && page.contains("Booked"))
            #expect(page.contains("/points/members/\(member)"))
            #expect(page.contains("Points were earned for o-4711 already, by \(member)."))
            #expect(page.firstMatch(of: /Carried out.*>Refused</.dotMatchesNewlines()) != nil)
            #expect(try await browser.get("/disputes?look=o-4712").html.contains("Nothing is known of"))
        }
    }
}
