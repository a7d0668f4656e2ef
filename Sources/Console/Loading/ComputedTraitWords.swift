import Model
import People
import Questions

/// Puts a computed trait and its rule into words.
struct ComputedTraitWords {
    let words: Words
    let formats: Formats

    /// Such as `sum of revenue · Order Completed · in the last 90 d`.
    func rule(_ trait: ComputedTrait) -> String {
        let parts = [
            words(ComputedTraitWords.text(trait.measure), ["property": trait.property ?? ""]),
            trait.selector.names?.joined(separator: " / ") ?? words(\.traits.anyEvent),
            trait.selector.condition == nil ? nil : words(\.traits.onCondition),
            trait.window.map { words(\.traits.window, ["time": formats.duration(seconds: Double($0.microseconds) / 1e6)]) },
        ]
        return parts.compactMap(\.self).joined(separator: " · ")
    }

    /// A value as it is read: texts as they are, the values of a list one after the other.
    func value(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): text
        case .array(let values): values.map { self.value($0) }.joined(separator: ", ")
        default: value.text
        }
    }

    private static func text(_ measure: ComputedTrait.Measure) -> KeyPath<Catalogue, Text> {
        switch measure {
        case .count: \.traits.count
        case .sum: \.traits.sum
        case .avg: \.traits.average
        case .min: \.traits.least
        case .max: \.traits.greatest
        case .first: \.traits.first
        case .last: \.traits.last
        case .mostFrequent: \.traits.mostFrequent
        case .uniqueList: \.traits.uniqueList
        case .uniqueCount: \.traits.uniqueCount
        }
    }
}
