import Model

/// Puts a form and its answer into words.
struct QuestionWriter {
    let form: QuestionForm
    let names: [String]
    let properties: [String]
    let words: Words
    let formats: Formats
    let origin: String
    var problem: AskPage.QuestionProblem?
    /// Finished HTML of the form that pins the question.
    var pin: String?
    private(set) var table: FigureTable?
    private var answer: QuestionPage.Answer?
    private static let namesMax = 500
    /// The keys of traits, and the purposes of the workspace.
    var traits: [String] = []
    var purposes: [String] = []

    init(form: QuestionForm, names: [String], properties: [String], visitor: Visitor) {
        self.init(form: form, names: names, properties: properties, language: visitor.language, origin: visitor.origin)
    }

    init(form: QuestionForm, names: [String], properties: [String], language: Language, origin: String) {
        self.form = form
        self.names = names
        self.properties = properties
        self.origin = origin
        words = Words(language)
        formats = Formats(language)
    }

    /// Whether the workspace has the stages that there are words for.
    var hasStandardStages = true

    /// Takes the answer in.
    ///
    /// - Parameter name: of the person whose way the answer explains.
    mutating func read(_ json: JSONValue, today: LocalDate, calendar: ZoneCalendar, name: String? = nil) {
        let question = form.question
        let csv = SiteURL.question(form, csv: true)
        let people = AnswerPeople(question: json["question"] ?? question, today: today, back: SiteURL.question(form))
        let view = AnswerView(
            json, words: words, formats: formats, question: question.text, csvURL: csv, people: people, onwards: form,
            isInWords: true)
        table = view.table
        let said = AnswerWords(words: words, formats: formats)
        let facts = said.facts(json)
        let isAboutStages = form.kind == .stages
        let isStandard = isAboutStages && hasStandardStages
        let leadsToPeople = view.figure?.svg.contains("href=\"/questions/people") ?? false
        answer = QuestionPage.Answer(
            note: said.note(json, calendar), hints: said.hints(json), figure: view.figure,
            plain: view.figure == nil ? view.table : nil, isEmpty: QuestionWriter.isEmpty(json),
            moves: isAboutStages || form.kind == .roles ? StandingWords(answer: json, words: words).moves(formats) : nil,
            times: isAboutStages ? StandingWords(answer: json, words: words).times(formats) : nil,
            meanings: isStandard
                ? StageTexts.standard.map { .init(name: words($0.name), text: words($0.meaning)) } : [],
            isAboutStages: isAboutStages, hasMeanings: isStandard,
            way: WayWriter(answer: json, words: words, formats: formats, calendar: calendar).way(of: name),
            hint: leadsToPeople ? words(\.questions.peopleHint) : nil,
            cautions: [view.isCut ? words(\.questions.wideTitle) : nil, said.openInterval(json, people)].compactMap(\.self),
            csvURL: csv,
            facts: facts,
            hasFacts: !facts.isEmpty,
            question: question.prettyText, askURL: SiteURL.ask(question.text), json: json.prettyText,
            curl: AskExamples.curl(origin: origin, question: question))
    }

    /// The page so far.
    func page() -> QuestionPage {
        let options = form.options.filter { !isHidden($0) }
        let further = options.filter { $0.group != .front }
        return QuestionPage(
            title: words(form.kind.title), intro: words(form.kind.intro),
            tabs: QuestionKind.tabs.map { .init(url: $0.path, label: words($0.title), current: $0 == form.kind) },
            action: form.kind.path, fields: options.filter { $0.group == .front }.map(field), further: groups(of: further),
            events: Array(names.prefix(QuestionWriter.namesMax)), properties: properties, traits: traits,
            manyNames: names.count > QuestionWriter.namesMax
                ? words(\.questions.manyNames, ["shown": formats.number(QuestionWriter.namesMax)], count: names.count) : nil,
            hasData: !names.isEmpty, problem: problem, answer: answer, pin: pin)
    }

