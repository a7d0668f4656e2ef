import HTTPTypes
import HummingbirdTesting
import Model
import Questions
import Records
import Testing
import Workspaces

@testable import Console

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Boards over a small shop whose clock stands at Sunday, 22 November 2026.
struct BoardRoutesTests {
    private static let trend: JSONValue = [
        "kind": "trend", "series": [["selector": ["event": "Order Completed"], "measure": "total"]], "interval": "week",
        "range": ["last": "12w"],
    ]

    /// Sends `days` orders, the newest an hour ago, each of its own day.
    private static func sendOrders(
        _ days: Int, _ fixtures: ConsoleFixtures, _ created: CreatedWorkspace, amount: String = "total", daysAgo: Int = 0
    ) async throws {
        let calls = (0 ..< days).flatMap { day in
            ["Product Viewed", "Order Completed"].enumerated().map { index, event in
                let seconds = Int64((day + daysAgo) * 86_400 + 3_600 - index * 60)
                let time = fixtures.clock.now.advanced(byMicroseconds: -seconds * .microsecondsPerSecond)
                return
                    #"{"type":"track","userId":"u\#(day)","event":"\#(event)","messageId":"\#(amount)-\#(event)-\#(day)","timestamp":"\#(time.rfc3339)","properties":{"order_id":"o\#(day)","\#(amount)":10,"url":"/\#(day)"}}"#
            }
        }
        try await fixtures.send(calls.joined(separator: ","), to: created)
    }

    /// Pins `question` on a new board; gives its address.
    private static func pin(
        _ question: JSONValue, _ browser: Browser, title: String = "Orders", on board: String = "Weekly"
    ) async throws -> String {
        let page = try await browser.post(
            "/boards/pin", ["question": question.text, "page": "trends", "title": title, "board": "", "name": board], from: "/ask")
        return try #require(page.location?.firstMatch(of: /^(\/boards\/brd_\w+)\?done=pinned#crd_\w+$/)).1.description
    }

