import HTTPTypes
import HummingbirdTesting
import Loyalty
import Model
import Records
import Testing
import Workspaces

@testable import Console

/// What the pages of the loyalty program need to be tried.
struct ProgramFixture {
    let fixtures: ConsoleFixtures
    let browser: Browser
    let created: CreatedWorkspace

    var directory: WorkspaceDirectory { fixtures.directory }
    var workspace: WorkspaceID { created.workspace.id }

    /// A workspace with a program of the standard settings, whose owner the browser is signed in as.
    static func run(_ body: @Sendable @escaping (ProgramFixture) async throws -> Void) async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let fixture = ProgramFixture(fixtures: fixtures, browser: browser, created: try await fixtures.settle(browser))
            let page = try await browser.get("/program")
            let made = try await browser.postRaw("/program", page.fields)
            #expect(made.location == "/program?done=started")
            try await body(fixture)
        }
    }

    /// Gives points by the API's command; tells the member's number.
    @discardableResult
    func earn(_ amount: Int64, _ who: String, for order: String) async throws -> String {
        let wish = try await directory.memberWish(who, in: workspace, place: "")
        let answer = try await directory.perform(
            EarnPoints(amount, of: "points", to: wish, for: PointSource(id: order)), id: nil, in: workspace, by: .admin)
        #expect(!answer.isRefused)
        return try #require(answer.body["member"]?.stringValue)
    }

    func available(_ member: String) async throws -> Int64 {
        let reader = directory.programReader(of: workspace)
        let currency = try #require(try await reader.program().settings?.currencies.first)
        let wish = try await directory.memberWish(member, in: workspace, place: "")
        return try #require(
            try await reader.balances(of: [wish], in: currency, at: fixtures.clock.now).first ?? nil
        ).balance.available
    }

    /// A browser of somebody who is not signed in.
    var stranger: Browser { browser.fresh }

    /// A new session of the first owner: those of before end with time.
    func session() async throws -> String {
        let members = try await directory.team.members(of: workspace)
        let owner = try #require(members.first { $0.member.email == "lu@example.com" })
        return try await directory.team.openSession(for: owner.member.id)
    }

    /// A browser of another owner or analyst.
    func join(_ role: MemberRole, _ email: String) async throws {
        let member = try await directory.team.addMember(
            email: email, name: "Bo", password: "a good long password", role: role, to: workspace, by: .admin)
        browser.set("teahouse_session", try await directory.team.openSession(for: member.id))
    }
}

extension Page {
    /// What the page's main form would send as it stands.
    var fields: [String: String] {
        var fields: [String: String] = [:]
        for input in html.matches(of: /<input [^>]*?name="([^"]+)"[^>]*? value="([^"]*)"/) {
            fields[String(input.1)] = input.2.unescaped
        }
        for select in html.matches(of: /<select [^>]*name="([^"]+)"[^>]*>(.*?)<\/select>/.dotMatchesNewlines()) {
            let chosen = select.2.firstMatch(of: /value="([^"]*)" selected/) ?? select.2.firstMatch(of: /value="([^"]*)"/)
            fields[String(select.1)] = chosen.map { String($0.1) }
        }
        return fields
    }

    /// The hidden fields of the form that holds a text.
    func form(holding text: String) throws -> [String: String] {
        let forms = html.matches(of: /<form method="post".*?<\/form>/.dotMatchesNewlines()).map { String($0.0) }
        let form = try #require(forms.first { $0.contains(text) }, "\(text)")
        var fields: [String: String] = [:]
        for input in form.matches(of: /<input [^>]*?name="([^"]+)"[^>]*? value="([^"]*)"/) {
            fields[String(input.1)] = input.2.unescaped
        }
        return fields
    }
}

