import Model
import TestSupport
import Testing

@testable import Records

@Suite("What commands name")
struct CommandMentionsTests {
    @Test("Orders, sources, coupons, codes, uses and grants are names; lines, rules, kinds and what software adds are not")
    func names() {
        let order: JSONValue = [
            "command": "order", "order": "o-1", "message_id": "m1", "member": "user_id:ann",
            "properties": ["order_id": "o-1", "coupon": "SPRING", "products": [["sku": "tea"]]],
            "context": ["campaign": ["source": "letter"]],
        ]
        #expect(CommandMentions.names(in: order.text) == ["o-1", "m1", "SPRING"])
        let earn: JSONValue = ["command": "earn", "source": ["o-1", "2", "welcome"], "colours": ["shop"]]
        let refusal: JSONValue = ["reasons": [["code": "ALREADY_EARNED", "params": ["source": "o-2", "rule": "r"]]]]
        #expect(CommandMentions.names(in: earn.text, refusal.text) == ["o-1", "o-2"])
        #expect(CommandMentions.names(in: #"{"done":[{"do":"commit_coupon","code":"SPRING"}]}"#) == ["SPRING"])
        let reserve: JSONValue = ["coupons": ["c1", "c2"], "order": "o-3", "reservations": [["coupon": "c1", "amount": 5]]]
        #expect(CommandMentions.names(in: reserve.text) == ["c1", "c2", "o-3"])
        let grant: JSONValue = ["source": ["kind": "gift", "id": "g1", "series": "s"], "grant": "b1", "id": "other"]
        #expect(CommandMentions.names(in: grant.text) == ["g1", "b1"])
        #expect(CommandMentions.names(in: #"{"revoke_source":["order","o9"],"end":["plan","p9"]}"#) == ["o9", "p9"])
        #expect(CommandMentions.names(in: "{}", "[]", "7", "\"x\"", "", "}{,") == [])
    }

    @Test("Names are read as they were written, whatever stands in them", arguments: UInt64(0) ..< 16)
    func escapes(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let scalars: [Unicode.Scalar] = [
            "\"", "\\", "\n", "\r", "\t", "\u{0}", "\u{1F}", "\u{7F}", "a", "茶", "🍵", ",", "{", "]", ":", "/",
        ]
        for _ in 0 ..< 40 {
            var name = ""
            for _ in 0 ..< Int.random(in: 1 ... 12, using: &random) {
                name.unicodeScalars.append(scalars.randomElement(using: &random) ?? "a")
            }
            let value: JSONValue = ["a": .string(name), "order": .string(name), "b": .array([.string(name)])]
            #expect(CommandMentions.names(in: value.text) == [name])
        }
    }

    @Test("Commands from before are found by what they name after the step, thousands of them", arguments: RecordsEngine.here)
    func filled(on engine: RecordsEngine) async throws {
        let engine = try await engine.openBare()
        let steps = Array(Schema.migrations.prefix { $0.name != Schema.mentions.name })
        try await Schema.migrate(engine, at: .epoch, migrations: steps)
        let long = String(repeating: "long ", count: 1_000)
        try await engine.write { connection throws(Problem) in
            let rows: [[SQLValue]] = (0 ..< 4_100).flatMap { number in
                ["ws_a", "ws_b"].map { workspace in
                    [
                        .text(workspace), .text("c\(number)"), .text("server"),
                        .text(#"{"command":"earn","source":["o\#(number / 2)","",""]}"#), .integer(Int64(number)), .integer(0),
                        .text(#"{"member":"m_1"}"#),
                    ]
                }
            }
            let more: [[SQLValue]] = [
                ["ws_b", "o5", #"{"command":"order","order":"o5"}"#, "{}"], ["ws_b", "long", #"{"order":"\#(long)"}"#, "{}"],
            ].map { [.text($0[0]), .text($0[1]), .text("server"), .text($0[2]), .integer(9), .integer(1), .text($0[3])] }
            try connection.execute(
                """
                INSERT INTO loyalty_commands (workspace, id, actor, content, recorded_at, refused, answer)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """, each: rows + more)
        }
        try await Schema.migrate(engine, at: .epoch)
        let (count, found, digest) = try await engine.read { connection throws(Problem) in
            (
                try connection.row("SELECT COUNT(*) FROM loyalty_mentions")?.values,
                try connection.rows(
                    "SELECT command FROM loyalty_mentions WHERE workspace = 'ws_b' AND name = 'o2000' ORDER BY command", []
                ).flatMap(\.values),
                try connection.rows(
                    "SELECT command FROM loyalty_mentions WHERE workspace = 'ws_b' AND name = ?",
                    [.text(CommandMentions.stored(long))]
                ).flatMap(\.values)
            )
        }
        #expect(count == [.integer(8_201)] && found == [.text("c4000"), .text("c4001")] && digest == [.text("long")])
    }
}
