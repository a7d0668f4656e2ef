import Columns
import EventStore
import Intake
import Model
import OrderedCollections
import TestSupport
import Testing

/// What messages of PostHog, Sensors Analytics and Mixpanel mean (docs/protocols.md).
@Suite struct ProtocolTests {
    /// A message and the calls that it becomes; of the calls, the members that stand here.
    struct Translation: Sendable, CustomTestStringConvertible {
        var name: String
        var capture: CaptureProtocol
        var message: JSONValue
        var calls: [JSONValue]
        var testDescription: String { name }

        init(_ name: String, _ capture: CaptureProtocol, _ message: JSONValue, _ calls: JSONValue...) {
            (self.name, self.capture, self.message, self.calls) = (name, capture, message, calls)
        }
    }

    private static let named: JSONValue = [["type": "anonymous_id", "id": "u"]]

    static let postHog: [Translation] = [
        .init(
            "an event of a server is a user's", .postHog,
            [
                "event": "E", "distinct_id": "u", "uuid": "1", "timestamp": "2026-03-01T12:00:00+08:00",
                "properties": ["$lib": "posthog-python", "$lib_version": "7", "$ip": "203.0.113.7", "a": 1, "token": "k"],
            ],
            [
                "type": "track", "event": "E", "userId": "u", "anonymousId": .null, "messageId": "1",
                "timestamp": "2026-03-01T04:00:00Z", "properties": ["a": 1],
                "context": ["library": ["name": "posthog-python", "version": "7"]],
            ]),
        .init(
            "an event of a browser is its visitor's", .postHog,
            ["event": "E", "properties": ["distinct_id": "d", "$device_id": "d", "$is_identified": false, "utm_source": "ad"]],
            ["userId": .null, "anonymousId": "d", "properties": ["$device_id": "d"], "context": ["campaign": ["source": "ad"]]]),
        .init(
            "without a profile is anonymous", .postHog,
            ["event": "E", "distinct_id": "d", "properties": ["$process_person_profile": false]],
            ["userId": .null, "anonymousId": "d"]),
        .init(
            "after identify a browser's event is a user's", .postHog,
            ["event": "E", "distinct_id": "u", "properties": ["$device_id": "d", "$user_id": "u", "$lib": "web"]],
            ["userId": "u", "anonymousId": .null]),
        .init(
            "an app that does not say so is anonymous", .postHog,
            ["event": "E", "distinct_id": "d", "properties": ["$lib": "posthog-ios"]], ["userId": .null, "anonymousId": "d"]),
        .init(
            "$pageview is a page", .postHog,
            [
                "event": "$pageview", "distinct_id": "d",
                "properties": ["$current_url": "https://x/", "$title": "T", "$session_id": "s"],
            ],
            [
                "type": "page", "name": "T", "anonymousId": "d",
                "properties": ["url": "https://x/", "title": "T", "$session_id": "s"],
            ]),
        .init(
            "$screen is a screen", .postHog, ["event": "$screen", "distinct_id": "d", "properties": ["$screen_name": "S"]],
            ["type": "screen", "name": "S", "anonymousId": "d"]),
        .init(
            "$groups say the account of an event", .postHog,
            ["event": "E", "distinct_id": "u", "properties": ["$groups": ["company": "acme"]]],
            ["properties": ["$groups": ["company": "acme"]], "context": ["groupId": "acme"]]),
        .init(
            "$identify joins the two ids", .postHog,
            ["event": "$identify", "distinct_id": "u", "properties": ["$anon_distinct_id": "a"], "$set": ["plan": "gold"]],
            [
                "type": "identify", "userId": "u", "anonymousId": "a", "traits": ["plan": "gold"],
                "context": ["externalIds": named],
            ]),
        .init(
            "$create_alias joins the former id to the new one", .postHog,
            ["event": "$create_alias", "distinct_id": "a", "properties": ["alias": "u"]],
            ["type": "alias", "userId": "u", "previousId": "a", "context": ["externalIds": named]]),
        .init(
            "$merge_dangerously keeps its own id", .postHog,
            ["event": "$merge_dangerously", "distinct_id": "u", "properties": ["alias": "a"]],
            ["type": "alias", "userId": "u", "previousId": "a"]),
        .init(
            "$groupidentify of a server is nobody's", .postHog,
            [
                "event": "$groupidentify", "distinct_id": "random",
                "properties": ["$group_type": "company", "$group_key": "acme", "$group_set": ["n": 10]],
            ],
            [
                "type": "group", "groupId": "acme", "userId": .null, "anonymousId": "none", "traits": ["n": 10],
                "properties": ["$group_type": "company"],
            ]),
        .init(
            "$groupidentify of a browser is its user's", .postHog,
            ["event": "$groupidentify", "distinct_id": "u", "properties": ["$group_key": "acme", "$user_id": "u"]],
            ["type": "group", "groupId": "acme", "userId": "u"]),
        .init(
            "$set and $unset are traits", .postHog,
            ["event": "$set", "distinct_id": "u", "$set": ["plan": "gold"], "properties": ["$unset": ["old"]]],
            ["type": "identify", "userId": "u", "traits": ["plan": "gold", "old": .null]]),
        .init(
            "$set_once is traits said once", .postHog,
            ["event": "$set_once", "distinct_id": "u", "uuid": "1", "$set_once": ["first": "x"]],
            ["type": "identify", "messageId": "1", "traits": ["first": "x"], "context": ["traitsOnce": true]]),
        .init(
            "traits of an event are calls of their own", .postHog,
            [
                "event": "E", "distinct_id": "u", "uuid": "1", "timestamp": "2026-03-01T12:00:00Z",
                "properties": ["a": 1, "$set": ["b": 2], "$set_once": ["c": 3]],
            ],
            ["type": "track", "messageId": "1", "properties": ["a": 1]],
            ["type": "identify", "messageId": "1:set", "traits": ["b": 2], "timestamp": "2026-03-01T12:00:00Z"],
            ["type": "identify", "messageId": "1:once", "traits": ["c": 3], "context": ["traitsOnce": true]]),
        .init(
            "version 1 has some properties beside the others", .postHog,
            [
                "event": "E", "distinct_id": "d", "options": ["process_person_profile": false], "session_id": "s",
                "properties": ["a": 1],
            ], ["anonymousId": "d", "properties": ["a": 1, "$session_id": "s"]]),
        .init(
            "an offset is the age at sending", .postHog, ["event": "E", "distinct_id": "u", "offset": 60_000],
            ["timestamp": "2026-03-10T08:59:00Z"]),
        .init(
            "an offset beside the sender's clock", .postHog,
            ["event": "E", "distinct_id": "u", "offset": 60_000, "properties": ["$time": 1_600_000_000.5]],
            ["timestamp": "2026-03-10T08:59:00Z", "originalTimestamp": "2020-09-13T12:26:40.500Z"]),
    ]

