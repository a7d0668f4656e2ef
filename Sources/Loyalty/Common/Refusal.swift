public import Model
public import OrderedCollections

/// Why a command of the program is not carried out: all reasons at once.
///
/// Nothing has changed then.
public struct Refusal: Error, Hashable, Sendable {
    /// One reason, as data: its text is made from the code and the numbers where it is shown.
    public struct Reason: Hashable, Sendable {
        /// The word for programs, such as `INSUFFICIENT_POINTS`.
        public let code: String
        /// What the text needs: amounts, instants, names.
        public let params: OrderedDictionary<String, JSONValue>
        /// Whether the same wish may be granted later without any change of it.
        public let isRetryable: Bool

        public init(_ code: String, _ params: OrderedDictionary<String, JSONValue> = [:], isRetryable: Bool = false) {
            self.code = code
            self.params = params
            self.isRetryable = isRetryable
        }
    }

    /// Never empty; in the order in which they were found.
    public let reasons: [Reason]

    public init(_ reasons: [Reason]) { self.reasons = reasons }

    public init(_ code: String, _ params: OrderedDictionary<String, JSONValue> = [:], isRetryable: Bool = false) {
        self.init([Reason(code, params, isRetryable: isRetryable)])
    }
}
