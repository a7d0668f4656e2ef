import Model
import Records
import Testing

@testable import Console
@testable import Loyalty

@Suite("The page of payers, caps, pools and gifts") struct BenefitCareTests {
    typealias Language = Console.Language

    private static let hostile = "<script>alert(1)</script>"
    private static let (account, boss, user) = ("m_1", "m_2", "m_3")

    private static func writer(
        _ fixtures: Fixtures, mayChange: Bool, refused: DeedForms.Refused? = nil
    ) -> BenefitCareWriter {
        let benefits = BenefitWriter(
            words: fixtures.words, formats: fixtures.formats, calendar: Fixtures.calendar, now: Fixtures.now, page: "page")
        return BenefitCareWriter(benefits, of: "caddy", mayChange: mayChange, refused: refused)
    }

    private static var pool: BenefitPool {
        let benefit = Benefit(
            key: "caddy", name: .init(english: "Caddy", chinese: "茶罐"), kind: .physicalGift(stock: "caddies"))
        let (party, admin) = (BenefitParty(account), BenefitParty(boss))
        var pool = BenefitPool(of: benefit, for: party, admin: admin, approvalFrom: 5)
        _ = try? pool.set([.buyer, .user], of: BenefitParty(user), by: admin)
        _ = try? pool.cap(BenefitParty(user), at: 3, by: admin, now: Fixtures.now)
        let wish = BenefitGrant(
            id: BenefitID("p1"), of: "caddy", to: party, payer: party, source: .init(.orderLine, id: hostile), from: Fixtures.now,
            amount: 9)
        _ = try? pool.buy(wish, by: BenefitParty(user), now: Fixtures.now)
        return pool
    }

    private static func page(_ language: Language, mayChange: Bool = true) -> BenefitCarePage {
        let fixtures = Fixtures(language: language)
        let said = Said(text: fixtures.words(\.benefits.badAmount))
        let refused = DeedForms.Refused(
            deed: "pool_cap", subject: account, field: "max", said: said, typed: ["max": hostile, "member": user])
        let writer = writer(fixtures, mayChange: mayChange, refused: refused)
        var stock = GiftStock(key: "caddies", onHand: 12)
        stock.reserved = 2
        var gift = GiftFulfilment(id: BenefitID(hostile), stock: "caddies", amount: 2, now: Fixtures.now)
        gift.consent(true, now: Fixtures.now)
        let cap = BenefitCap(user: nil, by: BenefitParty(boss), max: 4)
        return BenefitCarePage(
            tabs: fixtures.benefitTabs, name: hostile, key: "caddy", url: SiteURL.benefit("caddy"), problem: nil,
            sections: [
                writer.payers([]), writer.caps([(ProgramMemberID(number: 3), cap)]), writer.pools([pool]),
                writer.gifts(stock, [gift]),
            ], mayChange: mayChange)
    }

    private static func html(_ language: Language, mayChange: Bool = true) throws -> String {
        let fixtures = Fixtures(language: language)
        return try Templates().page(page(language, mayChange: mayChange), in: fixtures.frame("Care", .program))
    }

    @Test("It is whole, harmless and labelled in both languages", arguments: Console.Language.allCases)
    func whole(language: Language) throws {
        let html = try Self.html(language)
        #expect(!html.contains("<script>alert") && !html.contains("{{") && html.matches(of: /<h1>/).count == 1)
        for match in html.matches(of: /<(?:input|select|textarea) id="([^"]+)"/) {
            #expect(html.contains("for=\"\(match.1)\""), "\(match.1)")
        }
        let ids = html.matches(of: /\sid="([^"]+)"/).map { String($0.1) }
        #expect(Set(ids).count == ids.count, "each id stands once")
        // Caps, a pool with five forms, a purchase that waits, a new pool, the stock, and a step.
        #expect(html.matches(of: /action="\/benefits\/care"/).count == 10)
        #expect(html.matches(of: /aria-invalid="true"/).count == 1)
        if language == .chinese { #expect(html.contains("共享额度") && !html.contains("Give roles")) }
    }

    @Test("Who is no owner reads it and finds no form")
    func reader() throws {
        let html = try Self.html(.english, mayChange: false)
        #expect(!html.contains(#"action="/benefits/care""#) && html.contains("Only an owner") && html.contains("m_3"))
    }
}
