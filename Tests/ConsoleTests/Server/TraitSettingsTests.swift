import HTTPTypes
import HummingbirdTesting
import Model
import Questions
import Records
import Testing
import Workspaces

@testable import Console

@Suite("The page of the computed traits") struct TraitSettingsTests {
    private static let page = "/settings/traits"
    private static let calls =
        #"{"type":"track","event":"Order Completed","userId":"anna","properties":{"revenue":5}},{"type":"track","event":"View","userId":"bert"}"#
    private static let sum = #"{"selector": {"event": "Order Completed"}, "measure": "sum", "property": "revenue"}"#

    private static func fields(_ wish: String, key: String = "spent", rule: String = sum) -> [String: String] {
        ["do": wish, "key": key, "rule": rule.replacing("\n", with: "\r\n")]
    }

    @Test("A trait is looked at before it is saved, changed and taken away; portraits follow")
    func wayAndBack() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            try await fixtures.send(Self.calls, to: created)
            func traits() throws -> [ComputedTrait] { try fixtures.directory.computedTraits(of: created.workspace.id) }
            let empty = try await browser.get(Self.page)
            #expect(empty.html.contains("No computed traits yet") && !empty.html.contains(#"value="save""#), "only after a look")

            let look = try await browser.post(Self.page, Self.fields("preview"), from: Self.page)
            #expect(look.status == .ok && look.html.contains("Has a value for 2 of 2 people; it is not 0 for 1 of them."))
            #expect(try look.html.contains(#"value="save""#) && traits().isEmpty, "a look changes nothing")
            let greatest = Self.sum.replacing("sum", with: "max")
            let other = try await browser.post(Self.page, Self.fields("preview", rule: greatest), from: Self.page)
            #expect(other.html.contains("Has a value for 1 of 2 people."))

            let saved = try await browser.post(Self.page, Self.fields("save"), from: Self.page)
            #expect(saved.location == "/settings/traits?done=saved")
            let listed = try await browser.get(Self.page).html
            #expect(listed.contains("sum of revenue · Order Completed") && listed.contains("/settings/traits?change=spent#trait"))
            #expect(try await browser.get("/people/p_0").html.contains("sum of revenue"))
            let filled = try await browser.get(Self.page + "?change=spent").html
            #expect(filled.contains(#"value="spent""#) && filled.contains("&quot;measure&quot;: &quot;sum&quot;"))

            try await browser.post(Self.page, Self.fields("save", rule: greatest), from: Self.page)
            #expect(try traits().map(\.measure) == [.max])
            let removed = try await browser.post(Self.page + "/remove", ["key": "spent"], from: Self.page)
            #expect(try removed.location == "/settings/traits?done=saved" && traits().isEmpty)
            #expect(try await browser.post(Self.page + "/remove", ["key": "spent"], from: Self.page).status == .notFound)
        }
    }

    @Test(
        "What is wrong is said at its field, and what was typed stays",
        arguments: [
            ("a.b", sum, "no dots"), ("", sum, "1 to 200 bytes"), ("a", "{", "JSON"), ("a", "{}", "selector"),
            ("a", #"{"selector": {"event": "View"}, "measure": "count", "window": "9999d"}"#, "3660 days"),
        ])
    func refused(key: String, rule: String, said: String) async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            try await fixtures.settle(browser)
            for wish in ["preview", "save"] {
                let page = try await browser.post(Self.page, Self.fields(wish, key: key, rule: rule), from: Self.page)
                #expect(page.status == .unprocessableContent && page.html.contains(said), "\(page.html)")
                #expect(page.html.contains(#"aria-invalid="true""#) && page.html.contains(#"value="\#(key)""#))
            }
        }
    }
}
