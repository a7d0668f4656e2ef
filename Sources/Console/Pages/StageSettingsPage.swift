import Model
import Questions

/// The workspace's stages: their names and rules, what others would change, and the form that saves them.
struct StageSettingsPage: PageModel {
    static let template = Template.stageSettings

    struct Item: Sendable {
        /// From 1.
        let number: Int
        let index: Int
        let fields: [FormField]
        let meaning: String?
        /// What a reader sees who may not change them.
        let name: String
        let rule: String
        let isFirst: Bool
        let isLast: Bool
    }

    struct Preview: Sendable {
        let summary: String
        /// Finished HTML; nil where nobody stands anywhere.
        let matrix: String?
    }

    let tabs: [SettingsPage.Tab]
    let isStandard: Bool
    let mayChange: Bool
    let problem: Said?
    let items: [Item]
    let canAdd: Bool
    let canRemove: Bool
    let preview: Preview?
}

/// A stage as somebody types it.
struct StageDraft: Sendable, Hashable {
    var name: String
    var rule: String

    static func drafts(of scheme: StageScheme) -> [StageDraft] {
        (scheme.json.arrayValue ?? []).map { stage in
            StageDraft(name: stage["name"]?.stringValue ?? "", rule: stage["rule"]?.prettyText ?? "")
        }
    }

    /// The stages of a form, in its order; browsers end lines their own way.
    static func drafts(of form: [String: String]) -> [StageDraft] {
        (0 ..< StageScheme.stagesMax).prefix { form["name-\($0)"] != nil }.map { index in
            StageDraft(name: form["name-\(index)"] ?? "", rule: (form["rule-\(index)"] ?? "").replacing("\r\n", with: "\n"))
        }
    }
}

/// Makes the page of the stages.
struct StageSettingsWriter {
    let words: Words
    let formats: Formats
    let mayChange: Bool

    /// - Parameter problem: Why the drafts cannot be, with the pointer of what is wrong.
    func page(
        _ drafts: [StageDraft], isStandard: Bool, tabs: [SettingsPage.Tab], preview: StagePreview? = nil,
        names: [String] = [], problem: Problem? = nil
    ) -> StageSettingsPage {
        let place = problem?.pointer.flatMap(StageSettingsWriter.place)
        let items = drafts.enumerated().map { index, draft in
            var name = FormField("name-\(index)", words(\.stages.name), value: draft.name, autocomplete: "off")
            var rule = FormField(
                "rule-\(index)", words(\.stages.rule), type: "area", value: draft.rule, autocomplete: "off")
            // A stage that is not finished yet can be moved and taken away.
            (name.required, rule.required) = (false, false)
            if let problem, place?.index == index {
                let error = words.placed(Problem(problem.code, problem.wording, place: place?.rest)).text
                if place?.isName == true { name.error = words(problem.wording).text } else { rule.error = error }
            }
            return StageSettingsPage.Item(
                number: index + 1, index: index, fields: [name, rule], meaning: meaning(of: draft), name: shown(draft.name),
                rule: draft.rule, isFirst: index == 0, isLast: index == drafts.count - 1)
        }
        return StageSettingsPage(
            tabs: tabs, isStandard: isStandard, mayChange: mayChange,
            problem: place == nil ? problem.map { words.placed($0) } : nil, items: items,
            canAdd: drafts.count < StageScheme.stagesMax, canRemove: drafts.count > 1,
            preview: preview.map { self.preview($0, names: names, drafts.map(\.name)) })
    }

    /// In plain words, where both name and rule are those of a standard stage.
    private func meaning(of draft: StageDraft) -> String? {
        StageDraft.drafts(of: .standard).firstIndex(of: draft).map { words(StageTexts.standard[$0].meaning) }
    }

    private func shown(_ name: String) -> String { StandingWords(answer: .null, words: words).stage(name) }

    /// Of a pointer such as `/stages/2/rule/all/0`.
    private static func place(of pointer: String) -> (index: Int, isName: Bool, rest: String?)? {
        let parts = pointer.split(separator: "/", omittingEmptySubsequences: true)
        guard parts.count >= 2, parts[0] == "stages", let index = Int(parts[1]) else { return nil }
        let rest = parts.dropFirst(3).map { "/" + $0 }.joined()
        return (index, parts.count > 2 && parts[2] == "name", rest.isEmpty ? nil : rest)
    }

    private func preview(_ preview: StagePreview, names: [String], _ others: [String]) -> StageSettingsPage.Preview {
        let froms = names.map { Optional($0) } + (preview.cells.contains { $0.from == nil } ? [nil] : [])
        let tos = others.map { Optional($0) } + (preview.cells.contains { $0.to == nil } ? [nil] : [])
        func name(_ stage: String?) -> String { stage.map(shown) ?? words(\.stages.none) }
        let table = HeatTable(
            heads: tos.map(name), rowHeads: froms.map(name),
            values: froms.map { from in
                tos.map { to in preview.cells.first { $0.from == from && $0.to == to }.map { Double($0.count) } }
            }, text: { formats.number(Int($0)) },
            tip: { row, column, count in
                words(
                    \.stages.move,
                    ["from": name(froms[row]), "to": name(tos[column]), "people": words(\.common.people, count: Int(count))])
            })
        let summary = words(
            \.stages.wouldMove, ["moved": formats.number(preview.movedCount), "people": formats.number(preview.peopleCount)])
        return StageSettingsPage.Preview(
            summary: summary,
            matrix: preview.cells.isEmpty ? nil : table.html(caption: words(\.stages.nowThen), style: "moves"))
    }
}