    private func groups(of options: [QuestionOption]) -> [QuestionPage.Group] {
        let titles: [(QuestionOption.Group, QuestionOption.Label)] = [
            (.details, \.options.details), (.filter, \.options.filter), (.people, \.options.people),
            (.breakdown, \.options.breakdownGroup), (.time, \.options.time),
        ]
        return titles.compactMap { group, title in
            let fields = options.filter { $0.group == group }
            guard !fields.isEmpty else { return nil }
            let isOpen = fields.contains { (form.text($0) != $0.initial && !form.text($0).isEmpty) || isAtFault($0) }
            return .init(title: words(title), fields: fields.map(field), isOpen: isOpen)
        }
    }

    /// Whether there is nothing to choose from: no purpose has been named.
    private func isHidden(_ option: QuestionOption) -> Bool {
        guard case .part(.purpose) = option.shape else { return false }
        return purposes.isEmpty && form.text(option).isEmpty
    }

    private func field(_ option: QuestionOption) -> FormField {
        var list: String?
        var type = "text"
        var choices: [(value: String, label: KeyPath<Catalogue, Text>)]?
        switch option.shape {
        case .selector, .part(.event): list = "events"
        case .property, .propertyName, .part(.property): list = "properties"
        case .part(.trait): list = "traits"
        case .part(.value): list = "values"
        case .part(.date): type = "date"
        case .choice(let values), .part(.choice(let values)): choices = values
        case .flag, .part(.flag): choices = [("", \.choices.no), ("yes", \.choices.yes)]
        case .part(.purpose), .part(.text), .part(.integer), .integer, .text, .list, .integers, .amounts, .channels, .renames: break
        }
        let text = form.text(option)
        let label = label(option)
        var field = FormField(
            option.name, label, type: type, value: text, hint: words(option.hint), autocomplete: choices == nil ? "off" : nil,
            list: list,
            options: choices?.map { .init(value: $0.value, label: words($0.label), selected: $0.value == text) }
                ?? purposes(option))
        field.required = false
        if isAtFault(option) {
            field.error = field.hint
            field.hint = nil
        } else if (option.number ?? 1) > 1
            || (option.narrowed != nil && option.name != form.kind.eventFields.first.map { $0 + ".where" })
        {
            // Said once, at the first of its like.
            field.hint = nil
        }
        return field
    }

    private func label(_ option: QuestionOption) -> String {
        guard let narrowed = option.narrowed else {
            return option.number.map { words(option.label, ["number": String($0)]) } ?? words(option.label)
        }
        return words(option.label, ["name": words(narrowed, ["number": String(option.number ?? 1)])])
    }

    /// The choice of a purpose; nil for other fields.
    private func purposes(_ option: QuestionOption) -> [FormField.Option]? {
        guard case .part(.purpose) = option.shape else { return nil }
        let chosen = form.text(option)
        let names = purposes.contains(chosen) || chosen.isEmpty ? purposes : purposes + [chosen]
        return [.init(value: "", label: words(\.options.anyPurpose), selected: chosen.isEmpty)]
            + names.map { .init(value: $0, label: $0, selected: $0 == chosen) }
    }

    /// Whether the problem's place in the question is what this control fills.
    private func isAtFault(_ option: QuestionOption) -> Bool {
        guard let place = problem?.place else { return false }
        return form.isFilled(by: option.name, place.split(separator: "/").map(String.init))
    }

    /// Whether there is nothing to show: no rows, or nothing but zeros.
    static func isEmpty(_ json: JSONValue) -> Bool {
        switch json["kind"]?.stringValue {
        case "funnel": !(json["steps"]?.arrayValue ?? []).contains { ($0["count"]?.doubleValue ?? 0) > 0 }
        case "timeToConvert": (json["count"]?.doubleValue ?? 0) == 0
        case "trend":
            !(json["rows"]?.arrayValue ?? []).contains { row in
                (row["values"]?.arrayValue ?? []).contains { ($0.doubleValue ?? 0) != 0 }
            }
        case "retention": !(json["rows"]?.arrayValue ?? []).contains { ($0["size"]?.doubleValue ?? 0) > 0 }
        default: (json["rows"]?.arrayValue ?? []).isEmpty
        }
    }
}

/// Options of a list of proposals.
struct ProposedValues: PageModel {
    static let template = Template.values
    let values: [String]
}
