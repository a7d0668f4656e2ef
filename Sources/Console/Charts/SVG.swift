/// Writes SVG elements with escaped text and short numbers.
///
/// Looks come from classes only, so a strict content policy holds.
struct SVG {
    private(set) var text = ""

    /// Opens `name` with its attributes; close it with ``close(_:)``.
    mutating func open(_ name: String, _ attributes: KeyValuePairs<String, String>) {
        start(name, attributes)
        text += ">"
    }

    mutating func close(_ name: String) { text += "</\(name)>" }

    /// Draws within a link, or without one where there is no address.
    mutating func linked(_ url: String?, _ label: String, _ draw: (inout SVG) -> Void) {
        guard let url else { return draw(&self) }
        open("a", ["href": url, "aria-label": label])
        draw(&self)
        close("a")
    }

    /// An element without text; `title` becomes its tooltip and its accessible name.
    mutating func element(_ name: String, _ attributes: KeyValuePairs<String, String>, title: String? = nil) {
        start(name, attributes)
        if let title {
            text += "><title>\(SVG.escaped(title))</title></\(name)>"
        } else {
            text += "/>"
        }
    }

    mutating func label(_ content: String, _ attributes: KeyValuePairs<String, String>) {
        start("text", attributes)
        text += ">\(SVG.escaped(content))</text>"
    }

    private mutating func start(_ name: String, _ attributes: KeyValuePairs<String, String>) {
        text += "<\(name)"
        for (key, value) in attributes { text += " \(key)=\"\(SVG.escaped(value))\"" }
    }

    static func escaped(_ text: String) -> String {
        var out = ""
        out.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "&": out += "&amp;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    /// A coordinate with at most two decimals.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        let hundredths = Int64((min(max(value, -1e9), 1e9) * 100).rounded())
        let magnitude = hundredths.magnitude
        var text = String(magnitude / 100)
        let fraction = magnitude % 100
        if fraction > 0 { text += fraction % 10 == 0 ? ".\(fraction / 10)" : fraction < 10 ? ".0\(fraction)" : ".\(fraction)" }
        return (hundredths < 0 ? "-" : "") + text
    }

    /// A share 0…1 of the width as per cent, so that charts stretch while their text keeps its size.
    static func percent(_ share: Double) -> String { number(share * 100) + "%" }

    /// Width of a text in ems, from above: full-width characters count one, others 0.62.
    static func widthEms(_ text: String) -> Double {
        text.unicodeScalars.reduce(0) { $0 + ($1.value >= 0x1100 ? 1 : 0.62) }
    }
}
