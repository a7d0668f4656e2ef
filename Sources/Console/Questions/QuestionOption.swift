import Model
import OrderedCollections

/// One labelled control of a question's form and the place in the question that it fills.
struct QuestionOption {
    typealias Label = KeyPath<Catalogue, Text>

    enum Shape {
        /// An event name; empty means any event, or with `isOptional` that the member is left out.
        case selector(isOptional: Bool)
        /// One of a few words; the empty word leaves the member out.
        case choice([(value: String, label: Label)])
        /// A whole number; what is none goes into the question as text, which is then refused with its place.
        case integer
        case text
        /// Words with commas between.
        case list
        /// Whole numbers with commas between.
        case integers
        case flag
        /// A property, as `{"property": …}`.
        case property
        /// A property, by its bare name.
        case propertyName
        /// Names with the values of properties that stand for them, as `search = context.campaign.medium: cpc, mail = channel: email`;
        /// what is none goes into the question as text, which is then refused with its place.
        case channels
        /// Names with the events that get them, as `Buy = Order Completed, Look = Product Viewed`; what is none stays text.
        case renames
        /// Names with amounts, as `newsletter = 120.5, search = 300`; what is no amount goes into the question as text.
        case amounts
        /// Filled by ``QuestionForm`` itself, from several fields.
        case part(Control)
    }

    /// How a field that is part of something larger looks.
    enum Control {
        case event, property, trait, value, date, text, integer, flag
        /// One of the purposes of the workspace.
        case purpose
        case choice([(value: String, label: Label)])
    }

    /// Where it stands in the form: in front, or among the further options under a heading.
    enum Group: CaseIterable {
        case front, details, filter, people, breakdown, time
    }

    /// The field's name.
    let name: String
    /// The member of the question that it fills.
    let member: String
    let label: Label
    let hint: Label
    let shape: Shape
    /// What the empty form holds.
    var initial = ""
    /// The number in the label, for steps and series.
    var number: Int?
    let group: Group
    /// The label of the field that it narrows; stands in its own as `{name}`.
    var narrowed: Label?

    init(
        _ name: String, _ label: Label, _ hint: Label, _ shape: Shape, member: String? = nil, initial: String = "",
        number: Int? = nil, in group: Group = .front
    ) {
        self.name = name
        self.member = member ?? name
        self.label = label
        self.hint = hint
        self.shape = shape
        self.initial = initial
        self.number = number
        self.group = group
    }

    /// The member's value for what the field holds; nil leaves it out.
    func json(_ text: String) -> JSONValue? {
        guard !text.isEmpty else { return empty }
        switch shape {
        case .selector: return ["event": .string(text)]
        case .choice, .text, .propertyName: return .string(text)
        case .integer: return QuestionOption.number(text)
        case .flag: return .bool(text == "yes")
        case .list: return QuestionOption.parts(text).map { .array($0.map { .string($0) }) }
        case .integers: return QuestionOption.parts(text).map { .array($0.map(QuestionOption.number)) }
        case .property: return ["property": .string(text)]
        case .amounts: return QuestionOption.parts(text).map(QuestionOption.amounts)
        case .renames: return QuestionOption.parts(text).map { .array($0.map(QuestionOption.rename)) }
        case .channels: return QuestionOption.parts(text).map { ["channels": .array($0.map(QuestionOption.channel))] }
        case .part: return nil
        }
    }

    /// What an empty field means: any event where there must be one, else nothing.
    private var empty: JSONValue? {
        if case .selector(isOptional: false) = shape { return ["any": true] }
        return nil
    }

    /// What the field holds for a member's value: the other way round.
    func text(_ value: JSONValue?) -> String {
        guard let value else { return "" }
        return switch shape {
        case .selector: value["event"]?.stringValue ?? ""
        case .choice, .text, .propertyName: value.stringValue ?? ""
        case .integer: value.stringValue ?? value.text
        case .flag: value.boolValue == true ? "yes" : ""
        case .list, .integers: (value.arrayValue ?? []).map { $0.stringValue ?? $0.text }.joined(separator: ", ")
        case .property: value["property"]?.stringValue ?? ""
        case .amounts:
            (value.objectValue ?? [:]).map { "\($0) = \($1.stringValue ?? $1.text)" }.joined(separator: ", ")
        case .renames:
            (value.arrayValue ?? []).map { one in
                one.stringValue ?? "\(one["as"]?.stringValue ?? "") = \(one["selector"]?["event"]?.stringValue ?? "")"
            }.joined(separator: ", ")
        case .channels:
            (value["channels"]?.arrayValue ?? []).map { channel in
                if let text = channel.stringValue { return text }
                let condition = channel["selector"]?["where"]
                let wanted = condition?["value"].map(QuestionForm.fieldText) ?? ""
                return "\(channel["as"]?.stringValue ?? "") = \(condition?["property"]?.stringValue ?? ""): \(wanted)"
            }.joined(separator: ", ")
        case .part: ""
        }
    }

    private static func number(_ text: String) -> JSONValue { Int64(text).map { .int($0) } ?? .string(text) }

    /// Of a name with `=` in it the last one counts.
    private static func amounts(_ parts: [String]) -> JSONValue {
        var out: OrderedDictionary<String, JSONValue> = [:]
        for part in parts {
            let end = part.lastIndex(of: "=") ?? part.endIndex
            let amount = trimmed(part[end...].dropFirst())
            out[trimmed(part[..<end])] = Int64(amount).map(JSONValue.int) ?? Double(amount).map(JSONValue.double) ?? .string(amount)
        }
        return .object(out)
    }

    /// Of a name with `=` in it the first one counts.
    private static func rename(_ part: String) -> JSONValue {
        guard let end = part.firstIndex(of: "=") else { return .string(part) }
        let event = trimmed(part[end...].dropFirst())
        return ["as": .string(trimmed(part[..<end])), "selector": ["event": .string(event)]]
    }

    /// Of a value with `:` in it the first one counts, so that properties cannot have one.
    private static func channel(_ part: String) -> JSONValue {
        guard let nameEnd = part.firstIndex(of: "="), let end = part[nameEnd...].firstIndex(of: ":") else { return .string(part) }
        let property = trimmed(part[nameEnd ..< end].dropFirst())
        let wanted = QuestionForm.value(trimmed(part[end...].dropFirst()))
        return [
            "as": .string(trimmed(part[..<nameEnd])),
            "selector": ["any": true, "where": ["property": .string(property), "op": "=", "value": wanted]],
        ]
    }

    private static func parts(_ text: String) -> [String]? {
        let parts = text.split(separator: ",").map { trimmed($0) }.filter { !$0.isEmpty }
        return parts.isEmpty ? nil : parts
    }

    /// Without spaces at both ends.
    static func trimmed(_ text: Substring) -> String {
        var rest = text
        while rest.first == " " { rest.removeFirst() }
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }
}
