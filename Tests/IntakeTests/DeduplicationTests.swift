import Intake
import Model
import Testing

@Suite struct DeduplicationTests {
    @Test("A repeat is a duplicate whatever the order of its keys, its blanks, and when it was sent")
    func repeats() async throws {
        try await withWorld { world async throws in
            let first =
                #"{"event":"e","userId":"u","messageId":"m","properties":{"a":1,"b":{"c":[1,2],"d":"x"}},"sentAt":"2026-03-10T09:00:00Z"}"#
            let again =
                #"{ "properties": {"b":{"d":"\u0078","c":[1, 2]},"a":1}, "messageId":"m", "userId":"u", "event":"e", "writeKey":"k" }"#
            let item =
                #"{"type":"track","event":"e","userId":"u","messageId":"m","properties":{"a":1,"b":{"c":[1,2],"d":"x"}},"receivedAt":"2026-01-01T00:00:00Z"}"#
            #expect(try await world.take(first) == IntakeAnswer(taken: 1))
            world.clock.advance(seconds: 60)
            #expect(try await world.take(again).duplicates == 1)
            #expect(try await world.batch(item).duplicates == 1)
            #expect(
                try await world.take("{\"batch\":[\(item)],\"context\":{\"a\":1},\"sentAt\":\"2026-03-10T09:30:00Z\"}", .batch)
                    .duplicates == 1)
            #expect(world.calls.count == 1)
        }
    }

    @Test(
        "A repeat with another payload is refused, and the first stays",
        arguments: [
            #"{"event":"e","userId":"u","messageId":"m","properties":{"a":2}}"#,
            #"{"event":"f","userId":"u","messageId":"m","properties":{"a":1}}"#,
            #"{"event":"e","userId":"u","messageId":"m","properties":{"a":1.0}}"#,
            #"{"event":"e","userId":"u","messageId":"m","properties":{"a":"1"}}"#,
            #"{"event":"e","userId":"u","messageId":"m","properties":{"a":1},"context":{}}"#,
            #"{"event":"e","userId":"u","messageId":"m"}"#,
            #"{"event":"e","userId":"u","messageId":"m","properties":{"a":[1]}}"#,
            #"{"event":"e","userId":"u","messageId":"m","properties":{"a":1,"b":null}}"#,
        ])
    func conflicts(other: String) async throws {
        try await withWorld { world in
            try await world.take(#"{"event":"e","userId":"u","messageId":"m","properties":{"a":1}}"#)
            let answer = try await world.take(other)
            #expect(answer.accepted == 0 && answer.rejected.map(\.code.text) == ["message_id_conflict"])
            #expect(answer.rejected.first?.messageID == "m" && answer.rejected.first?.pointer == "/messageId")
            #expect(world.calls.count == 1 && world.calls.first?.properties == ["a": 1])
            #expect(world.sink.all.map(\.code.text) == ["message_id_conflict"])
        }
    }

    @Test(
        "An id that is null is an absent id, and a numeric id is its text: a repeat that differs only so is a duplicate",
        arguments: [
            (#""userId":"u""#, #""userId":"u","anonymousId":null"#),
            (#""userId":"u""#, #""userId":"u","groupId":null,"previousId":null"#),
            (#""anonymousId":"a","userId":null"#, #""anonymousId":"a""#), (#""userId":12"#, #""userId":"12""#),
            (#""userId":"12""#, #""userId":12.0"#), (#""userId":"9007199254740993""#, #""userId":9007199254740993"#),
            (#""userId":123456789012345678901234567890"#, #""userId":"123456789012345678901234567890""#),
        ])
    func normalisedIDs(first: String, again: String) async throws {
        try await withWorld { world in
            for identified in [true, false] {
                let rest = identified ? #","messageId":"m""# : #","timestamp":"2026-03-01T00:00:00Z""#
                #expect(try await world.take("{\"event\":\"e\",\(first)\(rest)}") == IntakeAnswer(taken: 1))
                let repeated = try await world.take("{\"event\":\"e\",\(again)\(rest)}")
                #expect(repeated.duplicates == 1 && repeated.rejected.isEmpty)
            }
            #expect(world.calls.count == 2)
        }
    }

    @Test("Swapped values and moved members are another payload")
    func hashSeesPlaces() async throws {
        try await withWorld { world in
            try await world.take(#"{"event":"e","userId":"u","messageId":"m","properties":{"a":1,"b":2,"l":[1,2]}}"#)
            for other in [#"{"a":2,"b":1,"l":[1,2]}"#, #"{"a":1,"b":2,"l":[2,1]}"#, #"{"a":1,"l":[1,2]}"#] {
                #expect(
                    try await world.take(#"{"event":"e","userId":"u","messageId":"m","properties":\#(other)}"#).rejected.count == 1)
            }
            // userId and anonymousId swapped
            #expect(
                try await world.take(#"{"event":"e","anonymousId":"u","messageId":"m","properties":{"a":1,"b":2,"l":[1,2]}}"#)
                    .rejected.count == 1)
        }
    }

    @Test("In one batch the second of the same id is settled like one that comes later")
    func withinBatch() async throws {
        try await withWorld { world in
            let answer = try await world.batch(
                track(id: "m"), track(id: "m"), track(#""properties":{"try":2}"#, id: "m"), #"{"type":"track","event":"e"}"#)
            #expect(answer.taken == 1 && answer.duplicates == 1)
            #expect(answer.rejected.map(\.index) == [2, 3])
            #expect(answer.rejected.map(\.code.text) == ["message_id_conflict", "missing_identity"])
        }
    }

    @Test("A call without messageId but with a time of its own is counted once, one without a time each time")
    func madeIDs() async throws {
        try await withWorld { world async throws in
            let timed = track(#""timestamp":"2026-03-01T00:00:00Z""#)
            #expect(try await world.take(timed).taken == 1)
            #expect(try await world.take(timed).duplicates == 1)
            #expect(try await world.take(track(#""timestamp":"2026-03-01T00:00:01Z""#)).taken == 1)
            #expect(try await world.take(track()).taken == 1)
            #expect(try await world.take(track()).taken == 1)
            #expect(try await world.take(track(#""messageId":null"#)).taken == 1)
            #expect(Set(world.calls.map(\.messageID)).count == 5)
        }
    }

    @Test("The same messageId from 50 connections at once is taken once")
    func concurrent() async throws {
        try await withWorld { world in
            let answers = try await withThrowingTaskGroup(of: IntakeAnswer.self) { group in
                for _ in 0 ..< 50 { group.addTask { try await world.take(track(id: "same")) } }
                var answers: [IntakeAnswer] = []
                for try await answer in group { answers.append(answer) }
                return answers
            }
            #expect(answers.reduce(0) { $0 + $1.taken } == 1)
            #expect(answers.reduce(0) { $0 + $1.duplicates } == 49)
            #expect(world.calls.count == 1)
        }
    }
}
