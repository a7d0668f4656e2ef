import Model
import Testing

@testable import Console
@testable import Loyalty

@Suite("The form of a version of the earning rules") struct EarningFormTests {
    private static let words = Words(.english)

    private static var stars: PointCurrency {
        var stars = PointCurrency(key: "stars")
        stars.scale = 2
        return stars
    }

    private static func form(_ values: [String: String], of program: String = "") -> EarningForm {
        EarningForm(
            sent: values, of: program, currencies: [PointCurrency(key: "points"), stars], money: .cny, words: words)
    }

    private static let typed = [
        "program": "club", "name": " Tea club ", "points": "stars", "tax": "no", "budget": "5,000",
        "rule0_name": "Spend", "rule0_trigger": "order", "rule0_points": "1.5", "rule0_per": "money", "rule0_amount": "10",
        "rule0_tags": "student，parent", "rule0_day": "100", "rule0_budget": "1,000",
        "rule2_name": "Review", "rule2_trigger": "api", "rule2_event": "review", "rule2_points": "10", "rule2_per": "event",
        "factor0_name": "December", "factor0_by": "1.50", "factor0_first": "2026-12-01", "factor0_last": "2026-12-31",
    ]

    @Test("What is typed becomes the version, and the version fills the form with the same")
    func roundTrip() throws {
        var form = Self.form(Self.typed)
        let made = form.program()
        let program = try #require(made, "\(form.errors) \(form.problem?.text ?? "")")
        #expect(program.id == "club" && program.name == "Tea club" && program.points == "stars" && !program.pricesIncludeTax)
        #expect(program.caps.budget == 500_000 && program.rules.map(\.id) == ["rule-1", "rule-2"])
        let (spend, review) = (program.rules[0], program.rules[1])
        #expect(spend.trigger == .event("Order Completed") && spend.base == EarningAmount(150, by: .money(1_000, EarningMoney())))
        #expect(spend.condition.tags == ["student", "parent"] && spend.caps.budget == 100_000)
        #expect(spend.caps.member == [.init(10_000, per: .day)])
        #expect(review.trigger == .api("review") && review.base == EarningAmount(1_000, by: .event))
        let factor = try #require(program.factors.first)
        #expect(factor.thousandths == 1_500 && factor.condition.from == Moment(text: "2026-12-01"))
        #expect(factor.condition.to == Moment(text: "2027-01-01"), "the last day still counts")
        var filled = try #require(EarningForm(program, currencies: [Self.stars], words: Self.words))
        #expect(filled.values["factor0_last"] == "2026-12-31" && filled.values["factor0_by"] == "1.5")
        let again = filled.program()
        #expect(again == program)
    }

    @Test("A rule keeps its id whatever it is called, and a new one takes one that is free")
    func ids() throws {
        var values = Self.typed
        (values["rule2_id"], values["rule0_name"], values["rule0_id"]) = ("rule-2", "Buy", "spend")
        (values["rule1_name"], values["rule1_points"], values["rule1_per"]) = ("Cup", "1", "unit")
        var form = Self.form(values, of: "club")
        let made = form.program()
        let program = try #require(made)
        #expect(program.rules.map(\.id) == ["spend", "rule-1", "rule-2"] && program.rules.map(\.name) == ["Buy", "Cup", "Review"])
    }

