/// A sentence whose values still stand apart from its words, so that it can be said in another language.
///
/// It is written as text: of `"A funnel has 2 to 20 steps, not \(count)."` the count is a value. Values are the same in every language,
/// but for those that are wordings themselves. What stands for itself, such as an example of JSON, is best written as a value too.
public struct Wording: Hashable, Sendable {
    public enum Value: Hashable, Sendable {
        case text(String)
        case wording(Wording)
    }

    /// The English words, with `{1}` in place of the first value, `{2}` of the second, and so on.
    ///
    /// Other braces are plain text.
    public let pattern: String
    public let values: [Value]

    public init(pattern: String, values: [Value]) {
        self.pattern = pattern
        self.values = values
    }

    /// `pattern`, which may name the places in another order, with each filled by what `say` says of its value.
    ///
    /// One pass, so that a brace inside a value is never read as a place.
    public func filled(_ pattern: String, _ say: (Value) -> String) -> String {
        guard !values.isEmpty else { return pattern }
        let pieces = pattern.split(separator: "{", omittingEmptySubsequences: false)
        var out = String(pieces[0])
        for piece in pieces.dropFirst() {
            guard let end = piece.firstIndex(of: "}"), let number = Int(piece[..<end]), values.indices.contains(number - 1) else {
                out += "{" + piece
                continue
            }
            out += say(values[number - 1]) + piece[piece.index(after: end)...]
        }
        return out
    }
}

extension Wording: CustomStringConvertible {
    /// The whole sentence in English.
    public var description: String {
        filled(pattern) { value in
            switch value {
            case .text(let text): text
            case .wording(let wording): wording.description
            }
        }
    }
}

extension Wording: ExpressibleByStringInterpolation {
    public init(stringLiteral value: String) {
        self.init(pattern: value, values: [])
    }

    public init(stringInterpolation: StringInterpolation) {
        self.init(pattern: stringInterpolation.pattern, values: stringInterpolation.values)
    }

    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var pattern = ""
        fileprivate var values: [Value] = []

        public init(literalCapacity: Int, interpolationCount: Int) {
            pattern.reserveCapacity(literalCapacity + 3 * interpolationCount)
            values.reserveCapacity(interpolationCount)
        }

        public mutating func appendLiteral(_ literal: String) { pattern += literal }

        /// A value that is the same in every language.
        public mutating func appendInterpolation(_ value: some CustomStringConvertible) { append(.text(value.description)) }

        /// A value that is translated with the sentence.
        public mutating func appendInterpolation(_ wording: Wording) { append(.wording(wording)) }

        private mutating func append(_ value: Value) {
            values.append(value)
            pattern += "{\(values.count)}"
        }
    }
}
