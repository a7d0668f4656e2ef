import Columns
import EventStore
import HTTPTypes
import Model
import OrderedCollections
import People
import Questions
import Records
import Workspaces

extension Desk {
    private static let namesMax = 500

    func questions(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard let kind = QuestionKind(rawValue: visitor.parameters["kind"] ?? "") else { throw Desk.notFound }
        let workspace = try await workspace(visitor)
        let snapshot = workspace.store.snapshot()
        let names = Set(snapshot.parts.flatMap(\.eventNames)).sorted()
        var given = visitor.query.filter { $0.key != "csv" }
        if let text = given["explain"], !text.isEmpty { given["explain"] = try await person(text, workspace) }
        let form = given.isEmpty ? Desk.starter(kind, Set(names)) : QuestionForm(kind, fields: given)
        var writer = QuestionWriter(form: form, names: names, properties: Desk.properties(snapshot.parts), visitor: visitor)
        writer.hasStandardStages = workspace.stages == .standard
        writer.traits = try Desk.traits(snapshot.parts, workspace)
        writer.purposes = directory.purposes(of: workspace.id).map(\.name)
        let title = visitor.words(kind.title)
        guard !names.isEmpty else { return .page(writer.page(), visitor.frame(title, .questions)) }
        do {
            let answer = try await workspace.ask(form.question, now: now)
            if let reading = Reading(answer: answer) { await note(reading, visitor) }
            var name: String?
            if let id = answer["explain"]?["person"]?.stringValue {
                name = try await workspace.look(now: now) { view throws(Problem) in
                    view.person(id).flatMap { view.displayName(of: $0) }
                }
            }
            writer.read(answer, today: workspace.calendar.date(at: now), calendar: workspace.calendar, name: name)
            if visitor.query["csv"] != nil { return .csv(kind.rawValue, writer.table?.csv ?? "") }
            writer.pin = try await pinForm(visitor, form.question, answer, page: kind.rawValue)
            return .page(writer.page(), visitor.frame(title, .questions))
        } catch {
            guard error.status < 500 || error.code == .notBuilt else { throw error }
            let lead = visitor.words(error.code == .notBuilt ? \.ask.notBuilt : \.ask.badQuestion)
            let named = given["explain"] ?? ""
            let wording = error.place == "/explain" ? "Nobody is known by \"\(named)\"." : error.wording
            writer.problem = .init(lead: lead, place: error.place, said: visitor.words(wording))
            return .page(writer.page(), visitor.frame(title, .questions), status: .unprocessableContent)
        }
    }

    /// The id of the person whom an id or one of their identities names; what names nobody stays as it is.
    private func person(_ text: String, _ workspace: OpenWorkspace) async throws(Problem) -> String {
        try await workspace.look(now: now) { view throws(Problem) in
            (view.person(text) ?? view.person(named: text))?.text ?? text
        }
    }

    /// The form of a first visit: what it holds when empty, with names that the data has.
    static func starter(_ kind: QuestionKind, _ names: Set<String>) -> QuestionForm {
        var fields: [String: String] = [:]
        for option in QuestionForm.options(kind) { fields[option.name] = option.initial }
        var steps = HomeLoader.funnelSteps(names)
        if steps.count < 2 { steps = names.isEmpty ? [] : Array((names.sorted() + names.sorted()).prefix(2)) }
        switch kind {
        case .funnels:
            for (index, step) in steps.prefix(kind.steps).enumerated() { fields["step\(index + 1)"] = step }
        case .time:
            for (index, step) in [steps.first, steps.last].compactMap(\.self).enumerated() { fields["step\(index + 1)"] = step }
        case .attribution: fields["conversion"] = steps.last ?? ""
        case .drivers: fields["target"] = steps.last ?? ""
        case .paths: fields["from"] = steps.first ?? ""
        default: break
        }
        return QuestionForm(kind, fields: fields)
    }

