import Model
import Questions
import Testing

@testable import Console

struct QuestionFormTests {
    private struct Random {
        var state: UInt64

        mutating func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }

        mutating func pick<Item>(_ items: [Item]) -> Item { items[next(items.count)] }
    }

    private static let names = ["Order Completed", "A", "下单", "\"quoted\"", "<b>&amp;", "12", "a=b&c"]

    @Test("A question made from fields is read back into fields that make it again", arguments: 0 ..< 400 as Range<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var random = Random(state: seed &* 0x9E37_79B9_7F4A_7C15 &+ 1)
        for kind in QuestionKind.allCases {
            var fields: [String: String] = [:]
            for option in QuestionForm.options(kind) { fields[option.name] = Self.value(option, &random) }
            let question = QuestionForm(kind, fields: fields).question
            let read = try #require(QuestionForm(reading: question), "\(question.text)")
            #expect(read.question == question)
            // The address carries the same question.
            let query = SiteURL.question(read).split(separator: "?", maxSplits: 1).last ?? ""
            #expect(QuestionForm(kind, fields: FormBody.fields(Array(query.utf8))).question == question)
        }
    }

    @Test("The first form of each kind makes a question that the executor takes", arguments: QuestionKind.allCases)
    func starters(kind: QuestionKind) throws {
        let form = Desk.starter(kind, ["page", "Product Viewed", "Order Completed"])
        _ = try Question(json: form.question)
    }

    @Test("Questions as data open in the form that makes them, or stay data where no form does")
    func opened() {
        let revenue = AskExamples.revenue(OrderValue(event: "Order Completed", property: "total"))
        #expect(SiteURL.opened(revenue.text).hasPrefix("/questions/trends?event1=Order%20Completed&measure1=sum&property1=total"))
        let funnel = AskExamples.funnel
        #expect(SiteURL.opened(funnel.text).hasPrefix("/questions/funnels?step1=Product%20Viewed&step2="))
        let mixed =
            #"{"window":"1d","steps":[{"event":"A"},{"where":{"op":"=","value":1,"property":"p"},"event":"B"}],"kind":"funnel"}"#
        #expect(SiteURL.form(of: mixed) == "/questions/funnels?step1=A&step2=B&window=1d&step2.where=p%20%3D%201")
        let turned =
            #"{"window":"1d","range":{"to":"2026-02-01","from":"2026-01-01"},"steps":[{"event":"A"},{"event":"B"}],"kind":"funnel"}"#
        #expect(SiteURL.opened(turned) == "/questions/funnels?step1=A&step2=B&window=1d&since=2026-01-01&until=2026-01-31")
        #expect(SiteURL.form(of: AskExamples.count.text) == nil)
        for question in [#"{"kind":"trend","series":[],"sample":0.1}"#, #"{"kind":"rfm"}"#, "{", "[]"] {
            #expect(SiteURL.opened(question) == SiteURL.ask(question), "\(question)")
        }
    }

    @Test(
        "What conversions are worth and touches cost goes into the question under its own names, and faults go back to the fields")
    func attribution() throws {
        var fields = Desk.starter(.attribution, ["Order Completed"]).fields
        (fields["worth"], fields["costs"]) = ("total", "newsletter = 120.5, a=b = 3")
        let form = QuestionForm(.attribution, fields: fields)
        #expect(form.question["value"] == "total" && form.question["costs"] == ["newsletter": 120.5, "a=b": 3])
        _ = try Question(json: form.question)
        fields["costs"] = "newsletter"
        let faulty = QuestionForm(.attribution, fields: fields)
        let problem = #expect(throws: Problem.self) { try Question(json: faulty.question) }
        #expect(problem?.place == "/costs/newsletter" && faulty.isFilled(by: "costs", ["costs", "newsletter"]))
        #expect(faulty.isFilled(by: "worth", ["value"]) && !faulty.isFilled(by: "value", ["value"]))
    }

    @Test("Channels are names for values of properties, go before the touch's own property, and are read back")
    func channels() throws {
        var fields = Desk.starter(.attribution, ["Order Completed"]).fields
        fields["channels"] = "search = context.campaign.medium: cpc, 12 = channel: \"12\", time=hour:7"
        let form = QuestionForm(.attribution, fields: fields)
        let channels = try #require(form.question["touch"]?["channels"]?.arrayValue)
        #expect(channels.map { $0["as"] } == ["search", "12", "time"])
        #expect(
            channels.map { $0["selector"]?["where"]?["value"] } == ["cpc", "12", 7] && form.question["touch"]?["property"] == nil)
        _ = try Question(json: form.question)
        #expect(
            QuestionForm(reading: form.question)?.fields["channels"]
                == "search = context.campaign.medium: cpc, 12 = channel: \"12\", time = hour: 7")
        fields["channels"] = "search"
        let faulty = QuestionForm(.attribution, fields: fields)
        let problem = #expect(throws: Problem.self) { try Question(json: faulty.question) }
        let place = problem?.place?.split(separator: "/").map(String.init) ?? []
        #expect(faulty.isFilled(by: "channels", place) && !faulty.isFilled(by: "touch", place))
        #expect(faulty.isFilled(by: "touch", ["touch", "property"]))
    }

    @Test("A breakdown by what people are stands beside one by a property, and is read back")
    func standing() throws {
        let both = QuestionForm(.lifecycle, fields: ["interval": "week", "breakdown": "category", "standing": "role"])
        #expect(both.question["breakdown"] == [["property": "category"], ["role": true]])
        #expect(QuestionForm(reading: both.question)?.fields["standing"] == "role")
        let stages = QuestionForm(
            .stages, fields: ["interval": "week", "breakdown": "category", "where": "total", "standing": "stage"])
        #expect(stages.question["breakdown"] == [["stage": true]])
        _ = try Question(json: stages.question)
        // The form has no other order.
        let turned: JSONValue = [
            "kind": "lifecycle", "selector": ["any": true], "interval": "week",
            "breakdown": [["role": true], ["property": "category"]],
        ]
        #expect(QuestionForm(reading: turned) == nil)
    }

    @Test("Three dimensions of four go together, and a fourth is refused at its own field")
    func dimensions() throws {
        var fields = ["interval": "week", "breakdown": "category", "breakdown2": "channel", "trait": "plan", "values": "5"]
        let form = QuestionForm(.lifecycle, fields: fields)
        #expect(form.question["breakdown"] == [["property": "category"], ["property": "channel"], ["trait": "plan"]])
        #expect(form.question["limit"] == 5)
        _ = try Question(json: form.question)
        #expect(QuestionForm(reading: form.question)?.question == form.question)
        fields["standing"] = "role"
        let four = QuestionForm(.lifecycle, fields: fields)
        let problem = #expect(throws: Problem.self) { try Question(json: four.question) }
        #expect(problem?.place == "/breakdown" && four.isFilled(by: "breakdown", ["breakdown"]))
        #expect(four.isFilled(by: "trait", ["breakdown", "2", "trait"]) && four.isFilled(by: "standing", ["breakdown", "3"]))
    }

    @Test("Purposes, traits and what was known on a day go into the question, and are read back")
    func people() throws {
        let form = QuestionForm(
            .paths,
            fields: [
                "from": "A", "to": "B", "depth": "3", "who": "customer", "traits": "plan = pro and employees >= 50",
                "purpose": "analytics", "asOf": "2026-06-30", "group": "Look = Product Viewed, Look = Product Searched",
                "from.where": "price > 5", "to.where": "name exists",
            ])
        let question = form.question
        #expect(
            question["who"]
                == [
                    "all": [
                        ["role": "customer"], ["trait": "plan", "op": "=", "value": "pro"],
                        ["trait": "employees", "op": ">=", "value": 50],
                    ]
                ])
        #expect(question["purpose"] == "analytics" && question["asOf"] == "2026-07-01")
        #expect(question["from"] == ["event": "A", "where": ["property": "price", "op": ">", "value": 5]])
        #expect(question["to"] == ["event": "B", "where": ["property": "name", "op": "exists"]])
        #expect(question["group"]?.arrayValue?.map { $0["as"] } == ["Look", "Look"])
        _ = try Question(json: question)
        #expect(QuestionForm(reading: question)?.fields.filter { !$0.value.isEmpty } == form.fields)
        let faulty = QuestionForm(.paths, fields: form.fields.merging(["traits": "plan"]) { $1 })
        let problem = #expect(throws: Problem.self) { try Question(json: faulty.question) }
        #expect(problem?.place == "/who" && faulty.isFilled(by: "traits", ["who"]))
    }

    @Test("An exclusion stands between any two steps, and a breakdown takes the value of any step")
    func stepNumbers() throws {
        var fields = ["step1": "A", "step2": "B", "step3": "C", "window": "1d", "exclude": "X", "after": "2", "breakdown": "p"]
        (fields["attribution"], fields["attributionStep"]) = ("step", "2")
        let form = QuestionForm(.funnels, fields: fields)
        #expect(form.question["exclude"]?.arrayValue?.first?["between"] == [2, 3] && form.question["attribution"] == "step:2")
        _ = try Question(json: form.question)
        let read = try #require(QuestionForm(reading: form.question))
        #expect(read.fields["after"] == "2" && read.fields["before"] == "" && read.fields["attributionStep"] == "2")
        fields["before"] = "9"
        let faulty = QuestionForm(.funnels, fields: fields)
        let problem = #expect(throws: Problem.self) { try Question(json: faulty.question) }
        let place = (problem?.place ?? "").split(separator: "/").map(String.init)
        #expect(faulty.isFilled(by: "before", place) || faulty.isFilled(by: "exclude", place), "\(place)")
    }

    @Test("The form offers one step more than are filled, up to the most there can be")
    func growth() {
        func steps(_ filled: Int) -> Int {
            let fields = Dictionary(uniqueKeysWithValues: (0 ..< filled).map { ("step\($0 + 1)", "A") })
            return QuestionForm(.funnels, fields: fields).options.filter { $0.label == \.options.step }.count
        }
        #expect([0, 3, 5, 9, 20].map(steps) == [5, 5, 6, 10, 20])
        let trend = QuestionForm(.trends, fields: ["event1": "A", "event4": "B"])
        #expect(trend.options.filter { $0.label == \.options.event }.count == 5)
    }

    @Test("Each kind offers to count what it can be asked by, and nothing else")
    func units() throws {
        func offered(_ kind: QuestionKind) -> [String] {
            guard let option = QuestionForm.options(kind).first(where: { $0.name == "by" }),
                case .part(.choice(let choices)) = option.shape
            else { return [] }
            return choices.map(\.value)
        }
        #expect(offered(.trends) == ["", "account", "payer", "beneficiary", "session"])
        #expect(offered(.retention) == ["", "account", "payer", "beneficiary"])
        #expect(offered(.stages).isEmpty && offered(.drivers).isEmpty)
        let form = QuestionForm(.retention, fields: ["interval": "week", "by": "payer"])
        #expect(form.question["by"] == "payer" && QuestionForm(reading: form.question)?.fields["by"] == "payer")
        _ = try Question(json: form.question)
    }

    @Test("What is counted stands in titles and heads of tables instead of people")
    func unitWords() {
        let words = Words(.english)
        let formats = Formats(.english)
        let funnel: JSONValue = [
            "kind": "funnel", "question": ["by": "payer"],
            "steps": [
                ["label": "A", "count": 2, "fromPrevious": 1, "fromFirst": 1],
                ["label": "B", "count": 1, "fromPrevious": 0.5, "fromFirst": 0.5],
            ],
        ]
        #expect(FigureTitle(answer: funnel, words: words).text == "A → B · Payers")
        #expect(AnswerColumns(answer: funnel, words: words, formats: formats).table.headers.contains { $0.text == "Payers" })
        let trend: JSONValue = [
            "kind": "trend", "question": ["by": "account", "series": [["selector": ["event": "A"], "measure": "persons"]]],
        ]
        #expect(FigureTitle(answer: trend, words: words).text == "A · Accounts")
    }

    private static func value(_ option: QuestionOption, _ random: inout Random) -> String {
        switch option.shape {
        case .choice(let choices), .part(.choice(let choices)): random.pick(choices).value
        case .flag, .part(.flag): random.pick(["", "yes"])
        case .integer, .part(.integer): random.pick(["", "1", "12", "many"])
        case .part(.text):
            random.pick([
                "", "price >= 100", "a = \"x and y\" and \"b c\" in 1, \"2, 3\", 下单", "none", "n between 1, 2 and m missing",
            ])
        case .renames: random.pick(["", "Look = Product Viewed, 买 = 下单", "none"])
        case .list, .integers: random.pick(["", "2", "2, 3", "a, b"])
        case .part(.date): random.pick(["", "2026-01-31", "2026-11-25"])
        case .text: random.pick(["", "14d", "B / A"])
        case .channels: random.pick(["", "search = context.campaign.medium: cpc", "a = b: 12, 下单 = c: \"7\"", "none"])
        case .amounts: random.pick(["", "search = 300", "a=b = 1.5, 下单 = many", "x = 0.1"])
        case .selector, .property, .propertyName, .part: random.next(3) == 0 ? "" : random.pick(names)
        }
    }
}
