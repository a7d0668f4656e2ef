import Model
import Records

@testable import Console
@testable import Loyalty

/// Pages of what product codes grant, with fixed content.
extension Fixtures {
    private static let hostile = "<script>alert(1)</script>"

    private var rules: [ProductCodeRights.Rule] {
        [
            .init(benefit: "repairs", amount: 2, months: 24, payer: .program),
            .init(benefit: "lounge", payer: BenefitParty("m_1234567")),
        ]
    }

    var productGrants: ProductGrantsPage {
        let writer = BenefitWriter(
            words: words, formats: formats, calendar: Fixtures.calendar, now: Fixtures.now, page: "page")
        let sent = [
            "product": Self.hostile, "of": Self.hostile, "g0_benefit": "lounge", "g0_months": Self.hostile, "g0_payer": "?",
        ]
        var form = ProductGrantForm(sent: sent, products: [Self.hostile], benefits: [("lounge", Self.hostile)], words: words)
        _ = form.lines()
        return ProductGrantsPage(
            tabs: benefitTabs, problem: nil,
            products: [
                .init(
                    name: Self.hostile, lines: rules.map { writer.line($0, name: Self.hostile) },
                    changeURL: SiteURL.productGrants(of: Self.hostile)),
                .init(name: "kettle", lines: [words(\.grants.nothing)], changeURL: SiteURL.productGrants(of: "kettle")),
            ], hasProducts: true, missing: nil,
            form: .init(
                title: words(\.grants.setOf, ["product": Self.hostile]), command: "c", of: Self.hostile, fields: form.fields,
                parts: form.parts,
                isOpen: true), mayChange: true)
    }

    var noProductGrants: ProductGrantsPage {
        ProductGrantsPage(
            tabs: benefitTabs, problem: nil, products: [], hasProducts: false,
            missing: PageLink(url: SiteURL.productCodes(), label: words(\.grants.noBatches)), form: nil, mayChange: false)
    }
}
