/// The string literals of Swift source, as the patterns that they are where a wording is written.
struct SourceLiterals {
    /// Those that stand by themselves, with `{1}` for the first interpolation and so on.
    private(set) var patterns: Set<String> = []
    private let source: [Unicode.Scalar]
    private var index = 0

    init(_ text: String) {
        source = Array(text.unicodeScalars)
        while index < source.count {
            if isAt("//") {
                while index < source.count, source[index] != "\n" { index += 1 }
            } else if isAt("\"\"\"") {
                index += 3
                while index < source.count, !isAt("\"\"\"") { index += 1 }
                index += 3
            } else if isAtLiteral {
                patterns.insert(literal())
            } else {
                index += 1
            }
        }
    }

    private func isAt(_ text: String) -> Bool { source[index...].starts(with: text.unicodeScalars) }

    private var isAtLiteral: Bool { source[index...].first { $0 != "#" } == "\"" }

    private mutating func literal() -> String {
        let marks = source[index...].prefix { $0 == "#" }
        index += marks.count + 1
        let hashes = String(repeating: "#", count: marks.count)
        let (end, escape) = ("\"" + hashes, "\\" + hashes)
        var out = String.UnicodeScalarView()
        var places = 0
        while !isAt(end) {
            guard isAt(escape) else {
                out.append(source[index])
                index += 1
                continue
            }
            index += escape.count
            if source[index] == "(" {
                places += 1
                out += "{\(places)}".unicodeScalars
                skipInterpolation()
            } else {
                out.append(source[index])
                index += 1
            }
        }
        index += end.count
        return String(out)
    }

    private mutating func skipInterpolation() {
        var depth = 0
        repeat {
            if isAtLiteral {
                _ = literal()
                continue
            }
            if source[index] == "(" { depth += 1 }
            if source[index] == ")" { depth -= 1 }
            index += 1
        } while depth > 0
    }
}
