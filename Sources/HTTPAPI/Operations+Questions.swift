internal import Hummingbird
internal import Model
internal import OrderedCollections
internal import People
internal import Records
internal import Workspaces

extension APIOperation {
    static let queryOperations = [askQuestion, readOverview]

    private static let askQuestion = APIOperation(
        method: .post, path: "/api/v1/query", id: "ask", tag: "Questions",
        summary: "Answer one question of any kind. A refusal names the place by its JSON pointer.",
        access: .key(.read), parameters: [.why], body: APISchema.reference("Question"), answer: APISchema.reference("Answer"),
        problems: [404, 422]
    ) { call throws(Problem) in
        let now = call.directory.clock.now
        let (workspace, question) = (try await call.open(), try call.json())
        let answer = try await call.whileClientWaits { () async throws(Problem) in try await workspace.ask(question, now: now) }
        if let reading = Reading(answer: answer) { try await call.note(reading) }
        return .json(answer)
    }

    private static let readOverview = APIOperation(
        method: .get, path: "/api/v1/overview", id: "readOverview", tag: "Questions",
        summary: "Who uses and who pays: users only, customers only, both, neither, as of now or of any instant or day.",
        access: .key(.read),
        parameters: [.text("at", "An instant, or a date that means its first instant in the workspace's time zone.")],
        answer: APISchema.reference("Overview")
    ) { call throws(Problem) in
        let workspace = try await call.open()
        let at = try call.instant("at", workspace.calendar)
        return .json(try await workspace.look { view throws(Problem) in view.overview(at: at).json })
    }
}
