extension String {
    /// This text without what would move a terminal's cursor, colour it or turn its direction: a mark stands for each such character.
    ///
    /// - Parameter keepsLines: Line feeds stay.
    package func printable(keepsLines: Bool = false) -> String {
        var out = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            let isHidden: Bool
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: isHidden = !(keepsLines && scalar == "\n")
            case .format: isHidden = !String.joiners.contains(scalar.value)
            default: isHidden = false
            }
            out.append(isHidden ? "\u{FFFD}" : scalar)
        }
        return String(out)
    }

    /// Zero-width joiners, which emoji and several scripts are written with.
    private static let joiners: Set<UInt32> = [0x200C, 0x200D]
}
