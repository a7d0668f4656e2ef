import Model
import Questions

@testable import Console
@testable import Workspaces

extension Fixtures {
    private var traitTabs: [SettingsPage.Tab] {
        [
            .init(url: "/settings", label: words(\.settings.workspace), current: false),
            .init(url: "/settings/traits", label: words(\.traits.computed), current: true),
        ]
    }

    /// Two rules, and one that was looked at.
    var traitSettings: TraitSettingsPage {
        let rules: [(String, JSONValue)] = [
            (
                "spent_90d",
                ["selector": ["event": "Order Completed"], "measure": "sum", "property": "revenue", "window": "90d"]
            ),
            (
                "<b>\u{202E}first",
                ["selector": ["event": "</code><script>alert(1)</script>"], "measure": "first", "property": "ad"]
            ),
        ]
        let traits = rules.compactMap { try? ComputedTrait(key: $0, rule: $1) }
        let draft = traits.first.map(TraitDraft.init) ?? TraitDraft()
        return TraitSettingsWriter(words: words, formats: formats, mayChange: true).page(
            traits, draft, tabs: traitTabs, preview: ComputedTraitPreview(people: 20_000, having: 20_000, beyondZero: 4_217))
    }

    /// None yet, and a rule that cannot be.
    var noTraitSettings: TraitSettingsPage {
        var draft = TraitDraft()
        (draft.key, draft.rule) = ("orders", "</textarea><script>alert(1)</script>")
        return TraitSettingsWriter(words: words, formats: formats, mayChange: true).page(
            [], draft, tabs: traitTabs, problem: Problem(.badQuestion, "A rule", place: "/measure"))
    }
}