    static let sensors: [Translation] = [
        .init(
            "an event of a visitor", .sensors,
            [
                "type": "track", "event": "View", "distinct_id": "a", "time": 1_772_366_400_000, "_track_id": 7,
                "lib": ["$lib": "python", "$lib_detail": "secret.py"], "properties": ["x": 1, "$os": "iOS", "$ip": "203.0.113.7"],
            ],
            [
                "type": "track", "event": "View", "userId": .null, "anonymousId": "a", "timestamp": "2026-03-01T12:00:00Z",
                "properties": ["x": 1], "context": ["library": ["name": "python"], "os": ["name": "iOS"]],
            ]),
        .init(
            "an event of a user who is signed in", .sensors,
            ["type": "track", "event": "Buy", "distinct_id": "u", "properties": ["$is_login_id": true]],
            ["userId": "u", "anonymousId": .null, "properties": [:]]),
        .init(
            "track_signup joins the two ids", .sensors,
            ["type": "track_signup", "event": "$SignUp", "distinct_id": "u", "original_id": "a", "properties": ["method": "x"]],
            [
                "type": "track", "event": "$SignUp", "userId": "u", "anonymousId": "a", "properties": ["method": "x"],
                "context": ["externalIds": named],
            ]),
        .init(
            "identities have types", .sensors,
            [
                "type": "track_id_bind", "event": "$BindID", "distinct_id": "u",
                "identities": ["$identity_login_id": "u", "$identity_mobile": "13800138000", "$identity_cookie_id": "c"],
            ],
            [
                "event": "$BindID", "userId": "u", "anonymousId": "c",
                "context": ["externalIds": [["type": "phone", "id": "13800138000"]]],
            ]),
        .init(
            "what is unbound is not bound by it", .sensors,
            [
                "type": "track_id_unbind", "event": "$UnbindID", "distinct_id": "u",
                "identities": ["$identity_login_id": "u", "$identity_mobile": "13800138000"],
            ], ["event": "$UnbindID", "userId": "u", "context": [:]]),
        .init(
            "the sender's clock is corrected", .sensors,
            [
                "type": "track", "event": "E", "distinct_id": "a", "time": 1_600_000_000_000, "_flush_time": 1_600_000_060_000,
            ], ["timestamp": "2026-03-10T08:59:00Z"]),
        .init(
            "$pageview is a page", .sensors,
            ["type": "track", "event": "$pageview", "distinct_id": "a", "properties": ["$url": "https://x/", "$title": "T"]],
            ["type": "page", "name": "T", "properties": ["url": "https://x/", "title": "T"]]),
        .init(
            "$AppViewScreen is a screen", .sensors,
            ["type": "track", "event": "$AppViewScreen", "distinct_id": "a", "properties": ["$screen_name": "S"]],
            ["type": "screen", "name": "S"]),
        .init(
            "profile_set is traits", .sensors,
            [
                "type": "profile_set", "distinct_id": "u",
                "properties": ["$lib": "python", "$is_login_id": true, "$city": "上海", "plan": "gold"],
            ], ["type": "identify", "userId": "u", "traits": ["city": "上海", "plan": "gold"]]),
        .init(
            "profile_set_once is traits said once", .sensors,
            ["type": "profile_set_once", "distinct_id": "a", "properties": ["first": 1]],
            ["type": "identify", "anonymousId": "a", "traits": ["first": 1], "context": ["traitsOnce": true]]),
        .init(
            "profile_unset takes traits away", .sensors,
            ["type": "profile_unset", "distinct_id": "a", "properties": ["tmp": true, "$lib": "python"]],
            ["type": "identify", "traits": ["tmp": .null], "properties": [:]]),
        .init(
            "profile_increment adds", .sensors,
            ["type": "profile_increment", "distinct_id": "a", "properties": ["visits": 2, "$lib": "python"]],
            ["type": "identify", "traits": [:], "properties": ["$add": ["visits": 2]]]),
        .init(
            "profile_append appends", .sensors,
            ["type": "profile_append", "distinct_id": "a", "properties": ["movies": ["寄生虫"]]],
            ["type": "identify", "traits": [:], "properties": ["$append": ["movies": ["寄生虫"]]]]),
        .init(
            "profile_delete is kept", .sensors, ["type": "profile_delete", "distinct_id": "a", "properties": [:]],
            ["type": "identify", "traits": [:], "properties": ["$delete": true]]),
    ]