@Suite("Pages of the loyalty program") struct ProgramRoutesTests {
    @Test("An owner starts a program from its defaults, changes it, and is told at the field what is wrong")
    func settings() async throws {
        try await ConsoleFixtures.run { fixtures, browser in
            let created = try await fixtures.settle(browser)
            #expect(try await browser.get("/points").html.contains("There is no program yet"))
            #expect(try await browser.get("/points/books").html.contains("There is no program yet"))
            let empty = try await browser.get("/program")
            #expect(empty.html.contains("Start the program") && empty.html.contains(#"value="Shanshui Club""#))
            var fields = empty.fields
            fields["c0_expiry"] = "soon"
            let wrong = try await browser.postRaw("/program", fields)
            #expect(wrong.status == .unprocessableContent && wrong.html.contains(#"value="soon""#))
            #expect(wrong.html.firstMatch(of: /<input id="f-c0_expiry"[^>]* aria-invalid="true"/) != nil)
            fields["c0_expiry"] = "12"
            fields["c0_key"] = "Leaf points"
            let key = try await browser.postRaw("/program", fields)
            #expect(key.status == .unprocessableContent && key.html.contains("lower-case letters"))
            fields["c0_key"] = "leaves"
            #expect(try await browser.postRaw("/program", fields).location == "/program?done=started")
            let settings = try #require(try await fixtures.directory.programReader(of: created.workspace.id).program().settings)
            #expect(settings.name == "Shanshui Club" && settings.currencies.map(\.key) == ["leaves"])
            #expect(settings.currencies[0].expiry == .monthEnd(afterMonths: 12))
            #expect(settings.currencies[0].value == PointValue(minor: 100, points: 100))

            let page = try await browser.get("/program")
            #expect(page.html.contains("by Lu Yu") && page.html.contains("Key leaves, 0 decimals"))
            var change = page.fields
            (change["c0_hold_days"], change["c1_key"], change["c1_name"]) = ("400", "stars", "Stars")
            let tooLong = try await browser.postRaw("/program", change)
            #expect(tooLong.html.contains("Write a whole number from 1 to 365."))
            change["c0_hold_days"] = "3"
            #expect(try await browser.postRaw("/program", change).location == "/program?done=saved")
            // The form that was open before somebody else saved.
            let stale = try await browser.postRaw("/program", change)
            #expect(stale.status == .unprocessableContent && stale.html.contains("in the meantime"))
            let now = try #require(try await fixtures.directory.programReader(of: created.workspace.id).program().settings)
            #expect(now.currencies.map(\.key) == ["leaves", "stars"])
            #expect(now.currencies[0].rules.holdMax == 3 * .microsecondsPerDay)
        }
    }

