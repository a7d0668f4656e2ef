import Intake
import Model
import OrderedCollections
import Records
import Testing

@Suite struct BadInputTests {
    @Test("NaN and Infinity are read as null and flag only their own call")
    func nonFinite() async throws {
        try await withWorld { world in
            let answer = try await world.batch(
                track(#""properties":{"nan":NaN,"list":[Infinity,-Infinity,1]}"#), track(#""properties":{"text":"NaN, Infinity"}"#))
            #expect(answer.taken == 2)
            let calls = world.calls
            #expect(calls[0].properties.canonical == ["list": [nil, nil, 1], "nan": nil])
            #expect(calls.map(\.flags) == [[.nonFinite], []])
            #expect(calls[1].properties == ["text": "NaN, Infinity"])
        }
    }

    @Test(
        "Integers beyond 64 bits and numbers beyond Double are kept as their text",
        arguments: [
            "9223372036854775808", "18446744073709551615", "18446744073709551616", "123456789012345678901234567890", "1e400",
            "-1E400",
            "-9223372036854775809",
        ])
    func bigNumbers(text: String) async throws {
        try await withWorld { world in
            try await world.batch(track("\"properties\":{\"n\":\(text),\"l\":[\(text)]}"), track())
            let calls = world.calls
            #expect(calls[0].properties["n"] == .bigNumber(text))
            #expect(calls[0].properties["l"] == [.bigNumber(text)])
            #expect(calls.map(\.flags) == [[.bigInteger], []])
        }
    }

    @Test("Numbers within 64 bits are exact and not flagged")
    func exactNumbers() async throws {
        try await withWorld { world in
            try await world.take(
                track(
                    #""properties":{"a":9223372036854775807,"b":-9223372036854775808,"c":9007199254740993,"d":5e-324,"e":1.7976931348623157e308,"f":-0.0,"g":1e5}"#
                ))
            let call = try #require(world.calls.first)
            #expect(call.flags.isEmpty)
            #expect(call.properties["a"] == .int(.max) && call.properties["b"] == .int(.min))
            #expect(call.properties["c"] == .int(9_007_199_254_740_993) && call.properties["d"] == .double(.leastNonzeroMagnitude))
            #expect(call.properties["g"] == .double(100_000))
        }
    }

    @Test("Invalid UTF-8 and lone surrogates become U+FFFD and flag only their own call")
    func badText() async throws {
        try await withWorld { world in
            var body = Array(#"{"batch":[{"type":"track","event":"e","userId":"u","properties":{"a":""#.utf8)
            body += [0xFF, 0x41, 0xE4, 0xBD]
            body +=
                Array(#"","b":"\ud800x\udc00\ud83d\ude00"}},"#.utf8) + Array(track(#""properties":{"ok":"\ud83d\ude00😀"}"#).utf8)
                + Array("]}".utf8)
            let answer = try await world.take(bytes: body, .batch)
            #expect(answer.taken == 2)
            let calls = world.calls
            #expect(calls[0].properties["a"] == "\u{FFFD}A\u{FFFD}")
            #expect(calls[0].properties["b"] == "\u{FFFD}x\u{FFFD}😀")
            #expect(calls.map(\.flags) == [[.badText], []])
            #expect(calls[1].properties["ok"] == "😀😀")
        }
    }

    @Test("Of duplicate keys the last wins, flagged and counted, at every depth")
    func duplicateKeys() async throws {
        try await withWorld { world in
            try await world.batch(
                track(#""properties":{"a":1,"b":{"x":1,"x":2},"a":3,"l":[{"k":1,"k":2}]},"event":"last""#), track())
            let calls = world.calls
            #expect(calls[0].event == "last")
            #expect(calls[0].properties.canonical == ["a": 3, "b": ["x": 2], "l": [["k": 2]]])
            #expect(calls.map(\.flags) == [[.duplicateKey], []])
            #expect(world.intake.statistics.duplicateKeys == 4)
        }
    }

    @Test("A call at the limits is taken, one beyond is refused and its neighbours are taken")
    func limits() async throws {
        func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        func keys(_ count: Int) -> String { (0 ..< count).map { "\"k\($0)\":\($0)" }.joined(separator: ",") }
        func sized(_ bytes: Int) -> String {
            let empty = track(#""properties":{"x":""}"#).utf8.count
            return track(#""properties":{"x":"\#(String(repeating: "y", count: bytes - empty))"}"#)
        }
        func device(_ bytes: Int) -> String { "\"context\":{\"device\":{\"id\":\"\(String(repeating: "d", count: bytes))\"}}" }
        func contact(_ key: String, _ bytes: Int) -> String {
            "\"traits\":{\"\(key)\":\"\(String(repeating: "a", count: bytes - 2))@b\"}"
        }
        func identify(_ members: String) -> String { "{\"type\":\"identify\",\"userId\":\"u\",\(members)}" }
        let cases: [(String, String, String)] = [
            ("too_deep", track("\"properties\":{\"d\":\(nested(14))}"), track("\"properties\":{\"d\":\(nested(15))}")),
            ("too_many_keys", track("\"properties\":{\(keys(300))}"), track("\"properties\":{\(keys(301))}")),
            ("too_many_keys", track(), track("\"properties\":{\"a\":{\(keys(150))},\"b\":{\(keys(150))}}")),
            ("too_many_keys", track(), track("\"properties\":{\(keys(2_000))}")),
            ("event_too_large", sized(32_768), sized(32_769)),
            ("message_id_too_long", track(id: String(repeating: "茶", count: 100)), track(id: String(repeating: "x", count: 101))),
            (
                "id_too_long", "{\"type\":\"track\",\"event\":\"e\",\"userId\":\"\(String(repeating: "x", count: 512))\"}",
                "{\"type\":\"track\",\"event\":\"e\",\"userId\":\"\(String(repeating: "x", count: 513))\"}"
            ),
            (
                "name_too_long", "{\"type\":\"track\",\"userId\":\"u\",\"event\":\"\(String(repeating: "x", count: 200))\"}",
                "{\"type\":\"track\",\"userId\":\"u\",\"event\":\"\(String(repeating: "茶", count: 67))\"}"
            ),
            ("name_too_long", track(), track("\"properties\":{\"\(String(repeating: "k", count: 201))\":1}")),
            (
                "name_too_long", track("\"properties\":{\"l\":[{\"\(String(repeating: "k", count: 200))\":1}]}"),
                track("\"properties\":{\"l\":[{\"\(String(repeating: "k", count: 201))\":1}]}")
            ),
            // A long basket is one list of equal objects.
            (
                "too_many_keys",
                track("\"properties\":{\"products\":[\(Array(repeating: "{\(keys(10))}", count: 100).joined(separator: ","))]}"),
                track("\"properties\":{\"l\":[{\(keys(300))}]}")
            ),
            (
                "too_many_keys", track(),
                track("\"properties\":{\"l\":[\((0 ..< 301).map { "{\"k\($0)\":1}" }.joined(separator: ","))]}")
            ),
            (
                "too_many_keys", track("\"properties\":{\(keys(200))},\"context\":{\(keys(100))}"),
                track("\"properties\":{\(keys(200))},\"context\":{\(keys(101))}")
            ),
            (
                "too_many_keys", track(),
                "{\"type\":\"identify\",\"userId\":\"u\",\"traits\":{\(keys(200))},\"context\":{\"traits\":{\(keys(200))}}}"
            ),
            ("id_too_long", track(device(512)), track(device(513))),
            ("id_too_long", identify(contact("email", 512)), identify(contact("email", 513))),
            ("id_too_long", identify(contact("phone", 512)), identify(contact("phone", 513))),
            (
                "id_too_long", identify("\"context\":{\(contact("email", 512))}"),
                identify("\"context\":{\(contact("email", 513))}")
            ),
            (
                "traits_invalid", #"{"type":"identify","userId":"u"}"#,
                "{\"type\":\"identify\",\"userId\":\"u\",\"traits\":{\"bio\":\"\(String(repeating: "x", count: 4_097))\"}}"
            ),
            (
                "traits_invalid", #"{"type":"identify","userId":"u","properties":{"$add":{"n":1}}}"#,
                "{\"type\":\"identify\",\"userId\":\"u\",\"properties\":{\"$append\":{\"bio\":\"\(String(repeating: "x", count: 4_097))\"}}}"
            ),
        ]
        for (code, within, beyond) in cases {
            try await withWorld { world in
                let answer = try await world.batch(within, beyond, track())
                #expect(answer.rejected.map(\.code.text) == [code], "\(code)")
                #expect(answer.taken == 2 && answer.rejected.first?.index == 1, "\(code)")
            }
        }
    }

    @Test("A million brackets are refused, not crashed on; a deep call does not take its neighbours along")
    func deep() async throws {
        try await withWorld { world in
            #expect(await world.refusal(String(repeating: "[", count: 1_000_000)) == "body:malformed_json")
            #expect(await world.refusal(String(repeating: "{\"a\":", count: 500_000)) == "body:malformed_json")
            let balanced = String(repeating: "[", count: 1_000_000) + String(repeating: "]", count: 1_000_000)
            #expect(await world.refusal(balanced) == "body:too_deep")
            let deep = String(repeating: "[", count: 900) + String(repeating: "]", count: 900)
            let answer = try await world.batch(track(), track("\"properties\":{\"d\":\(deep)}"), track())
            #expect(answer.taken == 2 && answer.rejected.map(\.code.text) == ["too_deep"])
        }
    }

    @Test(
        "A call deeper than the parser goes is refused alone, in a batch, in lines and with something to mend besides",
        arguments: [1_100, 2_000, 8_000, 200_000])
    func veryDeep(depth: Int) async throws {
        for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
            try await withWorld(\.limits.eventBytes, 4 << 20) { world in
                let nested = String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
                let deep = track("\"properties\":{\"d\":\(nested)}")
                let answer = try await world.batch(track(), deep, track(#""properties":{"n":NaN}"#))
                #expect(answer.taken == 2 && answer.rejected.map(\.code.text) == ["too_deep"])
                #expect(answer.rejected.first?.index == 1)
                let lines = try await world.intake.take(
                    lines: Array("\(track())\n\(deep)\n\(track())".utf8), source: world.source)
                #expect(lines.taken == 2 && lines.rejected.map(\.code.text) == ["too_deep"])
                #expect(await world.refusal(deep) == "too_deep")
                let broken = nested.dropLast() + (close == "]" ? "}" : "]")
                #expect(await world.refusal(track("\"properties\":{\"d\":\(broken)}")) == "body:malformed_json")
            }
        }
    }

    @Test("Any number of numeric external ids is looked at")
    func manyExternalIDs() async throws {
        try await withWorld { world in
            let ids = Array(repeating: #"{"id":9223372036854775807}"#, count: 1_150).joined(separator: ",")
            #expect(await world.refusal(track("\"context\":{\"externalIds\":[\(ids)]}")) == nil)
        }
    }

    @Test("Ids in a batch's outer context are held to the same limit", arguments: ["device", "externalIds"])
    func outerIDs(member: String) async throws {
        try await withWorld { world in
            let id = "{\"id\":\"\(String(repeating: "d", count: 513))\",\"type\":\"x\"}"
            let context = member == "device" ? "{\"device\":\(id)}" : "{\"externalIds\":[\(id)]}"
            let problem = await #expect(throws: Problem.self) {
                try await world.take("{\"batch\":[\(track())],\"context\":\(context)}", .batch)
            }
            #expect(problem?.code.text == "id_too_long")
            #expect(problem?.place == (member == "device" ? "/context/device/id" : "/context/externalIds/0/id"))
            #expect(world.calls.isEmpty)
        }
    }

    @Test("Bodies and batches have their bounds")
    func bodyLimits() async throws {
        try await withWorld { world in
            let problem = await #expect(throws: Problem.self) {
                try await world.take(String(repeating: " ", count: 4 << 20) + track())
            }
            #expect(problem?.code.text == "body_too_large" && problem?.status == 413)
            let calls = Array(repeating: "1", count: 2_001).joined(separator: ",")
            let many = await #expect(throws: Problem.self) { try await world.take("{\"batch\":[\(calls)]}", .batch) }
            #expect(many?.code.text == "too_many_events" && many?.status == 413)
        }
        try await withWorld(\.limits.eventBytes, 100) { world in
            #expect(
                await world.refusal(track("\"properties\":{\"x\":\"\(String(repeating: "y", count: 100))\"}")) == "event_too_large")
        }
    }

    @Test("An outer context cannot be multiplied into more than a body may be")
    func amplification() async throws {
        try await withWorld { world in
            let calls = (0 ..< 2_000).map { track(id: "m\($0)") }.joined(separator: ",")
            let context = String(repeating: "x", count: 30_000)
            let problem = await #expect(throws: Problem.self) {
                try await world.take("{\"batch\":[\(calls)],\"context\":{\"x\":\"\(context)\"}}", .batch)
            }
            #expect(problem?.status == 413)
            #expect(world.calls.isEmpty)
        }
    }

    @Test("Ids of 100 KB are refused by their own code, not by the body's", arguments: ["userId", "anonymousId", "messageId"])
    func hugeIDs(field: String) async throws {
        try await withWorld(\.limits.eventBytes, 1 << 20) { world in
            let code = await world.refusal(
                "{\"event\":\"e\",\"userId\":\"u\",\"\(field)\":\"\(String(repeating: "x", count: 100_000))\"}")
            #expect(code == (field == "messageId" ? "message_id_too_long" : "id_too_long"))
            let digits = String(repeating: "9", count: 100_000)
            #expect(await world.refusal("{\"event\":\"e\",\"anonymousId\":\"u\",\"userId\":\(digits)}") == "id_too_long")
        }
    }

    @Test(
        "Hostile names are kept as they are",
        arguments: [
            "\\u0000\\u0001\\u001e\\u001f\\u007f", "\u{202E}abc\u{202C}", "<script>alert(1)</script>", "'; DROP TABLE events;--",
            "__proto__",
            "constructor", "a.b.c", "", " ", "👩‍👩‍👧‍👦", "../../etc/passwd", "${jndi:ldap://x}", "{{7*7}}", "%00%n%s",
        ])
    func hostileNames(name: String) async throws {
        try await withWorld { world in
            try await world.take(
                "{\"event\":\"x\(name)\",\"userId\":\"x\(name)\",\"properties\":{\"\(name)\":{\"\(name)\":\"\(name)\"},\"list\":[{\"\(name)\":1}]}}"
            )
            let call = try #require(world.calls.first)
            let meant = name.replacing("\\u0000\\u0001\\u001e\\u001f\\u007f", with: "\u{0}\u{1}\u{1E}\u{1F}\u{7F}")
            #expect(call.event == "x" + meant && call.userID == "x" + meant)
            #expect(call.properties[meant]?[meant]?.stringValue == meant)
            #expect(call.properties["list"] == [.object([meant: 1])])
        }
    }

    @Test("Other encodings of text are named in the message")
    func wrongEncodings() async throws {
        try await withWorld { world in
            let text = track()
            let utf16 = text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
            let problem = await #expect(throws: Problem.self) { try await world.take(bytes: utf16) }
            #expect(problem?.message.contains("UTF-16") == true)
            // A byte-order mark is no error.
            #expect(try await world.take(bytes: [0xEF, 0xBB, 0xBF] + Array(text.utf8)).taken == 1)
            // Latin-1 is invalid UTF-8 inside text, which is forgiven and flagged.
            try await world.take(bytes: Array(#"{"event":"caf"#.utf8) + [0xE9] + Array(#"","userId":"u"}"#.utf8))
            #expect(world.calls.last?.event == "caf\u{FFFD}" && world.calls.last?.flags == .badText)
        }
    }

    @Test(
        "The message of malformed JSON names line and column",
        arguments: [
            ("{\n  \"a\": 1,\n  \"b\": tru\n}", "line 3, column 8"), ("{\"a\":1,}", "line 1, column 8"),
            ("{\"a\" 1}", "line 1, column 6"),
            ("{\"茶\":01}", "line 1, column 7"), ("{\"a\":\"x", "line 1, column 6"), ("{\"a\":[1 2]}", "line 1, column 9"),
            ("{} {}", "line 1, column 4"),
        ])
    func places(body: String, place: String) async throws {
        try await withWorld { world in
            let problem = await #expect(throws: Problem.self) { try await world.take(body) }
            #expect(problem?.place == place)
            #expect(problem?.message.contains(place) == true)
        }
    }

    @Test("Random bytes and mutated bodies never crash, and each answer adds up", arguments: UInt64(0) ..< 40)
    func fuzz(seed: UInt64) async throws {
        try await withWorld { world in
            var random = SplitMix64(seed: seed)
            let valid = Array(
                "{\"batch\":[\(track(#""properties":{"a":[1,2.5,{"b":null}],"n":NaN,"s":"\ud83d\ude00"},"timestamp":"2026-03-01T00:00:00Z""#)),\(track())],\"sentAt\":\"2026-03-10T09:00:00Z\"}"
                    .utf8)
            for _ in 0 ..< 200 {
                var body = valid
                if Bool.random(using: &random) {
                    for _ in 0 ..< Int.random(in: 1 ... 8, using: &random) {
                        let place = Int.random(in: 0 ..< body.count, using: &random)
                        switch Int.random(in: 0 ..< 3, using: &random) {
                        case 0: body[place] = UInt8.random(in: .min ... .max, using: &random)
                        case 1: body.remove(at: place)
                        default:
                            body.insert(
                                Array("[]{}\",:\\01eE+-.NaNInfinity\u{0}\u{1F}".utf8).randomElement(using: &random) ?? 0, at: place)
                        }
                    }
                } else {
                    body = (0 ..< Int.random(in: 0 ..< 200, using: &random)).map { _ in
                        UInt8.random(in: .min ... .max, using: &random)
                    }
                }
                for shape in [CollectShape.batch, .single(.track), .lines] {
                    do throws(Problem) {
                        let answer = try await world.intake.take(body, shape: shape, source: world.source)
                        #expect(answer.accepted + answer.rejected.count <= 300)
                        #expect(answer.rejected.allSatisfy { !$0.code.text.isEmpty && !$0.reason.isEmpty })
                    } catch {
                        #expect(!error.code.text.isEmpty && !error.message.isEmpty && (400 ..< 500).contains(error.status))
                    }
                }
            }
        }
    }

    @Test("A flood of bad input is counted, and only some payloads are kept")
    func flood() async throws {
        try await withWorld { world in
            for _ in 0 ..< 3 {
                let bad = Array(repeating: "{}", count: 1_000).joined(separator: ",")
                #expect(try await world.take("{\"batch\":[\(bad)]}", .batch).rejected.count == 1_000)
            }
            let kept = world.sink.all
            #expect(kept.filter { $0.payload != nil }.count == RejectionBounds.payloadsPerHour)
            #expect(kept.reduce(0) { $0 + $1.count } == 3_000)
            #expect(kept.count <= RejectionBounds.payloadsPerHour + 3)
            world.clock.advance(seconds: 3_600)
            try await world.take("{\"batch\":[{}]}", .batch)
            #expect(world.sink.all.last?.payload == Array("{}".utf8))
        }
    }
}
