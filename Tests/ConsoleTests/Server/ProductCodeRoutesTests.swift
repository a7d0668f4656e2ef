import HTTPTypes
import HummingbirdTesting
import Model
import Records
import Testing
import Workspaces

@testable import Console

@Suite("Pages of product codes") struct ProductCodeRoutesTests {
    private static let page = "/people/product-codes"

    /// The codes of the newest batch, as the page gives them to the printer.
    private static func codes(_ browser: Browser) async throws -> [String] {
        let html = try await browser.get(page).html
        let link = try #require(html.firstMatch(of: /href="([^"]+\/codes\.csv)"/)?.1)
        let file = try await browser.get(String(link))
        #expect(file.response.headers[.contentDisposition]?.hasPrefix("attachment") == true)
        return file.html.split(separator: "\r\n").dropFirst().map { String($0.prefix(14)) }
    }

    @Test("An owner makes a batch, downloads its codes, looks one up and decides a case")
    func wholeLife() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            let empty = try await browser.get(Self.page)
            #expect(empty.html.contains("No batch yet") && empty.html.contains("Nothing to decide"))
            #expect(try await browser.get("/people").html.contains(#"href="/people/product-codes""#))
            let form = [
                "name": "Spring", "product": "tin-50g", "count": "1,000", "warranty_months": "24", "reseller": "", "order_id": "",
            ]
            let made = try await browser.post(Self.page, form, from: Self.page)
            #expect(made.location == "/people/product-codes?done=made")
            let codes = try await Self.codes(browser)
            #expect(codes.count == 1_000)
            let nobody = try await browser.get("\(Self.page)?code=\(codes[3].lowercased())")
            #expect(nobody.html.contains("nobody yet") && nobody.html.contains(codes[3]))
            for who in ["user_id:ana", "user_id:ben", "user_id:cai"] {
                _ = try await fixtures.directory.registerProduct(
                    ProductWish(who: who, code: codes[3], address: "a"), in: created.workspace.id, by: .admin)
            }
            let found = try await browser.get("\(Self.page)?code=\(codes[3])")
            #expect(found.html.contains("Warranty until") && found.html.contains(">ana</bdi></a>"))
            let open = try await browser.get(Self.page)
            #expect(open.html.contains("It goes to ben") && open.html.contains("ana keeps it"))
            let action = String(try #require(open.html.firstMatch(of: /action="([^"]+\/cases\/[^"]+)"/)?.1))
            let silent = try await browser.post(action, ["outcome": "keep", "why": " "], from: Self.page)
            #expect(silent.status == .unprocessableContent && silent.html.contains("Say why"))
            let decided = try await browser.post(action, ["outcome": "move:user_id:ben", "why": "receipt <b>"], from: Self.page)
            #expect(decided.location == "/people/product-codes?done=decided")
            let closed = try await browser.get("\(Self.page)?cases=closed")
            #expect(closed.html.contains("It went to ben.") && closed.html.contains("by Lu Yu: receipt &lt;b&gt;"))
            let late = try await browser.post(action, ["outcome": "keep", "why": "late"], from: Self.page)
            #expect(late.status == .unprocessableContent && late.html.contains("closed already"))
            let now = try await browser.get("\(Self.page)?code=\(codes[3])")
            #expect(now.html.contains(">ben</bdi></a>") && now.html.contains("1 case, 0 open"))
        }
    }

    @Test("An owner blocks a code, which says why, and lets it be registered again")
    func blocks() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            _ = try await browser.post(Self.page, ["name": "Spring", "product": "tin-50g", "count": "3"], from: Self.page)
            let code = try #require(try await Self.codes(browser).first)
            func register(_ who: String) async throws {
                _ = try await fixtures.directory.registerProduct(
                    ProductWish(who: who, code: code, address: "a"), in: created.workspace.id, by: .admin)
            }
            try await register("user_id:ana")
            let (place, action) = ("\(Self.page)?code=\(code)", Self.page + "/block")
            var fields = try await browser.get(place).form(holding: #"value="block""#)
            fields["why"] = " "
            let silent = try await browser.postRaw(action, fields)
            #expect(silent.status == .unprocessableContent && silent.html.contains("Say why"))
            #expect(silent.html.contains(#"<details class="doing" open><summary class="button">Block this code</summary>"#))
            #expect(silent.html.firstMatch(of: /<input id="f-block-why"[^>]* value=" "[^>]* aria-invalid="true"/) != nil)
            #expect(silent.html.contains(#"<details class="doing"><summary class="button">New batch</summary>"#))
            fields["why"] = "copied <b>"
            #expect(try await browser.postRaw(action, fields).location == place + "&done=blocked")
            let again = try await browser.postRaw(action, fields)
            #expect(again.status == .unprocessableContent && again.html.contains("blocked already"))
            let shown = try await browser.get(place)
            #expect(shown.html.contains("by Lu Yu: copied &lt;b&gt;") && shown.html.contains("nobody yet"))
            await #expect(throws: Problem.self) { try await register("user_id:ben") }
            let free = try await browser.postRaw(action, try shown.form(holding: #"value="unblock""#))
            #expect(free.location == place + "&done=unblocked")
            try await register("user_id:ben")
            #expect(try await browser.get(place).html.contains(">ben</bdi>"))
        }
    }

    @Test("What is wrong with a new batch is said at its field, and what was typed stays")
    func refuses() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            try await fixtures.settle(browser)
            let wrong: [(String, String, String)] = [
                ("name", "", "f-name"), ("count", "many", "f-count"), ("count", "1000001", "f-count"),
                ("warranty_months", "0", "f-warranty_months"), ("reseller", "shop", "f-reseller"),
            ]
            for (name, value, field) in wrong {
                var form = ["name": "Spring", "product": "tin-50g", "count": "10"]
                form[name] = value
                let page = try await browser.post(Self.page, form, from: Self.page)
                #expect(page.status == .unprocessableContent, "\(name)")
                let input = page.html.firstMatch(of: /<input id="([^"]+)"[^>]* aria-invalid="true"/)?.1
                #expect(input.map(String.init) == field, "\(name)")
                #expect(page.html.contains(#"value="tin-50g""#))
                #expect(page.html.contains(#"<details class="doing" open><summary class="button">New batch</summary>"#))
                let isMore = name == "warranty_months" || name == "reseller"
                #expect(page.html.contains(#"<details class="further" open><summary>Warranty and reseller"#) == isMore, "\(name)")
            }
            let unknown = try await browser.get("\(Self.page)?code=0000-0000-0000")
            #expect(unknown.status == .ok && unknown.html.contains("No such code was made here"))
            #expect(try await browser.get("\(Self.page)/bat_none/codes.csv").status == .notFound)
        }
    }

    @Test("An analyst looks codes up, and neither makes nor downloads nor decides")
    func analyst() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            let batch = try await fixtures.directory.createProductBatch(
                NewProductBatch(name: "Spring", product: "tin", count: 3), in: created.workspace.id, by: .admin)
            let member = try await fixtures.directory.team.addMember(
                email: "b@example.com", name: "Bo", password: "a good long password", role: .analyst,
                to: created.workspace.id, by: .admin)
            browser.set("teahouse_session", try await fixtures.directory.team.openSession(for: member.id))
            let page = try await browser.get(Self.page)
            #expect(page.html.contains("Only an owner") && !page.html.contains("codes.csv") && !page.html.contains("f-reseller"))
            #expect(try await browser.get("\(Self.page)/\(batch.id)/codes.csv").status == .forbidden)
            let form = ["name": "a", "product": "b", "count": "1"]
            #expect(try await browser.post(Self.page, form, from: "/people").status == .forbidden)
        }
    }
}
