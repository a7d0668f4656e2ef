/// Makes the forms of a page's deeds; the one that was not taken is open and holds what was typed.
struct DeedForms {
    /// A form that was not taken.
    struct Refused {
        let deed: String
        let subject: String
        /// nil when it is no single field's fault.
        var field: String?
        let said: Said
        let typed: [String: String]
    }

    let words: Words
    /// Where they are sent.
    let action: String
    /// Begins the ids of their commands.
    let page: String
    /// Whether the reader may change anything.
    let mayChange: Bool
    let refused: Refused?

    /// One form, or none for whoever may not change anything.
    func form(
        _ deed: String, _ summary: KeyPath<Catalogue, Text>, _ fields: [FormField], subject: String = "",
        note: String? = nil, _ checks: [DeedForm.Check] = []
    ) -> [DeedForm] {
        guard mayChange else { return [] }
        return [
            DeedForm(
                action: action, deed: deed, subject: subject, command: "\(page)-\(deed)-\(subject.suffix(80))",
                summary: words(summary), remark: note, fields: fields, checks: checks, isOpen: isRefused(deed, subject))
        ]
    }

    func field(
        _ deed: String, _ subject: String, _ name: String, _ label: KeyPath<Catalogue, Text>, _ hint: KeyPath<Catalogue, Text>?,
        type: String = "text", standard: String = "", isRequired: Bool = true
    ) -> FormField {
        let value = isRefused(deed, subject) ? typed(deed, subject, name) : standard
        var field = FormField(
            name, id: "\(deed)-\(name)-\(subject)", words(label), type: type, value: value, hint: hint.map { words($0) },
            autocomplete: "off")
        field.required = isRequired
        if isRefused(deed, subject), refused?.field == name { field.error = refused?.said.text }
        return field
    }

    /// A choice; what was chosen before stays chosen.
    func select(
        _ deed: String, _ subject: String, _ name: String, _ label: KeyPath<Catalogue, Text>,
        _ choices: [(value: String, label: String)]
    ) -> FormField {
        let chosen = typed(deed, subject, name)
        var field = FormField(
            name, id: "\(deed)-\(name)-\(subject)", words(label),
            options: choices.map { .init(value: $0.value, label: $0.label, selected: $0.value == chosen) })
        if isRefused(deed, subject), refused?.field == name { field.error = refused?.said.text }
        return field
    }

    /// What a form sends unseen.
    func hidden(_ deed: String, _ subject: String, _ name: String, _ value: String) -> FormField {
        FormField(name, id: "\(deed)-\(name)-\(subject)", "", type: "hidden", value: value)
    }

    func isRefused(_ deed: String, _ subject: String) -> Bool { refused?.deed == deed && refused?.subject == subject }

    /// What was typed into a field of the form that was not taken; empty in any other.
    func typed(_ deed: String, _ subject: String, _ name: String) -> String {
        isRefused(deed, subject) ? refused?.typed[name] ?? "" : ""
    }

    /// What is wrong and stands at no field.
    var problem: Said? { refused?.field == nil ? refused?.said : nil }
}
