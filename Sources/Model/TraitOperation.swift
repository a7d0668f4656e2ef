/// What an `identify` call does to a trait's earlier value, under this name among its properties: `{"$add": {"visits": 1}}`.
///
/// One call's are taken in the order of the cases, after what it sets.
public enum TraitOperation: String, Sendable, Hashable, CaseIterable {
    /// Adds a number to a number.
    case add = "$add"
    /// Puts values at the end of a list.
    case append = "$append"
    /// Puts at the end of a list what it does not hold.
    case union = "$union"
    /// Takes every equal value out of a list.
    case remove = "$remove"

    /// The top-level key of the trait that a property of `identify` changes; nil for other properties.
    ///
    /// - Parameter path: The property's path, dots between its keys.
    public static func traitKey(ofProperty path: String) -> String? {
        let keys = path.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        guard keys.count > 1, TraitOperation(rawValue: String(keys[0])) != nil else { return nil }
        return String(keys[1])
    }
}
