import HTTPTypes
import HummingbirdTesting
import Model
import Testing
import Workspaces

@testable import Console

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The pages of questions over the same small shop, whose clock stands at Sunday, 22 November 2026.
struct QuestionRoutesTests {
    private static let events = ["Product Viewed", "Product Added", "Order Completed"]

    /// Ninety people with a few dozen events each over ten weeks.
    private static func settle(_ fixtures: ConsoleFixtures, _ browser: Browser) async throws {
        let created = try await fixtures.settle(browser)
        var random = SplitMix64(seed: 20_261_122)
        var calls: [String] = []
        for person in 0 ..< 90 {
            let first = Int.random(in: 0 ..< 60, using: &random)
            for number in 0 ..< Int.random(in: 1 ... 24, using: &random) {
                let day = Int.random(in: first ... 69, using: &random)
                let minutes = Int64(day * 1_440 + Int.random(in: 0 ..< 1_440, using: &random))
                let start = fixtures.clock.now.advanced(byMicroseconds: -70 * 86_400 * .microsecondsPerSecond)
                let time = start.advanced(byMicroseconds: minutes * 60 * .microsecondsPerSecond)
                let event = events[Int.random(in: 0 ..< 3, using: &random)]
                calls.append(
                    #"{"type":"track","userId":"u\#(person)","event":"\#(event)","messageId":"\#(person)-\#(number)","timestamp":"\#(time.rfc3339)","properties":{"category":"c\#(number % 3)","order_id":"\#(person)-\#(number)","total":\#(number * 10)}}"#
                )
            }
        }
        for start in stride(from: 0, to: calls.count, by: 200) {
            try await fixtures.send(calls[start ..< min(start + 200, calls.count)].joined(separator: ","), to: created)
        }
    }

