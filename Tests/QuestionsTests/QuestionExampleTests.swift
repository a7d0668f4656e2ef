import Model
import Questions
import Testing

@Suite("Examples of questions") struct QuestionExampleTests {
    @Test("There is one example of each kind, in their order")
    func onePerKind() {
        #expect(QuestionExamples.all.map { $0["kind"]?.stringValue ?? "" } == Question.Kind.names)
    }

    @Test("Each example is a question", arguments: QuestionExamples.all)
    func valid(json: JSONValue) throws {
        let question = try Question(json: json)
        #expect(QuestionExamples.example(of: question.kind.name) == json)
    }
}
