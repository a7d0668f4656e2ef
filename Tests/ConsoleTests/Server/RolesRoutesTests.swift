import EventStore
import HTTPTypes
import HummingbirdTesting
import Model
import People
import Records
import Testing
import Workspaces

@testable import Console

/// The page of users and customers over a small shop, whose clock stands at Sunday, 22 November 2026.
struct RolesRoutesTests {
    /// Sixty people: some come each week, some stop, some pay, some do both.
    private static func settle(_ fixtures: ConsoleFixtures, _ browser: Browser) async throws -> OpenWorkspace {
        let created = try await fixtures.settle(browser)
        var random = SplitMix64(seed: 20_261_122)
        var calls: [String] = []
        for person in 0 ..< 60 {
            let last = person % 3 == 0 ? 40 : 69
            for number in 0 ..< Int.random(in: 1 ... 20, using: &random) {
                let minutes = Int64(Int.random(in: person / 2 ... last, using: &random) * 1_440 + 60 * number)
                let start = fixtures.clock.now.advanced(byMicroseconds: -70 * 86_400 * .microsecondsPerSecond)
                let time = start.advanced(byMicroseconds: minutes * 60 * .microsecondsPerSecond)
                let pays = person % 2 == 0 && number == 3
                let event = pays ? "Order Completed" : number % 4 == 1 ? "Checkout Started" : "Product Viewed"
                calls.append(
                    #"{"type":"track","userId":"u\#(person)","event":"\#(event)","messageId":"\#(person)-\#(number)","timestamp":"\#(time.rfc3339)","properties":{"order_id":"\#(person)-\#(number)","total":12.5,"currency":"\#(person % 4 == 0 ? "CNY" : "EUR")"}}"#
                )
            }
        }
        for start in stride(from: 0, to: calls.count, by: 200) {
            try await fixtures.send(calls[start ..< min(start + 200, calls.count)].joined(separator: ","), to: created)
        }
        return try await fixtures.directory.workspace(created.workspace.id)
    }

    private static let weeks = "/roles?interval=week&last=12w"
    private static let past = "/roles?interval=week&since=2026-09-14&until=2026-11-01"

