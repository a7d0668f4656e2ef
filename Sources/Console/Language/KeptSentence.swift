import Model

/// Finds the wording that an English sentence was made from, for those that are kept as text.
enum KeptSentence {
    private struct Candidate {
        let pattern: String
        /// What stands before, between and behind the places of the pattern; the last ends like a whole sentence.
        let pieces: [Substring]

        init(_ pattern: String) {
            self.pattern = pattern
            pieces = (pattern + KeptSentence.end).split(separator: /\{\d\}/, omittingEmptySubsequences: false)
        }

        /// The wording with this pattern that says `sentence`; nil when there is none.
        func wording(of sentence: String) -> Wording? {
            guard sentence.hasPrefix(pieces[0]) else { return nil }
            var rest = sentence.dropFirst(pieces[0].count)
            var values: [Wording.Value] = []
            for (before, after) in zip(pieces, pieces.dropFirst()) {
                guard let range = rest.firstRange(of: after) else { return nil }
                let value = String(rest[..<range.lowerBound])
                // What stands between quotation marks is the sender's.
                let inner = before.last == "\"" ? nil : KeptSentence.wording(of: value)
                values.append(inner.map { .wording($0) } ?? .text(value))
                rest = rest[range.upperBound...]
            }
            return rest.isEmpty ? Wording(pattern: pattern, values: values) : nil
        }
    }

    private static let end = "\0"

    /// Those with the most words first.
    private static let candidates = (CallRefusalTexts.all + DataRefusalTexts.all).map(\.english).sorted { $0.count > $1.count }
        .map(Candidate.init)

    /// - Returns: nil for a sentence that the catalogue has not.
    static func wording(of sentence: String) -> Wording? {
        let whole = sentence + end
        return candidates.lazy.compactMap { $0.wording(of: whole) }.first
    }
}

extension Words {
    /// A sentence that was kept in English, in this language; as it is, and marked so, where the catalogue has not all of its words.
    func callAsFunction(kept sentence: String) -> Said {
        guard language == .chinese else { return Said(text: sentence) }
        return KeptSentence.wording(of: sentence).map { self($0) } ?? Said(text: sentence, lang: Language.english.tag)
    }
}
