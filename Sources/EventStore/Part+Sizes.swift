extension Part {
    /// Bytes by section and column, largest first, for people who look at sizes.
    package var sizesReport: String {
        var lines: [(String, Int)] = directory.sections.map { id, extent in
            (PartLayout.SectionID(rawValue: id).map { "\($0)" } ?? "section \(id)", extent.byteCount)
        }
        for (key, extent) in directory.columns {
            lines.append(("\(key.section):\(PropertyPath.dotted(key.path))", extent.byteCount))
        }
        lines.sort { $0.1 > $1.1 }
        return lines.map { "\($0.1 * 100 / max(1, rowCount)) hundredths of a byte a row  \($0.0)" }.joined(separator: "\n")
    }
}
