import HTTPTypes
import Model
import Testing
import Workspaces

@testable import Questions

@Suite("Questions that need more memory than there is") struct QuestionMemoryTests {
    private static let question = #"{"kind":"trend","series":[{"selector":{"any":true}}],"breakdown":[{"property":"session"}]}"#
    private static let rare = #"{"kind":"trend","series":[{"selector":{"event":"Rare"}}],"breakdown":[{"property":"session"}]}"#

    /// A server with many different values of a property.
    private func run(
        _ memory: QuestionMemory, _ body: @escaping @Sendable (APIFixtures) async throws -> Void
    ) async throws {
        var options = WorkspaceDirectory.Options()
        options.questionMemory = memory
        try await APIFixtures.run(options: options) { fixtures in
            for batch in 0 ..< 4 {
                let calls = (0 ..< 1_000).map { index in
                    #"{"type":"track","event":"A","userId":"u\#(index)","properties":{"session":"a session of \#(batch) and \#(index)"}}"#
                }
                try await fixtures.collect(calls.joined(separator: ","))
            }
            try await fixtures.collect(#"{"type":"track","event":"Rare","userId":"u1","properties":{"session":"s"}}"#)
            try await body(fixtures)
        }
    }

    @Test("A question over its limit is 422 memory_limit; what needs less is answered")
    func limit() async throws {
        let memory = QuestionMemory(questionBytes: 1 << 20, totalBytes: 8 << 20)
        try await run(memory) { fixtures in
            let reply = try await fixtures.send(.post, "/api/v1/query", QuestionMemoryTests.question)
            #expect(reply.status == 422 && reply.code == "memory_limit")
            #expect(reply.headers[.contentType]?.hasPrefix("application/problem+json") == true && reply.headers[.retryAfter] == nil)
            #expect(reply["message"]?.stringValue?.contains("more than 1 MiB of memory") == true, "\(reply.text)")
            #expect(try await fixtures.send(.post, "/api/v1/query", QuestionMemoryTests.rare).status == 200)
            #expect(memory.takenBytes == 0)
        }
        try await run(QuestionMemory()) { fixtures in
            let reply = try await fixtures.send(.post, "/api/v1/query", QuestionMemoryTests.question)
            #expect(reply.status == 200)
        }
    }

    @Test("A question that finds the memory used up is 503 overloaded with Retry-After, and is answered afterwards")
    func usedUp() async throws {
        let memory = QuestionMemory(questionBytes: 8 << 20, totalBytes: 8 << 20, freeBytes: 1 << 20)
        try await run(memory) { fixtures in
            let other = QuestionWatch(memory: memory)
            try other.hold(8 << 20)
            let reply = try await fixtures.send(.post, "/api/v1/query", QuestionMemoryTests.question)
            #expect(reply.status == 503 && reply.code == "overloaded" && reply.headers[.retryAfter] == "2")
            #expect(try await fixtures.send(.post, "/api/v1/query", QuestionMemoryTests.rare).status == 200)
            other.giveBack(to: 0)
            #expect(try await fixtures.send(.post, "/api/v1/query", QuestionMemoryTests.question).status == 200)
            #expect(memory.takenBytes == 0)
        }
    }
}
