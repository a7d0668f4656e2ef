/// One text of the console in both languages; neither can be left out.
///
/// `{name}` stands for a value that the page fills in. `{count}` is the number that chooses between `one` and the general English.
package struct Text: Sendable, Hashable {
    /// English, for every count but one when `one` is given.
    let english: String
    /// English for a count of exactly one; nil when the text does not change with it.
    let one: String?
    /// 简体中文, which has no plural.
    let chinese: String

    init(_ english: String, one: String? = nil, _ chinese: String) {
        self.english = english
        self.one = one
        self.chinese = chinese
    }

    func text(in language: Language, count: Int? = nil) -> String {
        switch language {
        case .english: count == 1 ? one ?? english : english
        case .chinese: chinese
        }
    }
}

/// The catalogue in one language: `words(\.home.title)`.
package struct Words: Sendable {
    let language: Language

    init(_ language: Language) { self.language = language }

    /// The text with each `{name}` replaced by its value.
    ///
    /// Values are not escaped: templates do that.
    func callAsFunction(
        _ path: KeyPath<Catalogue, Text>, _ values: KeyValuePairs<String, String> = [:], count: Int? = nil
    ) -> String {
        var places = Dictionary(values.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        if let count { places["count"] = Formats(language).number(count) }
        return Words.fill(Catalogue.shared[keyPath: path].text(in: language, count: count), places)
    }

    /// One pass, so that a brace inside a value is never read as a place.
    private static func fill(_ text: String, _ values: [String: String]) -> String {
        guard !values.isEmpty else { return text }
        var out = ""
        var rest = Substring(text)
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            out += rest[..<open]
            let name = rest[rest.index(after: open) ..< close]
            out += values[String(name)] ?? "{\(name)}"
            rest = rest[rest.index(after: close)...]
        }
        return out + rest
    }
}
