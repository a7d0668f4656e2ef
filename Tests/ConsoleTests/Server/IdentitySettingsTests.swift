import HTTPTypes
import HummingbirdTesting
import Model
import People
import Records
import Testing
import Workspaces

@testable import Console

@Suite("The form of identity settings") struct IdentitySettingsTests {
    private static let page = "/settings/identity"

    @Test("The form reads as it is written, and what it says is what is kept")
    func form() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            let first = try await browser.get(Self.page)
            #expect(first.html.contains("anonymous_id 1000 ever\ndevice_id 1000 ever\nproduct_code 1000 ever</textarea>"))
            #expect(first.html.contains(#"value="5 ever""#) && first.html.contains("from now on"))
            #expect(Desk.json(of: Desk.form(of: .standard)).canonical == IdentitySettings.standard.json.canonical)
            let fields = [
                "types": "email 3 year\r\n  loyalty card off \r\n\r\nphone 9", "others": "off", "identities": "50", "merges": "off",
                "unique": "till", "blocked": "walk-in\r\n散客\r\n",
            ]
            let saved = try await browser.post(Self.page, fields, from: Self.page)
            #expect(saved.location == "/settings/identity?done=saved", "\(saved.html)")
            let settings = try fixtures.directory.identitySettings(of: created.workspace.id)
            #expect(
                settings.json == [
                    "types": [
                        "email": ["count": 3, "per": "year"], "loyalty card": nil, "phone": ["count": 9, "per": "ever"],
                    ], "others": nil, "unique": ["till"], "merges": nil, "identities": 50, "blocked": ["walk-in", "散客"],
                ])
            #expect(Desk.json(of: Desk.form(of: settings)).canonical == settings.json.canonical)
            #expect(try await browser.get("/people/identity").html.contains(#"href="/settings/identity""#))
        }
    }

    private static let wrong: [(field: String, value: String, says: String)] = [
        ("types", "email", "within one of"), ("types", "email three ever", "within one of"),
        ("types", "user_id 2 ever", "two user ids"),
        ("types", "email 3 day", "within one of"), ("others", "", "within one of"), ("others", "5 ever more", "within one of"),
        ("identities", "0", "a number from 1"), ("merges", "none", "a number from 1"), ("unique", "user_id", "two user ids"),
        ("blocked", String(repeating: "x", count: 1_001), "1 to 1000 bytes"),
    ]

    @Test("What is wrong is said at its field, in the reader's language, and nothing is kept", arguments: wrong.indices)
    func refused(index: Int) async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            let (field, value, says) = Self.wrong[index]
            let fields = Desk.form(of: .standard).merging([field: value]) { _, new in new }
            let page = try await browser.post(Self.page, fields, from: Self.page)
            #expect(page.status == .unprocessableContent && page.html.contains(says), "\(page.html)")
            #expect(page.html.firstMatch(of: /id="f-([^"]+)"[^>]*aria-invalid/)?.1 == Substring(field))
            browser.set("teahouse_language", "zh")
            let chinese = try await browser.post(Self.page, fields, from: Self.page)
            #expect(chinese.html.firstMatch(of: /class="error" role="alert">[^<]*[\u{3400}-\u{9FFF}]/) != nil)
            #expect(try fixtures.directory.identitySettings(of: created.workspace.id) == .standard)
        }
    }
}
