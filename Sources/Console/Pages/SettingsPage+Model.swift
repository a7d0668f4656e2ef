/// Settings: tabs, and sections that hold facts, sources, members or a form.
struct SettingsPage: PageModel {
    static let template = Template.settings

    struct Tab: Sendable {
        let url: String
        let label: String
        let current: Bool
    }

    struct NewKey: Sendable {
        let title: String
        let key: String
    }

    struct KeyRow: Sendable {
        /// What the owner called it; nil for the keys of a source, which stand under its name.
        var label: String?
        let prefix: String
        let made: String
        let used: String
        let revokeURL: String?
        let revoked: String?
    }

    struct SourceRow: Sendable {
        let name: String
        let kind: String
        /// When its last event came; nil where none ever comes.
        var last: String?
        let keys: [KeyRow]
        let rotateURL: String?
        let snippetURL: String?
        var settingsURL: String?
        /// The word for a source that takes nothing.
        var closed: String?
    }

    struct MemberRow: Sendable {
        let name: String
        let email: String
        let role: String
        let removeURL: String?
    }

    struct MemberTable: Sendable {
        let rows: [MemberRow]
    }

    struct FactTable: Sendable {
        let items: [PortraitPage.Fact]
    }

    struct SectionForm: Sendable {
        let action: String
        let button: String
        var buttonKind = "first"
        var fields: [FormField] = []
        var zones: [String] = []
        var hasZones: Bool

        init(action: String, button: String, buttonKind: String = "first", fields: [FormField] = [], zones: [String] = []) {
            self.action = action
            self.button = button
            self.buttonKind = buttonKind
            self.fields = fields
            self.zones = zones
            hasZones = !zones.isEmpty
        }
    }

    struct Section: Sendable {
        let title: String
        var intro: String?
        var facts: FactTable?
        var sources: [SourceRow] = []
        var members: MemberTable?
        var form: SectionForm?
    }

    let tabs: [Tab]
    var newKey: NewKey?
    var problem: String?
    var readOnly = false
    let sections: [Section]
}
