public import Model

/// How other events and the order of steps are taken in a funnel.
public enum FunnelOrder: String, Sendable, CaseIterable {
    /// Other events may lie between two steps.
    case ordered
    /// No other event of the person lies between two steps.
    case strict
    /// The steps in any order within the window.
    case unordered
}

/// How far people come along a row of steps within a window.
public struct FunnelQuestion: QuestionBody, Hashable, Sendable {
    public enum Reentry: String, Sendable, CaseIterable {
        case latest, first, totals
    }

    public enum SameTime: String, Sendable, CaseIterable {
        case permute, arrival, strict
    }

    /// Events that end or undo a chain when they lie between two of its steps.
    public struct Exclusion: Hashable, Sendable {
        public enum Effect: String, Sendable, CaseIterable {
            case drop, stop
        }

        public var selector: Selector
        /// Indexes of the two steps, from 0.
        public var from: Int
        public var to: Int
        public var effect: Effect
    }

    /// Whose property values a breakdown takes.
    public enum Attribution: Hashable, Sendable {
        case firstTouch, lastTouch
        /// The event of that step, from 0.
        case step(Int)
        case allSteps

        var text: String {
            switch self {
            case .firstTouch: "firstTouch"
            case .lastTouch: "lastTouch"
            case .step(let index): "step:\(index + 1)"
            case .allSteps: "allSteps"
            }
        }
    }

    public var steps: [Selector]
    public var window: TimeSpan
    public var order: FunnelOrder = .ordered
    public var reentry: Reentry = .latest
    public var sameTime: SameTime = .permute
    public var exclusions: [Exclusion] = []
    /// Properties whose values all events of a chain share.
    public var holdConstant: [String] = []
    /// Indexes from 0 of the steps that may be skipped, ascending.
    public var optional: [Int] = []
    public var attribution: Attribution = .firstTouch
    /// The person whose way is told.
    public var explain: PersonID?

    static let name = "funnel"
    static let takesBreakdown = true
    static let units: [Question.Unit] = [.account, .payer, .beneficiary, .session]
    static let keys = [
        "steps", "window", "order", "reentry", "sameTime", "exclude", "holdConstant", "optional", "attribution", "explain",
    ]
    static let exclusionsMax = 10

    /// An ordered funnel with every switch at its default.
    public init(steps: [Selector], window: TimeSpan) {
        self.steps = steps
        self.window = window
    }

    init(_ reader: QuestionReader) throws(Problem) {
        steps = try FunnelQuestion.steps(reader.required("steps", "A list of 2 to 20 steps"))
        window = try reader.required("window", "A duration such as \(#""14d""#)").span()
        if let place = reader.optional("order") { order = try place.choice(FunnelOrder.self) }
        if let place = reader.optional("reentry") { reentry = try place.choice(Reentry.self) }
        if let place = reader.optional("sameTime") { sameTime = try place.choice(SameTime.self) }
        if let place = reader.optional("explain") { explain = try FunnelQuestion.person(place, reader) }
        try readExclusions(reader)
        if let place = reader.optional("holdConstant") {
            for element in try place.list("A list of property names") {
                holdConstant.append(try element.name("The name of a property"))
            }
            guard holdConstant.count <= 5 else { throw place.refused("At most 5 properties can be held constant.") }
        }
        try readOptional(reader)
        if let place = reader.optional("attribution") { attribution = try readAttribution(place) }
        try checkUnordered(reader)
    }

    static func steps(_ reader: QuestionReader) throws(Problem) -> [Selector] {
        let places = try reader.list("A list of 2 to 20 steps")
        guard (2 ... 20).contains(places.count) else { throw reader.refused("A funnel has 2 to 20 steps, not \(places.count).") }
        var steps: [Selector] = []
        for place in places { steps.append(try Selector(place)) }
        return steps
    }

    private static func person(_ place: QuestionReader, _ reader: QuestionReader) throws(Problem) -> PersonID {
        guard case .string(let text) = place.value, let person = PersonID(text: text) else {
            throw place.expected("A person's id such as \(#""p_1a""#)")
        }
        if let by = reader.optional("by"), by.value != "person" {
            throw place.refused("\"explain\" tells the way of a person. Leave out \"by\" or \"explain\".")
        }
        return person
    }