    static let mixpanel: [Translation] = [
        .init(
            "an event of a server is a user's", .mixpanel(.events),
            [
                "event": "E",
                "properties": [
                    "token": "k", "distinct_id": "u", "time": 1_772_366_400.25, "$insert_id": "1", "mp_lib": "python", "a": 1,
                ],
            ],
            [
                "type": "track", "event": "E", "userId": "u", "messageId": "1", "timestamp": "2026-03-01T12:00:00.250Z",
                "properties": ["a": 1], "context": ["library": ["name": "python"]],
            ]),
        .init(
            "milliseconds are as good as seconds", .mixpanel(.events),
            ["event": "E", "properties": ["distinct_id": "u", "time": 1_772_366_400_000]], ["timestamp": "2026-03-01T12:00:00Z"]),
        .init(
            "an event of a device", .mixpanel(.events),
            ["event": "E", "properties": ["distinct_id": "$device:d", "$device_id": "d"]], ["userId": .null, "anonymousId": "d"]),
        .init(
            "an event of a user on a device", .mixpanel(.events),
            ["event": "E", "properties": ["distinct_id": "u", "$device_id": "d", "$user_id": "u"]],
            ["userId": "u", "anonymousId": "d"]),
        .init(
            "$identify joins the two ids", .mixpanel(.events),
            ["event": "$identify", "properties": ["$identified_id": "u", "$anon_id": "$device:d"]],
            ["type": "identify", "userId": "u", "anonymousId": "d", "context": ["externalIds": named]]),
        .init(
            "$create_alias of a visitor", .mixpanel(.events),
            ["event": "$create_alias", "properties": ["distinct_id": "d", "$device_id": "d", "alias": "u"]],
            ["type": "alias", "userId": "u", "previousId": "d"]),
        .init(
            "$create_alias of a user", .mixpanel(.events),
            ["event": "$create_alias", "properties": ["distinct_id": "u", "alias": "a"]],
            ["type": "alias", "userId": "u", "previousId": "a"]),
        .init(
            "$merge", .mixpanel(.events), ["event": "$merge", "properties": ["$distinct_ids": ["u", "$device:d"]]],
            ["type": "alias", "userId": "u", "previousId": "d"]),
        .init(
            "a page view", .mixpanel(.events),
            [
                "event": "$mp_web_page_view",
                "properties": ["distinct_id": "u", "current_page_title": "T", "$current_url": "https://x/"],
            ], ["type": "page", "name": "T", "properties": ["title": "T", "url": "https://x/"]]),
        .init(
            "a profile is traits, traits said once, and what is added", .mixpanel(.people),
            [
                "$token": "k", "$distinct_id": "u", "$time": 1_772_366_400, "$set": ["$email": "a@b.co"], "$unset": ["tmp"],
                "$set_once": ["first": 1], "$add": ["visits": 2], "$union": ["tags": ["a"]],
            ],
            [
                "type": "identify", "userId": "u", "traits": ["email": "a@b.co", "tmp": .null], "properties": [:],
                "timestamp": "2026-03-01T12:00:00Z",
            ], ["type": "identify", "traits": ["first": 1], "context": ["traitsOnce": true]],
            ["type": "identify", "traits": [:], "properties": ["$add": ["visits": 2], "$union": ["tags": ["a"]]]]),
        .init(
            "$append and $remove change lists, $delete is kept", .mixpanel(.people),
            ["$distinct_id": "u", "$append": ["tags": "a", "$city": "x"], "$remove": ["tags": "b"], "$delete": ""],
            [
                "type": "identify", "traits": [:],
                "properties": ["$append": ["tags": "a", "city": "x"], "$remove": ["tags": "b"], "$delete": true],
            ]),
        .init(
            "a group", .mixpanel(.groups),
            ["$token": "k", "$group_key": "company", "$group_id": "acme", "$set": ["n": 1], "$add": ["m": 2]],
            [
                "type": "group", "groupId": "acme", "anonymousId": "none", "traits": ["n": 1],
                "properties": ["$group_type": "company", "$add": ["m": 2]],
            ]),
    ]

