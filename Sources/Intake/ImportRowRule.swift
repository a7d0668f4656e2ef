/// A rule of a mapping over the rows of a table.
struct ImportRowRule {
    let index: Int
    private let values: [[UInt8]]

    /// - Parameter index: the rule's column.
    init(_ rule: ImportMapping.Rule, index: Int) {
        self.index = index
        values = rule.values.map { Array($0.utf8.map(ImportRowRule.lowercased)) }
    }

    /// Whether a field is one of the rule's values; capitals do not matter.
    func holds(_ field: ArraySlice<UInt8>) -> Bool {
        values.contains { value in
            value.count == field.count && zip(value, field).allSatisfy { $0 == ImportRowRule.lowercased($1) }
        }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }
}

/// Currencies as files write them.
enum ImportCurrency {
    /// Three letters, as ISO 4217 has them.
    static func isCode(_ text: some Collection<UInt8>) -> Bool {
        text.count == 3 && text.allSatisfy { $0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z") }
    }
}