    /// Names of the properties of events, those of the context in full.
    private static func properties(_ parts: [Part]) -> [String] {
        var names: Set<String> = []
        for part in parts {
            for (section, path) in part.columnPaths {
                if section == .properties, TraitOperation.traitKey(ofProperty: path) == nil { names.insert(path) }
                if section == .context { names.insert("context." + path) }
            }
        }
        return Array(names.sorted().prefix(namesMax))
    }

    /// Keys of traits, sent and computed.
    private static func traits(_ parts: [Part], _ workspace: OpenWorkspace) throws(Problem) -> [String] {
        var names = Set(try workspace.computedTraits.map(\.key))
        for part in parts {
            for (section, path) in part.columnPaths where section == .traits { names.insert(path) }
        }
        return Array(names.sorted().prefix(namesMax))
    }

    /// The most frequent values of a property, as options of a list of proposals.
    func propertyValues(_ visitor: Visitor) async throws(Problem) -> Reply {
        let property = visitor.query["property"] ?? ""
        let frame = visitor.frame("", alone: true)
        guard !property.isEmpty else { return .fragment(ProposedValues(values: []), frame) }
        let question: JSONValue = [
            "kind": "trend", "series": [["selector": ["any": true], "measure": "total"]], "interval": "year",
            "breakdown": [["property": .string(property)]], "limit": 50, "range": ["last": "90d"],
        ]
        let answer = try await workspace(visitor).ask(question, now: now)
        var values: [String] = []
        for row in answer["rows"]?.arrayValue ?? [] {
            guard let value = row["value"]?.arrayValue?.first, !value.isNull else { continue }
            let text = QuestionForm.fieldText(value)
            if !values.contains(text) { values.append(text) }
        }
        return .fragment(ProposedValues(values: values), frame)
    }

    /// The people behind a bar or a cell.
    func audience(_ visitor: Visitor) async throws(Problem) -> Reply {
        let words = visitor.words
        let given = try JSONParser.parse((visitor.query["who"] ?? "{}").utf8)
        guard case .object(var question) = given else { throw Problem(.badRequest, "The condition is no object.", status: 400) }
        question["kind"] = "count"
        let counted = JSONValue.object(question)
        question["list"] = true
        question["limit"] = 50
        if let cursor = visitor.query["cursor"] { question["cursor"] = .string(cursor) }
        let workspace = try await workspace(visitor)
        let answer = try await workspace.ask(.object(question), now: now)
        if let reading = Reading(answer: answer) { await note(reading, visitor) }
        let people = answer["people"]?.arrayValue ?? []
        let ids = people.map { $0["id"]?.stringValue ?? "" }
        let names = try await workspace.look(now: now) { view throws(Problem) -> [String?] in
            ids.map { id in view.person(id).flatMap { view.displayName(of: $0) } }
        }
        let back = SiteURL.local(visitor.query["back"])
        let funnel = SiteURL.funnel(at: back)
        let rows = zip(people, names).map { person, name in
            let id = person["id"]?.stringValue ?? ""
            let identities = (person["identities"]?.objectValue ?? [:]).values.flatMap { $0.arrayValue ?? [] }
            let shown = identities.compactMap(\.stringValue).filter { $0 != name }.prefix(3).joined(separator: " · ")
            let name = name ?? words(\.people.unnamed)
            return AudiencePage.Row(
                url: SiteURL.person(id), name: name, identities: shown, whyURL: funnel.map { SiteURL.way(of: id, in: $0) },
                whyName: funnel.map { _ in words(\.way.whyName, ["name": name]) })
        }
        let page = AudiencePage(
            backURL: back, expression: (given["who"] ?? given).prettyText,
            found: words(\.common.people, count: Int(answer["count"]?.doubleValue ?? 0)), rows: rows, hasRows: !rows.isEmpty,
            nextURL: answer["next"]?.stringValue.map { SiteURL.audience(given, back: back, cursor: $0) },
            hasWhy: funnel != nil && !rows.isEmpty,
            pin: try await pinForm(visitor, counted, answer, page: PinnedQuestion.peoplePage))
        return .page(page, visitor.frame(words(\.questions.peopleTitle), .questions))
    }
}
