import Model
import People

@testable import Console

/// The page of users and customers with fixed content.
extension Fixtures {
    var roles: RolesPage {
        let form = QuestionForm(.roles, fields: ["interval": "week", "last": "12w"])
        let rows: [JSONValue] = (0 ..< 4).map { week in
            let count = Int64(week)
            return [
                "bucket": .string(Fixtures.today.monday.advanced(byDays: 7 * (week - 3)).text + "T00:00:00+08:00"),
                "user_only": .int(2_900 + 88 * count), "both": .int(2_105 + 100 * count),
                "customer_only": .int(1_212 + 200 * count),
                "neither": .int(12_619),
            ]
        }
        let buckets = rows.map { $0["bucket"] ?? .null }
        let moves: [JSONValue] = [
            ["bucket": buckets[1], "from": .null, "to": "neither", "count": 388],
            ["bucket": buckets[1], "from": "user_only", "to": "both", "count": 41],
            ["bucket": buckets[2], "from": "user_only", "to": "both", "count": 1],
            ["bucket": buckets[3], "from": "both", "to": "customer_only", "count": 17],
        ]
        let answer: JSONValue = [
            "kind": "stages", "question": form.question, "rows": .array(rows), "moves": .array(moves), "events_scanned": 0,
            "elapsed_ms": 40,
        ]
        var writer = QuestionWriter(form: form, names: ["page"], properties: [], language: language, origin: "https://tea.example")
        writer.read(answer, today: Fixtures.today, calendar: Fixtures.calendar)
        writer.pin = (try? Templates())?.piece(pinForm, in: frame("", alone: true))
        let people = AnswerPeople(question: form.question, today: Fixtures.today, back: SiteURL.question(form))
        var facts = RolesFacts(people: people, bucket: buckets[3].stringValue ?? "", end: nil, currency: .cny)
        facts.take(counts: rows[3])
        facts.active = [.userOnly: 2_804, .both: 2_333, .customerOnly: 120, .neither: 3_401]
        facts.events = [.userOnly: 210_433, .both: 304_881, .customerOnly: 991, .neither: 20_008]
        facts.money = [
            .init(
                cell: .both, orders: 9_120,
                revenue: [Money(minorUnits: 210_004_050, currency: .cny), Money(minorUnits: 120_000, currency: .usd)]),
            .init(cell: .customerOnly, orders: 1_800, revenue: [Money(minorUnits: 31_050_000, currency: .cny)]),
            .init(cell: nil, orders: 12, revenue: [Money(minorUnits: 48_000, currency: .cny)]),
        ]
        facts.step = "<script>alert(1)</script>"
        facts.listCounts = [412, 1]
        return RolesPage(
            base: writer.page(),
            groups: RolesWriter(facts: facts, answer: answer, form: form, words: words, formats: formats).groups())
    }

    /// Before the first event.
    var noRoles: RolesPage {
        let form = QuestionForm(.roles, fields: [:])
        return RolesPage(
            base: QuestionWriter(form: form, names: [], properties: [], language: language, origin: "https://tea.example").page(),
            groups: nil)
    }
}
