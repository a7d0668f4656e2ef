import Columns
import Loyalty
import Model

/// The form of a file from another system: what was chosen, typed, and what is wrong with it.
struct OpeningForm {
    /// A file has so many bytes at most.
    static let textBytesMax = 2 << 20
    /// What is sent with it, twice as long when it comes back with the button.
    static let bytesMax = 2 * textBytesMax + (64 << 10)

    let words: Words
    let calendar: ZoneCalendar
    private let form: [String: String]
    private let file: [UInt8]?
    private(set) var errors: [String: String] = [:]

    init(sent form: [String: String] = [:], file: [UInt8]? = nil, in calendar: ZoneCalendar, words: Words) {
        (self.form, self.file, self.calendar, self.words) = (form, file, calendar, words)
    }

    /// Whether the rows were tried, and are to be carried out now.
    var isCarriedOut: Bool { form["rows"] != nil }

    // MARK: - Reading

    mutating func refuse(_ field: String, _ text: String) { errors[field] = text }

    /// The file's text; nil when there is none that can be read, and then it is said at its field.
    mutating func text() throws(Problem) -> String? {
        if let rows = form["rows"] {
            let text = try JSONParser.parse(rows.utf8).stringValue
            if text == nil { refuse("file", words(\.openings.noFile)) }
            return text
        }
        let typed = form["text"] ?? ""
        let isTyped = !typed.allSatisfy(\.isWhitespace)
        guard let file else {
            if !isTyped { refuse("file", words(\.openings.noFile)) }
            return isTyped ? within(typed, "text") : nil
        }
        guard !isTyped else {
            refuse("file", words(\.openings.both))
            return nil
        }
        guard let text = String(validating: file, as: UTF8.self) else {
            refuse("file", words(\.openings.notText))
            return nil
        }
        return within(text, "file")
    }

    private mutating func within(_ text: String, _ field: String) -> String? {
        guard text.utf8.count > OpeningForm.textBytesMax else { return text }
        refuse(field, words(\.openings.tooLarge))
        return nil
    }

    mutating func total() -> Int64? {
        let total = Formats.units(form["total"] ?? "", digits: 0)
        if total == nil { refuse("total", words(\.openings.badTotal)) }
        return total
    }

    /// nil for now; what is no instant is said at its field.
    mutating func effectiveAt() -> Instant? {
        let typed = (form["effective_at"] ?? "").filter { !$0.isWhitespace }
        guard !typed.isEmpty else { return nil }
        if let date = LocalDate(text: typed) { return calendar.start(of: date) }
        let instant = Instant(rfc3339: typed)
        if instant == nil { refuse("effective_at", words(\.openings.badInstant)) }
        return instant
    }

    /// Says at the field where the file stood what is wrong with it as a whole.
    mutating func refuse(file problem: Problem) {
        let said = words(problem.wording).text
        let line = problem.place.flatMap { $0.hasPrefix("line ") ? String($0.dropFirst(5)) : nil }
        refuse(
            file == nil ? "text" : "file", line.map { words(\.openings.atLine, ["line": $0, "problem": said]) } ?? said)
    }

    // MARK: - Fields

    var fields: [FormField] {
        var text = FormField("text", words(\.openings.text), type: "area", value: form["text"] ?? "")
        (text.required, text.error) = (false, errors["text"])
        return [
            text, field("total", \.openings.total, \.openings.totalHint),
            field("effective_at", \.openings.effectiveAt, \.openings.effectiveHint, isRequired: false),
        ]
    }

    /// What the button sends that carries out what was tried.
    func carried(_ text: String, of currency: PointCurrency) -> [FormField] {
        let values = [
            ("currency", currency.key), ("rows", VisibleText.escaped(json: JSONValue.string(text).text)),
            ("total", form["total"] ?? ""), ("effective_at", form["effective_at"] ?? ""),
        ]
        return values.map { name, value in FormField(name, id: "carry-\(name)", "", type: "hidden", value: value) }
    }

    private func field(
        _ name: String, _ label: KeyPath<Catalogue, Text>, _ hint: KeyPath<Catalogue, Text>, isRequired: Bool = true
    ) -> FormField {
        var field = FormField(name, words(label), value: form[name] ?? "", hint: words(hint), autocomplete: "off")
        (field.required, field.error) = (isRequired, errors[name])
        return field
    }
}
