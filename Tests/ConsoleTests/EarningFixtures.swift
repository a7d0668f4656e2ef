import Model
import Records

@testable import Console
@testable import Loyalty
@testable import Workspaces

/// Pages of how points are earned, with fixed content.
extension Fixtures {
    private static let hostile = "<script>alert(1)</script>"

    private var earningTabs: [ProgramTab] {
        let all: [(String, KeyPath<Catalogue, Text>)] = [
            ("/program", \.program.tabSettings), ("/program/earning", \.earning.tab), ("/points", \.program.tabPoints),
        ]
        return all.enumerated().map { ProgramTab(url: $1.0, label: words($1.1), current: $0 == 1) }
    }

    private var leaves: PointCurrency {
        var currency = PointCurrency(key: "points")
        currency.name = "<b>Leaves</b>"
        return currency
    }

    /// A version that says all that one can say.
    private var fullRules: EarningProgram {
        get throws {
            try EarningProgram(
                json: [
                    "id": "club", "version": 2, "name": .string(Self.hostile), "points": "points", "currency": "CNY",
                    "prices_include_tax": false, "multiplier_mode": "product", "caps": ["budget": 500_000],
                    "multipliers": [
                        [
                            "name": .string(Self.hostile), "factor": "1.5",
                            "when": ["from": "2026-12-01", "to": "2027-01-01", "tags": ["student"]],
                        ]
                    ],
                    "rules": [
                        [
                            "id": "spend", "name": .string(Self.hostile), "trigger": ["event": "Order Completed"],
                            "base": [
                                "points": 1, "per": "money", "amount": "10.00",
                                "of": ["tax": "excluded", "discounts": "before", "points_paid": "counted"],
                                "lines": [
                                    "products": ["tin"], "not_products": [.string(Self.hostile)], "categories": ["tea"],
                                    "not_categories": ["books"],
                                ],
                            ],
                            "when": [
                                "tiers": ["gold"], "not_tags": ["staff"], "channels": ["app"], "weekdays": [1, 6],
                                "conditions": [["property": "store", "op": "=", "value": .string(Self.hostile)]],
                            ],
                            "bonuses": [["name": .string(Self.hostile), "points": 5, "per": "unit", "when": ["tags": ["new"]]]],
                            "multipliers": [["name": "app", "factor": 2]], "lines": "exclusive",
                            "caps": [
                                "event": 300, "member": [["max": 500, "per": "day"], ["max": 900, "per": "year"]], "budget": 90_000,
                            ],
                            "pending": ["days": 14], "expiry": ["months": 24, "rounded": "month_end"], "funded_by": "roaster",
                            "colours": ["hangzhou"],
                        ],
                        [
                            "id": "review", "name": .string(chinese ? "评价" : "Review"), "trigger": ["api": "review"],
                            "base": ["points": 10, "per": "event"], "program_multipliers": false, "expiry": "never",
                            "pending": ["await_days": 1],
                        ],
                    ],
                ])
        }
    }

    private func earningWords(_ program: EarningProgram) -> EarningWords {
        EarningWords(words: words, formats: formats, calendar: Fixtures.calendar, program: program, scale: 0)
    }

    private func earningVersions(_ forms: DeedForms) -> [EarningPage.Version] {
        let program = forms.hidden("", "2", "program", "club")
        let deeds = forms.form(
            "schedule", \.earning.schedule,
            [program, forms.field("schedule", "2", "from", \.earning.from, \.earning.fromHint, isRequired: false)], subject: "2")
        return [
            .init(
                url: SiteURL.earning(program: "club", version: 2), label: words(\.earning.version, ["number": "2"]),
                tag: TagItem(kind: "", label: words(\.earning.stateReviewed)),
                note: words(\.earning.drafted, ["who": Self.hostile]), isShown: true, forms: deeds),
            .init(
                url: SiteURL.earning(program: "club", version: 1), label: words(\.earning.version, ["number": "1"]),
                tag: TagItem(kind: "user", label: words(\.earning.stateLive)),
                note: words(\.earning.looked, ["who": "<b>till</b>"]), isShown: false, forms: []),
        ]
    }

    /// The version, an order by it, and what it would have given for one order of one member.
    private func shownRules(_ program: EarningProgram) throws -> EarningPage.Shown {
        let writer = earningWords(program)
        let frame = EarningFrame(points: leaves, calendar: Fixtures.calendar)
        var trial = EarningTrial(["amount": "1,234", "product": "tin", "tags": "new"], program, words: words)
        let plan = try trial.plan(in: frame, at: Fixtures.now)
        var simulation = EarningSimulation(program, in: frame)
        let call = EarningEvent(.api("review"), source: "r", at: Fixtures.now)
        try simulation.add(call, of: EarningMember(id: "m"))
        let made = EarningRehearsal(simulation: simulation, eventCount: 1, refusedCount: 2)
        let budgets = program.budgets.map(writer.budget)
        return EarningPage.Shown(
            title: words(\.earning.rules, ["number": "2"]), program: "club", number: "2", shared: writer.shared,
            rules: program.rules.map(writer.rule), hasRules: true, budgets: budgets, hasBudgets: true, change: nil,
            isNotInForm: true, json: program.json.prettyText, trial: trial.fields, outcome: plan.map(writer.outcome),
            days: FormField(
                "days", words(\.earning.days),
                options: [.init(value: "30", label: words(\.earning.lastDays, count: 30), selected: true)]),
            rehearsal: writer.rehearsal(made, against: made))
    }

    var earning: EarningPage {
        get throws {
            let forms = DeedForms(
                words: words, action: "/program/earning", page: "page", mayChange: true,
                refused: .init(
                    deed: "schedule", subject: "2", field: "from", said: Said(text: words(\.earning.badDay)),
                    typed: ["from": Self.hostile]))
            let sent = [
                "program": "Club", "name": "", "points": "points", "rule0_name": Self.hostile, "rule0_points": "0",
                "rule0_per": "money", "rule0_amount": "x", "rule1_name": Self.hostile, "rule1_trigger": "api",
                "rule1_event": Self.hostile, "rule1_per": "event", "rule1_points": "10", "factor0_name": "double",
                "factor0_by": "1000", "factor0_last": "soon",
            ]
            var form = EarningForm(sent: sent, of: "", currencies: [leaves], money: .cny, words: words)
            _ = form.program()
            let filters = ["club", Self.hostile].map {
                PeopleListPage.Filter(
                    url: SiteURL.earning(program: $0), label: $0, styleClass: nil, count: nil, current: $0 == "club")
            }
            return EarningPage(
                tabs: earningTabs, problem: nil, mayChange: true, programs: filters, hasPrograms: true,
                versions: earningVersions(forms), hasVersions: true, shown: try shownRules(try fullRules),
                form: .init(
                    title: words(\.earning.draft), command: "page", of: "", number: "", fields: form.fields, groups: form.groups,
                    isOpen: true))
        }
    }

    var noEarning: EarningPage {
        EarningPage(
            tabs: earningTabs, problem: nil, mayChange: false, programs: [], hasPrograms: false, versions: [], hasVersions: false,
            shown: nil, form: nil)
    }
}
