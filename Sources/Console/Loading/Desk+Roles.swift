import EventStore
import HTTPTypes
import Model
import People
import Records
import Workspaces

extension Desk {
    /// The page of users and customers: one question of stages, with what else is known of those who stand in them.
    func roles(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let names = Set(workspace.store.snapshot().parts.flatMap(\.eventNames))
        let form = QuestionForm(.roles, fields: visitor.query.filter { $0.key != "csv" })
        var writer = QuestionWriter(form: form, names: names.sorted(), properties: [], visitor: visitor)
        let frame = visitor.frame(visitor.words(QuestionKind.roles.title), .roles)
        guard !names.isEmpty else { return .page(RolesPage(base: writer.page(), groups: nil), frame) }
        do throws(Problem) {
            let now = now
            let answer = try await workspace.ask(form.question, now: now)
            writer.read(answer, today: workspace.calendar.date(at: now), calendar: workspace.calendar)
            let facts = try await rolesFacts(answer, form, workspace, names, now, for: visitor)
            let roles = facts.map {
                RolesWriter(facts: $0, answer: answer, form: form, words: visitor.words, formats: visitor.formats)
            }
            switch visitor.query["csv"] {
            case nil: break
            case "answer": return .csv("answer", writer.table?.csv ?? "")
            case let id?:
                guard let table = roles?.table(id) else { throw Desk.notFound }
                return .csv(id, table.csv)
            }
            writer.pin = try await pinForm(visitor, form.question, answer, page: QuestionKind.roles.rawValue)
            return .page(RolesPage(base: writer.page(), groups: roles?.groups()), frame)
        } catch {
            guard error.code != .notFound, error.status < 500 || error.code == .notBuilt else { throw error }
            let lead = visitor.words(error.code == .notBuilt ? \.ask.notBuilt : \.ask.badQuestion)
            writer.problem = .init(lead: lead, place: error.place, said: visitor.words(error.wording))
            return .page(RolesPage(base: writer.page(), groups: nil), frame, status: .unprocessableContent)
        }
    }

    /// What the page says of the end of an answer's last interval; nil where it has none.
    private func rolesFacts(
        _ answer: JSONValue, _ form: QuestionForm, _ workspace: OpenWorkspace, _ names: Set<String>, _ now: Instant,
        for visitor: Visitor
    ) async throws(Problem) -> RolesFacts? {
        let calendar = workspace.calendar
        let people = AnswerPeople(
            question: answer["question"] ?? form.question, today: calendar.date(at: now), back: SiteURL.question(form))
        let rows = answer["rows"]?.arrayValue ?? []
        guard let first = rows.first?["bucket"]?.stringValue, let last = rows.last, let bucket = last["bucket"]?.stringValue,
            let start = people.start(of: first)
        else { return nil }
        let end = people.end(of: bucket)
        var facts = RolesFacts(people: people, bucket: bucket, end: end, currency: workspace.settings.currency)
        facts.take(counts: last)
        facts.hasOrders = names.contains("Order Completed")
        facts.step = RolesFacts.lastStep(names)
        let asked = RolesQuestions(start: start, end: end)
        let lists = [RolesFacts.stopped] + (facts.step.map { [RolesFacts.nearly($0)] } ?? [])
        var answers: [JSONValue] = []
        for outcome in await loader(visitor, workspace).outcomes(
            [asked.active, asked.events] + lists.map(asked.count), patience: nil)
        {
            switch outcome {
            case .answer(let cut): answers.append(cut.answer)
            case .refused(let problem): throw problem
            case .waiting: return nil
            }
        }
        facts.take(active: answers[0], events: answers[1], lists: answers[2...].map { Int($0["count"]?.doubleValue ?? 0) })
        let through = end.map { calendar.start(of: $0).advanced(byMicroseconds: -1) } ?? now
        facts.money = try await workspace.look(now: now) { view throws(Problem) in
            view.revenueByCell(from: calendar.start(of: start), through: through)
        }
        return facts
    }
}

/// The questions of the page beside that of its stages, over the same days.
private struct RolesQuestions {
    let range: JSONValue

    init(start: LocalDate, end: LocalDate?) {
        let from = JSONValue.string(start.text)
        range = end.map { ["from": from, "to": .string($0.text)] } ?? ["from": from]
    }

    /// People with an event in the range, by cell.
    var active: JSONValue {
        ["kind": "distribution", "of": [["role": true]], "who": ["did": ["any": true], "within": range], "range": range]
    }

    /// Their events, by cell.
    var events: JSONValue {
        [
            "kind": "trend", "series": [["selector": ["any": true], "measure": "total"]], "interval": "year",
            "breakdown": [["role": true]], "range": range,
        ]
    }

    func count(_ who: JSONValue) -> JSONValue { ["kind": "count", "who": who, "range": range] }
}
