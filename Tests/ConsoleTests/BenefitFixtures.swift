import Model
import Records

@testable import Console
@testable import Loyalty

/// Pages of benefits with fixed content.
extension Fixtures {
    private static let holder = ProgramMemberID(number: 7_654_321)
    private static let hostile = "<script>alert(1)</script>"

    var benefitTabs: [ProgramTab] {
        let all: [(String, KeyPath<Catalogue, Text>)] = [
            ("/program", \.program.tabSettings), ("/points", \.program.tabPoints), ("/coupons", \.coupons.title),
            ("/benefits", \.benefits.title), ("/points/books", \.program.tabBooks), ("/points/approvals", \.program.tabApprovals),
        ]
        return all.enumerated().map { ProgramTab(url: $1.0, label: words($1.1), current: $0 == 3) }
    }

    private var benefitWriter: BenefitWriter {
        BenefitWriter(words: words, formats: formats, calendar: Fixtures.calendar, now: Fixtures.now, page: "page")
    }

    private var lounge: Benefit {
        var benefit = Benefit(
            key: "lounge", name: .init(english: "Lounge " + Self.hostile, chinese: "茶室 " + Self.hostile), kind: .metered)
        benefit.period = BenefitPeriod(.month, in: Fixtures.calendar.zone)
        (benefit.quota, benefit.carryOverMax, benefit.places) = (4, 2, ["hangzhou", "suzhou"])
        return benefit
    }

    private var gift: Benefit {
        Benefit(key: "caddy", name: .init(english: "A tea caddy", chinese: "茶罐"), kind: .physicalGift(stock: "caddies"))
    }

    /// What a month of visits leaves: some used, one pinned, one grant taken back.
    private var visits: BenefitBook {
        func day(_ days: Int64) -> Instant { Fixtures.now.advanced(byMicroseconds: days * .microsecondsPerDay) }
        var book = BenefitBook(of: lounge, for: BenefitParty(Self.holder.text))
        func grant(_ id: String, _ kind: BenefitSource.Kind, _ source: String, payer: String, until: Instant?) {
            let wish = BenefitGrant(
                id: BenefitID(id), of: "lounge", to: book.beneficiary, payer: BenefitParty(payer),
                source: BenefitSource(kind, id: source), from: day(-12), until: until, amount: 4)
            _ = try? book.grant(wish, now: day(-12))
        }
        grant("g1", .plan, "gold-2026", payer: "program", until: day(60))
        grant("g2", .gift, Self.hostile, payer: "m_1", until: nil)
        let ana = BenefitContext(amount: 2, place: "suzhou", user: BenefitParty("m_2"))
        _ = try? book.consume(ana, id: BenefitID("u1"), now: day(-3))
        _ = try? book.reserve(.init(place: "hangzhou"), until: day(1), id: BenefitID("u2"), now: day(-1))
        _ = try? book.revoke(BenefitID("g2"), reason: Self.hostile, now: Fixtures.now.advanced(byMicroseconds: -60_000_000))
        return book
    }

    private func benefitForm(_ typed: [String: String]) -> BenefitForm {
        BenefitForm(sent: typed, currency: .cny, zone: "Asia/Shanghai", words: words)
    }

    var benefits: BenefitsPage {
        var form = benefitForm([
            "key": Self.hostile, "name_en": "x", "name_zh": "x", "kind": "metered", "places": "a, " + Self.hostile,
        ])
        _ = form.benefit()
        return BenefitsPage(
            tabs: benefitTabs, problem: nil,
            items: [benefitWriter.item(lounge, holders: 1_204), benefitWriter.item(gift, holders: 0)], hasItems: true,
            form: .init(
                title: words(\.benefits.define), command: "c", of: "", fields: form.fields, more: form.more, isOpen: true,
                isMoreOpen: form.isMoreOpen), mayChange: true)
    }

    var noBenefits: BenefitsPage {
        BenefitsPage(tabs: benefitTabs, problem: nil, items: [], hasItems: false, form: nil, mayChange: false)
    }

    var benefit: BenefitPage {
        let writer = benefitWriter
        let statement = BenefitStatement(of: visits, at: Fixtures.now)
        var who = FormField(
            "beneficiary", words(\.benefits.beneficiary), value: Self.hostile, hint: words(\.benefits.beneficiaryHint),
            autocomplete: "off")
        who.error = words(\.benefits.missing)
        return BenefitPage(
            name: writer.name(lounge), key: "lounge", note: words(\.benefits.version, ["number": "2"]), problem: nil,
            facts: writer.facts(lounge), versionURL: SiteURL.benefits(of: "lounge"), careURL: SiteURL.benefitCare("lounge"),
            holders: [
                writer.holder(Self.holder, statement, mayChange: true, revoking: ("g1", Self.hostile, words(\.benefits.badReason)))
            ], hasHolders: true, moreURL: SiteURL.benefit("lounge", cursor: Self.holder.text),
            form: .init(command: "c", fields: [who], isOpen: true), mayChange: true)
    }
}
