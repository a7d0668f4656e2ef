import Intake
import Model
import Testing

@Suite struct LinesTests {
    private func take(_ text: String, in world: IntakeWorld) async throws -> IntakeAnswer {
        try await world.intake.take(lines: Array(text.utf8), source: world.source)
    }

    @Test("A call a line; blank lines do not count, numbers do")
    func takes() async throws {
        try await withWorld { world in
            let answer = try await take("\(track(id: "1"))\n\n\r\n\(track(id: "2"))\r\n{}\n\(track(id: "3"))", in: world)
            #expect(answer.taken == 3 && answer.rejected.map(\.index) == [4])
            #expect(world.calls.map(\.messageID) == ["1", "2", "3"])
            #expect(world.calls.allSatisfy { $0.flags == .historical })
        }
    }

    @Test("A broken line is refused alone")
    func broken() async throws {
        try await withWorld { world in
            let answer = try await take("\(track(id: "1"))\n{\"type\":\n\(track(id: "2"))\nnonsense\n", in: world)
            #expect(answer.taken == 2)
            #expect(answer.rejected.map(\.index) == [1, 3] && answer.rejected.allSatisfy { $0.code.text == "malformed_json" })
        }
    }

    @Test(
        "Lines that are JSON only together are refused",
        arguments: [
            ("{\"a\":1", "\"b\":2}"), ("{\"a\":[1", "2]},{\"b\":1}"), ("[{}", "{}]"), ("{\"x\":\"a", "b\"}"),
        ])
    func together(first: String, second: String) async throws {
        try await withWorld { world in
            let answer = try await take("\(first)\n\(second)\n\(track(id: "ok"))", in: world)
            #expect(answer.taken == 1)
            #expect(answer.rejected.map(\.index) == [0, 1])
        }
    }

    @Test("What is forgiven in one line flags only that line")
    func flags() async throws {
        try await withWorld { world in
            let answer = try await take(
                "\(track(id: "1"))\n\(track(#""properties":{"x":NaN}"#, id: "2"))\n\(track(id: "3"))\n\(track(#""properties":{"y":1e999}"#, id: "4"))",
                in: world)
            #expect(answer.taken == 4)
            #expect(
                world.calls.map(\.flags) == [.historical, [.historical, .nonFinite], .historical, [.historical, .bigInteger]])
        }
    }

    @Test("An empty chunk holds nothing")
    func empty() async throws {
        try await withWorld { world async throws in
            #expect(try await take("", in: world) == IntakeAnswer())
            #expect(try await take("\n\n", in: world) == IntakeAnswer())
        }
    }

    @Test("A second import of the same lines is all duplicates")
    func again() async throws {
        try await withWorld { world async throws in
            let text = (0 ..< 500).map { track("\"timestamp\":\"2025-01-01T00:00:00Z\",\"properties\":{\"n\":\($0)}") }.joined(
                separator: "\n")
            #expect(try await take(text, in: world) == IntakeAnswer(taken: 500))
            #expect(try await take(text, in: world).duplicates == 500)
        }
    }
}
