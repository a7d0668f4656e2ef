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
        let options = QuestionForm.options(form.kind)
        let further = options.filter(\.isFurther)
        return QuestionPage(
            title: words(form.kind.title), intro: words(form.kind.intro),
            tabs: QuestionKind.tabs.map { .init(url: $0.path, label: words($0.title), current: $0 == form.kind) },
            action: form.kind.path, fields: options.filter { !$0.isFurther }.map(field), further: further.map(field),
            isFurtherOpen: further.contains { (form.text($0) != $0.initial && !form.text($0).isEmpty) || isAtFault($0) },
            events: Array(names.prefix(QuestionWriter.namesMax)), properties: properties,
            manyNames: names.count > QuestionWriter.namesMax
                ? words(\.questions.manyNames, ["shown": formats.number(QuestionWriter.namesMax)], count: names.count) : nil,
            hasData: !names.isEmpty, problem: problem, answer: answer, pin: pin)
    }

    private func field(_ option: QuestionOption) -> FormField {
        var list: String?
        var type = "text"
        var choices: [(value: String, label: KeyPath<Catalogue, Text>)]?
        switch option.shape {
        case .selector, .part(.event): list = "events"
        case .property, .propertyName, .part(.property): list = "properties"
        case .part(.value): list = "values"
        case .part(.date): type = "date"
        case .choice(let values), .part(.choice(let values)): choices = values
        case .flag: choices = [("", \.choices.no), ("yes", \.choices.yes)]
        case .integer, .text, .list, .integers, .amounts, .channels: break
        }
        let text = form.text(option)
        let label = option.number.map { words(option.label, ["number": String($0)]) } ?? words(option.label)
        var field = FormField(
            option.name, label, type: type, value: text, hint: words(option.hint), autocomplete: choices == nil ? "off" : nil,
            list: list,
            options: choices?.map { .init(value: $0.value, label: words($0.label), selected: $0.value == text) })
        field.required = false
        if isAtFault(option) {
            field.error = field.hint
            field.hint = nil
        } else if (option.number ?? 1) > 1 {
            // Said once, at the first of its like.
            field.hint = nil
        }
        return field
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
