import Intake
import Model
import Testing

@Suite struct CallClockTests {
    private func stamped(
        _ members: String, batch: String = "", _ options: CollectOptions = CollectOptions(), code: String? = nil
    ) async throws -> Call? {
        var call: Call?
        try await withWorld { world in
            let answer = try await world.take("{\"batch\":[\(track(members))]\(batch)}", .batch, options)
            #expect(answer.rejected.first?.code.text == code)
            call = world.calls.first
        }
        return call
    }

    @Test("Without times a call happened when it was received")
    func noTimes() async throws {
        let call = try #require(try await stamped(""))
        #expect(call.timestamp.rfc3339 == IntakeWorld.now && call.originalTimestamp == nil && call.sentAt == nil)
    }

    @Test(
        "A sender's wrong clock is corrected by sentAt",
        arguments: [
            // sent at the server's now: nothing to correct
            (#""timestamp":"2026-03-10T08:00:00Z""#, #","sentAt":"2026-03-10T09:00:00Z""#, "2026-03-10T08:00:00Z"),
            // a clock an hour ahead
            (#""timestamp":"2026-03-10T09:30:00Z""#, #","sentAt":"2026-03-10T10:00:00Z""#, "2026-03-10T08:30:00Z"),
            // a clock a day behind
            (#""timestamp":"2026-03-09T08:00:00Z""#, #","sentAt":"2026-03-09T09:00:00Z""#, "2026-03-10T08:00:00Z"),
            // within a second: left alone
            (#""timestamp":"2026-03-10T08:00:00Z""#, #","sentAt":"2026-03-10T08:59:59Z""#, "2026-03-10T08:00:00Z"),
            // the call's own sentAt goes before the batch's
            (
                #""timestamp":"2026-03-10T08:00:00Z","sentAt":"2026-03-10T09:00:00Z""#, #","sentAt":"2026-03-10T10:00:00Z""#,
                "2026-03-10T08:00:00Z"
            ),
            // originalTimestamp is what the sender's clock showed
            (#""originalTimestamp":"2026-03-10T09:30:00Z""#, #","sentAt":"2026-03-10T10:00:00Z""#, "2026-03-10T08:30:00Z"),
            // no sentAt: the given time
            (#""timestamp":"2026-03-01T08:00:00Z""#, "", "2026-03-01T08:00:00Z"),
            // an unreadable sentAt is none
            (#""timestamp":"2026-03-01T08:00:00Z""#, #","sentAt":"soon""#, "2026-03-01T08:00:00Z"),
        ])
    func skew(members: String, batch: String, expected: String) async throws {
        let call = try #require(try await stamped(members, batch: batch))
        #expect(call.timestamp.rfc3339 == expected)
        #expect(!call.flags.contains(.clock))
    }

    @Test("The raw times are kept beside the corrected one")
    func keepsRaw() async throws {
        let call = try #require(
            try await stamped(#""timestamp":"2026-03-10T09:30:00+08:00""#, batch: #","sentAt":"2026-03-10T10:00:00+08:00""#))
        #expect(call.originalTimestamp?.rfc3339 == "2026-03-10T01:30:00Z" && call.sentAt?.rfc3339 == "2026-03-10T02:00:00Z")
        #expect(call.timestamp.rfc3339 == "2026-03-10T08:30:00Z")
    }

    @Test(
        "Impossible times become the instant of receipt, flagged",
        arguments: [
            "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1970-12-31T23:59:59.999Z", "2026-03-11T09:00:00.001Z",
        ])
    func clamps(text: String) async throws {
        let call = try #require(try await stamped("\"timestamp\":\"\(text)\""))
        #expect(call.timestamp.rfc3339 == IntakeWorld.now && call.flags == .clock)
        #expect(call.originalTimestamp == Instant(rfc3339: text))
    }

    @Test("Possible times are kept", arguments: ["1971-01-01T00:00:00Z", "2026-03-11T09:00:00Z", "2025-01-25T12:00:00Z"])
    func keeps(text: String) async throws {
        let call = try #require(try await stamped("\"timestamp\":\"\(text)\""))
        #expect(call.timestamp.rfc3339 == text && call.flags.isEmpty)
    }

    @Test(
        "Times are read as real clients write them",
        arguments: [
            (#""2026-03-01T12:00:00.123456+00:00""#, "2026-03-01T12:00:00.123456Z"),
            (#""2026-03-01T20:00:00.000+08:00""#, "2026-03-01T12:00:00Z"),
            (#""2026-03-01T08:30:00-03:30""#, "2026-03-01T12:00:00Z"), (#""2026-03-01T12:00:00""#, "2026-03-01T12:00:00Z"),
            (#""2026-03-01 12:00:00""#, "2026-03-01T12:00:00Z"), (#""2026-03-01""#, "2026-03-01T00:00:00Z"),
            ("1772366400000", "2026-03-01T12:00:00Z"), ("1772366400", "2026-03-01T12:00:00Z"),
            ("1772366400.5", "2026-03-01T12:00:00.500Z"),
            (#""1772366400000""#, "2026-03-01T12:00:00Z"), ("1772366400000000", "2026-03-01T12:00:00Z"),
        ])
    func mercies(text: String, expected: String) async throws {
        let call = try #require(try await stamped("\"timestamp\":\(text)"))
        #expect(call.timestamp.rfc3339 == expected)
    }

    @Test("History keeps the past, is not corrected, and brings its own instant of receipt")
    func history() async throws {
        let options = CollectOptions(isHistorical: true)
        let call = try #require(
            try await stamped(
                #""timestamp":"1969-07-20T20:17:40Z","receivedAt":"2025-01-01T00:00:00Z""#,
                batch: #","sentAt":"2020-01-01T00:00:00Z""#,
                options))
        #expect(call.timestamp.rfc3339 == "1969-07-20T20:17:40Z" && call.receivedAt.rfc3339 == "2025-01-01T00:00:00Z")
        #expect(call.flags == .historical)
        let late = try #require(
            try await stamped(#""timestamp":"2025-01-02T00:00:01Z","receivedAt":"2025-01-01T00:00:00Z""#, batch: "", options))
        #expect(late.timestamp.rfc3339 == "2025-01-01T00:00:00Z" && late.flags == [.historical, .clock])
        let plain = try #require(try await stamped("", batch: "", options))
        #expect(plain.timestamp.rfc3339 == IntakeWorld.now && plain.receivedAt.rfc3339 == IntakeWorld.now)
    }

    @Test(
        "Nothing was received later than now: such an instant of receipt is now, flagged",
        arguments: ["2026-03-10T09:00:00.000001Z", "2026-03-10T20:00:00Z", "2026-03-11T09:00:00Z", "2031-01-01T00:00:00Z"])
    func futureReceipt(text: String) async throws {
        let options = CollectOptions(isHistorical: true)
        let members = "\"timestamp\":\"2026-03-01T00:00:00Z\",\"receivedAt\":\"\(text)\""
        let call = try #require(try await stamped(members, batch: "", options))
        #expect(call.receivedAt.rfc3339 == IntakeWorld.now && call.flags == [.historical, .clock])
        #expect(call.timestamp.rfc3339 == "2026-03-01T00:00:00Z")
        let present = try #require(try await stamped("\"receivedAt\":\"\(IntakeWorld.now)\"", batch: "", options))
        #expect(present.flags == .historical)
    }

    @Test("Without history=1 a given receivedAt is ignored")
    func ignoresReceipt() async throws {
        let call = try #require(try await stamped(#""receivedAt":"2025-01-01T00:00:00Z""#))
        #expect(call.receivedAt.rfc3339 == IntakeWorld.now)
    }
}