    @Test("The four cells sum to everybody at the end of every interval, as the overview counts them", arguments: [weeks, past])
    func sums(path: String) async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let workspace = try await Self.settle(fixtures, browser)
            let form = QuestionForm(.roles, fields: FormBody.fields(Array(path.split(separator: "?")[1].utf8)))
            let answer = try await workspace.ask(form.question, now: fixtures.clock.now)
            let rows = try #require(answer["rows"]?.arrayValue)
            #expect(rows.count > 6)
            for row in rows {
                let label = try #require(row["bucket"]?.stringValue.flatMap { LocalDate(text: String($0.prefix(10))) })
                let end = workspace.calendar.start(of: label.advanced(byDays: 7)).advanced(byMicroseconds: -1)
                let at = min(end, fixtures.clock.now)
                let overview = try await workspace.look(now: fixtures.clock.now) { view throws(Problem) in view.overview(at: at) }
                let counts = RoleCell.allCases.map { Int(row[$0.rawValue]?.doubleValue ?? -1) }
                #expect(counts == RoleCell.allCases.map { overview.count(in: $0) })
                #expect(counts.reduce(0, +) == overview.everybody)
            }
            // What moved is what differs between the ends of two intervals.
            var standing: [String: Int] = [:]
            for move in answer["moves"]?.arrayValue ?? [] {
                let count = Int(move["count"]?.doubleValue ?? 0)
                if let from = move["from"]?.stringValue { standing[from, default: 0] -= count }
                if let to = move["to"]?.stringValue { standing[to, default: 0] += count }
            }
            for cell in RoleCell.allCases {
                #expect(
                    standing[cell.rawValue] ?? 0 == Int(rows[rows.count - 1][cell.rawValue]?.doubleValue ?? -1),
                    "nobody was seen before")
            }
        }
    }

    @Test("Every cell and list leads to exactly as many people as it shows", arguments: [weeks, past])
    func people(path: String) async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            _ = try await Self.settle(fixtures, browser)
            let page = try await browser.get(path, [.acceptLanguage: "en"])
            #expect(page.status == .ok)
            let cells = page.html.matches(
                of: /<th scope="row"><a href="(\/questions\/people[^"]+)">[^<]+<\/a>.*?<td class="num">([\d,]+)<\/td>/)
            let lists = page.html.matches(
                of: /<p class="word-count">(\d+) p.*?<a class="button" href="(\/questions\/people[^"]+)"/.dotMatchesNewlines())
            let bars = page.html.matches(of: /<a href="(\/questions\/people[^"]+)" aria-label="[^"]*: ([\d,]+)"/)
            #expect(cells.count == (path == Self.weeks ? 4 : 3) && lists.count == 2 && bars.count > 12)
            for (url, count) in cells.map({ ($0.1, $0.2) }) + lists.map({ ($0.2, $0.1) }) + bars.map({ ($0.1, $0.2) }) {
                let found = try await browser.get(url.unescaped, [.acceptLanguage: "en"])
                #expect(found.html.contains("<p>\(count) p"), "\(url.unescaped)")
            }
            #expect(lists.contains { $0.1 != "0" })
            #expect(page.html.contains("class=\"heat moves\"") && page.html.contains("class=\"heat ways\""))
        }
    }

    @Test("Its files say the same as the page, in the visitor's words")
    func files() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let workspace = try await Self.settle(fixtures, browser)
            for (id, head) in [
                ("roles", "身份,人数,占比"), ("moves", "间隔起始,从,到,人数"),
                ("brings", "组别,人数,活跃人数,事件,订单,收入（CNY）,收入（EUR）"),
            ] {
                let csv = try await browser.get(Self.weeks + "&csv=\(id)", [.acceptLanguage: "zh-CN"])
                #expect(csv.html.hasPrefix("\u{FEFF}" + head + "\r\n"), "\(csv.html)")
            }
            #expect(try await browser.get(Self.weeks + "&csv=nothing").status == .notFound)
            let brings = try await browser.get(Self.weeks + "&csv=brings", [.acceptLanguage: "en"])
            let rows = brings.html.split(separator: "\r\n").dropFirst().map { $0.split(separator: ",").map(String.init) }
            let overview = try await workspace.look(now: fixtures.clock.now) { view throws(Problem) in view.overview() }
            #expect(rows.reduce(0) { $0 + (Int($1[1]) ?? 0) } == overview.everybody)
            #expect(rows.reduce(0) { $0 + (Int($1[4]) ?? 0) } == overview.orders)
            let events = workspace.store.snapshot().eventCount
            #expect(rows.reduce(0) { $0 + (Int($1[3]) ?? 0) } == events)
            #expect(rows.reduce(0) { $0 + (Double($1[5]) ?? 0) } == Double(overview.revenue[0].decimalText))
        }
    }

    @Test("Without orders it says what to send, a range that cannot be is refused at its place, and an empty one says so")
    func states() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            #expect(try await browser.get("/roles", [.acceptLanguage: "en"]).html.contains("No events yet"))
            let time = fixtures.clock.now.advanced(byMicroseconds: -86_400 * .microsecondsPerSecond).rfc3339
            try await fixtures.send(
                #"{"type":"track","userId":"u","event":"Product Viewed","messageId":"1","timestamp":"\#(time)"}"#, to: created)
            let page = try await browser.get("/roles", [.acceptLanguage: "en"])
            #expect(page.html.contains("No order has arrived yet") && page.html.contains("&quot;Order Completed&quot;"))
            #expect(page.html.matches(of: /class="word-count"/).count == 1, "nothing in the data comes before paying")
            let backwards = try await browser.get("/roles?since=2026-11-10&until=2026-11-01", [.acceptLanguage: "en"])
            #expect(backwards.status == .unprocessableContent && backwards.html.contains("The range ends before it begins"))
            let future = try await browser.get("/roles?since=2027-01-01", [.acceptLanguage: "en"])
            #expect(future.status == .ok && future.html.contains("Nothing matches") && !future.html.contains("word-count"))
        }
    }
}
