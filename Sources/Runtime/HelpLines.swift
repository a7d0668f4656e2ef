import Model

/// JSON as lines that fit a help text, broken behind commas only, so that each is still JSON when it is copied.
enum HelpLines {
    /// Help is wrapped at 80 columns, at any space.
    private static let columnsMax = 76

    static func text(_ value: JSONValue) -> String {
        var lines: [String] = []
        var line = ""
        for piece in pieces(value.text) {
            if !line.isEmpty, line.count + piece.count > columnsMax {
                lines.append(line)
                line = "  "
            }
            line += piece
        }
        return (lines + [line]).map { "  " + $0 }.joined(separator: "\n")
    }

    /// The text cut behind each comma that stands outside of a string.
    private static func pieces(_ text: String) -> [String] {
        var out: [String] = []
        var piece = ""
        var isInString = false
        var isEscaped = false
        for character in text {
            piece.append(character)
            if character == "\"", !isEscaped { isInString.toggle() }
            isEscaped = character == "\\" && !isEscaped
            if character == ",", !isInString {
                out.append(piece)
                piece = ""
            }
        }
        return out + [piece]
    }
}