    @Test(
        "What is wrong is said at its field",
        arguments: [
            ("name", ""), ("program", "Tea Club"), ("budget", "-1"), ("rule0_name", ""), ("rule0_points", "0"),
            ("rule0_points", "1.234"), ("rule0_points", "99999999999999999999"), ("rule0_amount", "0"), ("rule0_amount", "1.001"),
            ("rule0_amount", ""), ("rule0_day", "many"), ("rule2_event", " "), ("rule2_budget", "many"), ("factor0_by", "0"),
            ("factor0_by", "100.001"),
            ("factor0_by", "-2"), ("factor0_first", "1 December"), ("factor0_last", "2026-02-30"),
            ("rule0_tags", String(repeating: "a", count: 1_001)), ("factor0_tags", "vip, " + String(repeating: "a", count: 1_001)),
        ])
    func wrong(field: String, text: String) {
        var values = Self.typed
        values[field] = text
        var form = Self.form(values)
        let made = form.program()
        #expect(made == nil && form.errors[field] != nil, "\(form.errors)")
        #expect(form.errors.count == 1, "\(form.errors)")
        for part in form.groups.flatMap(\.parts) {
            let (isIn, isBelow) = (part.fields.contains { $0.name == field }, part.more.contains { $0.name == field })
            #expect(part.isWrong == (isIn || isBelow) && part.isOpen == (part.isWrong || part.title == "Rule 1"), "\(part.title)")
            #expect(!isBelow || part.isMoreOpen, "\(part.title)")
            #expect(!part.isWrong || (part.fields + part.more).first { $0.name == field }?.value == text, "as it was typed")
        }
    }

    @Test("A rule says folded what it gives, a free place that it is not used, and the first rule is open")
    func parts() throws {
        let groups = Self.form(Self.typed).groups
        let (rules, factors) = (groups[0].parts, groups[1].parts)
        #expect(rules.map(\.title) == (1 ... 5).map { "Rule \($0)" } && rules.map(\.isOpen) == [true, false, false, false, false])
        #expect(rules.map(\.isFree) == [false, true, false, true, true] && rules.map(\.isGiving) == rules.map { !$0.isFree })
        #expect(rules[2].name == "Review" && rules[2].gives == "For each call “review” of the API: 10.00 points")
        #expect(rules[0].gives == "For orders: 1.50 points for each CN¥10")
        #expect(rules.map(\.isMoreOpen) == [true, false, false, false, false], "what is set is not hidden")
        #expect(factors.map(\.isOpen) == [false, false] && factors.map(\.isFree) == [false, true])
        #expect(factors[0].name == "December" && factors[0].gives == "All rules: times 1.5" && !factors[0].hasMore)
    }

    @Test("In Chinese a part says the same in Chinese")
    func chinese() {
        let words = Words(.chinese)
        let form = EarningForm(sent: nil, of: "", currencies: [PointCurrency(key: "points")], money: .cny, words: words)
        let rules = form.groups[0].parts
        #expect(rules.map(\.title) == ["规则 1", "规则 2", "规则 3"] && rules[0].gives == "订单：每 ¥1 得 1 积分", "\(rules[0].gives)")
    }

    @Test("There are no more places than a version takes")
    func places() {
        var values = Self.typed
        for place in 0 ..< 20 { (values["rule\(place)_name"], values["rule\(place)_points"]) = ("Rule", "1") }
        for place in 0 ..< 10 { (values["factor\(place)_name"], values["factor\(place)_by"]) = ("Factor", "2") }
        #expect(Self.form(values).groups.map(\.parts.count) == [20, 10])
    }

    @Test("A version that says more than the form shows is not put into it")
    func more() throws {
        var form = Self.form(Self.typed)
        let made = form.program()
        let program = try #require(made)
        var others: [EarningProgram] = []
        for change: (inout EarningProgram) -> Void in [
            { $0.factorMode = .product }, { $0.rules[0].claim = .exclusive }, { $0.rules[0].terms.expiry = .never },
            { $0.rules[0].condition.weekdays = [1] }, { $0.rules[0].version = 2 }, { $0.caps.event = 5 },
            { $0.factors[0].condition.from = Moment(text: "2026-12-01T09:00:00Z") },
            { $0.rules[0].caps.member = [.init(5, per: .week)] },
        ] {
            var other = program
            change(&other)
            others.append(other)
        }
        for other in others { #expect(EarningForm(other, currencies: [Self.stars], words: Self.words) == nil) }
        var next = program
        next.version = 7
        #expect(EarningForm(next, currencies: [Self.stars], words: Self.words) != nil)
    }
}
