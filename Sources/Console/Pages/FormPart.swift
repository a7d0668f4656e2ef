/// A part of a form, folded away until it is wanted: one rule of several, one benefit of a plan.
struct FormPart: Sendable {
    /// Its kind and its place: `Rule 2`.
    let title: String
    let name: String
    let hasName: Bool
    /// In a sentence.
    let gives: String
    /// Whether that is to be said.
    let isGiving: Bool
    let isWrong: Bool
    let isFree: Bool
    let fields: [FormField]
    /// What most do without.
    let more: [FormField]
    let hasMore: Bool
    let moreTitle: String
    let isOpen: Bool
    let isMoreOpen: Bool

    /// A part that is open when it is the first, or something in it was refused.
    ///
    /// - Parameter gives: What it gives, empty for what its name says; nil for a place that is free, or holds what was refused.
    init(
        _ title: String, name: String, gives: String?, isFirst: Bool, fields: [FormField], more: [FormField] = [],
        moreTitle: String = ""
    ) {
        (self.title, self.name, self.fields, self.more, self.moreTitle) = (title, name, fields, more, moreTitle)
        (hasName, hasMore) = (!name.isEmpty, !more.isEmpty)
        isWrong = (fields + more).contains { $0.error != nil }
        self.gives = gives ?? ""
        isGiving = !self.gives.isEmpty && !isWrong
        isFree = gives == nil && !isWrong
        isOpen = isFirst || isWrong
        isMoreOpen = more.contains { !$0.value.isEmpty || $0.error != nil }
    }
}

extension FormPart {
    /// One benefit of several that something gives.
    ///
    /// - Parameters:
    ///   - benefit: In which it is chosen; the choice of none has no value.
    ///   - place: From 0.
    ///   - others: What else is said of it.
    init(benefit: FormField, at place: Int, words: Words, _ others: [FormField]) {
        let chosen = benefit.options.first { $0.selected && !$0.value.isEmpty }
        self.init(
            words(\.plans.partTitle, ["number": Formats(words.language).number(place + 1)]), name: chosen?.label ?? "",
            gives: chosen.map { _ in "" }, isFirst: place == 0, fields: [benefit] + others)
    }
}
