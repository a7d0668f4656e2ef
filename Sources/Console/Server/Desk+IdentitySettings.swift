import HTTPTypes
import Model
import OrderedCollections
import People
import Records
import Workspaces

/// Limits of identities, types that join nobody and values that identify nobody.
extension Desk {
    private static let periods = ["ever", "year", "month", "week"]

    func identitySettings(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard let membership = visitor.membership else { return .redirect("/") }
        return identitySettingsReply(
            visitor, Desk.form(of: try directory.identitySettings(of: membership.workspace)), problem: nil)
    }

    func saveIdentitySettings(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard let membership = visitor.membership else { return .redirect("/") }
        do {
            try await directory.changeIdentitySettings(
                of: membership.workspace, to: try IdentitySettings(json: Desk.json(of: visitor.form)),
                by: .member(membership.member))
            return .redirect("/settings/identity?done=saved")
        } catch {
            guard error.status < 500 else { throw error }
            return identitySettingsReply(visitor, visitor.form, problem: error)
        }
    }

    private func identitySettingsReply(_ visitor: Visitor, _ form: [String: String], problem: Problem?) -> Reply {
        let words = visitor.words
        let texts: [(name: String, label: KeyPath<Catalogue, Text>, hint: KeyPath<Catalogue, Text>, isArea: Bool)] = [
            ("types", \.settings.identityTypes, \.settings.identityTypesHint, true),
            ("others", \.settings.identityOthers, \.settings.identityOthersHint, false),
            ("identities", \.settings.identityCap, \.settings.identityCapHint, false),
            ("merges", \.settings.mergeCap, \.settings.identityCapHint, false),
            ("unique", \.settings.uniqueTypes, \.settings.uniqueTypesHint, true),
            ("blocked", \.settings.blockedValues, \.settings.blockedValuesHint, true),
        ]
        let place = (problem?.pointer ?? "").split(separator: "/").first.map(String.init)
        let fields = texts.map { text in
            var field = FormField(
                text.name, words(text.label), type: text.isArea ? "area" : "text", value: form[text.name] ?? "",
                hint: words(text.hint), autocomplete: "off")
            field.required = !text.isArea
            if let problem, place == text.name { field.error = words(problem.wording).text }
            return field
        }
        let isPlaced = texts.contains { $0.name == place }
        var section = SettingsPage.Section(title: words(\.settings.identity), intro: words(\.settings.identityIntro))
        if visitor.isOwner {
            section.form = .init(action: "/settings/identity", button: words(\.settings.save), fields: fields)
        } else {
            section.facts = .init(items: fields.map { .init(key: $0.label, value: $0.value.isEmpty ? "–" : $0.value) })
        }
        return reply(
            visitor, .identity, [section], problem: isPlaced ? nil : problem.map { words.placed($0).text })
    }

    // MARK: - As text

    /// What the form shows: a line for each type, value or unique type.
    static func form(of settings: IdentitySettings) -> [String: String] {
        let json = settings.json
        func lines(_ key: String) -> String {
            (json[key]?.arrayValue ?? []).compactMap(\.stringValue).joined(separator: "\n")
        }
        func cap(_ key: String) -> String { json[key]?.intValue.map { String($0) } ?? "off" }
        let types = (json["types"]?.objectValue ?? [:]).map { "\($0.key) \(limit($0.value))" }
        return [
            "types": types.joined(separator: "\n"), "others": limit(json["others"] ?? .null), "identities": cap("identities"),
            "merges": cap("merges"), "unique": lines("unique"), "blocked": lines("blocked"),
        ]
    }

    private static func limit(_ json: JSONValue) -> String {
        json["count"]?.intValue.map { "\($0) \(json["per"]?.stringValue ?? "")" } ?? "off"
    }

    /// The settings that a form asks for; what cannot be is left for them to refuse.
    static func json(of form: [String: String]) -> JSONValue {
        func lines(_ key: String) -> [String] {
            (form[key] ?? "").split(whereSeparator: \.isNewline).map(\.trimmed).filter { !$0.isEmpty }
        }
        var types: OrderedDictionary<String, JSONValue> = [:]
        for line in lines("types") {
            let words = line.split(separator: " ").map(String.init)
            let count = words.last == "off" ? 1 : periods.contains(words.last ?? "") ? 2 : 1
            let name = words.dropLast(count).joined(separator: " ")
            types[name.isEmpty ? line : name] = limit(words.suffix(count).joined(separator: " "))
        }
        func cap(_ key: String) -> JSONValue {
            let text = (form[key] ?? "").trimmed
            return text == "off" ? .null : number(text)
        }
        return [
            "types": .object(types), "others": limit((form["others"] ?? "").trimmed),
            "unique": .array(lines("unique").map { .string($0) }), "merges": cap("merges"), "identities": cap("identities"),
            "blocked": .array(lines("blocked").map { .string($0) }),
        ]
    }

    /// `1000 ever`, `1000` or `off`.
    private static func limit(_ text: String) -> JSONValue {
        if text == "off" { return .null }
        let words = text.split(separator: " ").map(String.init)
        return ["count": number(words.first ?? ""), "per": .string(words.count == 2 ? words[1] : words.count == 1 ? "ever" : text)]
    }

    private static func number(_ text: String) -> JSONValue { Int64(text).map { .int($0) } ?? .string(text) }
}