    private mutating func readExclusions(_ reader: QuestionReader) throws(Problem) {
        guard let place = reader.optional("exclude") else { return }
        let elements = try place.list("A list of exclusions")
        guard elements.count <= FunnelQuestion.exclusionsMax else {
            throw place.refused("A funnel has at most \(FunnelQuestion.exclusionsMax) exclusions.")
        }
        for element in elements {
            _ = try element.object("An exclusion such as \(#"{"selector": …, "between": [1, 2], "effect": "drop"}"#)")
            try element.allow(["selector", "between", "effect"], of: "an exclusion")
            let selector = try Selector(element.required("selector", "A selector"))
            let between = try element.required("between", "The numbers of two steps such as \("[1, 2]")")
            let ends = try between.list("The numbers of two steps such as \("[1, 2]")")
            guard ends.count == 2 else { throw between.expected("The numbers of two steps such as \("[1, 2]")") }
            let from = try ends[0].integer(1 ... steps.count, "The number of a step")
            let to = try ends[1].integer(1 ... steps.count, "The number of a step")
            guard from < to else { throw between.refused("The earlier step comes first.") }
            let effect =
                try element.optional("effect").map { inner throws(Problem) in try inner.choice(Exclusion.Effect.self) } ?? .drop
            exclusions.append(Exclusion(selector: selector, from: from - 1, to: to - 1, effect: effect))
        }
    }

    private mutating func readOptional(_ reader: QuestionReader) throws(Problem) {
        guard let place = reader.optional("optional") else { return }
        for element in try place.list("A list of step numbers") {
            let step = try element.integer(2 ... steps.count, "The number of a step after the first")
            if !optional.contains(step - 1) { optional.append(step - 1) }
        }
        optional.sort()
    }

    private func readAttribution(_ place: QuestionReader) throws(Problem) -> Attribution {
        let wanted = place.expected("\"firstTouch\", \"lastTouch\", \"step:N\" with N from 1 to \(steps.count), or \"allSteps\"")
        guard case .string(let text) = place.value else { throw wanted }
        switch text {
        case "firstTouch": return .firstTouch
        case "lastTouch": return .lastTouch
        case "allSteps": return .allSteps
        default:
            guard text.hasPrefix("step:"), let number = Int(text.dropFirst(5)), (1 ... steps.count).contains(number) else {
                throw wanted
            }
            return .step(number - 1)
        }
    }

    private func checkUnordered(_ reader: QuestionReader) throws(Problem) {
        guard order == .unordered else { return }
        if !optional.isEmpty, let place = reader.optional("optional") {
            throw place.refused("\"optional\" does not go with \"unordered\".")
        }
        if sameTime == .strict, let place = reader.optional("sameTime") {
            throw place.refused("\"sameTime\": \"strict\" does not go with \"unordered\".")
        }
        guard let place = reader.optional("exclude") else { return }
        for (index, exclusion) in exclusions.enumerated() where exclusion.from != 0 || exclusion.to != steps.count - 1 {
            throw place.child(String(index), .null).child("between", .null).refused(
                "With \"unordered\" an exclusion lies between the first and the last step: [1, \(steps.count)].")
        }
    }

    func addSelectors(to list: inout SelectorList) { list.add(self) }

    func write(to out: inout ObjectWriter) {
        out.put("steps", .array(steps.map(\.json)))
        out.put("window", .string(window.text))
        out.put("order", .string(order.rawValue))
        out.put("reentry", .string(reentry.rawValue))
        out.put("sameTime", .string(sameTime.rawValue))
        if !exclusions.isEmpty {
            out.put(
                "exclude",
                .array(
                    exclusions.map { exclusion in
                        [
                            "selector": exclusion.selector.json,
                            "between": [.int(Int64(exclusion.from + 1)), .int(Int64(exclusion.to + 1))],
                            "effect": .string(exclusion.effect.rawValue),
                        ]
                    }))
        }
        if !holdConstant.isEmpty { out.put("holdConstant", .array(holdConstant.map { .string($0) })) }
        if !optional.isEmpty { out.put("optional", .array(optional.map { .int(Int64($0 + 1)) })) }
        out.put("explain", explain.map { .string($0.text) })
    }
}