    @Test("Each message means its calls", arguments: postHog + sensors + mixpanel)
    func translations(_ translation: Translation) async throws {
        try await withWorld { world async throws in
            let answer = try await world.take(bytes: translation.message.utf8, .capture(translation.capture))
            #expect(answer.rejected == [])
            let calls = world.calls.map { call -> JSONValue in
                var wire = call.wireJSON
                for (key, value) in [("properties", call.properties), ("traits", call.traits), ("context", call.context)] {
                    wire = wire.setting([key], to: value)
                }
                return wire
            }
            #expect(calls.count == translation.calls.count)
            for (call, expected) in zip(calls, translation.calls) {
                for (key, value) in expected.objectValue ?? [:] {
                    let found = call[key] ?? .null
                    // Of the context what is named counts: the external ids stand beside it.
                    if key == "context", value != [:] {
                        for (inner, value) in value.objectValue ?? [:] { #expect(found[inner]?.canonical == value.canonical) }
                    } else {
                        #expect(found.canonical == value.canonical, "\(key)")
                    }
                }
            }
            // Sent again it is the same.
            if calls[0]["messageId"]?.stringValue?.hasPrefix("auto-") == false {
                let again = try await world.take(bytes: translation.message.utf8, .capture(translation.capture))
                #expect(again.duplicates == calls.count && world.calls.count == calls.count)
            }
        }
    }

    @Test(
        "What the SDKs were seen to send is taken, but for what is told as refused", .enabled(if: SharedFiles.areHere),
        arguments: [
            ("posthog", ["message_id_conflict": 1]), ("sensors", ["unknown_type": 2]), ("mixpanel", ["message_id_conflict": 1]),
        ])
    func captured(name: String, refused: [String: Int]) async throws {
        let kinds: [String: CaptureProtocol] = [
            "/batch/": .postHog, "/i/v1/analytics/events": .postHog, "/sa": .sensors, "/track": .mixpanel(.events),
            "/import": .mixpanel(.events), "/engage": .mixpanel(.people), "/groups": .mixpanel(.groups),
        ]
        let file = try SharedFiles.bytes("clients/captured/\(name).json").withUnsafeBytes { bytes in
            try JSONReader().withDocument(bytes, mercies: .collect) { document throws(Problem) in document.root.value() }
        }
        try await withWorld { world async throws in
            var answers = IntakeAnswer()
            for request in file["requests"]?.arrayValue ?? [] {
                guard let kind = kinds[request["path"]?.stringValue ?? ""] else { continue }
                let decoded = request["form_decoded"]
                let body = request["json"] ?? decoded?["data"] ?? decoded?["data_list"]
                let answer = try await world.take(bytes: try #require(body).utf8, .capture(kind))
                answers.taken += answer.taken
                answers.duplicates += answer.duplicates
                answers.rejected += answer.rejected
            }
            #expect(answers.taken > 20)
            #expect(Dictionary(answers.rejected.map { ($0.code.text, 1) }, uniquingKeysWith: +) == refused)
            #expect(world.calls.count == answers.taken)
        }
    }

    /// A message, the code of its refusal and where it points to.
    static let bad: [(CaptureProtocol, String, String, String, String)] = [
        (.postHog, #"{"distinct_id":"u"}"#, "missing_event", "/event", "The event has no name. Send it as event."),
        (.postHog, #"{"event":7,"distinct_id":"u"}"#, "invalid_type", "/event", "event must be text, but this is a number."),
        (
            .postHog, #"{"event":"E"}"#, "missing_identity", "/distinct_id",
            "The message says of nobody: distinct_id is missing. Send it."
        ),
        (
            .postHog, #"{"event":"E","distinct_id":""}"#, "missing_identity", "/distinct_id",
            "The message says of nobody: distinct_id is missing. Send it."
        ),
        (
            .postHog, #"{"event":"E","distinct_id":["u"]}"#, "invalid_type", "/distinct_id",
            "distinct_id must be text or a number, but this is a list."
        ),
        (
            .postHog, #"{"event":"E","distinct_id":"u","properties":"x"}"#, "invalid_type", "/properties",
            "properties must be an object, but this is text."
        ),
        (
            .postHog, #"{"event":"E","distinct_id":"u","timestamp":"soon"}"#, "invalid_timestamp", "",
            "timestamp is no instant. Send RFC 3339 text such as 2026-03-01T12:00:00.000Z, or milliseconds since 1970."
        ),
        (
            .postHog, #"{"event":"$set","distinct_id":"u"}"#, "traits_invalid", "",
            "The message for $set changes nothing. Send $set, $set_once, $unset or another operation with members."
        ),
        (
            .postHog, #"{"event":"E","distinct_id":"u","$set":[1]}"#, "invalid_type", "/$set",
            "$set must be an object, but this is a list."
        ),
        (
            .postHog, #"{"event":"$unset","distinct_id":"u","$unset":[1]}"#, "invalid_type", "/$unset",
            "$unset must be a list of names, but this is a list."
        ),
        (
            .postHog, #"{"event":"$create_alias","distinct_id":"u"}"#, "missing_previous_id", "/alias",
            "Two ids are to be joined, but alias does not say which. Send both."
        ),
        (
            .postHog, #"{"event":"$groupidentify","distinct_id":"u"}"#, "missing_group_id", "/$group_key",
            "$group_key is missing, which says what account is meant. Send it."
        ),
        (
            .postHog, #"{"event":"\#(String(repeating: "e", count: 201))","distinct_id":"u"}"#, "name_too_long", "",
            "The event has 201 bytes; at most 200 are taken. Names are for grouping: put details into properties."
        ),
        (
            .postHog, #"{"event":"E","distinct_id":"\#(String(repeating: "i", count: 513))"}"#, "id_too_long", "/distinct_id",
            "distinct_id has 513 bytes; at most 512 are taken. Send the identifier itself."
        ),
        (
            .postHog, #"{"event":"E","distinct_id":"u","properties":{"x":"\#(String(repeating: "y", count: 33_000))"}}"#,
            "event_too_large", "", "The call has 33053 bytes; at most 32768 are taken. Send less with it, or send several."
        ),
        (
            .postHog,
            #"{"event":"E","distinct_id":"u","properties":\#(String(repeating: "[", count: 40))\#(String(repeating: "]", count: 40))}"#,
            "too_deep", "", "The call is nested deeper than 16 levels. Send flatter data."
        ),
        (
            .sensors, #"{"event":"E"}"#, "unknown_type", "/type",
            #"There is no message "". type is track, track_signup, track_id_bind, track_id_unbind or profile_…."#
        ),
        (
            .sensors, #"{"type":"view","distinct_id":"u"}"#, "unknown_type", "/type",
            #"There is no message "view". type is track, track_signup, track_id_bind, track_id_unbind or profile_…."#
        ),
        (
            .sensors, #"{"type":"item_set","item_type":"book","item_id":"1"}"#, "unknown_type", "/type",
            "item_set is not taken: items are not kept here. Send what an event is about among its properties."
        ),
        (
            .sensors, #"{"type":"track","event":"E"}"#, "missing_identity", "/distinct_id",
            "The message says of nobody: distinct_id is missing. Send it."
        ),
        (.sensors, #"{"type":"track","distinct_id":"u"}"#, "missing_event", "/event", "The event has no name. Send it as event."),
        (
            .sensors, #"{"type":"track","event":"E","distinct_id":"u","time":true}"#, "invalid_timestamp", "",
            "timestamp is no instant. Send RFC 3339 text such as 2026-03-01T12:00:00.000Z, or milliseconds since 1970."
        ),
        (
            .sensors, #"{"type":"track","event":"E","distinct_id":"u","identities":[1]}"#, "invalid_type", "/identities",
            "identities must be an object, but this is a list."
        ),
        (
            .mixpanel(.events), #"{"properties":{"distinct_id":"u"}}"#, "missing_event", "/event",
            "The event has no name. Send it as event."
        ),
        (
            .mixpanel(.events), #"{"event":"E","properties":{}}"#, "missing_identity", "/distinct_id",
            "The message says of nobody: distinct_id is missing. Send it."
        ),
        (
            .mixpanel(.events), #"{"event":"$merge","properties":{"$distinct_ids":["a"]}}"#, "missing_previous_id",
            "/$distinct_ids", "Two ids are to be joined, but $distinct_ids does not say which. Send both."
        ),
        (
            .mixpanel(.people), #"{"$set":{"a":1}}"#, "missing_identity", "/$distinct_id",
            "The message says of nobody: $distinct_id is missing. Send it."
        ),
        (
            .mixpanel(.people), #"{"$distinct_id":"u"}"#, "traits_invalid", "",
            "The message for /engage changes nothing. Send $set, $set_once, $unset or another operation with members."
        ),
        (
            .mixpanel(.people), #"{"$distinct_id":"u","$set":7}"#, "invalid_type", "/$set",
            "$set must be an object, but this is a number."
        ),
        (
            .mixpanel(.groups), #"{"$set":{"a":1}}"#, "missing_group_id", "/$group_id",
            "$group_id is missing, which says what account is meant. Send it."
        ),
        (
            .mixpanel(.groups), #"{"$group_id":"g"}"#, "traits_invalid", "",
            "The message for /groups changes nothing. Send $set, $set_once, $unset or another operation with members."
        ),
    ]

    @Test("What is wrong with a message is told in its words, alone and in a list, and its neighbours are taken", arguments: bad)
    func refusals(capture: CaptureProtocol, message: String, code: String, pointer: String, reason: String) async throws {
        try await withWorld { world async throws in
            let alone = try await world.take(message, .capture(capture))
            #expect(alone.accepted == 0)
            #expect(alone.rejected == [RejectedCall(index: 0, code: .init(code), reason: reason, pointer: pointer)])
            let good =
                switch capture {
                case .postHog: #"{"event":"Good","distinct_id":"g"}"#
                case .sensors: #"{"type":"track","event":"Good","distinct_id":"g"}"#
                case .mixpanel(.events): #"{"event":"Good","properties":{"distinct_id":"g"}}"#
                case .mixpanel(.people): #"{"$distinct_id":"g","$set":{"a":1}}"#
                case .mixpanel(.groups): #"{"$group_id":"g","$set":{"a":1}}"#
                }
            let list = try await world.take("[\(good),\(message),7,\(good)]", .capture(capture))
            #expect(list.taken == 2 && list.rejected.map(\.index) == [1, 2])
            #expect(list.rejected.map(\.pointer) == ["/1" + pointer, "/2"])
            #expect(world.sink.all.count == 3)
            #expect(world.sink.all[1].payload?.elementsEqual(message.utf8.prefix(32 << 10)) == true)
        }
    }

    @Test("JSON is forgiven what the Segment routes forgive")
    func mercies() async throws {
        try await withWorld { world async throws in
            let body = #"""
                {"api_key":"k","batch":[
                {"event":"A","distinct_id":"u","properties":{"x":NaN,"y":-Infinity,"y":1}},
                {"event":"B","distinct_id":123456789012345678901234567890,"properties":{"n":18446744073709551616,"m":1e400,"max":9223372036854775807}},
                {"event":"C\ud800","distinct_id":"u"},{"event":"D","distinct_id":12.0,"properties":{"z":-0.0,"f":12.0}}]}
                """#
            #expect(try await world.take(body, .capture(.postHog)).taken == 4)
            let calls = world.calls
            #expect(calls.map(\.flags) == [[.nonFinite, .duplicateKey], .bigInteger, .badText, []])
            #expect(calls[0].properties == ["x": .null, "y": 1])
            #expect(calls[1].userID == "123456789012345678901234567890")
            #expect(
                calls[1].properties == ["m": .bigNumber("1e400"), "max": .int(.max), "n": .bigNumber("18446744073709551616")])
            #expect(calls[2].event == "C\u{FFFD}")
            #expect(calls[3].userID == "12" && calls[3].properties == ["f": .double(12), "z": .double(-0.0)])
        }
    }

    @Test("A batch's sent_at corrects the sender's clock, and the address is kept only where the source says so")
    func envelope() async throws {
        let body =
            #"{"api_key":"k","sent_at":"2026-03-10T08:00:00Z","batch":[{"event":"E","distinct_id":"u","timestamp":"2026-03-10T07:59:00Z","properties":{"$ip":"203.0.113.7"}}]}"#
        try await withWorld { world async throws in
            try await world.take(body, .capture(.postHog))
            #expect(world.calls[0].timestamp.rfc3339 == "2026-03-10T08:59:00Z")
            #expect(world.calls[0].originalTimestamp?.rfc3339 == "2026-03-10T07:59:00Z")
            #expect(world.calls[0].context == [:])
        }
        try await withWorld(\.storesIP, true) { world async throws in
            try await world.take(body, .capture(.postHog))
            #expect(world.calls[0].context == ["ip": "203.0.113.7"])
        }
    }

    @Test("An id twice is a duplicate, with another payload a conflict; events of another key are refused")
    func repeats() async throws {
        try await withWorld { world async throws in
            func event(_ value: Int, key: String = "k") -> String {
                #"{"event":"E","properties":{"distinct_id":"u","token":"\#(key)","$insert_id":"1","a":\#(value)}}"#
            }
            let events = try await world.take(
                "[\(event(1)),\(event(1)),\(event(2)),\(event(1, key: "other"))]", .capture(.mixpanel(.events)))
            #expect(events.taken == 1 && events.duplicates == 1)
            #expect(events.rejected.map(\.code.text) == ["message_id_conflict", "other_key"])
            #expect(events.rejected.map(\.pointer) == ["/2", "/3"])
            // Sensors Analytics: the number of the message, its time and its id together.
            func track(_ id: String, time: Int) -> String {
                #"{"type":"track","event":"E","distinct_id":"\#(id)","time":\#(time),"_track_id":5}"#
            }
            let list = [
                track("a", time: 1_772_366_400_000), track("b", time: 1_772_366_400_000), track("a", time: 1_772_366_400_001),
            ]
            let answer = try await world.take("[\((list + list).joined(separator: ","))]", .capture(.sensors))
            #expect(answer.taken == 3 && answer.duplicates == 3)
        }
    }

    @Test("A body that is no message is refused whole", arguments: [CaptureProtocol.postHog, .sensors, .mixpanel(.events)])
    func bodies(capture: CaptureProtocol) async throws {
        try await withWorld { world async throws in
            for (body, code) in [
                ("", "malformed_json"), ("{", "malformed_json"), ("7", "malformed_json"), ("[]", "empty_batch"),
                ("[\(Array(repeating: "{}", count: 2_001).joined(separator: ","))]", "too_many_events"),
            ] {
                #expect(await world.captureRefusal(body, capture) == code, "\(body.prefix(20))")
            }
            #expect(world.sink.all.count == 5)
        }
    }

    @Test("Random and mutated bodies never crash, and good messages beside them are taken", arguments: UInt64(0) ..< 30)
    func fuzz(seed: UInt64) async throws {
        try await withWorld { world async throws in
            var random = SplitMix64(seed: seed)
            let all = ProtocolTests.postHog + ProtocolTests.sensors + ProtocolTests.mixpanel
            for round in 0 ..< 60 {
                let translation = try #require(all.randomElement(using: &random))
                var body = translation.message.utf8
                for _ in 0 ..< Int.random(in: 1 ... 6, using: &random) where !body.isEmpty {
                    let place = Int.random(in: 0 ..< body.count, using: &random)
                    switch Int.random(in: 0 ..< 3, using: &random) {
                    case 0: body[place] = UInt8.random(in: .min ... .max, using: &random)
                    case 1: body.remove(at: place)
                    default: body.insert(Array("[]{}\",:\\01e-.NaN$".utf8).randomElement(using: &random) ?? 0, at: place)
                    }
                }
                _ = await world.captureRefusal(String(decoding: body, as: UTF8.self), translation.capture)
                // Valid JSON of any shape among good messages: they are all taken.
                let strange = ProtocolTests.strange(translation.message, &random)
                let good = JSONValue.object([
                    "type": "track", "event": "Good", "distinct_id": .string("g\(round)"), "$distinct_id": "g", "$group_id": "g",
                    "$set": ["a": .int(Int64(round))], "properties": ["distinct_id": "g", "n": .int(Int64(round))],
                ])
                let list = JSONValue.array([good, strange, good.setting(["other"], to: true), strange])
                let answer = try await world.take(bytes: list.utf8, .capture(translation.capture))
                #expect(!answer.rejected.contains { $0.index == 0 || $0.index == 2 }, "\(strange.text)")
                #expect(answer.rejected.allSatisfy { !$0.reason.isEmpty })
            }
        }
    }

    /// A message with some of its values replaced by any other.
    private static func strange(_ value: JSONValue, _ random: inout SplitMix64) -> JSONValue {
        let any: [JSONValue] = [
            .null, true, 0, -1, 1e300, .bigNumber("99999999999999999999"), "", "x", [], [:], [1, .null], ["$set": 1],
            ["a": ["b": []]],
        ]
        if Int.random(in: 0 ..< 5, using: &random) == 0 { return any.randomElement(using: &random) ?? .null }
        guard case .object(var members) = value else { return value }
        for key in members.keys { members[key] = strange(members[key] ?? .null, &random) }
        return .object(members)
    }
}

extension IntakeWorld {
    /// The code with which a body is refused whole; nil when it is read.
    fileprivate func captureRefusal(_ body: String, _ capture: CaptureProtocol) async -> String? {
        do throws(Problem) {
            _ = try await intake.take(Array(body.utf8), shape: .capture(capture), source: source)
            return nil
        } catch {
            return error.code.text
        }
    }
}
