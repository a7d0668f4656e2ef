import HTTPTypes
import HummingbirdTesting
import Model
import People
import Questions
import Records
import Testing
import Workspaces

@testable import Console

@Suite("The page of the stages") struct StageSettingsTests {
    private static let page = "/settings/stages"
    private static let calls =
        #"{"type":"track","event":"Order Completed","userId":"anna","properties":{"total":5}},{"type":"track","event":"View","userId":"bert"}"#

    private static func fields(_ stages: [(String, String)], _ wish: String) -> [String: String] {
        var fields = ["do": wish]
        for (index, stage) in stages.enumerated() { (fields["name-\(index)"], fields["rule-\(index)"]) = stage }
        return fields
    }

    private static let own = [("seen", #"{"everyone": true}"#), ("buyer", #"{"role": "customer"}"#)]

    @Test("What would change is shown before it is saved; the page of answers and the portrait follow; the standard ones come back")
    func wayAndBack() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            try await fixtures.send(Self.calls, to: created)
            let workspace = try await fixtures.directory.workspace(created.workspace.id)
            let first = try await browser.get(Self.page)
            #expect(first.html.contains("These are the standard stages.") && first.html.contains("Is a customer: has paid"))
            #expect(!first.html.contains(#"value="save""#), "only after a look")
            #expect(first.html.contains(#"name="rule-5""#) && !first.html.contains(#"name="rule-6""#))

            let look = try await browser.post(Self.page, Self.fields(Self.own, "preview"), from: Self.page)
            #expect(look.status == .ok && look.html.contains("Standing in another stage: 2 of 2 people."))
            #expect(look.html.contains(#"value="save""#) && look.html.contains("Pay → buyer: 1 person"))
            #expect(workspace.stages == .standard, "a look changes nothing")

            let saved = try await browser.post(Self.page, Self.fields(Self.own, "save"), from: Self.page)
            #expect(saved.location == "/settings/stages?done=saved")
            #expect(workspace.stages.names == ["seen", "buyer"])
            let question = try await browser.get("/questions/stages")
            #expect(question.html.contains("buyer") && question.html.contains(#"href="/settings/stages""#))
            #expect(!question.html.contains("What the stages mean"))
            let people = try await browser.get("/people?search=anna")
            let link = String(try #require(people.html.firstMatch(of: /href="(\/people\/p_\w+)"/)).1)
            let portrait = try await browser.get(link)
            #expect(portrait.html.contains(">buyer<") && portrait.html.contains("How they came there"))

            let filled = try await browser.post(Self.page, Self.fields(Self.own, "standard"), from: Self.page)
            #expect(filled.html.contains(#"name="rule-5""#) && workspace.stages.names == ["seen", "buyer"])
            let standard = StageDraft.drafts(of: .standard).map { ($0.name, $0.rule.replacing("\n", with: "\r\n")) }
            let known = try await browser.post(Self.page, Self.fields(standard, "down-9"), from: Self.page)
            #expect(known.html.contains("Is a customer: has paid"), "as browsers end lines")
            try await browser.post(Self.page, Self.fields(standard, "save"), from: Self.page)
            #expect(workspace.stages == .standard)
            #expect(try fixtures.directory.settings(of: created.workspace.id).stages == nil)
        }
    }

    @Test("A portrait does without the stage only where it takes too long, and says so")
    func late() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            try await fixtures.send(Self.calls, to: created)
            let workspace = try await fixtures.directory.workspace(created.workspace.id)
            let scheme = try StageScheme(
                json: [["name": "friend", "rule": ["related": ["as": "payer", "to": ["everyone": true]]]]], place: "")
            try await fixtures.directory.changeStages(of: created.workspace.id, to: scheme, by: .commandLine)
            let language = Language.english
            func page(limit: Duration) async throws -> PortraitPage? {
                try await workspace.look { view throws(Problem) -> PortraitPage? in
                    guard let person = view.person(of: Identity(type: .userID, value: "anna")), let profile = view.profile(person),
                        let timeline = try view.timeline(person)
                    else { return nil }
                    var writer = PortraitWriter(
                        profile: profile, relationships: [], relationshipCount: 0, timeline: timeline, cursor: nil,
                        now: view.instant, calendar: workspace.calendar, words: Words(language), formats: Formats(language))
                    try writer.findStages(of: person, in: view, of: workspace, limit: limit)
                    return writer.page()
                }
            }
            let late = try #require(try await page(limit: .zero))
            #expect(late.stage == nil && late.stageProblem?.contains("two seconds") == true)
            let inTime = try #require(try await page(limit: .seconds(60)))
            #expect(inTime.stageProblem == nil)
        }
    }

    @Test("Stages are moved, added and taken away on the page, without losing what was typed")
    func arranged() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            try await fixtures.settle(browser)
            func names(_ wish: String) async throws -> [String] {
                let page = try await browser.post(
                    Self.page, Self.fields(Self.own + [("third", "half a ru")], wish), from: Self.page)
                #expect(page.status == .ok && (wish == "remove-2" || page.html.contains("half a ru")), "\(wish)")
                return page.html.matches(of: /name="name-\d+" type="text" value="([^"]*)"/).map { String($0.1) }
            }
            #expect(try await names("up-2") == ["seen", "third", "buyer"])
            #expect(try await names("down-0") == ["buyer", "seen", "third"])
            #expect(try await names("remove-0") == ["buyer", "third"])
            #expect(try await names("remove-2") == ["seen", "buyer"])
            #expect(try await names("add") == ["seen", "buyer", "third", ""])
            for odd in ["up-0", "down-2", "remove-9", "up-x", "dance"] {
                #expect(try await names(odd) == ["seen", "buyer", "third"], "\(odd)")
            }
        }
    }

    private static let wrong: [(stages: [(String, String)], field: String, says: String)] = [
        ([("seen", #"{"everyone": 1}"#)], "f-rule-0", "/everyone: "),
        ([("Seen", #"{"everyone": true}"#)], "f-name-0", "trial_2"),
        ([("seen", #"{"everyone": true}"#), ("b", "{")], "f-rule-1", "malformed"),
        ([("a", #"{"role": "sorcerer"}"#)], "f-rule-0", "sorcerer"), ([("a", #"{"stage": "b"}"#)], "f-rule-0", "they rest on it"),
    ]

    @Test("What is wrong is said at its field, in the reader's language, and nothing is saved", arguments: wrong.indices)
    func refused(index: Int) async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            for wish in ["preview", "save"] {
                let page = try await browser.post(Self.page, Self.fields(Self.wrong[index].stages, wish), from: Self.page)
                #expect(page.status == .unprocessableContent)
                let field = try #require(page.html.firstMatch(of: /id="([^"]+)"[^>]*aria-invalid/)).1
                #expect(field == Self.wrong[index].field && page.html.unescaped.contains(Self.wrong[index].says), "\(page.html)")
                #expect(page.html.matches(of: /aria-invalid/).count == 1)
            }
            browser.set("teahouse_language", "zh")
            let chinese = try await browser.post(Self.page, Self.fields(Self.wrong[index].stages, "save"), from: Self.page)
            #expect(chinese.html.firstMatch(of: /class="error" role="alert">[^<]*[\u{3400}-\u{9FFF}]/) != nil)
            #expect(try await fixtures.directory.workspace(created.workspace.id).stages == .standard)
        }
    }

    @Test("An analyst reads the stages and is not asked to change them")
    func analyst() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            let member = try await fixtures.directory.team.addMember(
                email: "ana@example.com", name: "Ana", password: "another long password", role: .analyst, to: created.workspace.id,
                by: .commandLine)
            browser.set("teahouse_session", try await fixtures.directory.team.openSession(for: member.id))
            let page = try await browser.get(Self.page)
            #expect(page.html.contains("Only owners") && page.html.contains("Is a customer: has paid"))
            #expect(!page.html.contains("<textarea"))
            let token = try #require(try await browser.get("/settings/account").token)
            let refused = try await browser.postRaw(
                Self.page, Self.fields(Self.own, "save").merging(["token": token]) { old, _ in old })
            #expect(refused.status == .forbidden)
        }
    }
}
