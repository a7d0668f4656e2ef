import HTTPTypes
import HummingbirdTesting
import Model
import People
import Records
import Testing
import Workspaces

@testable import Console

struct RelationshipGraphTests {
    private func graph(_ count: Int, more: String? = nil) -> RelationshipGraph {
        let nodes = (0 ..< count).map { index in
            RelationshipGraph.Node(
                name: index == 0 ? "<b>一个很长很长很长很长的名字</b>" : "Name \(index)", url: "/people/p_\(index)",
                isAccount: index % 3 == 2, outgoing: index % 2 == 0 ? ("payer to", .derived) : nil,
                incoming: index % 4 != 0 ? ("their decider", .declared) : nil, isOver: index == 5, title: "Title \(index)")
        }
        return RelationshipGraph(nodes: nodes, initial: "S", style: .user, more: more)
    }

    @Test("Boxes of one side stand under each other without touching, both sides centred, all within", arguments: 1 ... 12)
    func layout(count: Int) {
        let (places, height, middle) = graph(count).layout()
        #expect(places.map(\.node) == Array(0 ..< count))
        #expect(middle == height / 2 && RelationshipGraph.boxShare < 0.5)
        for isLeft in [false, true] {
            let side = places.filter { $0.isLeft == isLeft }
            #expect(side.count == (isLeft ? count / 2 : (count + 1) / 2))
            for (upper, lower) in zip(side, side.dropFirst()) { #expect(lower.y >= upper.y + upper.height + 8) }
            guard let first = side.first, let last = side.last else { continue }
            #expect(first.y >= 0 && last.y + last.height <= height + 0.001)
            #expect(abs((first.y + last.y + last.height) / 2 - middle) < 0.001)
        }
    }

    @Test("No more than twelve are drawn, and how many more there are is said")
    func many() {
        let svg = graph(20, more: "and 8 more").svg(summary: "s")
        #expect(svg.matches(of: /<a href=/).count == 12)
        #expect(svg.contains(">and 8 more</text>"))
    }

    @Test("Each node is a link with its name; arrows point to who the role is held to, dashed where orders show it")
    func edges() {
        let svg = graph(3).svg(summary: "What it shows")
        #expect(svg.contains(#"role="group" aria-label="What it shows""#))
        #expect(svg.contains(#"<a href="/people/p_1" aria-label="Title 1">"#))
        let edges = svg.matches(of: /<line class="([^"]+)" x1="([^"]+)" y1="[^"]+" x2="([^"]+)"[^>]*marker-end="url\(#([^)]+)\)"/)
        #expect(edges.map { String($0.1) } == ["edge derived", "edge", "edge derived", "edge"])
        #expect(edges.map { String($0.4) } == ["graph-to-node", "graph-to-middle", "graph-to-node", "graph-to-middle"])
        #expect(
            edges.map { String($0.2) } == ["50%", "38%", "50%", "62%"]
                && edges.map { String($0.3) } == ["62%", "50%", "62%", "50%"])
        #expect(!svg.contains("<b>") && svg.contains("&lt;b&gt;"))
    }

    @Test("A text is cut to what a phone's box holds, and one that fits stays whole")
    func shortened() {
        #expect(RelationshipGraph.shortened("Su Xiaoxiao", ems: 9.5) == "Su Xiaoxiao")
        let cut = RelationshipGraph.shortened("一个很长很长很长很长的名字", ems: 9.5)
        #expect(cut == "一个很长很长很长…" && SVG.widthEms(cut) <= 9.5)
    }

    @Test("Those around somebody stand together, those that hold first, and others beyond the twelfth are counted")
    func circle() {
        let me = PersonID(ordinal: 1)
        let relationships = Fixtures(language: .english).many(of: me)
        let (shown, count) = RelationshipFigure.circle(relationships, of: me, at: Fixtures.now)
        #expect(count == 15)
        #expect(shown.count == 13 && shown[0].other(than: me) == shown[1].other(than: me), "one of them has two")
        #expect(shown.prefix(11).allSatisfy { $0.holds(at: Fixtures.now) })
    }

    @Test("A person's page draws who pays for whom, each a link, with the same as a table and a file")
    func page() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            try await fixtures.send(
                #"""
                {"type":"track","event":"View","userId":"kid","messageId":"1","timestamp":"2026-11-01T00:00:00Z"},
                {"type":"track","event":"Order Completed","userId":"dad","messageId":"2","timestamp":"2026-11-02T00:00:00Z","properties":{"order_id":"1","total":9,"recipient":"kid"}}
                """#, to: created)
            let workspace = try await fixtures.directory.workspace(created.workspace.id)
            let ids = try await workspace.look { view throws(Problem) in ["dad", "kid"].map { view.person(named: $0)?.text ?? "" } }
            let page = try await browser.get(SiteURL.person(ids[0]), [.acceptLanguage: "en"])
            let node = try #require(page.html.firstMatch(of: /<a href="([^"]+)" aria-label="(kid[^"]*)"><svg/))
            #expect(String(node.1) == SiteURL.person(ids[1]) && node.2.contains("payer to · since 2 Nov 2026"), "\(node.2)")
            #expect(page.html.contains(#"<line class="edge derived""#))
            let csv = try await browser.get(SiteURL.person(ids[0], csv: "relationships"), [.acceptLanguage: "zh-CN"])
            #expect(csv.html.hasPrefix("\u{FEFF}对方,关系,起始,结束,依据\r\nkid,此人为其付款人,"), "\(csv.html)")
            let alone = try await browser.get("/people/" + ids[1])
            #expect(alone.html.contains("figure-relationships"), "seen from the other side")
        }
    }
}
