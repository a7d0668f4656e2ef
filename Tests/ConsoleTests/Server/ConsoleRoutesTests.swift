import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Intake
import Model
import Records
import Testing
import Workspaces

@testable import Console

struct ConsoleRoutesTests {
    @Test("The first run leads from the owner to a source that waits, and turns when an event comes")
    func firstRun() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            #expect(try await browser.get("/").location == "/setup")
            let weak = try await browser.post(
                "/setup", ["name": "Lu", "email": "lu@example.com", "password": "short"], from: "/setup")
            #expect(weak.status.code == 400 && weak.html.contains("aria-invalid"))
            let made = try await browser.post(
                "/setup", ["name": "Lu", "email": "lu@example.com", "password": "a good long password"], from: "/setup")
            #expect(made.location == "/setup/workspace")
            #expect(
                made.setCookies.contains {
                    $0.hasPrefix("teahouse_session=") && $0.contains("HttpOnly") && $0.contains("SameSite=Lax")
                })
            let zone = try await browser.post(
                "/setup/workspace", ["name": "Tea", "timezone": "Mars/Base", "currency": "CNY", "language": "en"],
                from: "/setup/workspace")
            #expect(zone.status.code == 400 && zone.html.contains("Mars/Base"))
            let workspace = try await browser.post(
                "/setup/workspace", ["name": "Tea", "timezone": "Asia/Shanghai", "currency": "CNY", "language": "en"],
                from: "/setup/workspace")
            #expect(workspace.location == "/setup/source")
            let source = try await browser.post("/setup/source", ["name": "Website", "kind": "browser"], from: "/setup/source")
            let address = try #require(source.location)
            #expect(address.hasPrefix("/setup/ready?source="))
            let ready = try await browser.get(address)
            let key = try #require(ready.html.firstMatch(of: /<code id="key">(wk_\w+)</)).1
            #expect(ready.html.contains("data-write-key=&quot;\(key)&quot;") && ready.html.contains("pulse\""))
            let piece = try #require(ready.html.firstMatch(of: /data-refresh="([^"]+)"/)).1
            #expect(!(try await browser.get(String(piece)).html.contains("data-done")))
            let grant = try #require(fixtures.directory.writeGrant(String(key)))
            #expect(fixtures.directory.sources(of: grant.workspace).map(\.name) == ["Website"], "nothing that nobody made")
            #expect(fixtures.directory.keys(of: nil, in: grant.workspace).isEmpty)
            let open = try await fixtures.directory.workspace(grant.workspace)
            _ = try await open.intake.take(
                Array(#"{"userId": "u1", "event": "Tea <Brewed>"}"#.utf8), shape: .single(.track), source: .init(grant.source))
            let waiting = try await browser.get(String(piece)).html
            #expect(waiting.contains("data-done") && waiting.contains("Tea &lt;Brewed&gt;"))
            #expect(try await browser.get("/").html.contains("id=\"q5\""))
            #expect(try await browser.get("/setup").location == "/")
        }
    }

    @Test("Pages carry a strict policy, no inline code, and the headers that keep others out")
    func headers() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            try await fixtures.settle(browser)
            for path in [
                "/", "/people", "/live", "/ask", "/questions/trends", "/questions/people", "/boards", "/settings",
                "/settings/sources", "/settings/members", "/settings/retention", "/settings/stages", "/settings/identity",
                "/settings/account",
                "/nowhere",
            ] {
                let page = try await browser.get(path)
                let policy = try #require(page.response.headers[.contentSecurityPolicy])
                #expect(
                    policy.contains("default-src 'none'") && policy.contains("script-src 'self';") && !policy.contains("unsafe"))
                #expect(policy.contains("frame-ancestors 'none'") && policy.contains("form-action 'self'"))
                #expect(page.response.headers[.xContentTypeOptions] == "nosniff")
                #expect(page.response.headers[.cacheControl]?.contains("private") == true)
                #expect(!page.html.contains(" style=") && page.html.matches(of: /<script(?![^>]* src=)/).isEmpty)
                #expect(page.status == (path == "/nowhere" ? .notFound : .ok), "\(path)")
            }
        }
    }

    @Test("A form without its token, with another's, or from another site changes nothing")
    func forgery() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            let fields = ["name": "Stolen", "timezone": "UTC", "currency": "USD", "language": "en"]
            #expect(try await browser.postRaw("/settings", fields).status == .forbidden)
            #expect(try await browser.postRaw("/settings", fields.merging(["token": "x"]) { old, _ in old }).status == .forbidden)
            let token = try #require(try await browser.get("/settings").token)
            let stolen = fields.merging(["token": token]) { old, _ in old }
            let site = try #require(HTTPField.Name("sec-fetch-site"))
            let origin = try #require(HTTPField.Name("origin"))
            #expect(try await browser.postRaw("/settings", stolen, [site: "cross-site"]).status == .forbidden)
            #expect(try await browser.postRaw("/settings", stolen, [origin: "https://evil.example"]).status == .forbidden)
            #expect(try fixtures.directory.settings(of: created.workspace.id).name == "Shanshui")
            #expect(try await browser.postRaw("/settings", stolen).location == "/settings?done=saved")
            #expect(try fixtures.directory.settings(of: created.workspace.id).name == "Stolen")
        }
    }

    @Test("Signing in needs the right password, slows guessing down, and comes back to where one was")
    func signIn() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            try await fixtures.settle(browser)
            try await browser.post("/sign-out", [:], from: "/")
            let away = try await browser.get("/people?search=a")
            let form = try #require(away.location)
            #expect(form == "/sign-in?back=%2Fpeople%3Fsearch%3Da")
            let wrong = try await browser.post("/sign-in", ["email": "lu@example.com", "password": "wrong"], from: form)
            #expect(wrong.status == .unauthorized && wrong.html.contains("E-mail or password is not right"))
            #expect(!wrong.html.contains("value=\"wrong\""))
            let right = try await browser.post(
                "/sign-in", ["email": "lu@example.com", "password": "a good long password", "back": "/people?search=a"], from: form)
            #expect(right.location == "/people?search=a")
            #expect(try await browser.get("/people").status == .ok)
            try await browser.post("/sign-out", [:], from: "/")
            var last: Page?
            for _ in 0 ..< 30 {
                last = try await browser.post("/sign-in", ["email": "lu@example.com", "password": "guess"], from: "/sign-in")
                if last?.status == .tooManyRequests { break }
            }
            #expect(last?.status == .tooManyRequests && last?.html.contains("Too many attempts") == true)
        }
    }

    @Test("Signing out everywhere ends every session")
    func everywhere() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            try await fixtures.settle(browser)
            let session = try #require(browser.cookie("teahouse_session"))
            try await browser.post("/settings/account/everywhere", [:], from: "/settings/account")
            browser.set("teahouse_session", session)
            #expect(try await browser.get("/").location == "/sign-in")
        }
    }

    @Test("A password that is not changed answers 422 with the field named, then 429 with how long to wait")
    func passwordRefused() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            try await fixtures.settle(browser)
            func change(old: String, new: String) async throws -> Page {
                try await browser.post("/settings/account/password", ["old": old, "new": new], from: "/settings/account")
            }
            #expect(try await change(old: "a good long password", new: "short").status.code == 422)
            var statuses: [Int] = []
            for _ in 0 ..< 8 { statuses.append(try await change(old: "not the old one", new: "a new long password").status.code) }
            #expect(statuses.first == 422 && statuses.last == 429, "\(statuses)")
            fixtures.clock.advance(seconds: 1_000)
            #expect(try await change(old: "a good long password", new: "a new long password").status.code == 303)
        }
    }

    /// Forms of the settings with one thing wrong: what is posted where, and from which page.
    private static let wrongForms: [(path: String, fields: [String: String], page: String)] = [
        ("/settings", ["name": "Shop", "timezone": "Asia/Nowhere", "currency": "CNY"], "/settings"),
        ("/settings", ["name": "", "timezone": "UTC", "currency": "CNY"], "/settings"),
        ("/settings/sources", ["name": "", "kind": "server"], "/settings/sources"),
        ("/settings/members", ["name": "B", "email": "nobody", "password": "a good long password"], "/settings/members"),
        ("/settings/members", ["name": "B", "email": "b@shop.example", "password": "short"], "/settings/members"),
        ("/settings/account/password", ["old": "a good long password", "new": "short"], "/settings/account"),
        ("/settings/retention", ["event": "page", "days": "0"], "/settings/retention"),
        ("/settings/retention", ["event": "", "days": "7"], "/settings/retention"),
    ]

    @Test("A form that is not taken answers 422 with the field at fault named", arguments: wrongForms.indices)
    func refusedForms(index: Int) async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            try await fixtures.settle(browser)
            let form = Self.wrongForms[index]
            let reply = try await browser.post(form.path, form.fields, from: form.page)
            #expect(reply.status == .unprocessableContent && reply.html.contains("aria-invalid"), "\(form.path)")
        }
    }

    @Test("A new key is shown once, works, and stops when revoked")
    func keys() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            let rotated = try await browser.post("/settings/sources/\(created.source.id)/rotate", [:], from: "/settings/sources")
            #expect(rotated.location == "/settings/sources")
            let shown = try await browser.get("/settings/sources")
            let key = String(try #require(shown.html.firstMatch(of: /<code id="key">(wk_\w+)</)).1)
            #expect(!(try await browser.get("/settings/sources").html.contains(key)))
            let grant = try #require(fixtures.directory.writeGrant(key))
            try await browser.post("/settings/keys/\(grant.key)/revoke", [:], from: "/settings/sources")
            #expect(fixtures.directory.writeGrant(key) == nil)
            #expect(try await browser.get("/settings/sources").html.contains("revoked"))
        }
    }

    @Test("A source says when something came last, and after a start of the server when its keys were used last")
    func lastEvent() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            #expect(try await browser.get("/settings/sources").html.contains("no event since the start"))
            // Of what came before the start only the use of a key is known, as that is kept.
            _ = try #require(fixtures.directory.writeGrant(created.writeKey))
            fixtures.clock.advance(seconds: 120)
            let used = try await browser.get("/settings/sources").html
            #expect(used.contains("a key was last used 2 minutes ago") && !used.contains("no event since the start"), "\(used)")
            try await fixtures.send(
                #"{"type":"track","userId":"ada","event":"Opened","messageId":"1","timestamp":"2026-01-05T09:00:00Z"}"#, to: created
            )
            fixtures.clock.advance(seconds: 180)
            let page = try await browser.get("/settings/sources").html
            #expect(page.contains("last event 3 minutes ago"), "it came now, whenever it happened: \(page)")
        }
    }

    @Test("A source's name that is taken already is refused at its field, in the reader's language")
    func takenName() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let source = try await fixtures.settle(browser).source
            let fields = ["name": source.name, "kind": "server"]
            let page = try await browser.post("/settings/sources", fields, from: "/settings/sources")
            #expect(page.status == .unprocessableContent && page.html.contains("aria-invalid"))
            #expect(page.html.contains("There is a source named &quot;\(source.name)&quot; already."))
            browser.set("teahouse_language", "zh")
            let chinese = try await browser.post("/settings/sources", fields, from: "/settings/sources")
            #expect(chinese.html.contains("已有名为“\(source.name)”的数据源"))
        }
    }

    @Test("An owner says what a source may do, and where its limits are")
    func sourceSettings() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            let workspace = created.workspace.id
            let source = { try fixtures.directory.source(created.source.id, of: workspace) }
            let page = "/settings/sources/\(created.source.id)/settings"
            let saved = try await browser.post(
                page,
                [
                    "name": "Tills", "kind": "server", "history": "no", "trusted": "yes", "storesIP": "yes", "takes": "no",
                ], from: page)
            #expect(saved.location == "/settings/sources?done=saved")
            #expect(try source().name == "Tills" && !source().allowsHistory && source().storesIP && source().isSuppressed)
            #expect(try await browser.get("/settings/sources").html.contains("closed"))
            let refused = try await browser.post(page, ["name": "", "takes": "yes"], from: page)
            #expect(refused.status == .unprocessableContent && refused.html.contains("aria-invalid"))
            #expect(try source().isSuppressed, "nothing of a refused form is taken")

            let limits = "/settings/sources/\(created.source.id)/limits"
            var fields = Dictionary(uniqueKeysWithValues: SourceLimits.members.map { ($0.name, "100") })
            fields["requestsPerSecond"] = "5"
            try await browser.post(limits, fields, from: page)
            #expect(try source().limits.keys == 100 && source().limits.requestsPerSecond == 5)
            fields["nesting"] = "101"
            fields["keys"] = "many"
            let wrong = try await browser.post(limits, fields, from: page)
            #expect(wrong.status == .unprocessableContent && wrong.html.contains("A whole number from 1 to 100."))
            #expect(wrong.html.contains("A whole number from 1 to 10,000.") && wrong.html.contains("value=\"many\""))
            fields["nesting"] = "16"
            fields["keys"] = "300"
            fields["requestsPerSecond"] = ""
            try await browser.post(limits, fields, from: page)
            #expect(try source().limits.keys == 300 && source().limits.requestsPerSecond == nil)

            let key = try await browser.post(
                "/settings/api-keys", ["name": "Sync", "scopes": "manage"], from: "/settings/sources")
            #expect(key.location == "/settings/sources")
            #expect(
                fixtures.directory.keys(of: nil, in: workspace).contains { $0.name == "Sync" && $0.scopes == [.read, .manage] })
        }
    }

    @Test("An analyst looks and asks, and is told kindly that settings are for owners")
    func analyst() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            try await browser.post(
                "/settings/members",
                ["name": "Ana", "email": "ana@example.com", "role": "analyst", "password": "another long password"],
                from: "/settings/members")
            let (_, session) = try await fixtures.directory.team.signIn(
                email: "ana@example.com", password: "another long password", address: "a")
            browser.set("teahouse_session", session)
            let settings = try await browser.get("/settings/sources")
            #expect(settings.status == .ok && !settings.html.contains("/rotate") && settings.html.contains("Only owners"))
            let token = try #require(try await browser.get("/settings/account").token)
            let refused = try await browser.postRaw("/settings/sources/\(created.source.id)/rotate", ["token": token])
            #expect(refused.status == .forbidden && refused.html.contains("This is for owners"))
        }
    }

    @Test("Home of a shop that has long been quiet leads to its last day, and says nothing of it there")
    func quietHome() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            let order =
                #"{"type":"track","userId":"u","event":"Order Completed","messageId":"m","timestamp":"2011-12-09T12:00:00Z","properties":{"order_id":"1","total":9}}"#
            try await fixtures.send(order, to: created)
            let now = try await browser.get("/")
            #expect(now.html.contains("Nothing has happened since 9 Dec 2011.") && now.html.contains("href=\"/?on=2011-12-09\""))
            let then = try await browser.get("/?on=2011-12-09")
            #expect(then.html.contains("1 person first came this week") && !then.html.contains("Nothing has happened"))
        }
    }

    @Test("Home, people, portrait and raw event show what was sent, hostile or not")
    func wholeWay() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            let times = ["2026-11-17T02:00:00Z", "2026-11-18T02:00:00Z", "2026-11-19T02:00:00Z"]
            let views = times.enumerated().map { index, time in
                #"{"type":"track","userId":"u1","event":"Product Viewed","messageId":"v\#(index)","timestamp":"\#(time)","properties":{"name":"<b>Longjing</b>"}}"#
            }
            let calls =
                views + [
                    #"{"type":"identify","userId":"u1","messageId":"i","timestamp":"2026-11-17T01:00:00Z","traits":{"name":"Su \u202e<script>alert(1)</script>","city":"杭州"}}"#,
                    #"{"type":"track","userId":"u1","event":"Order Completed","messageId":"o","timestamp":"2026-11-19T03:00:00Z","properties":{"order_id":"A1","revenue":128.5,"currency":"CNY"}}"#,
                    #"{"type":"track","anonymousId":"a2","event":"Product Viewed","messageId":"w","timestamp":"2026-11-19T03:00:00Z"}"#,
                ]
            try await fixtures.send(calls.joined(separator: ","), to: created)
            let home = try await browser.get("/")
            #expect(home.html.contains("Of 2 people, 1 use the product and 1 have paid; 1 do both."))
            #expect(home.html.contains("CN¥128.50") && home.html.contains("id=\"figure-funnel\""))
            #expect(home.html.contains("id=\"figure-active\""), "active people by day")
            let csv = try await browser.get("/?csv=roles")
            #expect(csv.response.headers[.contentType] == "text/csv; charset=utf-8" && csv.html.contains("Both,1,0.5"))
            let people = try await browser.get("/people?search=alert")
            #expect(people.html.contains("Su ⟦U+202E⟧&lt;script&gt;alert(1)"))
            #expect(!people.html.contains("<script>alert"))
            let link = String(try #require(people.html.firstMatch(of: /href="(\/people\/p_\w+)"/)).1)
            let portrait = try await browser.get(link)
            #expect(portrait.status == .ok && portrait.html.contains("杭州") && portrait.html.contains("&lt;b&gt;Longjing&lt;/b&gt;"))
            // The order comes an hour after the last view: more than 30 minutes, so a visit of its own.
            #expect(portrait.html.contains("4 visits in the week of 16 Nov"))
            let raw = String(try #require(portrait.html.firstMatch(of: /href="(\/people\/p_\w+\/events\/\d+)"/)).1)
            let event = try await browser.get(raw)
            #expect(event.status == .ok && event.html.contains("&quot;messageId&quot;"))
            #expect(try await browser.get("/people/p_zzzz").status == .notFound)
            #expect(try await browser.get("\(link)/events/99999").status == .notFound)
            #expect(try await browser.get("/people?cell=neither").html.contains("a2"))
            #expect(try await browser.get("/?on=2026-11-01").html.contains("Of 0 people"))
            let live = try await browser.get("/live/rows")
            #expect(live.html.contains("Order Completed") && !live.html.contains("<html"))
        }
    }

    @Test("What the program tells of itself and the collection refuses stands on the live page, under its name in each language")
    func refusedFact() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            let open = try await fixtures.directory.workspace(created.workspace.id)
            let source = IntakeSource(id: .program, isTrusted: true)
            let line = #"{"type":"track","userId":"u1","event":"","messageId":"fact-1"}"#
            let answer = try await open.intake.take(lines: Array(line.utf8), source: source, options: CollectOptions())
            #expect(answer.rejected.count == 1)
            for (language, name) in [("en", "The program itself"), ("zh", "会员计划自身")] {
                browser.set("teahouse_language", language)
                let live = try await browser.get("/live")
                #expect(live.status == .ok && live.html.contains("fact-1"), "\(live.html)")
                #expect(live.html.contains("<td><bdi>\(name)</bdi></td>"), "\(live.html)")
                #expect(live.html.contains("· <bdi>\(name)</bdi>") && !live.html.contains("<bdi>program</bdi>"), "\(live.html)")
            }
        }
    }

    @Test("A question is answered on its own address, or refused with its place")
    func ask() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            try await fixtures.send(
                #"{"type":"track","userId":"u1","event":"A","messageId":"1","timestamp":"2026-11-19T03:00:00Z"}"#, to: created)
            let trend =
                #"{"kind":"trend","series":[{"selector":{"event":"A"},"measure":"total"}],"range":{"from":"2026-11-18","to":"2026-11-21"}}"#
            let answered = try await browser.get(SiteURL.ask(trend))
            #expect(answered.status == .ok && answered.html.contains("figure-answer"))
            let csv = try await browser.get(SiteURL.ask(trend, csv: true))
            #expect(csv.html.contains("1.0"))
            for (bad, words) in [
                ("{", "not JSON yet"), (#"{"kind":"count","who":{"tag":"vip"}}"#, "tag"),
                (#"{"kind":"trend","seres":[]}"#, "seres"),
            ] {
                let refused = try await browser.get(SiteURL.ask(bad))
                #expect(refused.status.code == 422 && refused.html.contains(words), "\(bad)")
            }
        }
    }

    /// Questions with what their page shows: a chart where the kind has one, and a head of the table.
    private static let kinds: [(String, Bool, String)] = [
        (#"{"kind":"retention","start":{"event":"A"},"return":{"any":true}}"#, true, "cohort"),
        (#"{"kind":"lifecycle","selector":{"event":"A"}}"#, true, "resurrecting"),
        (#"{"kind":"stickiness","selector":{"event":"A"}}"#, true, "intervals"),
        (#"{"kind":"timeToConvert","steps":[{"event":"A"},{"event":"B"}],"window":"1d"}"#, true, "to seconds"),
        (#"{"kind":"paths"}"#, true, "from"), (#"{"kind":"rfm","selector":{"event":"A"},"value":"v"}"#, false, "monetary"),
        (#"{"kind":"distribution","of":[{"trait":"plan"}]}"#, false, "shareAgainst"),
        (#"{"kind":"drivers","target":{"event":"B"},"lookback":"1d"}"#, true, "conversionWith"),
    ]

    @Test(
        "The example of revenue reads the amount that the orders carry, the total first", arguments: ["total", "revenue", "both"])
    func revenueExample(amount: String) async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            let amounts = ["total": #""total":40"#, "revenue": #""revenue":40"#, "both": #""total":40,"revenue":31"#]
            let properties = try #require(amounts[amount])
            try await fixtures.send(
                #"{"type":"track","userId":"u","event":"Order Completed","messageId":"a","properties":{"total":"free"}},"#
                    + #"{"type":"track","userId":"u","event":"Order Completed","messageId":"b","properties":{\#(properties)}}"#,
                to: created)
            let ask = try await browser.get("/ask")
            let example = try #require(ask.html.firstMatch(of: /<a href="([^"]+)">Revenue by week</)).1
            let answer = try await browser.get(String(example) + "&csv=answer")
            #expect(answer.html.hasSuffix(",40.0\r\n"), "\(answer.html.suffix(60))")
        }
    }

    @Test("Each kind has its table, and a chart where one fits")
    func kinds() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            for (id, name) in [("1", "A"), ("2", "B")] {
                try await fixtures.send(
                    #"{"type":"track","userId":"u1","event":"\#(name)","messageId":"\#(id)","timestamp":"2026-11-19T03:00:00Z"}"#,
                    to: created)
            }
            for (question, hasChart, head) in ConsoleRoutesTests.kinds {
                let answered = try await browser.get(SiteURL.ask(question))
                #expect(answered.status == .ok && answered.html.contains(head), "\(question)")
                #expect(answered.html.contains("figure-answer") == hasChart, "\(question)")
            }
        }
    }

    @Test("Language and theme are remembered, and the way back stays on this site")
    func preferences() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            try await fixtures.settle(browser)
            #expect(try await browser.get("/people", [.acceptLanguage: "zh-CN,zh;q=0.9"]).html.contains("<html lang=\"zh-CN\""))
            let chosen = try await browser.get("/preferences?language=zh&theme=dark&back=%2Fpeople")
            #expect(chosen.location == "/people")
            let page = try await browser.get("/people", [.acceptLanguage: "en"])
            #expect(page.html.contains("<html lang=\"zh-CN\" data-theme=\"dark\">"))
            #expect(try await browser.get("/preferences?theme=light&back=https%3A%2F%2Fevil.example").location == "/")
            #expect(try await browser.get("/preferences?theme=light&back=%2F%2Fevil.example").location == "/")
        }
    }

    @Test("Assets have addresses of their content and may be kept forever; pages answer 304 when unchanged")
    func caching() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            for asset in Asset.all {
                let found = try await browser.get(asset.url)
                #expect(found.status == .ok && found.response.headers[.cacheControl]?.contains("immutable") == true)
                #expect(found.response.headers[.contentType] == asset.contentType)
                let tag = try #require(found.response.headers[.eTag])
                #expect(try await browser.get(asset.url, [.ifNoneMatch: tag]).status == .notModified)
                #expect(try await browser.get("/assets/0000000000000000/\(asset.name)").status == .notFound)
            }
            try await fixtures.settle(browser)
            let page = try await browser.get("/people")
            let tag = try #require(page.response.headers[.eTag])
            #expect(try await browser.get("/people", [.ifNoneMatch: tag]).status == .notModified)
        }
    }

    @Test("Addresses that only programs use get their answer as a problem document")
    func programs() async throws {
        try await ConsoleFixtures.run { _, browser in
            let missing = try await browser.get("/api/v1/nowhere")
            #expect(missing.status == .notFound)
            #expect(missing.response.headers[.contentType] == "application/problem+json")
        }
    }

    @Test("Identities are taken apart from the list of decisions, after a look at what it changes, by an owner alone")
    func identity() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            try await fixtures.send(
                #"{"type":"track","event":"View","anonymousId":"tablet"},{"type":"identify","userId":"anna","anonymousId":"tablet"}"#,
                to: created)
            let list = try await browser.get("/people/identity")
            #expect(list.html.contains("Take apart") && list.html.contains("identify named both"))
            let change = "/people/identity/change?action=unmerge&left=anonymous_id%3Atablet&right=user_id%3Aanna"
            #expect(list.html.contains(#"href="\#(change.replacing("&", with: "&amp;"))""#) || list.html.contains("action=unmerge"))
            let look = try await browser.get(change)
            #expect(look.status == .ok && look.html.contains("Take these apart?"))
            let done = try await browser.post(
                "/people/identity", ["action": "unmerge", "left": "anonymous_id:tablet", "right": "user_id:anna"], from: change)
            #expect(done.location == "/people/identity?kind=command&done=unmerge")
            let after = try await browser.get("/people/identity?kind=command&done=unmerge")
            #expect(after.html.contains("taken apart from") && after.html.contains("never been joined"))
            // The way back, and what cannot be done again.
            #expect(after.html.contains("action=merge"))
            let again = try await browser.get(change)
            #expect(again.status == .unprocessableContent && again.html.contains("different people already"))
        }
    }

    @Test("Everything about a person can be downloaded, and the person erased, after a look at what goes and what stays")
    func rights() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            try await fixtures.send(
                #"{"type":"track","event":"View","userId":"customer-anna"},{"type":"track","event":"View","userId":"customer-ben"}"#,
                to: created)
            let people = try await browser.get("/people?search=customer-anna")
            let person = String(try #require(people.html.firstMatch(of: /href="(\/people\/p_\w+)"/)).1)
            let export = try await browser.get(person + "/export")
            #expect(export.html.contains("customer-anna") && export.html.hasSuffix("]}\n"))
            #expect(export.response.headers[.contentDisposition]?.contains("attachment") == true)
            let look = try await browser.get(person + "/erase")
            #expect(look.html.contains("1 call with all its words") && look.html.contains("1 identity"))
            let named = try await browser.post(person + "/erase", ["reason": "Customer-Anna wrote"], from: person + "/erase")
            #expect(named.status == .unprocessableContent && named.html.contains("must not name"))
            let done = try await browser.post(person + "/erase", ["reason": "asked", "suppress": "yes"], from: person + "/erase")
            #expect(done.location == "/people?done=erase")
            #expect(try await browser.get("/people?done=erase").html.contains("Erased: their calls, their identities"))
            for path in [person, person + "/erase", person + "/export"] {
                #expect(try await browser.get(path).status == .notFound, "\(path)")
            }
            #expect(try await browser.get("/people?search=customer-anna").html.contains("customer-anna") == true)
            #expect(try await browser.get("/people?search=customer-ben").html.contains("/people/p_"))
        }
    }

    @Test("How long events are kept is set, changed and taken away by a form")
    func retention() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            try await fixtures.settle(browser)
            let path = "/settings/retention"
            #expect(try await browser.get(path).html.contains("kept for ever"))
            for (event, purpose, days) in [("page", "", "400"), ("Order Completed", "tax", "3650"), ("page", "", "90")] {
                let saved = try await browser.post(path, ["event": event, "purpose": purpose, "days": days], from: path)
                #expect(saved.location == path + "?done=saved")
            }
            let page = try await browser.get(path)
            #expect(page.html.contains("90 days") && !page.html.contains("400 days") && page.html.contains("3,650 days for tax"))
            #expect(try await browser.post(path, ["event": "page", "days": ""], from: path).location == path + "?done=saved")
            #expect(!(try await browser.get(path)).html.contains("90 days"))
        }
    }
}
