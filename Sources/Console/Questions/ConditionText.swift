import Columns
import Model
import OrderedCollections
import Questions

/// Conditions as one writes them into a field: `category = toys and price >= 100`.
///
/// Names and values with letters that mean something here stand in quotation marks, as JSON has them: `"order total" > 5`.
struct ConditionText {
    /// The member that names what is tested: `property` or `trait`.
    let subject: String

    /// The condition; a text that is none stays text, which the executor then refuses at its place.
    func json(_ text: String) -> JSONValue {
        let parts = ConditionText.split(text + " ", at: " and ")
        let terms = parts.compactMap(term)
        return terms.count == parts.count ? ConditionText.all(terms) ?? .string(text) : .string(text)
    }

    /// What makes that condition again; nil where no such text does.
    func text(_ condition: JSONValue) -> String? {
        if let text = condition.stringValue { return text }
        let conditions = condition["all"]?.arrayValue ?? [condition]
        let terms = conditions.compactMap(written)
        return terms.count == conditions.count ? terms.joined(separator: " and ") : nil
    }

    /// One condition of several: what is no condition goes before the others, so that it is refused.
    static func all(_ conditions: [JSONValue]) -> JSONValue? {
        if let text = conditions.first(where: { $0.stringValue != nil }) { return text }
        let flat = conditions.flatMap { $0["all"]?.arrayValue ?? [$0] }
        return flat.count > 1 ? ["all": .array(flat)] : flat.first
    }

    /// A test by the texts of its fields.
    func test(_ name: String, _ operation: String, _ value: String, ignoresCase: Bool = false) -> JSONValue {
        var test: OrderedDictionary<String, JSONValue> = [subject: .string(name), "op": .string(operation)]
        if !ConditionText.bareOperators.contains(operation) { test["value"] = ConditionText.operand(value, of: operation) }
        if ignoresCase { test["caseInsensitive"] = true }
        return .object(test)
    }

    // MARK: - Operators

    /// Operators that take no value.
    static let bareOperators: Set<String> = ["exists", "missing"]
    private static let listOperators: Set<String> = ["in", "notIn", "between"]
    /// Operators whose value is text, whatever it looks like.
    private static let textOperators: Set<String> = ["startsWith", "endsWith", "matches", "before", "after", "withinLast"]
    /// Stands behind a value that is compared in upper and lower case alike.
    private static let ignoringCase = "ignoring case"
    /// The operators of the language: words, and signs with the longer ones first.
    private static let words = ValueTest.Operator.allCases.map(\.rawValue).filter { $0.first?.isLetter == true }
    private static let signs = ValueTest.Operator.allCases.map(\.rawValue).filter { $0.first?.isLetter == false }
        .sorted { $0.count > $1.count }

    private static func operand(_ text: String, of operation: String) -> JSONValue {
        if listOperators.contains(operation) { return .array(split(text, at: ",").map { QuestionForm.value($0) }) }
        let value = QuestionForm.value(text)
        return textOperators.contains(operation) && value.stringValue == nil ? .string(text) : value
    }

    /// What a field holds for an operator's value.
    static func fieldText(_ value: JSONValue) -> String {
        guard let elements = value.arrayValue else { return QuestionForm.fieldText(value) }
        return elements.map { text(of: $0, isListed: true) }.joined(separator: ", ")
    }

    /// In quotation marks where the bare text would be read as something else.
    private static func text(of value: JSONValue, isListed: Bool) -> String {
        guard let text = value.stringValue else { return value.text }
        let isUnclear =
            text.isEmpty || text.hasPrefix(" ") || text.hasSuffix(" ") || text.contains("\"")
            || text.split(separator: " ").contains("and") || text.hasSuffix(ignoringCase)
        return isUnclear || (isListed && text.contains(",")) ? value.text : QuestionForm.fieldText(value)
    }

    // MARK: - One test

    private func term(_ text: String) -> JSONValue? {
        guard let (name, rest) = ConditionText.name(text[...]), !name.isEmpty else { return nil }
        let trimmed = QuestionOption.trimmed(rest)
        guard let operation = ConditionText.leading(trimmed[...]) else { return nil }
        var value = QuestionOption.trimmed(trimmed.dropFirst(operation.count))
        let ignoresCase = value == ConditionText.ignoringCase || value.hasSuffix(" " + ConditionText.ignoringCase)
        if ignoresCase { value = QuestionOption.trimmed(value.dropLast(ConditionText.ignoringCase.count)) }
        guard value.isEmpty == ConditionText.bareOperators.contains(operation) else { return nil }
        return test(name, operation, value, ignoresCase: ignoresCase)
    }

    private func written(_ condition: JSONValue) -> String? {
        guard let name = condition[subject]?.stringValue, let operation = condition["op"]?.stringValue else { return nil }
        let isPlain = name.allSatisfy { $0.isLetter || $0.isNumber || "._-$".contains($0) } && !name.isEmpty
        var words = [isPlain ? name : JSONValue.string(name).text, operation]
        if let value = condition["value"] {
            let isList = value.arrayValue != nil
            words.append(isList ? ConditionText.fieldText(value) : ConditionText.text(of: value, isListed: false))
        }
        if condition["caseInsensitive"] == true { words.append(ConditionText.ignoringCase) }
        return words.joined(separator: " ")
    }

    /// The name at the beginning and what follows it.
    private static func name(_ text: Substring) -> (name: String, rest: Substring)? {
        if text.first == "\"" {
            var end = text.index(after: text.startIndex)
            while end < text.endIndex, text[end] != "\"" {
                end = text.index(end, offsetBy: text[end] == "\\" ? 2 : 1, limitedBy: text.endIndex) ?? text.endIndex
            }
            guard end < text.endIndex, let read = try? JSONParser.parse(text[...end].utf8) else { return nil }
            return read.stringValue.map { ($0, text[text.index(after: end)...]) }
        }
        var at = text.startIndex
        while at < text.endIndex {
            let rest = text[at...]
            if signs.contains(where: rest.hasPrefix) || (text[at] == " " && leading(rest.dropFirst()) != nil) {
                return (QuestionOption.trimmed(text[..<at]), rest)
            }
            at = text.index(after: at)
        }
        return nil
    }

    /// The operator that a text begins with.
    private static func leading(_ text: Substring) -> String? {
        if let sign = signs.first(where: text.hasPrefix) { return sign }
        let word = text.prefix { $0 != " " }
        return words.first { $0 == word }
    }

    // MARK: - Quotation marks

    /// The parts between separators that stand outside quotation marks, without spaces at their ends.
    private static func split(_ text: String, at separator: String) -> [String] {
        var parts: [String] = []
        var start = text.startIndex
        var at = start
        var isQuoted = false
        while at < text.endIndex {
            if text[at] == "\\", isQuoted {
                at = text.index(at, offsetBy: 2, limitedBy: text.endIndex) ?? text.endIndex
                continue
            }
            if text[at] == "\"" { isQuoted.toggle() }
            if !isQuoted, text[at...].hasPrefix(separator) {
                parts.append(QuestionOption.trimmed(text[start ..< at]))
                at = text.index(at, offsetBy: separator.count)
                start = at
            } else {
                at = text.index(after: at)
            }
        }
        parts.append(QuestionOption.trimmed(text[start...]))
        return parts
    }
}
