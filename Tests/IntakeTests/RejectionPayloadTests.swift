import Intake
import Model
import Testing

@Suite struct RejectionPayloadTests {
    private static let key = "wk_7f3k9q2m8x4v6b1n5c0z2d7g9h3j6k8p"

    @Test(
        "What is kept of a refused call holds no key, and everything else as it was sent",
        arguments: [
            #"{"event":"e","note":"kept","writeKey":"KEY"}"#,
            #"{"event":"e","note":"kept","properties":{"a":[{"writeKey":"KEY"}]}}"#,
            #"{"event":"e","note":"kept","writ\u0065Key" : "KEY"}"#, #"{"event":"e","note":"kept","write_key":"KEY"}"#,
            #"{"event":"e","note":"kept","properties":{"url":"https://x.example/?writeKey=KEY&a=1"}}"#,
            #"{"event":"e","note":"kept","context":{"headers":{"Authorization":"Basic d2tfN2YzazlxMm04eDR2NmIxbjVjMHo6"}},"a":"KEY"}"#,
            #"{"event":"e","note":"kept","properties":{"h":"Bearer KEY"}}"#,
            #"{"event":"e","note":"kept","context":{"headers":{"authorization":"KEY"}}}"#,
        ])
    func calls(body: String) async throws {
        try await withWorld { world in
            let sent = body.replacing("KEY", with: RejectionPayloadTests.key)
            #expect(await world.refusal(sent) == "missing_identity")
            let payload = String(decoding: try #require(world.sink.all.first?.payload), as: UTF8.self)
            #expect(!payload.contains("7f3k9q2m"), "\(payload)")
            #expect(!payload.contains("d2tfN2Yz"), "\(payload)")
            #expect(payload.contains(#""note":"kept""#) && payload.contains(#""event":"e""#), "\(payload)")
        }
    }

    @Test(
        "Nor does a body that was refused whole, be it malformed or cut off in the middle of the key",
        arguments: [
            #"{"writeKey":"KEY","event":"e" "userId":1}"#, #"{"event":"e","writeKey":"KEY"#, "{'event':'e','writeKey':'KEY'}",
            #"{"event":"e","writeKey":"KEY","batch":"none"}"#,
        ])
    func bodies(body: String) async throws {
        try await withWorld { world in
            let sent = body.replacing("KEY", with: RejectionPayloadTests.key)
            await #expect(throws: Problem.self) { try await world.take(sent, .batch) }
            let payload = String(decoding: try #require(world.sink.all.first?.payload), as: UTF8.self)
            #expect(!payload.contains("7f3k9q2m"), "\(payload)")
            #expect(payload.contains("event") && payload.contains("writeKey"), "\(payload)")
        }
    }

    @Test("A key that is no text is not shown either; a payload without secrets is kept to the byte")
    func others() async throws {
        try await withWorld { world in
            _ = await world.refusal(#"{"event":"e","writeKey":123456789}"#)
            let plain = #"{ "event" : "e\u00e9\"" , "properties":{"writer":"x","wk":"wk_short","author":"Li"}}"#
            _ = await world.refusal(plain)
            let payloads = world.sink.all.map { String(decoding: $0.payload ?? [], as: UTF8.self) }
            #expect(payloads.first?.contains("123456789") == false)
            #expect(payloads.last == plain)
        }
    }

    @Test("Refusals beyond the payloads are counted by reason and place, and only some reasons apart")
    func counted() async throws {
        try await withWorld { world in
            let bad = (0 ..< 300).map { #"{"type":"brew\#($0 % 2)","userId":"u"}"# }.joined(separator: ",")
            try await world.take("{\"batch\":[\(bad)]}", .batch)
            let counted = world.sink.all.filter { $0.payload == nil }
            #expect(Set(counted.map(\.reason)).count == 2)
            #expect(counted.reduce(0) { $0 + $1.count } == 200)
            let many = (0 ..< 1_000).map { #"{"type":"brew\#($0)","userId":"u"}"# }.joined(separator: ",")
            try await world.take("{\"batch\":[\(many)]}", .batch)
            let kept = world.sink.all
            #expect(kept.reduce(0) { $0 + $1.count } == 1_300)
            #expect(kept.count < 150)
        }
    }

    @Test("Of a code that comes after a flood of large payloads an example is kept all the same")
    func floodOfBytes() async throws {
        try await withWorld { world in
            let large = String(repeating: "x", count: 30_000)
            for index in 0 ..< 40 {
                _ = await world.refusal("{\"event\":\"e\",\"properties\":{\"x\":\"\(index)\(large)\"}}")
            }
            #expect(world.sink.all.filter { $0.payload != nil }.count < 20)
            _ = await world.refusal(#"{"userId":"u","note":"an example"}"#)
            #expect(world.sink.all.last?.code.text == "missing_event")
            #expect(world.sink.all.last?.payload?.isEmpty == false)
        }
    }
}
