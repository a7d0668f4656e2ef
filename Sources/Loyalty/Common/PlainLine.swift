extension String {
    /// Whether it has no line breaks or other control characters: what is chained and exported by lines takes nothing else.
    package var isPlainLine: Bool { !utf8.contains { $0 < 0x20 || $0 == 0x7F } }
}
