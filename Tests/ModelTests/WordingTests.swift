import Model
import Testing

struct WordingTests {
    @Test("Values stand apart from the words, in their order")
    func values() {
        let wording: Wording = "A funnel has \(2) to \("20") steps, not \(Substring("3"))."
        #expect(wording.pattern == "A funnel has {1} to {2} steps, not {3}.")
        #expect(wording.values == [.text("2"), .text("20"), .text("3")])
        #expect(wording.description == "A funnel has 2 to 20 steps, not 3.")
        let plain: Wording = "No values."
        #expect(plain.pattern == "No values." && plain.values.isEmpty && plain.description == "No values.")
    }

    @Test("A wording within another stays one")
    func nesting() {
        let what: Wording = "A list of \(2) steps"
        let found: Wording = "the text \"\("x")\""
        let whole: Wording = "\(what) was expected, not \(found)."
        #expect(whole.pattern == "{1} was expected, not {2}.")
        #expect(whole.values == [.wording(what), .wording(found)])
        #expect(whole.description == "A list of 2 steps was expected, not the text \"x\".")
    }

    @Test("Braces that are no places stay as they are, in words and in values")
    func braces() {
        let wording: Wording = "{\"sum\": \("{2}")} is {} or {9} or {x}, not \("{1}"); }{"
        #expect(wording.description == #"{"sum": {2}} is {} or {9} or {x}, not {1}; }{"#)
    }

    @Test("Another language names the places in its own order, and more than once")
    func order() {
        let wording: Wording = "\("a") before \("b")"
        let text = wording.filled("在{2}之前，{2}：{1}") { value in
            guard case .text(let text) = value else { return "" }
            return "“\(text)”"
        }
        #expect(text == "在“b”之前，“b”：“a”")
    }

    @Test("A problem says its wording in English, after its place")
    func problem() {
        let problem = Problem(.badRequest, "There are \(3) of them.", place: "/x")
        #expect(problem.message == "There are 3 of them." && problem.description == "/x: There are 3 of them.")
        #expect(problem.wording.pattern == "There are {1} of them.")
    }
}