    @Test("A card follows the rule of a computed trait as soon as it changes, though no event arrives")
    func computedTraits() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            try await Self.sendOrders(3, fixtures, created)
            func define(_ event: String) async throws {
                let trait = try ComputedTrait(key: "orders", rule: ["selector": ["event": .string(event)], "measure": "count"])
                _ = try await fixtures.directory.change(by: .commandLine) { planner throws(Problem) in
                    try planner.definedTrait(trait, in: created.workspace.id)
                }
            }
            try await define("Order Completed")
            let board = try await Self.pin(["kind": "count", "who": ["trait": "orders", "op": ">", "value": 0]], browser)
            let before = try await browser.get(board + "?wait=all").html
            #expect(try await browser.get(board + "?wait=all").html == before)
            try await define("Order Refunded")
            #expect(try await browser.get(board + "?wait=all").html != before)
        }
    }

    private static func cards(_ page: Page) -> [String] {
        page.html.matches(of: /<article class="card[^"]*" id="(crd_\w+)"/).map { String($0.1) }
    }

    @Test("A starter board is made once from the events that are there, and stays away when it is deleted")
    func starter() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            let before = try await browser.get("/boards")
            #expect(
                before.status == .ok && before.html.contains("No boards yet") && before.html.contains("starter board made from"))
            try await Self.sendOrders(20, fixtures, created)
            let list = try await browser.get("/boards")
            let address = try #require(
                list.html.firstMatch(of: /<a href="(\/boards\/brd_\w+)"><span class="who"><bdi>Starter board</)
            ).1
            #expect(list.html.contains("7 questions"))
            let board = try await browser.get(address + "?wait=all")
            #expect(board.status == .ok && Self.cards(board).count == 7)
            #expect(board.html.matches(of: /<figure class="figure"/).count == 7, "each card has its figure")
            #expect(board.html.contains("Revenue by week") && board.html.contains("Product Viewed → Order Completed"))
            let revenue = try #require(board.html.firstMatch(of: /<a href="([^"]+)"><bdi>Revenue by week</)).1.description
            #expect(revenue.contains("event1=Order%20Completed&amp;measure1=sum&amp;property1=total"))
            #expect(try await browser.get("/boards").html.matches(of: /<li><a href="\/boards\//).count == 1)
            let asked = try await browser.get(address + "/delete")
            #expect(asked.html.contains("Delete “Starter board”?") && asked.html.contains("href=\"\(address)\""))
            fixtures.clock.advance(seconds: 1)
            let gone = try await browser.post(address + "/delete", [:], from: address + "/delete")
            #expect(gone.location == "/boards?done=deleted")
            let after = try await browser.get("/boards?done=deleted")
            #expect(after.html.contains("No boards yet") && after.html.contains("The board is deleted."))
            #expect(try await browser.get(String(address)).status == .notFound)
            let audit = try await fixtures.directory.audit(of: created.workspace.id)
            #expect(audit.map(\.action).filter { $0.hasPrefix("board.") } == ["board.deleted", "board.created"])
        }
    }

    @Test("Revenue reads the amount that the orders carry, on the starter board and among the examples of Ask")
    func revenue() async throws {
        for (amount, daysAgo) in [("total", 0), ("revenue", 0), ("revenue", 500)] {
            try await ConsoleFixtures.run { fixtures, browser in
                let created = try await fixtures.settle(browser)
                try await Self.sendOrders(5, fixtures, created, amount: amount, daysAgo: daysAgo)
                let ask = try await browser.get("/ask")
                let example = try #require(ask.html.firstMatch(of: /<a href="([^"]+)">Revenue by week</)).1
                #expect(example.contains("%22sum%22%3A%22\(amount)%22"))
                let list = try await browser.get("/boards")
                let address = try #require(list.html.firstMatch(of: /href="(\/boards\/brd_\w+)"/)).1
                let board = try await browser.get(address + "?wait=all").html
                #expect(!board.contains("Nothing matches"), "an old shop's board shows its last days")
                let link = try #require(board.firstMatch(of: /<a href="([^"]+)"><bdi>Revenue by week</)).1
                let csv = try await browser.get(link.replacing("&amp;", with: "&") + "&csv=answer").html
                let sum = csv.split(separator: "\r\n").dropFirst().compactMap {
                    $0.split(separator: ",").last.flatMap { Double($0) }
                }
                #expect(sum.reduce(0, +) == 50)
            }
        }
    }

    @Test("A question is pinned from its page with the title that is proposed, and its card leads back")
    func pinning() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            try await Self.sendOrders(20, fixtures, created)
            let steering: JSONValue = ["kind": "lifecycle", "selector": ["event": "a\u{202E}b\u{85}c\u{7}"], "interval": "week"]
            for path in QuestionKind.allCases.map(\.path) + [Self.trend, steering].map({ SiteURL.ask($0.text) }) {
                let page = try await browser.get(path)
                let form = try #require(
                    page.html.firstMatch(of: /<details class="pin">.*?<\/details>/.dotMatchesNewlines()), "\(path)"
                ).0
                var fields: [String: String] = [:]
                for input in form.matches(of: /name="(\w+)"[^>]*? value="([^"]*)"/) {
                    fields[String(input.1)] = input.2.unescaped
                }
                #expect(fields["title"]?.isEmpty == false, "\(path)")
                fields["board"] = ""
                fields["name"] = "Board of " + path.suffix(30)
                let pinned = try await browser.postRaw("/boards/pin", fields)
                let location = try #require(pinned.location, "\(path)")
                let board = try await browser.get(String(location.split(separator: "#")[0]))
                #expect(board.html.contains("Pinned to this board."))
                let card = try #require(board.html.firstMatch(of: /<h2 id="t-crd_\w+"><a href="([^"]+)"><bdi>([^<]+)</), "\(path)")
                #expect(String(card.2).unescaped == fields["title"])
                let back = try await browser.get(String(card.1).unescaped)
                #expect(back.status == .ok && card.1.hasPrefix(String(path.prefix { $0 != "?" })))
                let asked = try #require(form.firstMatch(of: /name="question" value="([^"]+)"/)).1
                #expect(back.html.contains("name=\"question\" value=\"\(asked)\""), "the same question: \(path)")
            }
        }
    }

    @Test("Boards are made and renamed, cards moved, retitled and removed, with forms alone")
    func arranging() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            try await Self.sendOrders(3, fixtures, created)
            let made = try await browser.post("/boards", ["name": " Weekly "], from: "/boards")
            let address = try #require(made.location)
            #expect(try await browser.get(address).html.contains("Nothing is pinned here yet"))
            for title in ["A", "B", "C"] {
                let board = address.split(separator: "/").last.map(String.init) ?? ""
                let fields = ["question": Self.trend.text, "page": "trends", "title": title, "board": board]
                #expect(try await browser.post("/boards/pin", fields, from: "/ask").status == .seeOther)
            }
            func titles() async throws -> [String] {
                let html = try await browser.get(address).html
                return html.matches(of: /<h2 id="t-crd_\w+"><a [^>]+><bdi>([^<]+)</).map { String($0.1) }
            }
            let ids = Self.cards(try await browser.get(address))
            #expect(try await titles() == ["A", "B", "C"])
            let ranged = address + "?last=7d"
            let moved = try await browser.post("\(address)/cards/\(ids[2])/up?last=7d", [:], from: ranged)
            #expect(moved.location == "\(ranged)#\(ids[2])")
            #expect(try await titles() == ["A", "C", "B"])
            for _ in 0 ..< 5 { try await browser.post("\(address)/cards/\(ids[0])/down", [:], from: address) }
            #expect(try await titles() == ["C", "B", "A"])
            try await browser.post("\(address)/cards/\(ids[1])/title", ["title": "<b>&amp;"], from: address)
            #expect(try await titles() == ["C", "&lt;b&gt;&amp;amp;", "A"])
            let bad = try await browser.post("\(address)/cards/\(ids[1])/title", ["title": "a\u{7}"], from: address)
            #expect(bad.status == .unprocessableContent && bad.html.contains("title of 1 to 100"))
            try await browser.post("\(address)/cards/\(ids[2])/remove", [:], from: address)
            #expect(try await titles() == ["&lt;b&gt;&amp;amp;", "A"])
            #expect(try await browser.post("\(address)/cards/\(ids[2])/remove", [:], from: address).status == .notFound)
            #expect(try await browser.post("\(address)/cards/\(ids[2])/up", [:], from: address).status == .notFound)
            try await browser.post(address, ["name": "Monthly"], from: address)
            #expect(try await browser.get(address).html.contains("<h1><bdi>Monthly</bdi></h1>"))
            for name in ["Monthly", "", String(repeating: "x", count: 101)] {
                let refused = try await browser.post("/boards", ["name": name], from: "/boards")
                #expect(refused.status == .unprocessableContent && refused.html.contains("id=\"f-name\""), "\(name)")
                #expect(refused.html.contains("aria-invalid"), "\(name)")
            }
            try await browser.post("/boards", ["name": "Other"], from: "/boards")
            let taken = try await browser.post(address, ["name": "Other"], from: address)
            #expect(taken.status == .unprocessableContent && taken.html.contains("There is a board of that name already"))
        }
    }

    @Test("A shared range takes the place of every card's own, in figures, links and forms; one that is none is told")
    func range() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            try await Self.sendOrders(60, fixtures, created)
            let address = try await Self.pin(Self.trend, browser)
            func total(_ query: String) async throws -> (page: Page, sum: Int) {
                let page = try await browser.get(address + (query.isEmpty ? "?" : query + "&") + "wait=all")
                let numbers = page.html.matches(of: /<td class="num"><bdi>(\d+)<\/bdi>/).compactMap { Int($0.1) }
                return (page, numbers.reduce(0, +))
            }
            #expect(try await total("").sum == 60)
            let week = try await total("?last=7d")
            #expect(week.sum == 7 && week.page.html.contains("aria-current=\"true\">7 days</a>"))
            #expect(week.page.html.contains("&amp;last=7d\"><bdi>Orders</bdi>"))
            #expect(week.page.html.matches(of: /\/cards\/crd_\w+(?:\/\w+)?\?last=7d"/).count >= 3)
            #expect(try await total("?last=5d").page.html.contains("aria-current=\"true\">5d</a>"))
            #expect(try await total("?since=2026-11-02&until=2026-11-04").sum == 3)
            for query in ["?last=soon", "?since=2026-11-04&until=2026-11-02"] {
                let (page, sum) = try await total(query)
                #expect(page.status == .unprocessableContent && page.html.contains("This time range cannot be read") && sum == 60)
            }
            let fragment = try #require(week.page.html.firstMatch(of: /data-refresh="([^"]+)" data-seconds="30"/)).1
            let piece = try await browser.get(String(fragment))
            #expect(piece.status == .ok && !piece.html.contains("<html") && piece.html.contains("<figure"))
            let tag = try #require(piece.response.headers[.eTag])
            #expect(try await browser.get(String(fragment), [.ifNoneMatch: tag]).status == .notModified)
            try await fixtures.send(
                #"{"type":"track","userId":"u1","event":"Order Completed","messageId":"new","timestamp":"\#(fixtures.clock.now.rfc3339)"}"#,
                to: created)
            fixtures.clock.advance(seconds: 3)
            #expect(try await browser.get(String(fragment), [.ifNoneMatch: tag]).status == .ok, "what arrives shows")
            #expect(try await total("?last=7d").sum == 8)
        }
    }

    @Test("A card that is refused, empty, unreadable or too wide says so by itself, beside good ones")
    func states() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            try await Self.sendOrders(40, fixtures, created)
            let address = try await Self.pin(Self.trend, browser, title: "Good")
            let board = BoardID(text: String(address.dropFirst("/boards/".count)))
            let wide: JSONValue = [
                "kind": "trend", "series": [["selector": ["any": true], "measure": "total"]], "interval": "month",
                "breakdown": [["property": "url"]], "limit": 1_000,
            ]
            let plain: JSONValue = [
                "kind": "funnel", "steps": [["event": "Product Viewed"], ["event": "Order Completed"]], "window": "1d",
                "breakdown": [["property": "url"]], "limit": 1_000,
            ]
            let count: JSONValue = ["kind": "count", "who": ["role": "customer"]]
            let nothing: JSONValue = [
                "kind": "trend", "series": [["selector": ["event": "Ordre Completed"], "measure": "total"]], "interval": "week",
            ]
            let actor = Actor.commandLine
            for (title, question) in [("Wide", wide), ("Plain", plain), ("Count", count), ("Nothing", nothing)] {
                try await fixtures.directory.pin(
                    NewCard(title: title, question: question, page: "ask"), on: .board(board), in: created.workspace.id, by: actor)
            }
            // What an older or newer program may have pinned.
            let refused = #"{"kind":"trend","series":[{"measure":"<script>","selector":{"any":true}}]}"#
            try await fixtures.insert(
                [("Refused <b>", refused), ("Damaged", "{")].enumerated().map { index, one in
                    Card(
                        id: CardID(text: "crd_bad\(index)"), workspace: created.workspace.id, board: board, title: one.0,
                        question: one.1, page: "trends", position: 10 + index, createdAt: fixtures.clock.now)
                })
            let page = try await browser.get(address + "?wait=all")
            #expect(page.status == .ok)
            let bodies = page.html.split(separator: "<article ").dropFirst().map(String.init)
            #expect(bodies.count == 7)
            func body(_ title: String) throws -> String {
                try #require(bodies.first { $0.contains("<bdi>\(title)</bdi></a></h2>") }, "\(title)")
            }
            let good = try body("Good")
            #expect(good.contains("<figure") && !good.contains("card-state") && !good.contains("card-cut"))
            let wideBody = try body("Wide")
            #expect(wideBody.contains("<figure") && wideBody.matches(of: /<span class="swatch/).count == CardCut.linesMax)
            #expect(wideBody.contains("The card shows a part of this answer. <a href=\"/ask?q="))
            let plainBody = try body("Plain")
            #expect(plainBody.matches(of: /<tr>/).count == CardCut.rowsMax + 1 && plainBody.contains("See the whole answer"))
            #expect(try body("Count").contains("<dt>People</dt><dd>40</dd>"))
            let nothingBody = try body("Nothing")
            #expect(nothingBody.contains("Nothing matches") && nothingBody.contains("Nearest known names: Order Completed"))
            let refusedBody = try body("Refused &lt;b&gt;")
            #expect(refusedBody.contains("card-state bad") && refusedBody.contains("cannot be answered as it stands"))
            #expect(refusedBody.contains("/series/0/measure") && !refusedBody.contains("<script>"))
            #expect(try body("Damaged").contains("cannot be read as a question"))
        }
    }

    @Test("Pinning is refused with the field named, and what was typed stays")
    func pinRefused() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            let address = try await Self.pin(Self.trend, browser)
            let board = String(address.dropFirst("/boards/".count))
            let good = ["question": Self.trend.text, "page": "trends", "title": "T", "board": board, "name": ""]
            let long = #"{"kind":"trend","series":[{"selector":{"event":"\#(String(repeating: "x", count: 17_000))"}}]}"#
            for (change, field) in [
                (["title": ""], "pin-title"), (["title": String(repeating: "t", count: 101)], "pin-title"),
                (["board": "", "name": ""], "pin-name"), (["board": "", "name": "Weekly"], "pin-name"),
                (["board": "brd_gone"], "pin-board"), (["question": "{"], nil), (["question": #"{"kind":"nothing"}"#], nil),
                (["question": long], nil),
            ] as [([String: String], String?)] {
                let page = try await browser.post("/boards/pin", good.merging(change) { $1 }, from: "/ask")
                #expect(page.status == .unprocessableContent, "\(change.keys)")
                let faults = page.html.matches(of: /<(?:input|select) id="f-([^"]+)"[^>]*aria-invalid/).map { String($0.1) }
                #expect(faults == (field.map { [$0] } ?? []), "\(change.keys)")
                #expect(field != "pin-board" || page.html.contains("This board is not there any more"))
                #expect(field != nil || page.html.contains("class=\"notice bad\""))
                #expect(page.html.contains("class=\"pin\" open"))
            }
            for number in 1 ..< WorkspaceDirectory.cardsMax {
                try await fixtures.directory.pin(
                    NewCard(title: "\(number)", question: Self.trend, page: "ask"), on: .board(BoardID(text: board)),
                    in: created.workspace.id, by: .commandLine)
            }
            let full = try await browser.post("/boards/pin", good, from: "/ask")
            #expect(full.status == .unprocessableContent && full.html.contains("This board holds 24 questions already"))
            #expect(Self.cards(try await browser.get(address + "?wait=all")).count == 24)
        }
    }

    @Test("A form without its token changes no board, and boards of another workspace are not there")
    func forgery() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            try await fixtures.settle(browser)
            let address = try await Self.pin(Self.trend, browser)
            let card = try #require(Self.cards(try await browser.get(address)).first)
            for path in [
                "/boards", "/boards/pin", address, address + "/delete", "\(address)/cards/\(card)/up",
                "\(address)/cards/\(card)/down", "\(address)/cards/\(card)/title", "\(address)/cards/\(card)/remove",
            ] {
                let fields = ["name": "Stolen", "title": "Stolen", "question": Self.trend.text]
                #expect(try await browser.postRaw(path, fields).status == .forbidden, "\(path)")
                #expect(try await browser.postRaw(path, fields.merging(["token": "x"]) { $1 }).status == .forbidden, "\(path)")
            }
            let page = try await browser.get(address)
            #expect(page.html.contains("<h1><bdi>Weekly</bdi></h1>") && page.html.contains("<bdi>Orders</bdi>"))
            let other = try await fixtures.directory.create(
                name: "Other", timezone: "UTC", currency: "USD", by: .commandLine)
            let foreign = try await fixtures.directory.createBoard(named: "Secret", in: other.workspace.id, by: .commandLine)
            for path in ["/boards/\(foreign.id)", "/boards/\(foreign.id)/delete", "/boards/pin", "/boards/brd_none"] {
                #expect(try await browser.get(path).status == .notFound, "\(path)")
            }
            #expect(try await browser.post("/boards/\(foreign.id)/delete", [:], from: address).status == .notFound)
            #expect(try await !browser.get("/boards").html.contains("Secret"))
        }
    }

    @Test("An analyst makes, fills and deletes boards as an owner does")
    func analyst() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            try await Self.sendOrders(5, fixtures, created)
            let fields = ["name": "Ana", "email": "ana@example.com", "role": "analyst", "password": "another long password"]
            try await browser.post("/settings/members", fields, from: "/settings/members")
            let analyst = try #require(
                try await fixtures.directory.team.members(of: created.workspace.id).first { $0.role == .analyst }?.member.id)
            browser.set("teahouse_session", try await fixtures.directory.team.openSession(for: analyst))
            #expect(try await browser.get("/boards").html.contains("Starter board"))
            let address = try await Self.pin(Self.trend, browser)
            #expect(try await browser.get(address + "?wait=all").html.contains("<figure"))
            try await browser.post(address, ["name": "Mine"], from: address)
            #expect(try await browser.get(address).html.contains("<bdi>Mine</bdi>"))
            let gone = try await browser.post(address + "/delete", [:], from: address + "/delete")
            #expect(gone.location == "/boards?done=deleted")
            let actors = try await fixtures.directory.audit(of: created.workspace.id).filter { $0.action.hasPrefix("board.") }
            #expect(actors.map(\.actor) == Array(repeating: .member(analyst), count: 4))
        }
    }

    @Test("Names that mean harm stay names on every page of boards")
    func hostile() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            try await fixtures.settle(browser)
            let name = #""><script>alert(1)</script>{{t.boards.title}}'"#
            let address = try await Self.pin(Self.trend, browser, title: name, on: name)
            for path in [address, address + "/delete", "/boards", "/ask?q=" + SiteURL.encoded(Self.trend.text)] {
                let html = try await browser.get(path).html
                #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;{{t.boards.title}}"), "\(path)")
                #expect(!html.contains("<script>alert") && !html.contains("\"><script"), "\(path)")
            }
        }
    }
}
