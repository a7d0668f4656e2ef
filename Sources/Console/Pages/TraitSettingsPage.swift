import Columns
import Model
import Questions
import Workspaces

/// The computed traits of a workspace with their rules, and a form for one.
struct TraitSettingsPage: PageModel {
    static let template = Template.traitSettings

    struct Item: Sendable {
        let key: String
        let rule: String
        /// The rule as data.
        let json: String
        /// nil for whom may not change it.
        let changeURL: String?
    }

    let tabs: [SettingsPage.Tab]
    let mayChange: Bool
    let problem: Said?
    let items: [Item]
    let hasItems: Bool
    let fields: [FormField]
    /// For how many people the rule of the form holds; nil before a look.
    let preview: String?
}

/// A computed trait as somebody types it.
struct TraitDraft: Sendable, Hashable {
    var key = ""
    var rule = ""

    init() {}

    init(_ trait: ComputedTrait) { (key, rule) = (trait.key, trait.rule.prettyText) }

    /// Browsers end lines their own way.
    init(form: [String: String]) {
        (key, rule) = (form["key"] ?? "", (form["rule"] ?? "").replacing("\r\n", with: "\n"))
    }

    /// - Throws: ``Problem`` whose place is `/key`, points into the rule, or says where its text is no JSON.
    func trait() throws(Problem) -> ComputedTrait { try ComputedTrait(key: key, rule: try JSONParser.parse(Array(rule.utf8))) }
}

/// Makes the page of the computed traits.
struct TraitSettingsWriter {
    let words: Words
    let formats: Formats
    let mayChange: Bool

    /// - Parameter problem: Why the draft cannot be.
    func page(
        _ traits: [ComputedTrait], _ draft: TraitDraft, tabs: [SettingsPage.Tab], preview: ComputedTraitPreview? = nil,
        problem: Problem? = nil
    ) -> TraitSettingsPage {
        let writer = ComputedTraitWords(words: words, formats: formats)
        let items = traits.map { trait in
            TraitSettingsPage.Item(
                key: trait.key, rule: writer.rule(trait), json: trait.rule.prettyText,
                changeURL: mayChange ? SiteURL.traits(change: trait.key) : nil)
        }
        var key = FormField("key", words(\.traits.key), value: draft.key, hint: words(\.traits.keyHint), autocomplete: "off")
        var rule = FormField(
            "rule", words(\.traits.ruleField), type: "area", value: draft.rule,
            hint: words(\.traits.ruleHint, ["example": TraitSettingsWriter.example]), autocomplete: "off")
        // Of one trait of many the page says what is wrong; a field without a place of its own is the workspace's.
        let isAboutWorkspace = problem?.code == .tooManyTraits
        if let problem, !isAboutWorkspace {
            if problem.place == "/key" { key.error = words(problem.wording).text } else { rule.error = words.placed(problem).text }
        }
        return TraitSettingsPage(
            tabs: tabs, mayChange: mayChange, problem: isAboutWorkspace ? problem.map { words.placed($0) } : nil, items: items,
            hasItems: !items.isEmpty, fields: [key, rule], preview: preview.map(said))
    }

    /// A rule that can be typed in as it stands.
    private static let example =
        #"{"selector": {"event": "Order Completed"}, "measure": "sum", "property": "revenue", "window": "90d"}"#

    private func said(_ preview: ComputedTraitPreview) -> String {
        let (having, people) = (formats.number(preview.having), formats.number(preview.people))
        guard preview.beyondZero < preview.having else { return words(\.traits.holdsFor, ["having": having, "people": people]) }
        return words(
            \.traits.holdsBeyondZero, ["having": having, "people": people, "beyond": formats.number(preview.beyondZero)])
    }
}
