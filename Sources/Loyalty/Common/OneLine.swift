extension String {
    /// Whether it has no line breaks or other control characters: what is chained and exported by lines takes nothing else.
    package var isOneLine: Bool { !unicodeScalars.contains { $0.value < 0x20 || (0x7F ... 0x9F).contains($0.value) } }
}
