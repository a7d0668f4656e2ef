import Intake
import Model
import Questions
import Workspaces

/// How an answer is printed.
public enum AnswerFormat: String, Sendable, CaseIterable {
    case table, json, csv
}

/// Asks one question of a server or of a data folder.
public struct QuestionAsker: Sendable {
    private let target: Target

    public init(target: Target) { self.target = target }

    /// A question of each kind as JSON in lines that fit a help text.
    public static let examples = QuestionExamples.all.map(HelpLines.text)

    /// The answer to the question in `file` (`-` for standard input), as text that ends with a newline.
    public func answer(file: String, format: AnswerFormat) async throws -> String {
        let question = try FileText.json(file)
        let answer: JSONValue
        switch target {
        case .server(let client, _):
            answer = try await client.post("/api/v1/query", question)
        case .folder(let path, let name):
            answer = try await WorkspaceDirectory.using(path) { directory in
                try await directory.choose(name).ask(question)
            }
        }
        return switch format {
        case .json: answer.prettyText + "\n"
        case .table:
            (AnswerTable(answer).text + AnswerCurves(answer).text + QuestionAsker.hints(answer)).printable(keepsLines: true)
        case .csv: AnswerTable(answer).csv
        }
    }

    /// What to know of names that nothing carries, a line each.
    private static func hints(_ answer: JSONValue) -> String {
        (answer["hints"]?.arrayValue ?? []).compactMap(NameHint.init).map { "\($0.message)\n" }.joined()
    }
}
