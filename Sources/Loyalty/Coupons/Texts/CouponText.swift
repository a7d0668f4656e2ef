import Crypto

/// The conditions of a coupon in words, made from what is enforced and nothing else: what people read before they claim.
///
/// Two templates that enforce different things never have the same text.
public struct CouponText: Hashable, Sendable {
    public enum Language: String, Hashable, Sendable, CaseIterable {
        case english = "en"
        case chinese = "zh-Hans"
    }

    public let language: Language
    /// One sentence each.
    public let lines: [String]

    public init(_ template: CouponTemplate, in language: Language) {
        self.language = language
        lines =
            switch language {
            case .english: CouponEnglish(template).lines
            case .chinese: CouponChinese(template).lines
            }
    }

    public var text: String { lines.joined(separator: "\n") }

    /// SHA-256 of the text's UTF-8, in hexadecimal: kept with each claim.
    public var hash: String { CouponText.hash(of: text) }

    static func hash(of text: String) -> String {
        SHA256.hash(data: Array(text.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

/// The text that a grant is bound to: which one somebody has read, or would have.
public struct CouponTextSeen: Hashable, Sendable {
    public let language: CouponText.Language
    public let hash: String

    public init(language: CouponText.Language, hash: String) {
        self.language = language
        self.hash = hash
    }

    /// The text of a template as it is.
    public init(_ template: CouponTemplate, in language: CouponText.Language) {
        self.init(language: language, hash: CouponText(template, in: language).hash)
    }
}
