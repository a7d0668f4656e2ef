import Model

/// Sentences that other parts of the program make and pages show: why a question or a call is refused, and the like.
///
/// A sentence is found by its English, the pattern of its wording. Tests hold that none is missing and none is left over.
enum Sentences {
    static let all =
        QuestionRefusalTexts.all + ExpressionRefusalTexts.all + DataRefusalTexts.all + CallRefusalTexts.all
        + ConsentRefusalTexts.all
        + ProductCodeRefusalTexts.all + LoyaltyRefusalTexts.all + PointRefusalTexts.all + CouponRefusalTexts.all
        + BenefitRefusalTexts.all + EarningRefusalTexts.all

    private static let byEnglish = Dictionary(all.map { ($0.english, $0) }, uniquingKeysWith: { first, _ in first })

    /// A pattern in Chinese; nil when there are no words for it.
    static func chinese(_ pattern: String) -> String? {
        byEnglish[pattern]?.chinese ?? (pattern.contains(where: \.isLetter) ? nil : pattern)
    }
}

/// A sentence as a page says it.
struct Said: Sendable, Hashable {
    let text: String
    /// Of the sentence, when it is not the language of the page.
    var lang: String?
}

extension Words {
    /// The sentence in this language; in English, and marked so, where the catalogue has not all of its words.
    func callAsFunction(_ wording: Wording) -> Said {
        translated(wording).map { Said(text: $0) } ?? Said(text: wording.description, lang: Language.english.tag)
    }

    private func translated(_ wording: Wording) -> String? {
        guard language == .chinese else { return wording.description }
        guard let pattern = Sentences.chinese(wording.pattern) else { return nil }
        var isWhole = true
        let text = wording.filled(pattern) { value in
            switch value {
            case .text(let text): return text
            case .wording(let inner):
                let text = translated(inner)
                isWhole = isWhole && text != nil
                return text ?? ""
            }
        }
        return isWhole ? text : nil
    }

    /// Where a problem is: a line and column in this language, all else as it is.
    func place(of problem: Problem) -> String? {
        problem.position.map { self(\.errors.position, ["line": String($0.line), "column": String($0.column)]) } ?? problem.place
    }

    /// What is wrong, after its place where it has one.
    func placed(_ problem: Problem) -> Said {
        let said = self(problem.wording)
        guard let place = place(of: problem) else { return said }
        if let lang = said.lang { return Said(text: problem.description, lang: lang) }
        return Said(text: self(\.errors.placed, ["place": place, "problem": said.text]))
    }
}
