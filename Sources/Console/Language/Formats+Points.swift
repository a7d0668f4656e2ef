import Model

extension Formats {
    /// Points in their smallest parts as people read them: `1,234`, with two decimals `12.34`.
    func points(_ amount: Int64, scale: Int) -> String {
        let text = Formats.decimalText(amount, digits: scale)
        let halves = text.drop { $0 == "-" }.split(separator: ".", maxSplits: 1)
        let whole = Formats.grouped(halves.first.map(String.init) ?? "0")
        return (amount < 0 ? "−" : "") + whole + (halves.count == 2 ? "." + halves[1] : "")
    }

    /// The same with the sign of what comes.
    func change(_ amount: Int64, scale: Int) -> String { (amount > 0 ? "+" : "") + points(amount, scale: scale) }

    /// Plain decimal text, as a field holds it: `1234.50`.
    static func decimalText(_ amount: Int64, digits: Int) -> String {
        let magnitude = String(amount.magnitude)
        guard digits > 0 else { return (amount < 0 ? "-" : "") + magnitude }
        let padded = String(repeating: "0", count: max(0, digits + 1 - magnitude.count)) + magnitude
        return (amount < 0 ? "-" : "") + padded.dropLast(digits) + "." + padded.suffix(digits)
    }

    /// Reads what people type, `1,234.5`, in parts of which `digits` make one; nil for anything else, and for what cannot be counted.
    static func units(_ text: String, digits: Int) -> Int64? {
        let plain = text.filter { !$0.isWhitespace && $0 != "," && $0 != "\u{FF0C}" }
        let halves = plain.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let fraction = halves.count == 2 ? halves[1] : ""
        guard let whole = halves.first, !whole.isEmpty, fraction.utf8.count <= digits, halves.count == 1 || !fraction.isEmpty else {
            return nil
        }
        let all = whole + fraction + String(repeating: "0", count: digits - fraction.utf8.count)
        guard all.utf8.allSatisfy({ (0x30 ... 0x39).contains($0) }) else { return nil }
        return Int64(all)
    }
}
