import Model
import OrderedCollections
import Questions
import Testing

@testable import HTTPAPI

@Suite("Questions in the OpenAPI document")
struct QuestionSchemaTests {
    private let components = APISchema.components

    @Test("A question is one of the kinds that are built, each with its name")
    func kinds() {
        let wanted = Question.Kind.names.map { APISchema.reference(QuestionSchemas.name(of: $0)) }
        #expect(components["Question"]?["oneOf"]?.arrayValue == wanted)
        let mapping = components["Question"]?["discriminator"]?["mapping"]?.objectValue
        #expect(mapping.map { Array($0.keys) } == Question.Kind.names)
    }

    @Test("Every key of a kind is described, and no other may stand there", arguments: Question.Kind.names)
    func keys(kind: String) {
        let schema = components[QuestionSchemas.name(of: kind)]
        #expect(schema?["additionalProperties"] == false)
        let properties = schema?["properties"]?.objectValue ?? [:]
        #expect(Set(properties.keys) == Set(Question.Kind.keys(of: kind)))
        for key in Question.Kind.keys(of: kind) where key != "kind" {
            #expect(QuestionSchemas.member(key, of: kind) != nil, "\(kind)/\(key)")
        }
    }

    @Test("What is required is: without it a question is refused, and the example has it", arguments: Question.Kind.names)
    func required(kind: String) throws {
        let schema = components[QuestionSchemas.name(of: kind)]
        let example = try #require(schema?["example"]?.objectValue)
        let required = (schema?["required"]?.arrayValue ?? []).compactMap(\.stringValue)
        #expect(throws: Never.self) { try Question(json: .object(example)) }
        for key in example.keys where key != "kind" {
            var shorter = example
            shorter[key] = nil
            let outcome = Result { () throws(Problem) in try Question(json: .object(shorter)) }
            let isRefused = if case .failure = outcome { true } else { false }
            #expect(isRefused == required.contains(key), "\(kind) without \(key)")
        }
        #expect(Set(required).isSubset(of: example.keys))
    }
}
