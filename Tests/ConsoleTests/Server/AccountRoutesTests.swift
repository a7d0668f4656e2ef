import HTTPTypes
import HummingbirdTesting
import Model
import Testing

@testable import Console

/// The pages of accounts, whose clock stands at Sunday, 22 November 2026.
struct AccountRoutesTests {
    private static let calls = #"""
        {"type":"group","userId":"ann","groupId":"a/c+me","traits":{"name":"Acme <b>","contract_until":"2027-03-31"},"messageId":"1","timestamp":"2026-08-01T00:00:00Z"},
        {"type":"track","event":"Report Viewed","userId":"ann","messageId":"2","timestamp":"2026-08-02T00:00:00Z"},
        {"type":"track","event":"Order Completed","userId":"ann","messageId":"3","timestamp":"2026-11-02T00:00:00Z","properties":{"order_id":"1","total":99.5}},
        {"type":"group","userId":"bob","groupId":"globex","messageId":"4","timestamp":"2026-08-01T00:00:00Z"},
        {"type":"track","event":"Report Viewed","userId":"bob","messageId":"5","timestamp":"2026-11-20T00:00:00Z"}
        """#

    @Test("Accounts are listed with the silent one first, searched and filtered, and lead to their pages")
    func list() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            try await fixtures.send(Self.calls, to: created)
            let page = try await browser.get("/accounts", [.acceptLanguage: "en"])
            let links = page.html.matches(of: /<a class="who" href="([^"]+)"><bdi>([^<]+)</).map { [String($0.1), $0.2.unescaped] }
            #expect(links == [["/accounts/a%2Fc%2Bme", "Acme <b>"], ["/accounts/globex", "globex"]])
            #expect(page.html.matches(of: /<span class="tag bad">Silent/).count == 1 && page.html.contains("CN¥99.5"))
            #expect(try await browser.get("/accounts?search=GLOB").html.matches(of: /class="who"/).count == 1)
            #expect(try await browser.get("/accounts?silent=yes").html.matches(of: /class="who"/).count == 1)
            let none = try await browser.get("/accounts?search=%3Ci%3E", [.acceptLanguage: "zh-CN"])
            #expect(none.html.contains("没有符合的账户") && none.html.contains("&lt;i&gt;"))
            #expect(try await browser.get("/accounts?cursor=gone&search=a").location == "/accounts?search=a")
            let one = try await browser.get(links[0][0], [.acceptLanguage: "en"])
            #expect(one.status == .ok && one.html.contains("figure-use") && one.html.contains("figure-paid"))
            #expect(one.html.contains("31 Mar 2027") && one.html.contains("<bdi>ann</bdi>"), "\(one.html)")
            let csv = try await browser.get(links[0][0] + "?csv=use", [.acceptLanguage: "zh-CN"])
            #expect(csv.html.hasPrefix("\u{FEFF}周,人数,事件\r\n"))
            let unpaid = try await browser.get("/accounts/globex", [.acceptLanguage: "en"])
            #expect(unpaid.html.contains("Nobody of this account has paid yet") && !unpaid.html.contains("figure-paid"))
            for path in ["/accounts/nothing", "/accounts/globex/more", links[0][0] + "?csv=nothing"] {
                #expect(try await browser.get(path).status == .notFound, "\(path)")
            }
            let person = try #require(one.html.firstMatch(of: /<a class="who" href="(\/people\/[^"]+)"/)).1
            #expect(try await browser.get(String(person)).html.contains("href=\"/accounts/a%2Fc%2Bme\""))
        }
    }

    @Test("Before the first account the page says what to send")
    func empty() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            try await fixtures.settle(browser)
            let page = try await browser.get("/accounts", [.acceptLanguage: "en"])
            #expect(page.html.contains("No account yet") && page.html.contains("&quot;groupId&quot;"))
        }
    }
}
