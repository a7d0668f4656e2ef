/// One field of a form, as the template `field` draws it.
struct FormField: Sendable {
    struct Option: Sendable {
        let value: String
        let label: String
        let selected: Bool
    }

    let name: String
    /// What the page knows it by; forms of one page that ask for the same name differ in it.
    let id: String
    let label: String
    /// As of HTML's `input`, or `area` for several lines.
    var type = "text"
    var value = ""
    var hint: String?
    var error: String?
    var autocomplete: String?
    var required = true
    var minLength: Int?
    /// The id of a datalist of proposals.
    var list: String?
    var options: [Option] = []
    let isSelect: Bool
    let isArea: Bool
    let isInput: Bool
    let isHidden: Bool

    init(
        _ name: String, id: String? = nil, _ label: String, type: String = "text", value: String = "", hint: String? = nil,
        autocomplete: String? = nil,
        minLength: Int? = nil, list: String? = nil, options: [Option]? = nil
    ) {
        self.name = name
        self.id = id ?? name
        self.label = label
        self.type = type
        self.value = value
        self.hint = hint
        self.autocomplete = autocomplete
        self.minLength = minLength
        self.list = list
        self.options = options ?? []
        isSelect = options != nil
        isArea = type == "area"
        isInput = !isSelect && !isArea
        isHidden = type == "hidden"
    }
}

/// What is wrong with a form that was not taken.
struct FormMistakes: Sendable {
    /// By the name of the field.
    var errors: [String: String] = [:]
    /// What stands at no field.
    var problem: Said?

    var isEmpty: Bool { errors.isEmpty && problem == nil }
}

extension StringProtocol {
    /// What was typed, without white space at its ends.
    var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
