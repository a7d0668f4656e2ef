import Columns
import Intake
import Model
import TestSupport
import Testing

/// Bodies that real SDKs sent, captured.
@Suite(.enabled(if: SharedFiles.areHere)) struct CapturedTests {
    private func requests(_ name: String) throws -> [JSONValue] {
        // The files hold bare NaN, as the SDKs sent it.
        let file = try SharedFiles.bytes("clients/captured/\(name).json").withUnsafeBytes { bytes in
            try JSONReader().withDocument(bytes, mercies: .collect) { document throws(Problem) in document.root.value() }
        }
        return (file["requests"]?.arrayValue ?? []).filter { $0["path"]?.stringValue?.hasPrefix("/v1/batch") == true }
    }

    @Test("Every captured batch is taken as its SDK means it", arguments: [("segment", 250), ("rudder", 40)])
    func replays(name: String, callsAtLeast: Int) async throws {
        try await withWorld { world in
            var sent = 0
            var answers = IntakeAnswer()
            for request in try requests(name) {
                guard let body = request["json"], let batch = body["batch"]?.arrayValue else { continue }
                sent += batch.count
                // Received when it was sent: the sender's clock is right.
                let sentAt = try #require(body["sentAt"]?.stringValue.flatMap { Instant(rfc3339: $0) })
                let answer = try await world.take(bytes: body.utf8, .batch, CollectOptions(receivedAt: sentAt))
                answers.taken += answer.taken
                answers.duplicates += answer.duplicates
                answers.rejected += answer.rejected
            }
            #expect(sent > callsAtLeast)
            #expect(answers.accepted + answers.rejected.count == sent)
            #expect(answers.rejected.allSatisfy { $0.code.text == "message_id_conflict" && $0.messageID == "dup-message-0001" })
            let calls = world.calls
            #expect(calls.filter { $0.messageID == "dup-message-0001" }.count == 1)
            #expect(calls.filter { $0.event == "LateEvent" }.allSatisfy { $0.timestamp.rfc3339.hasPrefix("2025-01-25T12:00") })
            let huge = try #require(calls.first { $0.event == "HugeInts" })
            #expect(
                huge.properties["i64max"] == .int(.max)
                    && huge.properties["beyond_u64"] == .bigNumber("123456789012345678901234567890"))
            #expect(huge.flags.contains(.bigInteger))
            let identify = try #require(calls.first { $0.type == .identify && $0.anonymousID == "anon-aaaa" })
            #expect(identify.traits["email"] == "ada@example.com" && identify.traits["address"]?["city"] == "上海")
            let nested = try #require(calls.first { $0.event == "Nested" })
            #expect(nested.properties["cart"]?["items"]?.arrayValue?.count == 2 && nested.properties["empty"] == [:])
        }
    }
}
