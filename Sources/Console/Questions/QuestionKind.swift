import Model

/// The kinds of question that have a page, in the order of their tabs.
enum QuestionKind: String, Sendable, CaseIterable {
    case trends, funnels, retention, lifecycle, stages, stickiness, paths, time, attribution, drivers
    /// The cells of users and customers: stages with rules of their own, on a page of their own.
    case roles

    /// The kind whose form may make a question; nil when none does.
    init?(of question: JSONValue?) {
        let isOfCells = question?["kind"] == "stages" && question?["stages"]?.canonical == RoleCells.stages.canonical
        let name = question?["kind"]?.stringValue
        guard let kind = isOfCells ? .roles : QuestionKind.allCases.first(where: { $0.name == name }) else { return nil }
        self = kind
    }

    /// Those that stand together under Questions.
    static let tabs = allCases.filter { $0 != .roles }

    /// `kind` in the question.
    var name: String {
        switch self {
        case .trends: "trend"
        case .funnels: "funnel"
        case .time: "timeToConvert"
        case .roles: "stages"
        default: rawValue
        }
    }

    var path: String { self == .roles ? "/roles" : "/questions/" + rawValue }

    var title: KeyPath<Catalogue, Text> {
        switch self {
        case .trends: \.questions.trends
        case .funnels: \.questions.funnels
        case .retention: \.questions.retention
        case .lifecycle: \.questions.lifecycle
        case .stages: \.questions.stages
        case .stickiness: \.questions.stickiness
        case .paths: \.questions.paths
        case .time: \.questions.time
        case .attribution: \.questions.attribution
        case .drivers: \.questions.drivers
        case .roles: \.roles.title
        }
    }

    var intro: KeyPath<Catalogue, Text> {
        switch self {
        case .trends: \.questions.trendsIntro
        case .funnels: \.questions.funnelsIntro
        case .retention: \.questions.retentionIntro
        case .lifecycle: \.questions.lifecycleIntro
        case .stages: \.questions.stagesIntro
        case .stickiness: \.questions.stickinessIntro
        case .paths: \.questions.pathsIntro
        case .time: \.questions.timeIntro
        case .attribution: \.questions.attributionIntro
        case .drivers: \.questions.driversIntro
        case .roles: \.roles.intro
        }
    }

    /// How many steps the question can have; 0 for kinds without.
    var steps: Int { self == .funnels || self == .time ? 20 : 0 }

    /// How many series the question can have; 0 for kinds without.
    var series: Int { self == .trends ? 26 : 0 }

    /// How many steps or series the empty form offers; a filled one offers one more than are filled.
    var offered: Int { self == .trends ? 3 : 5 }

    var takesBreakdown: Bool {
        switch self {
        case .trends, .funnels, .retention, .lifecycle, .stages, .stickiness: true
        default: false
        }
    }

    /// Whether it is about events that the form names, so that their properties can narrow and break it down.
    var asksEvents: Bool { self != .stages && self != .roles }

    /// The members of the question whose value is a selector.
    var selectors: [String] {
        options.compactMap { option -> String? in
            guard case .selector = option.shape else { return nil }
            return option.member
        }
    }

    /// The fields that name events which a filter of their own may narrow, where the form names several.
    var eventFields: [String] {
        if steps > 0 { return (1 ... steps).map { "step\($0)" } }
        if series > 0 { return (1 ... series).map { "event\($0)" } }
        return selectors.count > 1 ? selectors : []
    }

    /// The relative range of the empty form.
    var initialRange: String {
        switch self {
        case .retention, .lifecycle, .stages, .roles: "12w"
        default: "30d"
        }
    }
}
