import Runtime
import Testing

struct TerminalTests {
    @Test("Wide characters take two columns, combining marks none")
    func columns() {
        #expect("abc".terminalColumns == 3)
        #expect("山间茶舍".terminalColumns == 8)
        #expect("e\u{301}".terminalColumns == 1)
    }

    @Test("Text is padded and cut by columns, not characters")
    func padding() {
        #expect("茶".padded(to: 4) == "茶  ")
        #expect("茶".leftPadded(to: 4) == "  茶")
        #expect("山间茶舍".cut(to: 5) == "山间…")
        #expect("short".cut(to: 5) == "short")
    }

    @Test("Thousands stand apart", arguments: [(0, "0"), (999, "999"), (1_000, "1 000"), (-1_234_567, "-1 234 567")])
    func grouping(value: Int, text: String) {
        #expect(grouped(value) == text)
    }
}
