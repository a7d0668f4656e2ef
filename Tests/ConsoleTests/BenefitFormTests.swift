import Model
import Testing

@testable import Console
@testable import Loyalty

@Suite("The form of a benefit") struct BenefitFormTests {
    private static func form(_ typed: [String: String]) -> BenefitForm {
        let base = ["key": "lounge", "name_en": "Lounge", "name_zh": "茶室", "kind": "metered"]
        return BenefitForm(
            sent: base.merging(typed) { _, typed in typed }, currency: .cny, zone: "Asia/Shanghai", words: Words(.english))
    }

    @Test("What is typed is the benefit, and the benefit fills the form with the same")
    func roundTrip() throws {
        let typed: [[String: String]] = [
            [:], ["quota": "1,200", "period": "month", "carry_over_max": "3", "on_downgrade": "prorate", "combine": "sum"],
            ["kind": "switch", "places": "suzhou，hangzhou"], ["kind": "once", "list_price": "12.50"],
            ["kind": "issue_coupon", "detail": "spring"], ["kind": "physical_gift", "detail": "caddies", "quota": "1"],
            ["kind": "priority", "detail": "7"], ["kind": "status"],
        ]
        for fields in typed {
            var form = Self.form(fields)
            let made = form.benefit()
            let benefit = try #require(made, "\(fields): \(form.errors) \(form.problem?.text ?? "")")
            var again = BenefitForm(benefit, currency: .cny, zone: "UTC", words: Words(.english))
            let remade = again.benefit()
            #expect(remade == benefit, "\(fields)")
        }
        var priced = Self.form(["list_price": "12.50"])
        let price = priced.benefit()?.listPrice
        #expect(price == 1_250)
    }

    @Test(
        "What is wrong is said at its field",
        arguments: [
            ("key", "a b", "key"), ("key", "", "key"), ("name_en", " ", "name_en"), ("name_zh", "", "name_zh"),
            ("quota", "many", "quota"), ("quota", "0", "quota"), ("carry_over_max", "2", "carry_over_max"),
            ("places", "a/b", "places"),
            ("combine", "any", "combine"), ("on_downgrade", "prorate", "on_downgrade"), ("detail", "spring", "detail"),
            ("kind", "issue_coupon", "detail"), ("kind", "luck", "kind"), ("list_price", "cheap", "list_price"),
        ])
    func wrong(name: String, typed: String, field: String) {
        var form = Self.form([name: typed])
        let made = form.benefit()
        #expect(made == nil && Array(form.errors.keys) == [field], "\(form.errors) \(form.problem?.text ?? "")")
        #expect((form.fields + form.more).contains { $0.name == field && $0.error != nil })
    }
}
