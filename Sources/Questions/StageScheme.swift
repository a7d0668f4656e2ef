public import Model

/// The stages of a life cycle, first to last, each with the rule that puts people in it.
///
/// At any instant a person stands in the last stage whose rule holds for them, and in none before they were first seen.
public struct StageScheme: Hashable, Sendable {
    public struct Stage: Hashable, Sendable {
        /// As in answers: lower-case letters, digits and `_`.
        public var name: String
        /// May use every form of expression but `stage`.
        public var rule: Expression

        public init(name: String, rule: Expression) {
            self.name = name
            self.rule = rule
        }
    }

    public var stages: [Stage]

    public init(stages: [Stage]) { self.stages = stages }

    public var names: [String] { stages.map(\.name) }

    /// The place of a stage, from 0.
    ///
    /// - Throws: ``Problem`` with code `bad_question` that lists the stages there are.
    func index(of name: String) throws(Problem) -> Int {
        if let index = stages.firstIndex(where: { $0.name == name }) { return index }
        throw Problem(.badQuestion, "There is no stage \"\(name.prefix(60))\". Stages: \(names.joined(separator: ", ")).")
    }
}

extension StageScheme {
    /// The most stages of a scheme.
    public static let stagesMax = 20
    private static let example = #"[{"name": "attention", "rule": {"everyone": true}}]"#
    /// What rows of answers call other things.
    private static let takenNames: Set<String> = ["bucket", "value"]

    /// Reads a list of stages, each `{"name": …, "rule": expression}`.
    ///
    /// - Parameter place: The JSON pointer of the list, where it is a part of something.
    /// - Throws: ``Problem`` with code `bad_question` or `not_built`; its place is the JSON pointer of what was refused.
    public init(json: JSONValue, place: String = "") throws(Problem) { try self.init(QuestionReader(json, pointer: place)) }

    init(_ reader: QuestionReader) throws(Problem) {
        let elements = try reader.list("A list of stages such as \(StageScheme.example)")
        guard (1 ... StageScheme.stagesMax).contains(elements.count) else {
            throw reader.refused("There can be 1 to \(StageScheme.stagesMax) stages, not \(elements.count).")
        }
        var list = SelectorList()
        stages = []
        for element in elements {
            let stage = try Stage(element)
            guard !names.contains(stage.name) else {
                throw element.child("name", .string(stage.name)).refused("There are two stages \"\(stage.name)\". Name one anew.")
            }
            list.add(stage.rule)
            stages.append(stage)
        }
        guard list.selectors.count <= Question.selectorsMax else {
            throw reader.refused(
                "The rules may name at most \(Question.selectorsMax) different selectors, not \(list.selectors.count).")
        }
    }

    public var json: JSONValue { .array(stages.map { ["name": .string($0.name), "rule": $0.rule.json] }) }

    fileprivate static func isName(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        let letters = UInt8(ascii: "a") ... UInt8(ascii: "z")
        let digits = UInt8(ascii: "0") ... UInt8(ascii: "9")
        return bytes.count <= 40 && bytes.first.map(letters.contains) == true && !takenNames.contains(text)
            && bytes.allSatisfy { letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "_") }
    }
}

extension StageScheme.Stage {
    fileprivate init(_ reader: QuestionReader) throws(Problem) {
        _ = try reader.object("A stage with \"name\" and \"rule\"")
        try reader.allow(["name", "rule"], of: "a stage")
        let place = try reader.required("name", "The name of a stage")
        name = try place.name("The name of a stage")
        guard StageScheme.isName(name) else {
            throw place.refused("A stage has a name of lower-case letters, digits and \"_\", such as \"trial_2\".")
        }
        let inner = try reader.required("rule", "An expression")
        rule = try Expression(inner)
        guard !rule.asksStages else { throw inner.refused("A rule cannot ask for stages: they rest on it.") }
    }
}
