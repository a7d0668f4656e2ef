/// A language of the console.
package enum Language: String, Sendable, CaseIterable, Hashable {
    case english = "en"
    case chinese = "zh"

    /// The value of `lang` in a page.
    var tag: String {
        switch self {
        case .english: "en"
        case .chinese: "zh-CN"
        }
    }

    /// The language's name in itself, as the switch shows it.
    var ownName: String {
        switch self {
        case .english: "English"
        case .chinese: "简体中文"
        }
    }

    /// The best match for an `Accept-Language` value (RFC 9110, 12.5.4); nil when neither language is asked for.
    static func negotiated(acceptLanguage: String) -> Language? {
        var best: (language: Language, quality: Double)?
        for item in acceptLanguage.prefix(500).split(separator: ",") {
            let parts = item.split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
            guard let name = parts.first?.split(separator: "-").first, let language = Language(rawValue: String(name)) else {
                continue
            }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            if weight > best?.quality ?? 0 { best = (language, weight) }
        }
        return best?.language
    }
}
