import HTTPTypes
import Hummingbird
import Model
import OrderedCollections
import Records
import Workspaces

/// What one source may do, and its limits.
extension Desk {
    private static let limitTexts: [String: any KeyPath<Catalogue, Text> & Sendable] = [
        "eventBytes": \.settings.limitEventBytes, "bodyBytes": \.settings.limitBodyBytes,
        "batchEvents": \.settings.limitBatchEvents, "nesting": \.settings.limitNesting, "keys": \.settings.limitKeys,
        "messageIdCharacters": \.settings.limitMessageID, "idBytes": \.settings.limitIDBytes,
        "nameBytes": \.settings.limitNameBytes, "traitBytes": \.settings.limitTraitBytes,
    ]

    func oneSourceSettings(_ visitor: Visitor) async throws(Problem) -> Reply {
        let (source, _) = try namedSource(visitor)
        return sourceReply(visitor, source, abilities: abilityFields(source, visitor), limits: limitFields(source, visitor))
    }

    func saveSource(_ visitor: Visitor) async throws(Problem) -> Reply {
        let (source, actor) = try namedSource(visitor)
        func flag(_ name: String) -> Bool? { visitor.form[name].map { $0 == "yes" } }
        do {
            let wish = SourceWish(
                name: visitor.form["name"], kind: visitor.form["kind"].flatMap(SourceKind.init), isTrusted: flag("trusted"),
                storesIP: flag("storesIP"), allowsHistory: flag("history"), isSuppressed: flag("takes").map { !$0 })
            try await directory.updateSource(source.id, in: source.workspace, wish, by: actor)
            return .redirect("/settings/sources?done=saved")
        } catch {
            guard error.status < 500 else { throw error }
            var fields = abilityFields(source, visitor)
            let unplaced = place(error, in: &fields, visitor.words, ["bad_name": "name", "exists": "name"])
            return sourceReply(visitor, source, abilities: fields, limits: limitFields(source, visitor), problem: unplaced)
        }
    }

    func saveSourceLimits(_ visitor: Visitor) async throws(Problem) -> Reply {
        let (source, actor) = try namedSource(visitor)
        var fields = limitFields(source, visitor)
        var wish: OrderedDictionary<String, JSONValue> = [:]
        var isRefused = false
        for index in fields.indices {
            let text = fields[index].value.filter { $0 != " " && $0 != "," }
            let isBound = !(text.isEmpty && !fields[index].required)
            wish[fields[index].name] = isBound ? Int64(text).map { .int($0) } ?? .string(text) : .null
            do throws(Problem) {
                _ = try source.limits.changed(by: [(key: fields[index].name, value: wish[fields[index].name] ?? .null)])
            } catch {
                isRefused = true
                fields[index].error = visitor.words(
                    \.settings.limitRange, ["max": visitor.formats.number(Desk.limitMax(fields[index].name))])
            }
        }
        if isRefused {
            return sourceReply(visitor, source, abilities: abilityFields(source, visitor), limits: fields)
        }
        let limits = try source.limits.changed(by: wish)
        try await directory.updateSource(source.id, in: source.workspace, SourceWish(limits: limits), by: actor)
        return .redirect("/settings/sources?done=saved")
    }

    private func namedSource(_ visitor: Visitor) throws(Problem) -> (source: Source, actor: Actor) {
        guard let membership = visitor.membership, let id = SourceID(validating: visitor.parameters["source"] ?? "") else {
            throw Desk.notFound
        }
        return (try directory.source(id, of: membership.workspace), .member(membership.member))
    }

    private func sourceReply(
        _ visitor: Visitor, _ source: Source, abilities: [FormField], limits: [FormField], problem: String? = nil
    ) -> Reply {
        let words = visitor.words
        let address = SiteURL.source(source.id)
        let sections = [
            SettingsPage.Section(
                title: source.name, intro: words(\.settings.sourceIntro),
                form: .init(action: address + "/settings", button: words(\.settings.save), fields: abilities)),
            SettingsPage.Section(
                title: words(\.settings.limits), intro: words(\.settings.limitsIntro),
                form: .init(action: address + "/limits", button: words(\.settings.save), buttonKind: "", fields: limits)),
        ]
        return reply(visitor, .sources, sections, problem: problem)
    }

    private func abilityFields(_ source: Source, _ visitor: Visitor) -> [FormField] {
        let words = visitor.words
        func choice(
            _ name: String, _ label: KeyPath<Catalogue, Text>, _ hint: KeyPath<Catalogue, Text>?, _ value: Bool
        ) -> FormField {
            let isOn = visitor.form[name].map { $0 == "yes" } ?? value
            return FormField(
                name, words(label), hint: hint.map { words($0) },
                options: [
                    .init(value: "yes", label: words(\.settings.yes), selected: isOn),
                    .init(value: "no", label: words(\.settings.no), selected: !isOn),
                ])
        }
        let kind = visitor.form["kind"].flatMap(SourceKind.init) ?? source.kind
        return [
            FormField("name", words(\.setup.sourceName), value: visitor.form["name"] ?? source.name),
            FormField(
                "kind", words(\.setup.sourceKind),
                options: [
                    .init(value: "browser", label: words(\.setup.kindBrowser), selected: kind == .browser),
                    .init(value: "server", label: words(\.setup.kindServer), selected: kind == .server),
                    .init(value: "import", label: words(\.setup.kindImport), selected: kind == .files),
                ]),
            choice("history", \.settings.history, \.settings.historyHint, source.allowsHistory),
            choice("trusted", \.settings.trusted, \.settings.trustedHint, source.isTrusted),
            choice("storesIP", \.settings.storesIP, nil, source.storesIP),
            choice("takes", \.settings.takes, \.settings.takesHint, !source.isSuppressed),
        ]
    }

    private func limitFields(_ source: Source, _ visitor: Visitor) -> [FormField] {
        let words = visitor.words
        var fields = SourceLimits.members.compactMap { member -> FormField? in
            guard let label = Desk.limitTexts[member.name] else { return nil }
            return FormField(
                member.name, words(label), type: "number",
                value: visitor.form[member.name] ?? String(source.limits[keyPath: member.place]))
        }
        var requests = FormField(
            "requestsPerSecond", words(\.settings.limitRequests), type: "number",
            value: visitor.form["requestsPerSecond"] ?? source.limits.requestsPerSecond.map(String.init) ?? "",
            hint: words(\.settings.limitRequestsHint))
        requests.required = false
        fields.append(requests)
        return fields
    }

    private static func limitMax(_ name: String) -> Int {
        SourceLimits.members.first { $0.name == name }?.max ?? SourceLimits.requestsPerSecondMax
    }
}
