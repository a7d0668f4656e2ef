import Model

/// What every kind of question has: its keys, how it is read and written, and the selectors it rests on.
protocol QuestionBody: Hashable, Sendable {
    /// The word in `"kind"`.
    static var name: String { get }
    /// The keys of this kind, beside those that every question takes.
    static var keys: [String] { get }
    /// Whether it takes `"breakdown"` and its `"limit"`.
    static var takesBreakdown: Bool { get }
    /// Whether a breakdown can be by a property of events.
    static var takesProperties: Bool { get }
    /// What may be counted beside people: the words that `"by"` takes.
    static var units: [Question.Unit] { get }

    init(_ reader: QuestionReader) throws(Problem)
    func write(to out: inout ObjectWriter)
    /// Adds every selector of the question but those of its `who`.
    func addSelectors(to list: inout SelectorList)
}

extension QuestionBody {
    static var takesBreakdown: Bool { false }
    static var takesProperties: Bool { true }
    static var units: [Question.Unit] { [] }

    /// Every key that a question of this kind takes.
    static var allKeys: [String] {
        ["kind"] + keys + ["range", "who", "purpose", "by", "asOf"] + (takesBreakdown ? ["breakdown", "limit"] : [])
    }
}

extension Question.Kind {
    /// The kinds that this version answers, in the order of the specification.
    static let built: [any QuestionBody.Type] = [
        CountQuestion.self,
        TrendQuestion.self,
        FunnelQuestion.self,
        RetentionQuestion.self,
        LifecycleQuestion.self,
        StagesQuestion.self,
        StickinessQuestion.self,
        TimeToConvertQuestion.self,
        PathsQuestion.self,
        RFMQuestion.self,
        AttributionQuestion.self,
        DistributionQuestion.self,
        DriversQuestion.self,
        TimelineQuestion.self,
    ]

    /// The words of the kinds that this version answers, in the order of the specification.
    public static var names: [String] { built.map { $0.name } }

    /// Every key that a question of a built kind takes; none for other words.
    public static func keys(of kind: String) -> [String] { built.first { $0.name == kind }?.allKeys ?? [] }

    /// What a built kind counts beside people, as the words that `"by"` takes.
    public static func units(of kind: String) -> [String] { built.first { $0.name == kind }?.units.map(\.rawValue) ?? [] }

    /// What the kind asks, by its part of the language.
    var body: any QuestionBody {
        switch self {
        case .count(let body): body
        case .trend(let body): body
        case .funnel(let body): body
        case .retention(let body): body
        case .lifecycle(let body): body
        case .stages(let body): body
        case .stickiness(let body): body
        case .timeToConvert(let body): body
        case .paths(let body): body
        case .rfm(let body): body
        case .attribution(let body): body
        case .distribution(let body): body
        case .drivers(let body): body
        case .timeline(let body): body
        }
    }

    /// The word in `"kind"`.
    public var name: String { type(of: body).name }

    /// The kind of a name.
    ///
    /// - Throws: `bad_question` at the place of the kind.
    static func form(named name: String, _ place: QuestionReader) throws(Problem) -> any QuestionBody.Type {
        if let type = built.first(where: { $0.name == name }) { return type }
        throw place.refused("There is no question kind \"\(name.prefix(60))\". Kinds: \(names.joined(separator: ", ")).")
    }

    /// - Parameter name: that of a built kind.
    init(_ name: String, _ reader: QuestionReader) throws(Problem) {
        switch name {
        case CountQuestion.name: self = .count(try CountQuestion(reader))
        case TrendQuestion.name: self = .trend(try TrendQuestion(reader))
        case FunnelQuestion.name: self = .funnel(try FunnelQuestion(reader))
        case RetentionQuestion.name: self = .retention(try RetentionQuestion(reader))
        case LifecycleQuestion.name: self = .lifecycle(try LifecycleQuestion(reader))
        case StagesQuestion.name: self = .stages(try StagesQuestion(reader))
        case StickinessQuestion.name: self = .stickiness(try StickinessQuestion(reader))
        case TimeToConvertQuestion.name: self = .timeToConvert(try TimeToConvertQuestion(reader))
        case PathsQuestion.name: self = .paths(try PathsQuestion(reader))
        case RFMQuestion.name: self = .rfm(try RFMQuestion(reader))
        case AttributionQuestion.name: self = .attribution(try AttributionQuestion(reader))
        case DistributionQuestion.name: self = .distribution(try DistributionQuestion(reader))
        case DriversQuestion.name: self = .drivers(try DriversQuestion(reader))
        default: self = .timeline(try TimelineQuestion(reader))
        }
    }
}
