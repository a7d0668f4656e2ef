import HTTPTypes
import HummingbirdTesting
import Model
import Records
import Testing
import Workspaces

@testable import Console

/// The page of progressive registration over a few people.
struct RegistrationRoutesTests {
    private static let address = "/people/registration"

    private static func sendPeople(_ fixtures: ConsoleFixtures, _ created: CreatedWorkspace) async throws {
        let traits = ["{}", #"{"email":"b@example.com"}"#, #"{"email":"c@example.com","company":"c"}"#, #"{"company":"d"}"#]
        let calls = traits.enumerated().map { index, traits in
            #"{"type":"identify","userId":"u\#(index)","messageId":"m\#(index)","timestamp":"2026-11-01T00:00:00Z","traits":\#(traits)}"#
        }
        try await fixtures.send(calls.joined(separator: ","), to: created)
    }

    @Test("A form is made without scripts, shows how far people come, leads to them, and is deleted")
    func wholeLife() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            try await Self.sendPeople(fixtures, created)
            let empty = try await browser.get(Self.address)
            #expect(empty.status == .ok && empty.html.contains("No forms yet"))
            #expect(try await browser.get("/people").html.contains("href=\"\(Self.address)\""))
            let made = try await browser.post(
                Self.address, ["name": "Join", "steps": "Contact: email\r\n\r\n工作：company"], from: Self.address)
            #expect(made.location == Self.address + "?done=created")
            let page = try await browser.get(Self.address + "?done=created")
            #expect(
                page.html.contains("The form is made.") && page.html.contains("2 stop here") && page.html.contains("1 stop here"))
            let links = page.html.matches(of: /<a href="(\/questions\/people[^"]+)" aria-label="([^"]+)"/)
            #expect(links.map { String($0.2) } == ["Contact: 2", "2 stop here", "工作: 1", "1 stop here"])
            for (link, count) in zip(links, [2, 2, 1, 1]) {
                let people = try await browser.get(link.1.unescaped)
                #expect(people.html.contains(count == 1 ? "1 person" : "\(count) people"), "\(link.1)")
            }
            let csv = try #require(page.html.firstMatch(of: /href="(\/people\/registration\?csv=frm_\w+)"/)).1
            #expect(try await browser.get(String(csv)).html.contains("Contact,email,4,2,2"))
            let change = try #require(page.html.firstMatch(of: /href="(\/people\/registration\?change=(frm_\w+))#form"/))
            let filled = try await browser.get(String(change.1)).html
            #expect(filled.contains("Change “Join”") && filled.contains("Contact: email\n工作: company</textarea>"))
            let wish = ["form": String(change.2), "name": "Join in", "steps": "工作：company"]
            let bad = try await browser.post(Self.address, wish.merging(["steps": "A"]) { $1 }, from: Self.address)
            #expect(bad.status == .unprocessableContent && bad.html.contains("Change “Join”"), "it is still that form")
            #expect(try await browser.post(Self.address, wish, from: Self.address).location == Self.address + "?done=saved")
            let changed = try await fixtures.directory.forms(of: created.workspace.id)
            #expect(changed.map(\.name) == ["Join in"] && changed.first?.steps.map(\.name) == ["工作"])
            #expect(changed.first?.id.text == String(change.2))
            let gone = wish.merging(["form": "frm_none"]) { $1 }
            #expect(try await browser.post(Self.address, gone, from: Self.address).status == .unprocessableContent)
            let delete = try #require(page.html.firstMatch(of: /action="(\/people\/registration\/frm_\w+\/delete)"/)).1
            #expect(try await browser.post(String(delete), [:], from: Self.address).location == Self.address + "?done=deleted")
            #expect(try await browser.get(Self.address + "?done=deleted").html.contains("The form is deleted."))
            #expect(try await browser.post(String(delete), [:], from: Self.address).status == .notFound)
        }
    }

    @Test(
        "What is no form is said beside its field, and what was typed stays",
        arguments: [
            ("", "A: a", "Please give a name of 1 to 100 characters."), ("F", "A", "Line 1 is no step."),
            ("F", "A: a\nB:", "Line 2 is no step."), ("F", "A: a\nB: a", "is asked for twice"),
            ("F", "", "A form has 1 to 20 steps, not 0."),
            ("F", (0 ... 20).map { "s\($0): t\($0)" }.joined(separator: "\n"), "A form has 1 to 20 steps, not 21."),
            ("F", "A: " + (0 ... 10).map { "t\($0)" }.joined(separator: ","), "A step asks for 1 to 10."),
        ])
    func refused(name: String, steps: String, said: String) async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            try await fixtures.settle(browser)
            let page = try await browser.post(Self.address, ["name": name, "steps": steps], from: Self.address)
            #expect(page.status == .unprocessableContent && page.html.contains(said), "\(said)")
            #expect(page.html.contains(">\(steps)</textarea>"))
            #expect(page.html.contains("No forms yet"))
        }
    }

    @Test("Steps are read with the colons and commas of both languages; empty lines are passed over")
    func typed() {
        let wanted: [RegistrationForm.Step] = [
            .init(name: "A b", traits: ["x", "y.z"]), .init(name: "乙", traits: ["m", "n", "o"]),
        ]
        #expect(TypedSteps.read(" A b : x, y.z ,\n\n乙：m，n、o") == .success(wanted))
        #expect(TypedSteps.read("\n\nA") == .failure(TypedSteps.BadLine(number: 3)))
        #expect(TypedSteps.read("  ") == .success([]))
    }

    @Test("Who is no owner looks, and makes nothing")
    func members() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            let form = FormWish(name: "Join", steps: [.init(name: "Contact", traits: ["email"])])
            try await fixtures.directory.createForm(form, in: created.workspace.id, by: .commandLine)
            let member = try await fixtures.directory.team.addMember(
                email: "m@example.com", name: "M", password: "a good long password", role: .analyst, to: created.workspace.id,
                by: .commandLine)
            browser.set("teahouse_session", try await fixtures.directory.team.openSession(for: member.id))
            let page = try await browser.get(Self.address)
            #expect(page.html.contains("Contact") && !page.html.contains("<textarea") && !page.html.contains("/delete\""))
            let refused = try await browser.post(Self.address, ["name": "F", "steps": "A: a"], from: "/boards")
            #expect(refused.status == .forbidden)
        }
    }
}