    @Test("An address that leads nowhere is a page, and that of all questions leads to the first kind")
    func addresses() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            _ = try await fixtures.settle(browser)
            for path in ["/nothing", "/settings/nothing", "/questions/nothing", "/boards/1/nothing", "/live/nothing"] {
                let page = try await browser.get(path, [.acceptLanguage: "zh-CN"])
                #expect(page.status == .notFound && page.html.contains("这里什么也没有"), "\(path)")
            }
            #expect(try await browser.get("/questions").location == "/questions/trends")
        }
    }

    @Test("Each page answers its first form, in both languages and as CSV")
    func firstForms() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            try await Self.settle(fixtures, browser)
            for kind in QuestionKind.allCases {
                let page = try await browser.get(kind.path, [.acceptLanguage: "en"])
                #expect(page.status == .ok && page.html.contains("id=\"figure-answer\""), "\(kind)")
                let chinese = try await browser.get(kind.path, [.acceptLanguage: "zh-CN"])
                #expect(chinese.html.contains("以表格查看"), "\(kind)")
                let link = try #require(chinese.html.firstMatch(of: /<a href="([^"]*&amp;csv=answer)"/), "\(kind)")
                let csv = try await browser.get(String(link.1).unescaped, [.acceptLanguage: "zh-CN"])
                #expect(csv.response.headers[.contentType] == "text/csv; charset=utf-8", "\(kind)")
                let head = try #require(csv.html.split(separator: "\r\n").first)
                #expect(head.unicodeScalars.contains { (0x3400 ... 0x9FFF).contains($0.value) }, "\(kind): \(head)")
            }
            #expect(try await browser.get("/questions/nowhere").status == .notFound)
        }
    }

    /// Pages whose figures lead to people, with what they cut and count.
    private static let figures = [
        "trends?event1=Product+Viewed&measure1=persons&interval=week&last=30d",
        "trends?measure1=persons&interval=month&since=2026-10-05&until=2026-11-10&who=customer",
        "trends?event1=Order+Completed&measure1=persons&interval=week&where=total&op=%3E&value=80",
        "funnels?step1=Product+Viewed&step2=Product+Added&step3=Order+Completed&window=14d&order=ordered&reentry=latest&sameTime=permute&last=90d",
        "funnels?step1=Product+Viewed&step2=Order+Completed&window=2d&order=strict&reentry=latest&sameTime=permute&since=2026-10-05",
        "retention?start=Product+Viewed&interval=week&periods=6&mode=firstTime&criterion=on&anchor=calendar&last=12w",
        "retention?return=Order+Completed&interval=week&periods=5&mode=recurring&criterion=onOrAfter&anchor=calendar&since=2026-10-07",
        "retention?interval=month&periods=3&mode=recurring&criterion=on&anchor=calendar&since=2026-09-10&until=2026-11-15&who=user",
        "lifecycle?interval=week&last=12w", "lifecycle?selector=Product+Added&interval=month",
        "lifecycle?selector=Order+Completed&interval=week&since=2026-10-01&until=2026-11-11",
        "stages?interval=week&last=12w", "stages?interval=month&since=2026-09-10&until=2026-11-11",
    ]

    @Test("A figure leads to exactly as many people as it shows", arguments: figures)
    func people(path: String) async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            try await Self.settle(fixtures, browser)
            let page = try await browser.get("/questions/" + path)
            var checked = 0
            for link in page.html.matches(of: /<a href="(\/questions\/people[^"]+)" aria-label="([^"]+)"/) {
                let shown = link.2.split { !$0.isNumber && $0 != "," }.last { $0.contains { $0.isNumber } }
                let lost = link.2.firstMatch(of: /^([\d,]+) lost/)
                let found = try await Self.found(link.1, browser)
                #expect(Int((lost?.1 ?? shown ?? "").filter(\.isNumber)) == found, "\(link.2)")
                checked += 1
            }
            for cell in page.html.matches(of: /title="[^"]* · (\d+) (?:person|people) \+ \d+: ([^"]+)%"><a href="([^"]+)"/) {
                let size = try #require(Double(cell.1))
                let found = try await Self.found(cell.3, browser)
                #expect(Formats(.english).percent(Double(found) / size) == cell.2 + "%", "\(cell.0)")
                checked += 1
            }
            #expect(checked > 1)
        }
    }

    private static let way =
        "/questions/funnels?step1=Product+Viewed&step2=Order+Completed&window=1d&order=ordered&reentry=latest&sameTime=permute&last=90d"

    @Test("Those who were lost before a step lead to why: the events that were taken, and what was in the way")
    func why() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            try await Self.settle(fixtures, browser)
            let funnel = try await browser.get(Self.way)
            let links = funnel.html.matches(of: /<a href="(\/questions\/people[^"]+)" aria-label="[\d,]+ lost/)
            let lost = try await browser.get(String(try #require(links.first).1).unescaped)
            let whys = lost.html.matches(of: /<td class="why"><a href="([^"]+)" aria-label="Why is [^"]+">Why\?</)
            #expect(whys.count > 1)
            for why in whys.prefix(5) {
                let page = try await browser.get(String(why.1.split(separator: "#")[0]).unescaped)
                let told = try #require(
                    page.html.firstMatch(of: /<section class="panel way" id="way">.*?<\/section>/.dotMatchesNewlines())
                ).0
                #expect(
                    told.contains("Reached step 1 of 2: Product Viewed")
                        && told.contains("Step 2, Order Completed, was not reached:"))
                #expect(told.contains("/events/") && told.matches(of: #/The way of /#).count == 1)
            }
            let reached = funnel.html.matches(of: /<a href="(\/questions\/people[^"]+)" aria-label="[^"]*Order Completed/)
            let there = try await browser.get(String(try #require(reached.last).1).unescaped)
            let person = try #require(there.html.firstMatch(of: /<a class="who" href="\/people\/(p_\w+)"><bdi>(u\d+)</))
            for name in [person.1, person.2] {
                let page = try await browser.get(Self.way + "&explain=\(name)")
                #expect(
                    page.html.contains("Reached step 2 of 2: Order Completed") && !page.html.contains("was not reached"), "\(name)")
            }
            for name in ["nobody", "p_zzzz"] {
                let page = try await browser.get(Self.way + "&explain=\(name)")
                #expect(page.status.code == 422 && page.html.contains("Nobody is known by &quot;\(name)&quot;."))
                #expect(
                    page.html.contains("id=\"f-explain\"") && page.html.contains("<details class=\"further\" open>"),
                    "the field is at fault")
            }
        }
    }

    @Test("The people of a bar are saved on a board under a name, as a number that leads to them")
    func savedPeople() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            try await Self.settle(fixtures, browser)
            let stages = try await browser.get("/questions/stages")
            let link = try #require(stages.html.matches(of: /<a href="(\/questions\/people[^"]+)"/).last)
            let people = try await browser.get(String(link.1).unescaped)
            let form = try #require(people.html.firstMatch(of: /<details class="pin">.*?<\/details>/.dotMatchesNewlines())).0
            var fields: [String: String] = [:]
            for input in form.matches(of: /name="(\w+)"[^>]*? value="([^"]*)"/) { fields[String(input.1)] = input.2.unescaped }
            (fields["board"], fields["name"], fields["title"]) = ("", "Audiences", "Those of that stage")
            let pinned = try await browser.postRaw("/boards/pin", fields)
            let board = try await browser.get(String(try #require(pinned.location).split(separator: "#")[0]) + "&wait=all")
            let card = try #require(board.html.firstMatch(of: /<h2 id="t-crd_\w+"><a href="([^"]+)"><bdi>Those of that stage</))
            let back = try await browser.get(String(card.1).unescaped)
            let count = try await Self.found(link.1, browser)
            #expect(try await Self.found(card.1, browser) == count && count > 0)
            #expect(board.html.contains(">\(count)<") && back.html.contains("Those who meet this condition now"))
        }
    }

    private static func found(_ link: Substring, _ browser: Browser) async throws -> Int {
        let people = try await browser.get(String(link).unescaped)
        let count = people.html.firstMatch(of: /<p>([\d,]+) (?:people|person)<\/p>/)
        return try #require(Int((count?.1 ?? "").filter(\.isNumber)), "\(people.status)")
    }

    @Test("What is wrong with a question is said in the reader's language, with its values")
    func refusedInChinese() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            try await Self.settle(fixtures, browser)
            for (path, sentence, english) in [
                (
                    "/ask?q=" + SiteURL.encoded(#"{"kind":"<b>{1}</b>"}"#),
                    "没有 &quot;&lt;b&gt;{1}&lt;/b&gt;&quot; 这种问题类型。可用的类型：count, ",
                    "There is no question kind &quot;&lt;b&gt;{1}&lt;/b&gt;&quot;. Kinds: count, "
                ),
                (
                    "/ask?q=" + SiteURL.encoded("{\n1}"), "JSON 在第 2 行第 1 列处格式有误：应为双引号中的键，但这里是 &#39;1&#39;。",
                    "The JSON is malformed at line 2, column 1: expected a key in double quotes, but there is &#39;1&#39;."
                ),
                (
                    "/questions/funnels?step1=A&step2=B&window=%3Ci%3E", "实际为：文本 &quot;&lt;i&gt;&quot;。",
                    "not the text &quot;&lt;i&gt;&quot;."
                ),
                (
                    "/questions/people?who=" + SiteURL.encoded(#"{"who":{"role":"x"},"by":"tag"}"#),
                    "位置：/by。应为：&quot;person&quot;、", "/by: &quot;person&quot;, &quot;account&quot;"
                ),
            ] {
                let page = try await browser.get(path, [.acceptLanguage: "zh-CN"])
                let main = try #require(page.html.split(separator: "<main").last?.split(separator: "</main>").first)
                #expect(main.contains(sentence) && !main.contains("lang=\"en\""), "\(main)")
                let other = try await browser.get(path, [.acceptLanguage: "en"])
                #expect(other.html.contains(english), "\(path)")
            }
        }
    }

    @Test("A question that cannot be is refused with 422, and its field says what it takes")
    func refused() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            try await Self.settle(fixtures, browser)
            for (path, field) in [
                ("funnels?step1=Product+Viewed&step2=Order+Completed&window=soon", "window"),
                ("funnels?step2=Product+Viewed&window=1d", "step1"), ("trends?measure1=sum", "property1"),
                ("trends?formula=B", "formula"), ("drivers?lookback=7d&minSupport=many", "minSupport"),
                ("retention?since=2026-11-20&until=2026-11-02", "until"), ("attribution?lookback=7d&model=linear", "touch"),
            ] {
                let page = try await browser.get("/questions/" + path)
                #expect(page.status == .unprocessableContent, "\(path)")
                let faults = page.html.matches(of: /<(?:input|select) id="f-([^"]+)"[^>]*aria-invalid/).map { String($0.1) }
                #expect(faults == [field], "\(path)")
            }
        }
    }

    @Test("Form and data lead to each other; before any event a page says what it waits for")
    func bothWays() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            try await fixtures.settle(browser)
            for kind in QuestionKind.allCases {
                let page = try await browser.get(kind.path)
                #expect(page.status == .ok && page.html.contains("No events yet") && !page.html.contains("<form method=\"get\""))
            }
        }
        try await ConsoleFixtures.run { fixtures, browser in
            try await Self.settle(fixtures, browser)
            for kind in QuestionKind.allCases {
                let page = try await browser.get(kind.path)
                let data = try #require(page.html.firstMatch(of: /<a href="(\/ask\?q=[^"]+)">Change it as data/), "\(kind)")
                let asked = try await browser.get(String(data.1).unescaped)
                let form = try #require(asked.html.firstMatch(of: /<a href="([^"]+)">Change it in a form/), "\(kind)")
                let again = try await browser.get(String(form.1).unescaped)
                #expect(again.html.contains(data.0), "\(kind)")
            }
        }
    }

    @Test("People of a condition that is none are refused, and the way back stays on this site")
    func badPeople() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            try await Self.settle(fixtures, browser)
            for who in ["%7B", "1", "%7B%22who%22%3A%7B%22did%22%3A1%7D%7D"] {
                #expect(try await browser.get("/questions/people?who=\(who)").status.code / 100 == 4, "\(who)")
            }
            let page = try await browser.get("/questions/people?who=%7B%7D&back=https%3A%2F%2Fevil.example")
            #expect(page.status == .ok && page.html.contains("90 people") && page.html.contains("<a href=\"/\">Back to the answer"))
        }
    }

    @Test("A name that nothing carries is told with the nearest one; values of a property are proposed")
    func names() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            try await Self.settle(fixtures, browser)
            let page = try await browser.get("/questions/trends?event1=Product+Veiwed&measure1=total&interval=day")
            #expect(page.status == .ok && page.html.contains("Nearest known names: Product Viewed"))
            #expect(page.html.contains("Nothing matches"))
            let values = try await browser.get("/questions/values?property=category")
            #expect(values.html.matches(of: /<option value="c[012]">/).count == 3 && !values.html.contains("<html"))
            #expect(try await browser.get("/questions/values").html.isEmpty)
        }
    }
}
