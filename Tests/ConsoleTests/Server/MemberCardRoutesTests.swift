import HTTPTypes
import HummingbirdTesting
import Loyalty
import Model
import Records
import Testing
import Workspaces

@testable import Console

@Suite("Cards of members") struct MemberCardRoutesTests {
    /// The address of a member's card, as the statement shows it.
    private static func card(_ member: String, _ browser: Browser) async throws -> String {
        String(try #require(try await browser.get("/points/members/\(member)").html.firstMatch(of: /href="(\/m\/[^"]+)"/)).1)
    }

    @Test("Whoever has the address sees the points, in the language of the browser or of the address, without a cookie")
    func shown() async throws {
        try await ProgramFixture.run { fixture in
            let member = try await fixture.earn(1_500, "user_id:ana", for: "o-1")
            let address = try await Self.card(member, fixture.browser)
            let stranger = fixture.stranger
            let page = try await stranger.get(address)
            #expect(page.status == .ok && page.html.contains("Shanshui Club") && page.html.contains(">1,500<"))
            #expect(page.html.contains("1,500 of them end on 30 Nov 2028") && page.html.contains("o-1"))
            #expect(page.setCookies.isEmpty && !page.html.contains("<script") && !page.html.contains("Lu Yu"))
            let policy = try #require(page.response.headers[.contentSecurityPolicy])
            #expect(policy.contains("frame-ancestors *") && policy.contains("default-src 'none'"))
            #expect(page.header("x-frame-options") == nil)
            #expect(page.header("referrer-policy") == "no-referrer")
            #expect(page.response.headers[.cacheControl] == "private, no-store")
            let chinese = try await stranger.get(address, [.acceptLanguage: "zh-CN"])
            #expect(chinese.html.contains("lang=\"zh-CN\"") && chinese.html.contains("历史记录"))
            #expect(try await stranger.get(address + "?lang=zh").html.contains("历史记录"))
            #expect(try await stranger.get(address + "?theme=dark").html.contains("data-theme=\"dark\""))
            let other = try await fixture.browser.get("/points")
            #expect(other.header("x-frame-options") == "DENY", "all else may not be framed")
        }
    }

    @Test("What is frozen is told apart: it is neither to spend nor among what ends")
    func frozen() async throws {
        try await ProgramFixture.run { fixture in
            let member = try await fixture.earn(1_500, "user_id:ana", for: "o-1")
            _ = try await fixture.earn(200, "user_id:ana", for: "o-2")
            let address = try await Self.card(member, fixture.browser)
            let wish = try await fixture.directory.memberWish(member, in: fixture.workspace, place: "")
            func freeze(_ isFrozen: Bool) async throws {
                let answer = try await fixture.directory.perform(
                    SpendPoints(.freeze(PointID(1), isFrozen), of: "points", by: wish), id: nil, in: fixture.workspace, by: .admin)
                #expect(!answer.isRefused, "\(answer.body.text)")
                fixture.fixtures.clock.advance(seconds: 1)
            }
            try await freeze(true)
            let card = try await fixture.stranger.get(address).html
            #expect(card.contains(#"<p class="card-amount">200</p>"#) && card.contains("1,500 frozen: ask the shop why"))
            #expect(card.contains("200 of them end on 30 Nov 2028") && !card.contains(">1,500<"))
            #expect(try await fixture.stranger.get(address + "?lang=zh").html.contains("1,500 已冻结，请向商家询问原因"))
            try await freeze(false)
            let again = try await fixture.stranger.get(address).html
            #expect(again.contains(#"<p class="card-amount">1,700</p>"#) && !again.contains("frozen"))
        }
    }

    @Test("Coupons with their conditions and end, benefits with what is left, and what was used are on the card")
    func rights() async throws {
        try await ProgramFixture.run { fixture in
            let member = try await fixture.earn(1_500, "user_id:ana", for: "o-1")
            let address = try await Self.card(member, fixture.browser)
            let bare = try await fixture.stranger.get(address).html
            #expect(bare.contains("You have no coupons to use now") && bare.contains("You have no benefits now"))
            let wish = try await fixture.directory.memberWish(member, in: fixture.workspace, place: "")
            var template = CouponTemplate(
                key: .init(name: "spring", version: 1), currency: .cny, zone: "Asia/Shanghai", effect: .amount(2_000, on: .order))
            template.conditions.spendMin = 10_000
            template.validity.days = 30
            var benefit = Benefit(key: "lounge", name: .init(english: "Lounge", chinese: "茶室"), kind: .once)
            benefit.quota = 1
            let cart = CouponCart(
                currency: .cny, lines: [.init(id: "a", sku: "tea", unitPrice: 12_000)], at: fixture.fixtures.clock.now)
            func perform(_ command: any ProgramCommand) async throws -> ProgramAnswer {
                let answer = try await fixture.directory.perform(command, id: nil, in: fixture.workspace, by: .admin)
                #expect(!answer.isRefused, "\(answer.body.text)")
                fixture.fixtures.clock.advance(seconds: 1)
                return answer
            }
            _ = try await perform(SetCouponTemplate(template))
            _ = try await perform(MakeCouponBatch(2, of: "spring"))
            _ = try await perform(GrantCoupon(.code(.init(batch: 1, index: 1)), to: wish))
            let used = try await perform(GrantCoupon(.template("spring"), to: wish)).body["coupon"]?.stringValue
            var use = ReserveCoupons([try #require(used)], for: "o-9", by: wish, cart)
            use.commits = true
            _ = try await perform(use)
            _ = try await perform(DefineBenefit(benefit))
            _ = try await perform(
                GrantBenefit("lounge", to: wish, for: BenefitSource(.campaign, id: "secret campaign")))
            let title = Benefit(key: "friend", name: .init(english: "Tea friend", chinese: "茶友"), kind: .status)
            _ = try await perform(DefineBenefit(title))
            _ = try await perform(GrantBenefit("friend", to: wish, for: BenefitSource(.campaign, id: "spring")))
            let card = try await fixture.stranger.get(address).html
            #expect(card.contains(#"<span class="tag user"><bdi>Tea friend</bdi></span>"#), "\(card)")
            let desk = try await fixture.browser.get("/points/members/\(member)").html
            #expect(
                desk.contains("All 2 coupons") && desk.contains(#"<span class="tag ">used</span>"#)
                    && desk.contains(#"href="/coupons/template?"#))
            #expect(desk.contains(#"href="/benefits/benefit?key=lounge""#) && desk.contains("1 left"))
            #expect(card.contains("off the order.") && card.contains("Conditions") && card.contains("of goods that count"))
            #expect(card.contains("Lounge") && card.contains("1 left") && !card.contains("secret campaign"))
            #expect(card.contains("Coupon used") && card.contains("o-9") && card.matches(of: /class="card-right"/).count == 1)
            #expect(card.contains(/<code><bdi>[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]<\/bdi><\/code>/))
            let chinese = try await fixture.stranger.get(address + "?lang=zh").html
            #expect(chinese.contains("使用条件") && chinese.contains("茶室") && chinese.contains("剩余 1 次"))
        }
    }

    @Test("A coupon without a printed code shows its number, which is called so")
    func couponNumber() async throws {
        try await ProgramFixture.run { fixture in
            let member = try await fixture.earn(10, "user_id:ana", for: "o-1")
            let address = try await Self.card(member, fixture.browser)
            let wish = try await fixture.directory.memberWish(member, in: fixture.workspace, place: "")
            var template = CouponTemplate(
                key: .init(name: "spring", version: 1), currency: .cny, zone: "Asia/Shanghai", effect: .amount(2_000, on: .order))
            template.validity.days = 30
            func perform(_ command: any ProgramCommand) async throws -> ProgramAnswer {
                try await fixture.directory.perform(command, id: nil, in: fixture.workspace, by: .admin)
            }
            _ = try await perform(SetCouponTemplate(template))
            let granted = try await perform(GrantCoupon(.template("spring"), to: wish)).body["coupon"]?.stringValue
            let number = try #require(granted)
            fixture.fixtures.clock.advance(seconds: 1)
            let bare = try await fixture.stranger.get(address).html
            #expect(bare.contains("Number <code><bdi>\(number)</bdi></code>") && !bare.contains("Code <code>"), "\(bare)")
            #expect(try await fixture.stranger.get(address + "?lang=zh").html.contains("券号 <code><bdi>\(number)"))
            _ = try await perform(MakeCouponBatch(1, of: "spring"))
            _ = try await perform(GrantCoupon(.code(.init(batch: 1, index: 0)), to: wish))
            fixture.fixtures.clock.advance(seconds: 1)
            #expect(try await fixture.stranger.get(address).html.contains("Code <code><bdi>"))
        }
    }

    @Test("The history tells points from uses and says what came back, and what was spent for a campaign")
    func history() async throws {
        try await ProgramFixture.run { fixture in
            let member = try await fixture.earn(1_500, "user_id:ana", for: "o-1")
            let address = try await Self.card(member, fixture.browser)
            let wish = try await fixture.directory.memberWish(member, in: fixture.workspace, place: "")
            func perform(_ command: any ProgramCommand, _ id: String) async throws {
                let answer = try await fixture.directory.perform(command, id: id, in: fixture.workspace, by: .admin)
                #expect(!answer.isRefused, "\(id): \(answer.body.text)")
                fixture.fixtures.clock.advance(seconds: 1)
            }
            var spend = SpendPoints(.burn(300, place: nil), of: "points", by: wish)
            spend.campaign = "spring fair"
            try await perform(spend, "spend")
            let refill = Benefit(key: "refill", name: .init(english: "Free refill", chinese: "免费续杯"), kind: .metered)
            try await perform(DefineBenefit(refill), "define")
            try await perform(GrantBenefit("refill", to: wish, for: BenefitSource(.campaign, id: "spring")), "grant")
            for (id, amount) in [("all", Int64(5)), ("part", 4), ("none", 1)] {
                var use = UseBenefit(.consume(.hard), of: "refill", by: wish)
                use.amount = amount
                try await perform(use, id)
            }
            try await perform(SettleBenefitUse(.refund(3), of: BenefitID("part")), "back-part")
            try await perform(SettleBenefitUse(.refund(nil), of: BenefitID("none")), "back-all")
            let settings = try await fixture.directory.programReader(of: fixture.workspace).program().settings
            let name = try #require(settings?.currencies.first).name
            let card = try await fixture.stranger.get(address).html
            #expect(card.contains(">−300 \(name)<") && card.contains(">+1,500 \(name)<"), "\(card)")
            #expect(card.contains("Spent <span class=\"faint small\"><bdi>spring fair</bdi>"))
            #expect(card.contains(">−5 uses<") && card.contains(">−1 use<"))
            #expect(card.matches(of: /Benefit used </).count == 1)
            #expect(card.contains("Benefit used, and given back in part <") && card.contains("Benefit used, and given back <"))
            let chinese = try await fixture.stranger.get(address + "?lang=zh").html
            #expect(chinese.contains(">−5 次<") && chinese.contains("使用权益，部分已退回") && chinese.contains("权益已退回"))
        }
    }

    @Test("Who sees what the member uses stands on the card, and is taken back on their page")
    func viewers() async throws {
        try await ProgramFixture.run { fixture in
            let ana = try await fixture.earn(10, "user_id:ana", for: "o-1")
            let ben = try await fixture.earn(20, "user_id:ben", for: "o-2")
            let card = try await Self.card(ana, fixture.browser)
            #expect(try await !fixture.stranger.get(card).html.contains("Who sees what you use"))
            let member = try await fixture.directory.memberWish(ana, in: fixture.workspace, place: "")
            let viewer = try await fixture.directory.memberWish(ben, in: fixture.workspace, place: "")
            let given = try await fixture.directory.perform(
                AllowBenefitView(true, to: viewer, by: member), id: nil, in: fixture.workspace, by: .admin)
            #expect(!given.isRefused)
            let shown = try await fixture.stranger.get(card).html
            #expect(shown.contains("Who sees what you use") && shown.contains("Member \(ben)"))
            #expect(try await fixture.stranger.get(card + "?lang=zh").html.contains("谁能看到您的使用情况"))
            let address = "/points/members/\(ana)"
            let fields = try await fixture.browser.get(address).form(holding: #"name="viewer""#)
            #expect(fields["viewer"] == ben)
            let back = try await fixture.browser.postRaw(address + "/viewers", fields)
            #expect(back.location == address + "?done=unseen")
            #expect(try await !fixture.browser.get(address).html.contains(ben))
            #expect(try await !fixture.stranger.get(card).html.contains(ben))
            var wrong = fields
            wrong["viewer"] = "m_nobody"
            #expect(try await fixture.browser.postRaw(address + "/viewers", wrong).status == .notFound)
        }
    }

    @Test("What the house notes of a member stays off the card")
    func discreet() async throws {
        try await ProgramFixture.run { fixture in
            let member = try await fixture.earn(1_500, "user_id:ana", for: "o-1")
            let address = "/points/members/\(member)"
            var take = try await fixture.browser.get(address).form(holding: #"value="adjust""#)
            (take["direction"], take["amount"], take["reason"], take["note"]) = ("take", "500", "fraud", "a cheat")
            #expect(try await fixture.browser.postRaw(address, take).status == .seeOther)
            let card = try await fixture.stranger.get(try await Self.card(member, fixture.browser)).html
            #expect(card.contains(">1,000<") && card.contains("Taken by us") && !card.contains("cheat") && !card.contains("Fraud"))
        }
    }

    @Test("A renewed, changed, or foreign address leads nowhere, and guessing is slowed down")
    func guesses() async throws {
        try await ProgramFixture.run { fixture in
            let ana = try await fixture.earn(10, "user_id:ana", for: "o-1")
            let ben = try await fixture.earn(20, "user_id:ben", for: "o-2")
            let stranger = fixture.stranger
            let old = try await Self.card(ana, fixture.browser)
            #expect(try await Self.card(ana, fixture.browser) == old, "an address stays")
            let renewed = try await fixture.browser.post(
                "/points/members/\(ana)/card", [:], from: "/points/members/\(ana)")
            #expect(renewed.location == "/points/members/\(ana)?done=renewed")
            let new = try await Self.card(ana, fixture.browser)
            #expect(new != old)
            #expect(try await stranger.get(old).status == .notFound)
            #expect(try await stranger.get(new).status == .ok)
            let swapped = try await Self.card(ben, fixture.browser).replacing(ben, with: ana)
            for wrong in [swapped, new.dropLast() + "x", "/m/x", "/m/ws_none.\(ana).\(String(repeating: "0", count: 40))"] {
                let page = try await stranger.get(String(wrong))
                #expect(page.status == .notFound && page.setCookies.isEmpty, "\(wrong)")
            }
            for _ in 0 ..< 40 { _ = try await stranger.get(swapped) }
            let slowed = try await stranger.get(new)
            #expect(slowed.status == .tooManyRequests && slowed.header("retry-after") != nil)
            fixture.fixtures.clock.advance(seconds: 900)
            #expect(try await stranger.get(new).status == .ok)
        }
    }
}

extension Page {
    fileprivate func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { response.headers[$0] } }
}