    @Test("Points are given, taken, spent and given back once, however often a form is sent")
    func statement() async throws {
        try await ProgramFixture.run { fixture in
            let browser = fixture.browser
            let member = try await fixture.earn(500, "user_id:ana", for: "o-1")
            let address = "/points/members/\(member)"
            #expect(try await browser.get("/points?search=user_id:ana").location == address)
            let page = try await browser.get(address)
            #expect(page.html.contains("o-1") && page.html.contains(">500<") && page.html.contains("What expires when"))
            var give = try page.form(holding: #"value="adjust""#)
            (give["direction"], give["amount"], give["reason"], give["note"]) = ("give", "1,00", "goodwill", "late <b>")
            for _ in 0 ..< 3 { #expect(try await browser.postRaw(address, give).location == address + "?done=done") }
            #expect(try await fixture.available(member) == 600)
            give["amount"] = "7"
            let other = try await browser.postRaw(address, give)
            #expect(other.status == .unprocessableContent, "another wish under the same id")
            #expect(other.html.contains("This was done already. Open the page again.") && !other.html.contains("Idempotency"))
            for (name, value) in [("direction", nil), ("direction", "away"), ("currency", "zz")] {
                var stale = try await browser.get(address).form(holding: #"value="adjust""#)
                (stale["direction"], stale["amount"], stale["reason"], stale["note"]) = ("give", "5", "goodwill", "n")
                stale[name] = value
                #expect(try await browser.postRaw(address, stale).status == .badRequest, "\(name): \(value ?? "-")")
            }
            #expect(try await fixture.available(member) == 600)

            var take = try await browser.get(address).form(holding: #"value="adjust""#)
            (take["direction"], take["amount"], take["reason"], take["note"]) = ("take", "9000", "fraud", "too many")
            let tooMuch = try await browser.postRaw(address, take)
            #expect(tooMuch.status == .unprocessableContent && tooMuch.html.contains("There are 600 points to spend"))
            #expect(tooMuch.html.contains(#"value="9000""#) && tooMuch.html.contains(#"value="too many""#))
            let amount = /<input id="f-adjust-amount"[^>]* aria-invalid="true" autofocus aria-describedby="h-adjust-amount">/
            #expect(tooMuch.html.firstMatch(of: amount) != nil, "\(tooMuch.html)")
            #expect(tooMuch.html.contains(#"<p class="error" role="alert">There are 600 points to spend"#))
            for (name, value, field) in [
                ("amount", "x", "adjust-amount"), ("amount", "0", "adjust-amount"), ("note", " ", "adjust-note"),
            ] {
                var wrong = try await browser.get(address).form(holding: #"value="adjust""#)
                (wrong["direction"], wrong["amount"], wrong["reason"], wrong["note"]) = ("take", "5", "fraud", "n")
                wrong[name] = value
                let page = try await browser.postRaw(address, wrong)
                #expect(page.html.contains(#"id="f-\#(field)" name="\#(name)" type="text" value="\#(value)""#), "\(field)")
                #expect(page.html.firstMatch(of: /<input id="f-([^"]+)"[^>]* aria-invalid="true"/)?.1 == Substring(field))
            }

            var both = try await browser.get(address).form(holding: #"value="adjust""#)
            (both["direction"], both["amount"], both["reason"], both["note"]) = ("take", "x", "fraud", "")
            let told = try await browser.postRaw(address, both).html
            let wrong = told.matches(of: /<input id="f-([^"]+)"[^>]* aria-invalid="true"( autofocus)?/)
            #expect(wrong.map { String($0.1) } == ["adjust-amount", "adjust-note"], "all that is wrong is told at once")
            #expect(wrong.map { $0.2 != nil } == [true, false] && !page.html.contains("autofocus"))

            fixture.fixtures.clock.advance(seconds: 60)
            var burn = try await browser.get(address).form(holding: #"value="burn""#)
            burn["amount"] = "450"
            for _ in 0 ..< 2 { #expect(try await browser.postRaw(address, burn).location == address + "?done=done") }
            #expect(try await fixture.available(member) == 150)
            fixture.fixtures.clock.advance(seconds: 60)
            var back = try await browser.get(address).form(holding: #"value="give-back""#)
            #expect(back["amount"] == "450")
            for (amount, text) in [("451", "Only 450 of it are left."), ("none", "Write how many points")] {
                let sent = back.merging(["amount": amount, "command": "too much: \(amount)"]) { $1 }
                let refused = try await browser.postRaw(address, sent)
                let field = /<input id="f-\d+-amount" [^>]*value="([^"]*)"[^>]* aria-invalid="true" autofocus/
                #expect(refused.html.firstMatch(of: field)?.1 == Substring(amount), "\(refused.html)")
                #expect(refused.html.contains(#"<p class="error" role="alert">\#(text)"#))
                #expect(refused.html.matches(of: /<details class="undo" open>/).count == 1)
            }
            back["amount"] = "50"
            #expect(try await browser.postRaw(address, back).location == address + "?done=done")
            let shown = try await browser.get(address).html
            // Newest first, with what there was after each.
            let balances = shown.matches(of: /<td class="num total"[^>]*>([^<]+)</).map { String($0.1) }
            #expect(balances == ["200", "150", "600", "500"])
            #expect(shown.contains("Goodwill: late &lt;b&gt;") && shown.contains("Given back") && shown.contains("Spent"))
            var taken = try await browser.get(address).form(holding: #"value="take-back""#)
            #expect(taken["source"] == "o-1")
            taken["amount"] = "100"
            #expect(try await browser.postRaw(address, taken).location == address + "?done=done")
            #expect(try await fixture.available(member) == 100)
        }
    }

    @Test("A month of a member's statement begins and ends with its balance, and all of it is a file")
    func monthlyStatement() async throws {
        try await ProgramFixture.run { fixture in
            let browser = fixture.browser
            let member = try await fixture.earn(500, "user_id:ana", for: "o-1")
            let address = "/points/members/\(member)"
            // From 22 November to the first day of the second year.
            fixture.fixtures.clock.advance(seconds: 40 * 86_400)
            browser.set("teahouse_session", try await fixture.session())
            try await fixture.earn(100, "user_id:ana", for: "=o-2")
            let all = try await browser.get(address).html
            #expect(all.contains(#"<option value="2026-12">Dec 2026</option>"#) && !all.contains("Balance at the start"))
            for (month, opening, closing, lines) in [
                ("2026-11", "0", "500", 1), ("2026-12", "500", "500", 0), ("2027-01", "500", "600", 1),
            ] {
                let page = try await browser.get(address + "?month=" + month).html
                #expect(page.contains("<dt>Balance at the start</dt><dd>\(opening)</dd>"), "\(month)")
                #expect(page.contains("<dt>Balance at the end</dt><dd>\(closing)</dd>"), "\(month)")
                #expect(page.matches(of: /<td class="num total"/).count == lines, "\(month)")
                #expect(page.contains(#"<option value="\#(month)" selected>"#))
            }
            #expect(try await browser.get(address + "?month=never").html.matches(of: /<td class="num total"/).count == 2)
            let file = try await browser.get(address + "?csv=statement")
            #expect(file.response.headers[.contentType]?.hasPrefix("text/csv") == true)
            let rows = file.html.split(separator: "\r\n").map(String.init)
            #expect(rows.count == 3 && rows[0].hasSuffix("Date,What happened,For,By,In,Out,Balance"))
            #expect(rows[1].contains("'=o-2") && rows[1].hasSuffix(",100,,600") && rows[2].hasSuffix(",500,,500"))
            let month = try await browser.get(address + "?csv=statement&month=2026-11").html
            #expect(month.split(separator: "\r\n").count == 2 && month.contains("o-1"))
        }
    }

    @Test("A donation stands with its charity and receipt, and is taken back whole, once")
    func donation() async throws {
        try await ProgramFixture.run { fixture in
            let browser = fixture.browser
            let member = try await fixture.earn(500, "user_id:ana", for: "o-1")
            let address = "/points/members/\(member)"
            let wish = try await fixture.directory.memberWish(member, in: fixture.workspace, place: "")
            fixture.fixtures.clock.advance(seconds: 60)
            let given = try await fixture.directory.perform(
                SpendPoints(.donate(200, charity: "Trees & co"), of: "points", by: wish), id: nil, in: fixture.workspace,
                by: .admin)
            let receipt = try #require(given.body["receipt"]?.stringValue)
            let page = try await browser.get(address)
            #expect(page.html.contains("Trees &amp; co · \(receipt)"))
            let back = try page.form(holding: #"value="reverse-donation""#)
            #expect(back["receipt"] == receipt && back["amount"] == nil)
            for _ in 0 ..< 2 { #expect(try await browser.postRaw(address, back).location == address + "?done=done") }
            #expect(try await fixture.available(member) == 500)
            let after = try await browser.get(address)
            #expect(!after.html.contains(#"value="reverse-donation""#) && after.html.contains("Given back"))
            var again = back
            again["command"] = "another"
            let refused = try await browser.postRaw(address, again)
            #expect(refused.status == .unprocessableContent && refused.html.contains("The donation was taken back already"))
        }
    }

    @Test("Dormant points become a coupon by a form that stands there for them alone")
    func conversion() async throws {
        try await ProgramFixture.run { fixture in
            let (browser, directory) = (fixture.browser, fixture.directory)
            func perform(_ command: any ProgramCommand) async throws {
                #expect(try await !directory.perform(command, id: nil, in: fixture.workspace, by: .admin).isRefused)
            }
            var template = CouponTemplate(
                key: .init(name: "spring", version: 1), currency: .cny, zone: "Asia/Shanghai",
                effect: .amount(500, on: .order))
            template.validity.days = 7
            try await perform(SetCouponTemplate(template))
            var settings = try #require(try await directory.programReader(of: fixture.workspace).program().settings)
            var rules = PointDormancyRules()
            rules.inactiveMonths = 1
            rules.conversion = .init("spring", for: 60)
            settings.currencies[0].dormancy = rules
            try await perform(SetProgram(settings))
            let member = try await fixture.earn(100, "user_id:ana", for: "o-1")
            let address = "/points/members/\(member)"
            #expect(try await !browser.get(address).html.contains(#"value="convert""#))
            // Their end is two months ahead at most: the first notice is due at once.
            try await perform(WalkDormancy(of: "points"))
            let page = try await browser.get(address)
            #expect(page.html.contains("60 become one coupon “spring”"))
            let form = try page.form(holding: #"value="convert""#)
            for _ in 0 ..< 2 { #expect(try await browser.postRaw(address, form).location == address + "?done=done") }
            #expect(try await fixture.available(member) == 40)
            var again = form
            again["command"] = "another"
            let refused = try await browser.postRaw(address, again)
            #expect(refused.status == .unprocessableContent && refused.html.contains("There are 40 points to spend"))
        }
    }

    @Test("A lot is frozen and let go, and a hold released")
    func lots() async throws {
        try await ProgramFixture.run { fixture in
            let browser = fixture.browser
            let member = try await fixture.earn(500, "user_id:ana", for: "o-1")
            let address = "/points/members/\(member)"
            let freeze = try await browser.get(address).form(holding: #"value="freeze""#)
            #expect(freeze["frozen"] == "1")
            for _ in 0 ..< 2 { #expect(try await browser.postRaw(address, freeze).location == address + "?done=done") }
            let frozen = try await browser.get(address)
            #expect(frozen.html.contains("Frozen"))
            var burn = try frozen.form(holding: #"value="burn""#)
            burn["amount"] = "10"
            let refused = try await browser.postRaw(address, burn)
            #expect(refused.status == .unprocessableContent && refused.html.contains("500 of the points are frozen"))
            #expect(try await browser.postRaw(address, try refused.form(holding: #"value="freeze""#)).status == .seeOther)
            let wish = try await fixture.directory.memberWish(member, in: fixture.workspace, place: "")
            _ = try await fixture.directory.perform(
                SpendPoints(.hold(30, place: nil, seconds: 600), of: "points", by: wish), id: nil, in: fixture.workspace, by: .admin
            )
            #expect(try await fixture.available(member) == 470)
            let release = try await browser.get(address).form(holding: #"value="release""#)
            #expect(try await browser.postRaw(address, release).status == .seeOther)
            #expect(try await fixture.available(member) == 500)
        }
    }

    @Test("Whoever is found and no member yet is enrolled, and stands on their portrait")
    func enrolment() async throws {
        try await ProgramFixture.run { fixture in
            let browser = fixture.browser
            try await fixture.fixtures.send(
                #"{"type":"identify","userId":"ana","messageId":"a","traits":{"name":"Ana Li"},"timestamp":"2026-11-20T10:00:00Z"}"#,
                to: fixture.created)
            let found = try await browser.get("/points?search=Ana%20Li")
            #expect(found.html.contains("Not a member"))
            let fields = try found.form(holding: #"name="identity""#)
            let enrolled = try #require(try await browser.postRaw("/points/members", fields).location)
            #expect(enrolled.hasSuffix("?done=enrolled"))
            #expect(try await browser.postRaw("/points/members", fields).location == enrolled)
            let member = try await fixture.earn(120, "user_id:ana", for: "o-9")
            #expect(enrolled.contains(member))
            let list = try await browser.get("/points?search=Ana%20Li").html
            #expect(list.contains("/points/members/\(member)\"") && list.contains(">120<"))
            let portrait = try await browser.get("/people?search=ana").html
            let link = try #require(portrait.firstMatch(of: /href="(\/people\/p_\w+)"/)).1
            let shown = try await browser.get(String(link)).html
            #expect(shown.contains("/points/members/\(member)") && shown.contains(">120<"))
            let nobody = try await browser.get("/points?search=Nobody%20Here")
            #expect(nobody.html.contains("Nobody fits “Nobody Here”"))
            let fresh = try await browser.get("/points?search=user_id:fresh")
            #expect(try fresh.form(holding: #"name="identity""#)["identity"] == "user_id:fresh")
        }
    }

    @Test("An account's part of its people's points is said in per cent; a person has no such form")
    func share() async throws {
        try await ProgramFixture.run { fixture in
            let browser = fixture.browser
            let person = try await fixture.earn(10, "user_id:ana", for: "o-1")
            #expect(try await !browser.get("/points/members/\(person)").html.contains(#"value="share""#))
            let firm = EnrolMember(Identity(type: .account, value: "acme"), kind: .account)
            let enrolled = try await fixture.directory.perform(firm, id: "firm", in: fixture.workspace, by: .admin)
            let member = try #require(enrolled.body["member"]?.stringValue.flatMap(ProgramMemberID.init(text:)))
            let address = "/points/members/\(member.text)"
            func send(_ share: String, _ from: String) async throws -> Page {
                var fields = try await browser.get(address).form(holding: #"value="share""#)
                (fields["share"], fields["from"]) = (share, from)
                return try await browser.postRaw(address, fields)
            }
            for (share, from, field) in [
                ("101", "", "share-share"), ("", "", "share-share"), ("a quarter", "", "share-share"),
                ("12.345", "", "share-share"),
                ("25", "soon", "share-from"),
            ] {
                let wrong = try await send(share, from)
                #expect(wrong.status == .unprocessableContent)
                #expect(wrong.html.firstMatch(of: /<input id="f-([^"]+)"[^>]* aria-invalid="true"/)?.1 == Substring(field))
                #expect(wrong.html.contains(#"id="f-share-share" name="share" type="text" value="\#(share)""#))
                #expect(wrong.html.contains(#"<details class="doing" open><summary class="button">Share points of orders"#))
            }
            #expect(try await send("25", "2020-01-01").html.contains("A share does not change what was earned"))
            let reader = fixture.directory.programReader(of: fixture.workspace)
            #expect(try await reader.earningAgreements(of: member).isEmpty)
            #expect(try await send("12.5", "").location == address + "?done=shared")
            #expect(try await send("40", "2030-01-01").location == address + "?done=shared")
            #expect(try await reader.earningAgreements(of: member).map(\.share) == [1_250, 4_000])
            let page = try await browser.get(address).html
            #expect(page.contains("12.5 % from ") && page.contains("40 % from 1 Jan 2030"), "\(page)")
        }
    }

    @Test("A large adjustment waits for another owner than who asked for it")
    func approvals() async throws {
        try await ProgramFixture.run { fixture in
            let browser = fixture.browser
            let member = try await fixture.earn(10, "user_id:ana", for: "o-1")
            let address = "/points/members/\(member)"
            for _ in 0 ..< 2 {
                var give = try await browser.get(address).form(holding: #"value="adjust""#)
                (give["direction"], give["amount"], give["reason"], give["note"]) = ("give", "20000", "migration", "old shop")
                #expect(try await browser.postRaw(address, give).location == address + "?done=waiting")
            }
            #expect(try await fixture.available(member) == 10)
            let mine = try await browser.get("/points/approvals")
            #expect(mine.html.contains("You asked for it") && !mine.html.contains("value=\"approve\""))
            let id = try #require(
                try await fixture.directory.programReader(of: fixture.workspace).adjustments(waiting: true).first
            ).id
            let own = try await browser.postRaw(
                "/points/approvals", ["token": mine.token ?? "", "adjustment": id, "decision": "approve", "command": "x"])
            #expect(own.status == .forbidden || own.html.contains("Somebody other than who asked"))

            try await fixture.join(.owner, "b@example.com")
            let page = try await browser.get("/points/approvals")
            #expect(page.html.contains("+20,000") && page.html.contains("Migration: old shop") && page.html.contains("Lu Yu"))
            var yes = try page.form(holding: "-yes\"")
            #expect(try await browser.postRaw("/points/approvals", yes).status == .badRequest, "it says neither yes nor no")
            yes["decision"] = "approve"
            for _ in 0 ..< 2 {
                #expect(try await browser.postRaw("/points/approvals", yes).location == "/points/approvals?done=approved")
            }
            #expect(try await fixture.available(member) == 20_010)
            var no = try await browser.get("/points/approvals").form(holding: "-no\"")
            no["decision"] = "refuse"
            #expect(try await browser.postRaw("/points/approvals", no).location == "/points/approvals?done=refused")
            let after = try await browser.get("/points/approvals").html
            #expect(after.contains("Nothing waits") && after.contains("Approved") && after.contains("Refused"))
            #expect(try await fixture.available(member) == 20_010)
        }
    }

    @Test("What a key asked for is not for who made the key to approve")
    func approvalsOfKeys() async throws {
        try await ProgramFixture.run { fixture in
            let browser = fixture.browser
            let member = try await fixture.earn(10, "user_id:ana", for: "o-1")
            let owner = try #require(try await fixture.directory.team.members(of: fixture.workspace).first).member.id
            let key = try await fixture.directory.createAPIKey(
                in: fixture.workspace, name: "till", scopes: [.manage], by: .member(owner)
            ).key
            #expect(key.createdBy == .member(owner))
            let wish = try await fixture.directory.memberWish(member, in: fixture.workspace, place: "")
            _ = try await fixture.directory.perform(
                AdjustPoints(20_000, of: "points", for: wish, reason: .goodwill, note: ""), id: "ask", in: fixture.workspace,
                by: .key(key.id))
            let page = try await browser.get("/points/approvals")
            #expect(page.html.contains("A key that you made asked for it") && !page.html.contains("value=\"approve\""))
            let own = try await browser.postRaw(
                "/points/approvals", ["token": page.token ?? "", "adjustment": "ask", "decision": "approve", "command": "x"])
            #expect(own.html.contains("are one person, who made the key"), "\(own.html)")
            try await fixture.join(.owner, "b@example.com")
            var yes = try await browser.get("/points/approvals").form(holding: "-yes\"")
            yes["decision"] = "approve"
            #expect(try await browser.postRaw("/points/approvals", yes).location == "/points/approvals?done=approved")
        }
    }

    @Test("What needed no second person is booked, not approved, and a reason without a note ends with the reason")
    func bookedAtOnce() async throws {
        try await ProgramFixture.run { fixture in
            let member = try await fixture.earn(10, "user_id:ana", for: "o-1")
            let wish = try await fixture.directory.memberWish(member, in: fixture.workspace, place: "")
            for note in ["", "a broken tin"] {
                let answer = try await fixture.directory.perform(
                    AdjustPoints(5, of: "points", for: wish, reason: .goodwill, note: note), id: nil, in: fixture.workspace,
                    by: .admin)
                #expect(answer.body["state"] == "booked", "\(answer.body.text)")
            }
            let page = try await fixture.browser.get("/points/approvals").html
            #expect(page.contains("<bdi>Goodwill</bdi>") && page.contains("<bdi>Goodwill: a broken tin</bdi>"), "\(page)")
            #expect(page.contains("booked at once by") && !page.contains(">Approved<") && page.contains(">Booked<"))
            let statement = try await fixture.browser.get("/points/members/\(member)").html
            #expect(statement.contains(">Goodwill<") && !statement.contains("Goodwill: <"))
        }
    }

    @Test("A month of the books closes, stands as it was, and everything is exported and checked")
    func books() async throws {
        try await ProgramFixture.run { fixture in
            let browser = fixture.browser
            #expect(try await browser.get("/points/books").html.contains("Nothing has been booked yet"))
            let member = try await fixture.earn(500, "user_id:ana", for: "o-1")
            let open = try await browser.get("/points/books").html
            #expect(open.contains("How Nov 2026 went") && open.contains("The books close: both sides are 500."))
            #expect(open.contains("Nov 2026 can be closed from 1 Dec 2026 on") && !open.contains("books/close"))
            #expect(open.contains("id=\"figure-liability\"") && open.contains("CN¥5"))
            let early = try await browser.get("/points/books/close?currency=points&month=2026-11")
            let early2 = try await browser.postRaw("/points/books/close", early.fields)
            #expect(early2.status == .unprocessableContent && early2.html.contains("is not over yet"))
            fixture.fixtures.clock.advance(seconds: 20 * 86_400)
            browser.set("teahouse_session", try await fixture.session())
            let link = try #require(
                try await browser.get("/points/books").html.firstMatch(of: /href="(\/points\/books\/close[^"]+)"/)
            ).1.unescaped
            let asked = try await browser.get(link)
            #expect(asked.html.contains("Close Nov 2026?") && asked.html.contains("cannot be undone"))
            for _ in 0 ..< 2 {
                let closed = try await browser.postRaw("/points/books/close", asked.fields)
                #expect(closed.location == "/points/books?currency=points&month=2026-11&done=closed")
            }
            let month = try await browser.get("/points/books?month=2026-11").html
            #expect(month.contains("the entries still say the same"))
            let file = try await browser.get("/points/books/entries.csv?currency=points")
            #expect(file.response.headers[.contentDisposition]?.contains("points-points.csv") == true)
            #expect(file.html.split(separator: "\r\n").count == 2 && file.html.contains("\(member),1,"))
            #expect(try await browser.get("/points/books?csv=liability").html.contains("202611,500,5"))
            #expect(try await browser.get("/points/books?check=1").html.contains("1 entry: its chain is whole"))
            try await fixture.fixtures.tamper("UPDATE point_entries SET amount = 501")
            #expect(try await browser.get("/points/books?check=1").html.contains("Entry 1 of \(member)"))
            #expect(try await browser.get("/points/books?month=2026-11").html.contains("say something else now"))
        }
    }

    @Test("An estimate of what will be spent is signed once, and deferred revenue goes by it")
    func estimates() async throws {
        try await ProgramFixture.run { fixture in
            let browser = fixture.browser
            _ = try await fixture.earn(500, "user_id:ana", for: "o-1")
            let open = try await browser.get("/points/books")
            #expect(open.html.contains("Deferred revenue at the end of Nov 2026") && open.html.contains("id=\"figure-revenue\""))
            var fields = try open.form(holding: #"name="share""#)
            fields["from"] = "2026-11"
            fields["share"] = "97.5%"
            fields["note"] = "by last year's months"
            for _ in 0 ..< 2 {
                let signed = try await browser.postRaw("/points/books/estimate", fields)
                #expect(signed.location == "/points/books?currency=points&done=signed")
            }
            #expect(!open.html.contains("Points that partners have bought"))
            _ = try await fixture.directory.perform(
                BuyBlock(1_500, of: "points", for: "<b>roaster</b>", price: 900), id: "block", in: fixture.workspace, by: .admin)
            let after = try await browser.get("/points/books").html
            #expect(after.contains("Points that partners have bought") && after.contains("&lt;b&gt;roaster&lt;/b&gt;"))
            #expect(after.contains("Version 1: 97.5% from Nov 2026 on") && !after.contains("Version 2"))
            #expect(try await browser.get("/points/books?csv=revenue").html.contains("202611,,5"))
            fields["share"] = "0"
            fields["command"] = "another"
            let wrong = try await browser.postRaw("/points/books/estimate", fields)
            #expect(wrong.status == .unprocessableContent && wrong.html.contains("ten-thousandths"))
        }
    }

    @Test(
        "Percentages are read as ten-thousandths",
        arguments: [
            ("97", 9_700), ("97.5", 9_750), (" 97.53 %", 9_753), ("100", 10_000), ("0.01", 1), ("", 0), ("x", 0), ("1.234", 0),
            ("101", 0),
            ("-3", 0), ("5.-1", 0),
        ] as [(String, Int64)])
    func shares(text: String, share: Int64) { #expect(BookWriter.share(text) == share) }

    @Test("An analyst reads all of it and changes nothing")
    func analyst() async throws {
        try await ProgramFixture.run { fixture in
            let browser = fixture.browser
            let member = try await fixture.earn(500, "user_id:ana", for: "o-1")
            let address = "/points/members/\(member)"
            try await fixture.join(.analyst, "c@example.com")
            for path in ["/program", "/points", address, "/points/books", "/points/approvals"] {
                let page = try await browser.get(path)
                #expect(page.status == .ok, "\(path)")
                let forms = page.html.matches(of: /<form method="post" action="([^"]+)"/).map { String($0.1) }
                #expect(forms == ["/sign-out"] || forms == ["/sign-out", "/sign-out"], "\(path)")
            }
            #expect(try await browser.get("/program").html.contains("Points end after so many months"))
            for path in ["/program", "/points/members", address, address + "/card", "/points/books/close", "/points/approvals"] {
                #expect(try await browser.post(path, ["deed": "burn", "amount": "1"], from: "/points").status == .forbidden)
            }
            #expect(try await browser.get("/points/books/entries.csv").status == .forbidden)
            #expect(try await fixture.available(member) == 500)
        }
    }
}
