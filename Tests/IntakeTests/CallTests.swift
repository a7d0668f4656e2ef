import EventStore
import Intake
import Model
import Records
import Testing

@Suite struct CallTests {
    @Test("A track call is kept as it was sent")
    func keepsTrack() async throws {
        try await withWorld { world in
            let answer = try await world.take(
                #"{"userId":"u-1","anonymousId":"a-1","messageId":"m-1","event":"Order Completed","timestamp":"2026-03-10T08:59:00+08:00","properties":{"total":25.5,"n":3,"ok":true,"none":null,"cart":{"items":[{"sku":"A"}],"empty":{}},"list":[]},"context":{"locale":"zh-CN","ip":"203.0.113.7"},"integrations":{"All":false}}"#
            )
            #expect(answer == IntakeAnswer(taken: 1))
            #expect(answer.json().text == #"{"success":true}"#)
            let call = try #require(world.calls.first)
            #expect(call.type == .track && call.event == "Order Completed" && call.messageID == "m-1")
            #expect(call.userID == "u-1" && call.anonymousID == "a-1" && call.source.text == "src_test")
            #expect(call.timestamp.rfc3339 == "2026-03-10T00:59:00Z" && call.originalTimestamp == call.timestamp)
            #expect(call.receivedAt.rfc3339 == IntakeWorld.now)
            #expect(
                call.properties.canonical
                    == [
                        "cart": ["empty": [:], "items": [["sku": "A"]]], "list": [], "n": 3, "none": nil, "ok": true, "total": 25.5,
                    ])
            #expect(call.context == ["locale": "zh-CN"], "the address is not kept unless the source says so")
            #expect(call.integrations == ["All": false])
            #expect(call.flags.isEmpty)
        }
    }

    @Test("Pages and screens are events of that name; identify, group and alias are no events")
    func keepsTypes() async throws {
        try await withWorld { world in
            let answer = try await world.batch(
                #"{"type":"page","userId":"u","name":"Home","category":"商品","properties":{"url":"/"}}"#,
                #"{"type":"screen","anonymousId":"a"}"#, #"{"type":"identify","userId":"u","traits":{"name":"Ada"}}"#,
                #"{"type":"group","userId":"u","groupId":"g","traits":{"size":3}}"#,
                #"{"type":"alias","userId":"u","previousId":"a"}"#)
            #expect(answer == IntakeAnswer(taken: 5))
            let calls = world.calls
            #expect(calls.map(\.event) == ["page", "screen", nil, nil, nil])
            #expect(calls[0].name == "Home" && calls[0].category == "商品")
            #expect(calls[2].traits == ["name": "Ada"] && calls[3].groupID == "g" && calls[3].traits == ["size": 3])
            #expect(calls[4].previousID == "a")
        }
    }

    @Test("Traits of identify come from traits, then from context.traits")
    func mergesTraits() async throws {
        try await withWorld { world in
            try await world.take(
                #"{"userId":"u","traits":{"plan":"gold"},"context":{"traits":{"plan":"old","email":"Ada@Example.com"},"os":{"name":"x"}}}"#,
                .single(.identify))
            let call = try #require(world.calls.first)
            #expect(call.traits.canonical == ["email": "Ada@Example.com", "plan": "gold"])
            #expect(call.context == ["os": ["name": "x"]])
        }
    }

    @Test("Traits in a batch's outer context are those of its identify calls, under the calls' own")
    func outerTraits() async throws {
        try await withWorld { world in
            let items = [
                #"{"type":"identify","userId":"a","traits":{"name":"own"}}"#,
                #"{"type":"identify","userId":"b","context":{"traits":{"plan":"own"}}}"#, track(),
            ]
            let context = #"{"traits":{"name":"outer","plan":"tea","email":"o@example.com"},"locale":"zh"}"#
            try await world.take("{\"batch\":[\(items.joined(separator: ","))],\"context\":\(context)}", .batch)
            let calls = world.calls
            #expect(calls[0].traits.canonical == ["email": "o@example.com", "name": "own", "plan": "tea"])
            #expect(calls[0].context == ["locale": "zh"])
            let email = Identity(type: .email, value: "o@example.com")
            #expect(world.store.snapshot().identities.ordinal(of: email) != nil)
            #expect(calls[1].traits == ["plan": "own"] && calls[1].context == ["locale": "zh"])
            #expect(calls[2].traits == [:] && calls[2].context["traits"]?["name"] == "outer")
        }
    }

    @Test("context.traits of a track call stay in its context")
    func leavesTraitsOfTrack() async throws {
        try await withWorld { world in
            try await world.take(track(#""context":{"traits":{"email":"a@b.c"}}"#))
            #expect(world.calls.first?.context == ["traits": ["email": "a@b.c"]])
            #expect(world.calls.first?.traits == [:])
        }
    }

    @Test("Null ids are absent, numeric ids are their text")
    func readsIDs() async throws {
        try await withWorld { world in
            try await world.batch(
                #"{"type":"track","event":"e","userId":null,"anonymousId":12345}"#,
                #"{"type":"track","event":"e","userId":123456789012345678901234567890,"messageId":7}"#,
                #"{"type":"track","event":"e","userId":42.0}"#)
            let calls = world.calls
            #expect(calls.map(\.userID) == [nil, "123456789012345678901234567890", "42"])
            #expect(calls[0].anonymousID == "12345" && calls[1].messageID == "7")
            #expect(calls[1].flags.contains(.bigInteger))
        }
    }

    @Test("Identities that identify nobody are ignored, and the event is kept")
    func ignoresBlocked() async throws {
        try await withWorld { world in
            try await world.batch(
                #"{"type":"track","event":"e","userId":"null","anonymousId":"a"}"#, #"{"type":"track","event":"e","userId":""}"#)
            #expect(world.calls.count == 2)
            #expect(world.calls.allSatisfy { $0.flags.contains(.blockedIdentity) })
        }
    }

    @Test("Outer context and integrations lie under the call's own; the batch's sentAt holds for its calls")
    func mergesEnvelope() async throws {
        try await withWorld { world in
            try await world.take(
                #"{"batch":[{"type":"track","event":"e","userId":"u","context":{"app":{"v":2}}},{"type":"track","event":"e","userId":"v"}],"context":{"app":{"v":1,"n":"x"},"locale":"en"},"integrations":{"All":true},"sentAt":"2026-03-10T09:00:00Z"}"#,
                .batch)
            let calls = world.calls
            #expect(calls[0].context.canonical == ["app": ["v": 2], "locale": "en"])
            #expect(calls[1].context.canonical == ["app": ["n": "x", "v": 1], "locale": "en"])
            #expect(calls[0].integrations == ["All": true] && calls[0].sentAt?.rfc3339 == "2026-03-10T09:00:00Z")
        }
    }

    @Test("The connection's address is kept only when the source says so")
    func keepsAddress() async throws {
        try await withWorld(\.storesIP, true) { world in
            let options = CollectOptions(clientAddress: "198.51.100.4")
            try await world.take(track(), .single(.track), options)
            try await world.take(track(#""context":{"ip":"203.0.113.7"}"#), .single(.track), options)
            #expect(world.calls.map { $0.context["ip"] } == ["198.51.100.4", "203.0.113.7"])
        }
    }

    @Test("channel, which has no place of its own, is kept in the context")
    func keepsChannel() async throws {
        try await withWorld { world in
            try await world.take(track(#""channel":"server""#))
            #expect(world.calls.first?.context == ["channel": "server"])
        }
    }

    @Test(
        "Each wrong call is refused with its code",
        arguments: [
            (#"{"event":"e"}"#, "missing_identity"), (#"{"event":"e","userId":null,"anonymousId":null}"#, "missing_identity"),
            (#"{"userId":"u"}"#, "missing_event"), (#"{"userId":"u","event":""}"#, "missing_event"),
            (#"{"userId":"u","event":7}"#, "invalid_type"), (#"{"userId":true,"event":"e"}"#, "invalid_type"),
            (#"{"userId":{"a":1},"event":"e"}"#, "invalid_type"), (#"{"userId":"u","event":"e","properties":"x"}"#, "invalid_type"),
            (#"{"userId":"u","event":"e","properties":[1]}"#, "invalid_type"),
            (#"{"userId":"u","event":"e","context":7}"#, "invalid_type"),
            (#"{"userId":"u","event":"e","messageId":[]}"#, "invalid_type"),
            (#"{"userId":"u","event":"e","timestamp":"yesterday"}"#, "invalid_timestamp"),
            (#"{"userId":"u","event":"e","timestamp":"2026-02-30T00:00:00Z"}"#, "invalid_timestamp"),
            (#"{"userId":"u","event":"e","timestamp":true}"#, "invalid_timestamp"),
            (#"[]"#, "body:malformed_json"), (#"7"#, "body:malformed_json"), ("", "body:malformed_json"),
            ("  ", "body:malformed_json"),
            (#"{"userId":"u""#, "body:malformed_json"), ("nonsense", "body:malformed_json"),
        ])
    func refuses(body: String, code: String) async throws {
        try await withWorld { world in
            #expect(await world.refusal(body) == code)
            #expect(world.calls.isEmpty)
            #expect(world.sink.all.count == 1, "each refusal can be seen afterwards")
            #expect(world.sink.all.first?.code.text == code.replacing("body:", with: ""))
            #expect(world.live.snapshot().refused == 1)
        }
    }

    private static let wrongRelationships = [
        (#"{"to":{"account":"a"}}"#, "/properties/as"), (#"{"as":"boss","to":{"account":"a"}}"#, "/properties/as"),
        (#"{"as":"payer"}"#, "/properties/to"), (#"{"as":"payer","to":"kid"}"#, "/properties/to"),
        (#"{"as":"payer","to":{"id":"kid"}}"#, "/properties/to"), (#"{"as":"payer","to":{"account":""}}"#, "/properties/to"),
        (#"{"as":"payer","to":{"account":"a","type":"user_id","id":"kid"}}"#, "/properties/to"),
        (#"{"as":"payer","to":{"type":"user_id","id":"u"}}"#, "/properties/to"),
        (#"{"as":"payer","to":{"account":"a"},"from":"soon"}"#, "/properties/from"),
        (#"{"as":"payer","to":{"account":"a"},"until":7}"#, "/properties/until"),
        (#"{"as":"payer","to":{"account":"a"},"from":"2026-03-02","until":"2026-03-01"}"#, "/properties/until"),
        (#"{"as":"payer","to":{"account":"a"},"deleted":"yes"}"#, "/properties/deleted"),
    ]

    @Test("A wrong relationship is refused at its place", arguments: wrongRelationships)
    func refusesRelationship(properties: String, pointer: String) async throws {
        try await withWorld { world in
            let body = #"{"type":"declare","event":"relationship","userId":"u","properties":\#(properties)}"#
            let answer = try await world.intake.take(Array("{\"batch\":[\(body)]}".utf8), shape: .batch, source: world.source)
            #expect(answer.rejected.map(\.pointer) == ["/batch/0" + pointer])
            #expect(answer.rejected.first?.code.text == "relationship_invalid" && world.calls.isEmpty)
        }
    }

    @Test("What is declared is taken from trusted sources, as something known, and is sent again as it was")
    func declares() async throws {
        func body(_ event: String) -> [UInt8] {
            Array(
                #"{"batch":[{"type":"declare","event":"\#(event)","userId":"u","properties":{"as":"payer","to":{"account":"a"}}}]}"#
                    .utf8
            )
        }
        try await withWorld { world in
            #expect(try await world.intake.take(body("relationship"), shape: .batch, source: world.source).taken == 1)
            #expect(world.calls.first?.wireJSON["event"] == "relationship")
            #expect(world.store.snapshot().parts.allSatisfy { $0.eventNames.isEmpty })
            let other = try await world.intake.take(body("friendship"), shape: .batch, source: world.source)
            #expect(other.rejected.map(\.code.text) == ["unknown_event"])
            var stranger = world.source
            stranger.isTrusted = false
            let refused = try await world.intake.take(body("relationship"), shape: .batch, source: stranger)
            #expect(refused.rejected.map(\.code.text) == ["not_allowed"])
        }
    }

    private static let wrongConsents = [
        (#"{"status":"granted"}"#, "/properties/purpose"), (#"{"purpose":"","status":"granted"}"#, "/properties/purpose"),
        (#"{"purpose":"ads"}"#, "/properties/status"), (#"{"purpose":"ads","status":"maybe"}"#, "/properties/status"),
        (#"{"purpose":"ads","status":true}"#, "/properties/status"),
        (#"{"purpose":"ads","status":"granted","version":0}"#, "/properties/version"),
        (#"{"purpose":"ads","status":"granted","version":"2"}"#, "/properties/version"),
        (#"{"purpose":"ads","status":"granted","evidence":7}"#, "/properties/evidence"),
    ]

    @Test("A wrong consent is refused at its place", arguments: wrongConsents)
    func refusesConsent(properties: String, pointer: String) async throws {
        try await withWorld { world in
            let body = #"{"batch":[{"type":"declare","event":"consent","userId":"u","properties":\#(properties)}]}"#
            let answer = try await world.intake.take(Array(body.utf8), shape: .batch, source: world.source)
            #expect(answer.rejected.map(\.pointer) == ["/batch/0" + pointer])
            #expect(answer.rejected.first?.code.text == "consent_invalid" && world.calls.isEmpty)
        }
    }

    @Test("Trusted sources declare consents; with a public write key nobody does, neither of others nor of oneself")
    func declaresConsent() async throws {
        let consent = #""event":"consent","userId":"u","properties":{"purpose":"ads","status":"granted","version":2}"#
        let body = Array(#"{"batch":[{"type":"declare",\#(consent)}]}"#.utf8)
        try await withWorld { world in
            #expect(try await world.intake.take(body, shape: .batch, source: world.source).taken == 1)
            #expect(world.calls.first?.properties["version"] == 2)
            var stranger = world.source
            stranger.isTrusted = false
            let refused = try await world.intake.take(body, shape: .batch, source: stranger)
            #expect(refused.rejected.map(\.code.text) == ["not_allowed"])
        }
    }

    @Test(
        "group and alias say what they need",
        arguments: [
            (CallType.group, #"{"userId":"u"}"#, "missing_group_id"), (.alias, #"{"userId":"u"}"#, "missing_previous_id"),
            (.alias, #"{"previousId":"a"}"#, "missing_user_id"), (.identify, #"{"traits":{}}"#, "missing_identity"),
        ])
    func refusesTypes(type: CallType, body: String, code: String) async throws {
        try await withWorld { world in
            #expect(await world.refusal(body, type) == code)
        }
    }

    @Test("In a batch the refused calls are named and their neighbours taken")
    func takesNeighbours() async throws {
        try await withWorld { world in
            let answer = try await world.batch(
                track(id: "1"), #"{"type":"track","event":"e","messageId":"2"}"#, "7", #"{"type":"shout","userId":"u"}"#,
                #"{"userId":"u"}"#, track(id: "6"))
            #expect(answer.taken == 2)
            #expect(answer.rejected.map(\.index) == [1, 2, 3, 4])
            #expect(answer.rejected.map(\.code.text) == ["missing_identity", "not_an_object", "unknown_type", "unknown_type"])
            #expect(answer.rejected.map(\.pointer) == ["/batch/1", "/batch/2", "/batch/3/type", "/batch/4/type"])
            #expect(answer.rejected[0].messageID == "2")
            #expect(world.calls.map(\.messageID) == ["1", "6"])
            #expect(world.sink.all.map { String(decoding: $0.payload ?? [], as: UTF8.self) }[3] == #"{"userId":"u"}"#)
            let json = answer.json()
            #expect(json["success"] == false && json["accepted"] == 2)
            #expect(json["rejected"]?.arrayValue?.first?["code"] == "missing_identity")
            #expect(json["rejected"]?.arrayValue?[1]["messageId"] == .null)
        }
    }

    @Test("Strict takes nothing when one call is refused")
    func strict() async throws {
        try await withWorld { world in
            let problem = await #expect(throws: Problem.self) {
                try await world.batch(track(), #"{"type":"track","event":"e"}"#, options: CollectOptions(isStrict: true))
            }
            #expect(problem?.code.text == "missing_identity" && problem?.status == 400 && problem?.place == "/batch/1")
            #expect(world.calls.isEmpty)
        }
    }

    @Test("Strict takes nothing when one call repeats another's messageId with another payload")
    func strictConflict() async throws {
        try await withWorld { world in
            let strict = CollectOptions(isStrict: true)
            try await world.batch(track(id: "1"))
            let problem = await #expect(throws: Problem.self) {
                try await world.batch(
                    track(id: "0"), track(id: "1"), track(#""properties":{"try":2}"#, id: "1"),
                    track(#""properties":{"try":3}"#, id: "0"), options: strict)
            }
            #expect(problem?.code.text == "message_id_conflict" && problem?.status == 400)
            #expect(problem?.place == "/batch/2/messageId")
            #expect(problem?.message.contains("2 of the calls would be refused") == true)
            #expect(world.calls.map(\.messageID) == ["1"])
            #expect(world.sink.all.map(\.code.text) == ["message_id_conflict", "message_id_conflict"])
            #expect(world.intake.statistics.taken == 1 && world.intake.statistics.refused == 2)
            // What was refused with it is new when it is sent again, and equal repeats do no harm.
            let answer = try await world.batch(track(id: "0"), track(id: "1"), track(id: "0"), track(id: "2"), options: strict)
            #expect(answer.taken == 2 && answer.duplicates == 2 && answer.rejected.isEmpty)
            #expect(world.calls.map(\.messageID) == ["1", "0", "2"])
        }
    }

    @Test(
        "A body that is no batch is refused whole",
        arguments: [
            (#"{"batch":[]}"#, "empty_batch"), (#"{}"#, "malformed_json"), (#"{"batch":{}}"#, "malformed_json"),
            ("[1]", "malformed_json"),
            (#"{"batch":null}"#, "malformed_json"), (#"{"batch":[{}],"context":7}"#, "invalid_type"),
        ])
    func refusesBatch(body: String, code: String) async throws {
        try await withWorld { world in
            let problem = await #expect(throws: Problem.self) { try await world.take(body, .batch) }
            #expect(problem?.code.text == code && problem?.status == 400)
        }
    }

    @Test("A suppressed source, closed history and too many requests are refused before the body is read")
    func admits() async throws {
        try await withWorld(\.isSuppressed, true) { world in
            let problem = await #expect(throws: Problem.self) { try await world.take(track()) }
            #expect(problem?.status == 403)
        }
        try await withWorld(\.allowsHistory, false) { world in
            let problem = await #expect(throws: Problem.self) {
                try await world.take(track(), .single(.track), CollectOptions(isHistorical: true))
            }
            #expect(problem?.code.text == "history_closed" && problem?.status == 403)
        }
        try await withWorld(\.limits.requestsPerSecond, 2) { world in
            try await world.take(track())
            try await world.take(track())
            let problem = await #expect(throws: Problem.self) { try await world.take(track()) }
            #expect(problem?.status == 429 && problem?.retryAfterSeconds == 1)
            world.clock.advance(seconds: 1)
            try await world.take(track())
        }
    }
}
