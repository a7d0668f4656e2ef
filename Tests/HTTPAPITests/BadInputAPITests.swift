import Columns
import HTTPTypes
import Model
import OrderedCollections
import Testing

@testable import HTTPAPI

/// What callers send by mistake or on purpose: each is answered with what is wrong and where, and leaves the books as they were.
@Suite("Bad input over the API") struct BadInputAPITests {
    /// Runs `body` with a program, 100 points of Ann's, and 3 uses of a benefit.
    private static func run(_ body: @escaping @Sendable (APIFixtures) async throws -> Void) async throws {
        try await APIFixtures.run { fixtures in
            let program = #"{"name":"Tea club","currencies":[{"key":"points","name":"Leaves"}]}"#
            #expect(try await fixtures.send(.put, "/api/v1/program", program).status == 200)
            for who in ["ann", "bob"] { try await enrol(who, fixtures) }
            let earned = try await post("points/earn", #"{"member":"user_id:ann","amount":100,"source":"first"}"#, fixtures)
            #expect(earned.status == 200, "\(earned.text)")
            try await body(fixtures)
        }
    }

    private static func enrol(_ who: String, _ fixtures: APIFixtures) async throws {
        let reply = try await post("program/members", #"{"identity":"user_id:\#(who)"}"#, fixtures)
        #expect(reply.status == 200, "\(reply.text)")
    }

    private static func post(_ path: String, _ body: String, _ fixtures: APIFixtures, key: String? = nil) async throws -> APIReply {
        try await fixtures.send(.post, "/api/v1/\(path)", body, key: key)
    }

    private static func codes(_ reply: APIReply) -> [String?]? { reply["reasons"]?.arrayValue?.map { $0["code"]?.stringValue } }

    private static func available(_ fixtures: APIFixtures, of who: String = "user_id:ann") async throws -> JSONValue? {
        let reply = try await post("points/balances", #"{"members":["\#(who)"]}"#, fixtures)
        return reply["balances"]?.arrayValue?.first?["balance"]?["available"]
    }

    // MARK: - Amounts

    /// Commands that move points, with a place for their amount.
    private static let moves = [
        ("points/earn", #"{"member":"user_id:ann","source":"s","amount":#}"#),
        ("points/burn", #"{"member":"user_id:ann","amount":#}"#),
        ("points/hold", #"{"member":"user_id:ann","amount":#}"#),
        ("points/donate", #"{"member":"user_id:ann","charity":"trees","amount":#}"#),
        ("points/transfer", #"{"from":"user_id:ann","to":"user_id:bob","amount":#}"#),
        ("points/take-back", #"{"source":"first","amount":#}"#),
        ("points/partners/roaster/blocks", #"{"price_minor":1,"amount":#}"#),
    ]

    @Test("Amounts of 0, negative, fractional and beyond Int64 are refused by every command of points", arguments: moves)
    func amounts(path: String, body: String) async throws {
        try await Self.run { fixtures in
            for amount in ["0", "-5", "-9223372036854775808"] {
                let reply = try await Self.post(path, body.replacing("#", with: amount), fixtures)
                #expect(reply.status == 409 && Self.codes(reply) == ["ZERO_VALUE"], "\(path) \(amount): \(reply.text)")
            }
            for amount in ["1.5", "1e-3", "9223372036854775808", "-9223372036854775809", "\"5\"", "true", "[1]"] {
                let reply = try await Self.post(path, body.replacing("#", with: amount), fixtures)
                #expect(reply.status == 400 && reply.pointer == "/amount", "\(path) \(amount): \(reply.text)")
            }
            #expect(try await Self.available(fixtures) == 100)
        }
    }

    @Test("The largest number is no way around: what cannot be counted is refused, and nothing is lost")
    func greatest() async throws {
        try await Self.run { fixtures in
            let all = "9223372036854775807"
            let earned = try await Self.post("points/earn", #"{"member":"user_id:ann","amount":\#(all),"source":"b"}"#, fixtures)
            #expect(earned.status == 409 && Self.codes(earned) == ["OVERFLOW"], "\(earned.text)")
            for word in ["burn", "hold"] {
                let reply = try await Self.post("points/\(word)", #"{"member":"user_id:ann","amount":\#(all)}"#, fixtures)
                #expect(Self.codes(reply) == ["INSUFFICIENT_POINTS"], "\(reply.text)")
                #expect(reply["reasons"]?.arrayValue?.first?["params"]?["available"] == 100, "\(reply.text)")
            }
            #expect(try await Self.available(fixtures) == 100)
        }
    }

    @Test("A benefit is not used nought times, fewer, in part, or beyond Int64")
    func benefitAmounts() async throws {
        try await Self.run { fixtures in
            let lounge =
                #"{"key":"lounge","name":{"en":"Lounge","zh":"茶室"},"kind":"metered","period":"month","zone":"UTC","quota":3}"#
            #expect(try await Self.post("program/benefits", lounge, fixtures).status == 200)
            let grant =
                #"{"benefit":"lounge","beneficiary":"user_id:ann","payer":"program","source":{"kind":"campaign","id":"s"},"amount":3}"#
            #expect(try await Self.post("benefits/grant", grant, fixtures).status == 200)
            for word in ["consume", "reserve"] {
                for amount in ["0", "-1"] {
                    let body = #"{"member":"user_id:ann","benefit":"lounge","amount":\#(amount)}"#
                    let reply = try await Self.post("benefits/\(word)", body, fixtures)
                    #expect(reply.status == 409 && Self.codes(reply)?.first == "ZERO_VALUE", "\(word) \(amount): \(reply.text)")
                }
                for amount in ["1.5", "9223372036854775808", "\"1\""] {
                    let body = #"{"member":"user_id:ann","benefit":"lounge","amount":\#(amount)}"#
                    let reply = try await Self.post("benefits/\(word)", body, fixtures)
                    #expect(reply.status == 400 && reply.pointer == "/amount", "\(word) \(amount): \(reply.text)")
                }
            }
            let check = try await Self.post("benefits/check", #"{"member":"user_id:ann","benefit":"lounge"}"#, fixtures)
            #expect(check["remaining"] == 3, "\(check.text)")
        }
    }

    @Test("A key that stands twice in a command is refused with its place, whatever it says; what only asks is answered")
    func repeatedKeys() async throws {
        try await Self.run { fixtures in
            for (path, body, place) in [
                ("points/burn", #"{"member":"user_id:ann","amount":1,"amount":2}"#, "/amount"),
                ("points/burn", #"{"member":"user_id:ann","amount":1,"\u0061mount":1}"#, "/amount"),
                ("coupons/commit", #"{"order":"o","finals":{"c/1":1,"c/1":1}}"#, "/finals/c~11"),
                ("coupons/reserve", #"{"order":"o","cart":{"lines":[{"id":"1"},{"id":"2","id":"3"}]}}"#, "/cart/lines/1/id"),
            ] {
                let reply = try await Self.post(path, body, fixtures)
                #expect(reply.status == 400 && reply.code == "repeated_member" && reply.pointer == place, "\(body): \(reply.text)")
            }
            #expect(try await Self.available(fixtures) == 100)
            let asked = try await Self.post("points/balances", #"{"members":[],"members":["user_id:ann"]}"#, fixtures)
            #expect(asked.status == 200, "\(asked.text)")
        }
    }

    // MARK: - Members

    private static let wishes = [
        ("points/earn", #"{"member":"WHO","amount":1,"source":"s"}"#), ("points/burn", #"{"member":"WHO","amount":1}"#),
        ("points/hold", #"{"member":"WHO","amount":1}"#), ("points/transfer", #"{"from":"user_id:ann","to":"WHO","amount":1}"#),
        ("points/transfer", #"{"from":"WHO","to":"user_id:ann","amount":1}"#),
    ]

    @Test("Unknown, closed and erased members are each told apart, and a closed one is there again when it is opened")
    func members() async throws {
        try await Self.run { fixtures in
            for (path, body) in Self.wishes.dropFirst() {
                let reply = try await Self.post(path, body.replacing("WHO", with: "m_7654321"), fixtures)
                #expect(reply.status == 409 && Self.codes(reply) == ["MEMBER_UNKNOWN"], "\(path): \(reply.text)")
            }
            for (path, body) in Self.wishes {
                let reply = try await Self.post(path, body.replacing("WHO", with: "nobody"), fixtures)
                #expect(reply.status == 400, "\(path): an identity has a kind: \(reply.text)")
            }
            let state = "program/members/user_id:bob/state"
            #expect(try await Self.post(state, #"{"state":"closed"}"#, fixtures).status == 200)
            for (path, body) in Self.wishes {
                let reply = try await Self.post(path, body.replacing("WHO", with: "user_id:bob"), fixtures)
                #expect(reply.status == 409 && Self.codes(reply) == ["MEMBER_CLOSED"], "\(path): \(reply.text)")
                #expect(reply["reasons"]?.arrayValue?.first?["remedy"] == "Open it again first.", "\(reply.text)")
            }
            for word in ["erased", "frozen"] {
                let reply = try await Self.post(state, #"{"state":"\#(word)"}"#, fixtures)
                #expect(
                    reply.pointer == "/state" && reply["message"] == #""state" is one of open, closed."#, "\(word): \(reply.text)")
            }
            #expect(try await Self.post(state, #"{"state":"open"}"#, fixtures).status == 200)
            let again = try await Self.post("points/transfer", #"{"from":"user_id:ann","to":"user_id:bob","amount":1}"#, fixtures)
            #expect(again.status == 200, "\(again.text)")
        }
    }

    @Test("Whoever was erased takes no part under their number, and their commands are answered without a name")
    func erasedMember() async throws {
        try await Self.run { fixtures in
            try await fixtures.collect(#"{"type":"track","event":"Seen","messageId":"1","userId":"ann"}"#)
            let spent = try await Self.post("points/burn", #"{"member":"user_id:ann","amount":1}"#, fixtures, key: "mine")
            let number = try #require(spent["member"]?.stringValue, "\(spent.text)")
            #expect(try await fixtures.send(.post, "/api/v1/people/user_id:ann/erase").status == 200)
            for (path, body) in Self.wishes where !body.contains("user_id:ann") {
                let reply = try await Self.post(path, body.replacing("WHO", with: number), fixtures)
                #expect(reply.status == 409 && Self.codes(reply) == ["MEMBER_ERASED"], "\(path): \(reply.text)")
            }
            let repeated = try await Self.post("points/burn", #"{"member":"user_id:ann","amount":1}"#, fixtures, key: "mine")
            #expect(repeated.status == 409 && !repeated.text.contains("ann"), "\(repeated.text)")
        }
    }

    @Test("Nobody gives points to themselves, under whatever identity")
    func oneself() async throws {
        try await Self.run { fixtures in
            try await fixtures.collect(
                #"{"type":"identify","messageId":"1","userId":"ann","traits":{"email":"ann@example.com"}}"#)
            for to in ["user_id:ann", "email:ann@example.com"] {
                let reply = try await Self.post(
                    "points/transfer", #"{"from":"user_id:ann","to":"\#(to)","amount":10}"#, fixtures)
                #expect(reply.status == 409 && Self.codes(reply) == ["SELF_TRANSFER"], "\(to): \(reply.text)")
            }
            #expect(try await Self.available(fixtures) == 100)
        }
    }

    // MARK: - Commands

    @Test("The same Idempotency-Key with other content names what differs, whatever the command, and nothing is done")
    func conflicts() async throws {
        try await Self.run { fixtures in
            let template =
                #"{"name":"T","currency":"CNY","zone":"UTC","effect":{"kind":"amount","amount":"20"},"validity":{"days":30}}"#
            let pairs: [(path: String, body: String, other: String, field: String)] = [
                ("points/burn", #"{"member":"user_id:ann","amount":1}"#, #"{"member":"user_id:ann","amount":2}"#, "amount"),
                ("points/burn", #"{"member":"user_id:ann","amount":1}"#, #"{"member":"user_id:bob","amount":1}"#, "member"),
                ("program/members", #"{"identity":"user_id:cleo"}"#, #"{"identity":"user_id:dan"}"#, "identity"),
                ("coupons/templates", template, template.replacing("20", with: "30"), "template"),
            ]
            for (number, pair) in pairs.enumerated() {
                let first = try await Self.post(pair.path, pair.body, fixtures, key: "k\(number)")
                #expect(first.status == 200, "\(pair.path): \(first.text)")
                let other = try await Self.post(pair.path, pair.other, fixtures, key: "k\(number)")
                #expect(other.status == 409 && Self.codes(other) == ["IDEMPOTENCY_CONFLICT"], "\(pair.path): \(other.text)")
                let params = other["reasons"]?.arrayValue?.first?["params"]
                #expect(params?["field"]?.stringValue == pair.field, "\(pair.path): \(other.text)")
                #expect(try await Self.post(pair.path, pair.body, fixtures, key: "k\(number)").text == first.text)
            }
            #expect(try await Self.available(fixtures) == 98)
        }
    }

    @Test("An Idempotency-Key that is not UTF-8 is refused, and so are two: none is taken for another")
    func unclearKeys() async throws {
        try await Self.run { fixtures in
            let body = #"{"member":"user_id:ann","amount":1}"#
            for key in ["cmd-\u{FFFD}", "\u{FFFD}\u{301}", "\u{FFFD}"] {
                let reply = try await Self.post("points/burn", body, fixtures, key: key)
                #expect(reply.status == 400 && reply.text.contains("is not UTF-8"), "\(reply.text)")
            }
            let both = try await fixtures.send(.post, "/api/v1/points/burn", body, key: "a", secondKey: "b")
            #expect(both.status == 400 && both.text.contains("There are 2 Idempotency-Keys"), "\(both.text)")
            #expect(try await Self.available(fixtures) == 100)
        }
    }

    @Test("A refused command stays refused under its key, and succeeds under a new one once it can")
    func refusedStays() async throws {
        try await Self.run { fixtures in
            let burn = #"{"member":"user_id:bob","amount":10}"#
            let poor = try await Self.post("points/burn", burn, fixtures, key: "k")
            #expect(poor.status == 409, "\(poor.text)")
            _ = try await Self.post("points/earn", #"{"member":"user_id:bob","amount":10,"source":"b"}"#, fixtures)
            #expect(try await Self.post("points/burn", burn, fixtures, key: "k").text == poor.text)
            #expect(try await Self.post("points/burn", burn, fixtures, key: "new").status == 200)
        }
    }

    // MARK: - Refunds

    /// - Parameter seconds: When, in the last half minute.
    private static func order(
        _ event: String, _ message: String, _ rest: String, _ fixtures: APIFixtures, seconds: Int64 = 0
    ) async throws -> APIReply {
        let at = fixtures.clock.now.advanced(byMicroseconds: (seconds - 30) * .microsecondsPerSecond).rfc3339
        return try await post(
            "earning/club/orders",
            #"{"member":"user_id:cleo","event":"\#(event)","message_id":"\#(message)","timestamp":"\#(at)","properties":{\#(rest)}}"#,
            fixtures)
    }

    /// Three units for 3 each, a point a yuan.
    private static func bought(_ order: String) -> String {
        #""order_id":"\#(order)","products":[{"product_id":"tea","price":3,"quantity":3}]"#
    }

    private static func back(_ order: String, _ quantity: Int, of product: String = "tea") -> String {
        #""order_id":"\#(order)","products":[{"product_id":"\#(product)","quantity":\#(quantity)}]"#
    }

    private static func ignored(_ reply: APIReply) -> [String?]? { reply["ignored"]?.arrayValue?.map { $0["code"]?.stringValue } }

    @Test("A refund before its order waits for it; larger than it, it takes what there is; twice, it takes once")
    func oddRefunds() async throws {
        try await APIFixtures.run { fixtures in
            try await EarningAPITests.earn(fixtures)
            fixtures.clock.advance(seconds: 60)
            let early = try await Self.order("Order Refunded", "r1", Self.back("early", 1), fixtures, seconds: 1)
            #expect(early.status == 200 && early["waiting"] == true && early["points"] == 0, "\(early.text)")
            let late = try await Self.order("Order Completed", "c1", Self.bought("early"), fixtures)
            #expect(late["waiting"] == false && late["points"] == 6, "\(late.text)")

            let whole = try await Self.order("Order Completed", "c2", Self.bought("large"), fixtures)
            #expect(whole["points"] == 9, "\(whole.text)")
            let large = try await Self.order("Order Refunded", "r2", Self.back("large", 5), fixtures, seconds: 1)
            #expect(large["points"] == 0 && Self.ignored(large) == ["EXCEEDS_ORDER"], "\(large.text)")
            let other = try await Self.order("Order Refunded", "r3", Self.back("large", 1, of: "pot"), fixtures, seconds: 2)
            #expect(other["points"] == 0 && Self.ignored(other) == ["NOT_IN_ORDER"], "\(other.text)")

            let again = try await Self.order("Order Refunded", "r1", Self.back("early", 1), fixtures, seconds: 1)
            #expect(again["new"] == false && again["points"] == 6, "\(again.text)")
            let changed = try await Self.order("Order Refunded", "r1", Self.back("early", 3), fixtures, seconds: 1)
            #expect(changed.status == 409 && Self.codes(changed) == ["IDEMPOTENCY_CONFLICT"], "\(changed.text)")
            #expect(try await Self.available(fixtures, of: "user_id:cleo") == 6)
        }
    }

    @Test("What is no number in an order is named; quantities are read from text, parts of a unit too")
    func unreadableNumbers() async throws {
        try await APIFixtures.run { fixtures in
            try await EarningAPITests.earn(fixtures)
            fixtures.clock.advance(seconds: 60)
            let order =
                #""order_id":"o","products":[{"product_id":"tea","price":3,"quantity":"1.5"},{"product_id":"pot","price":"¥60"}]"#
            let reply = try await Self.order("Order Completed", "c", order, fixtures)
            #expect(reply.status == 200 && reply["points"] == 4 && Self.ignored(reply) == ["UNREADABLE"], "\(reply.text)")
            #expect(
                reply["ignored"]?.arrayValue?.first?["params"] == ["field": "/properties/products/1/price", "value": "¥60"],
                "\(reply.text)")
        }
    }

    @Test("A refund of money in another currency is noted and takes nothing; one in the order's own takes it")
    func foreignRefund() async throws {
        try await APIFixtures.run { fixtures in
            try await EarningAPITests.earn(fixtures)
            fixtures.clock.advance(seconds: 60)
            _ = try await Self.order("Order Completed", "c", Self.bought("o"), fixtures)
            let foreign = try await Self.order(
                "Order Refunded", "r1", #""order_id":"o","total":9,"currency":"USD""#, fixtures, seconds: 1)
            #expect(foreign["points"] == 9 && Self.ignored(foreign) == ["CURRENCY_MISMATCH"], "\(foreign.text)")
            let own = try await Self.order(
                "Order Refunded", "r2", #""order_id":"o","total":9,"currency":"CNY""#, fixtures, seconds: 2)
            #expect(own["points"] == 0 && Self.ignored(own) == [], "\(own.text)")
        }
    }

    @Test("What was taken back is not taken back again, whatever the reason")
    func takenTwice() async throws {
        try await Self.run { fixtures in
            let earn = #"{"member":"user_id:ann","amount":10,"source":"order","line":"1","units":3}"#
            _ = try await Self.post("points/earn", earn, fixtures)
            let all = try await Self.post("points/take-back", #"{"source":"order","line":"1","units":3}"#, fixtures)
            #expect(all["taken"] == 10, "\(all.text)")
            let more = try await Self.post("points/take-back", #"{"source":"order","line":"1","units":1}"#, fixtures)
            #expect(more["taken"] == 0 || Self.codes(more) == ["EXCEEDS_ORIGINAL"], "\(more.text)")
            let never = try await Self.post("points/take-back", #"{"source":"never","units":1}"#, fixtures)
            #expect(never.status == 409 && Self.codes(never) == ["NOT_FOUND"], "\(never.text)")
            let currency = try await Self.post(
                "points/take-back", #"{"currency":"stars","source":"order","line":"1","units":1}"#, fixtures)
            #expect(Self.codes(currency) == ["CURRENCY_UNKNOWN"], "\(currency.text)")
            #expect(try await Self.available(fixtures) == 100)
        }
    }

    // MARK: - Coupons

    private static let template =
        #"{"name":"spring","currency":"CNY","zone":"Asia/Shanghai","effect":{"kind":"amount","amount":"20"},"validity":{"days":30}}"#

    /// The codes of a new batch.
    private static func batch(_ count: Int, _ fixtures: APIFixtures) async throws -> [String] {
        #expect(try await post("coupons/templates", template, fixtures).status == 200)
        #expect(try await post("coupons/batches", #"{"template":"spring","count":\#(count)}"#, fixtures).status == 200)
        let file = try await fixtures.send(.get, "/api/v1/coupons/batches/1/codes")
        return file.text.split(separator: "\r\n").dropFirst().compactMap { $0.split(separator: ",").first.map(String.init) }
    }

    @Test("Codes are found however they are typed; with letters of another script they are none, and a wrong symbol is noticed")
    func lookAlikes() async throws {
        try await Self.run { fixtures in
            let codes = try await Self.batch(40, fixtures)
            let likes: [(printed: Character, typed: Character)] = [
                ("Q", "O"), ("Q", "0"), ("D", "0"), ("7", "1"), ("J", "I"), ("T", "1"),
            ]
            var tried = 0
            for code in codes {
                var typed = [code.lowercased(), code.replacing("-", with: ""), " \(code.replacing("-", with: " - ")) "]
                for (printed, like) in likes where code.filter({ $0 == printed }).count == 1 {
                    typed.append(code.replacing(String(printed), with: String(like)))
                    tried += 1
                }
                for text in typed {
                    let path = text.addingPercents
                    let looked = try await fixtures.send(.get, "/api/v1/coupons/codes/\(path)")
                    #expect(looked.status == 200 && looked["code"]?.stringValue == code, "\(code) as \(text): \(looked.text)")
                }
            }
            #expect(tried > 20)
            for (number, wrong) in [codes[0].replacingFirst(with: "А"), codes[0].replacingFirst(with: "√"), "", "x"].enumerated() {
                let body = #"{"code":"\#(wrong)","member":"user_id:ann","address":"192.0.2.\#(number)"}"#
                let reply = try await Self.post("coupons/claim", body, fixtures)
                #expect(reply.status == 400 || reply.status == 422, "\(wrong): \(reply.text)")
            }
        }
    }

    @Test(
        "A template whose conditions contradict is refused with their place",
        arguments: [
            (#"{"conditions":{"spend":{"min":"200","max":"100"}}}"#, "/conditions/spend"),
            (#"{"conditions":{"units":{"min":10,"max":9}}}"#, "/conditions/units"),
            (#"{"conditions":{"products":{"only":["cup"],"except":["cup"]}}}"#, "/conditions/products"),
            (
                #"{"conditions":{"weekdays":[1]},"validity":{"first_day":"2026-12-02","last_day":"2026-12-04"}}"#,
                "/conditions/weekdays"
            ),
            (#"{"validity":{"first_day":"2026-12-04","last_day":"2026-12-02"}}"#, "/validity"),
            (#"{"validity":{"days":-1}}"#, "/validity/days"),
            (#"{"effect":{"kind":"percent","percent":"100.01"}}"#, "/effect/percent"),
            (#"{"effect":{"kind":"amount","amount":"5","units_max":1}}"#, "/effect/units_max"),
        ])
    func contradictions(changed: String, place: String) async throws {
        try await Self.run { fixtures in
            var template = try JSONParser.parse(Array(Self.template.utf8))
            for (key, value) in try #require(try JSONParser.parse(Array(changed.utf8)).objectValue) {
                template = template.setting([key], to: value)
            }
            for path in ["coupons/templates", "coupons/preview"] {
                let cart = #"{"currency":"CNY","lines":[{"id":"1","sku":"tin","unit_price":9000}]}"#
                let isPreview = path.hasSuffix("preview")
                let body = isPreview ? #"{"template":\#(template.text),"cart":\#(cart)}"# : template.text
                let reply = try await Self.post(path, body, fixtures)
                #expect(reply.status == 400, "\(path): \(reply.text)")
                #expect(reply.pointer?.hasSuffix(place) == true, "\(path): \(reply.text)")
            }
            let list = try await fixtures.send(.get, "/api/v1/coupons/templates")
            #expect(list["templates"] == [], "\(list.text)")
        }
    }

    /// How many of each answer there were.
    private static func tally(
        _ count: Int, _ send: @escaping @Sendable (Int) async throws -> APIReply
    ) async throws -> [String: Int] {
        try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0 ..< count {
                group.addTask {
                    let reply = try await send(number)
                    return reply.status == 200 ? "200" : codes(reply)?.compactMap(\.self).joined(separator: ",") ?? reply.text
                }
            }
            var answers: [String: Int] = [:]
            for try await answer in group { answers[answer, default: 0] += 1 }
            return answers
        }
    }

    @Test("Of 200 who claim one code at the same moment one has it; of 200 orders that use it at once one does")
    func stampede() async throws {
        try await Self.run { fixtures in
            let code = try #require(try await Self.batch(1, fixtures).first)
            let enrolled = try await Self.tally(200) { number in
                try await Self.post("program/members", #"{"identity":"user_id:m\#(number)"}"#, fixtures)
            }
            #expect(enrolled == ["200": 200])
            fixtures.clock.advance(seconds: 1)
            let claims = try await Self.tally(200) { number in
                try await Self.post("coupons/claim", #"{"code":"\#(code)","member":"user_id:m\#(number)"}"#, fixtures)
            }
            #expect(claims == ["200": 1, "NOT_YOURS": 199])
            let looked = try await fixtures.send(.get, "/api/v1/coupons/codes/\(code)")
            let owner = try #require(looked["coupon"]?["member"]?.stringValue, "\(looked.text)")
            fixtures.clock.advance(seconds: 1)
            let uses = try await Self.tally(200) { number in
                try await Self.post(
                    "coupons/reserve",
                    #"{"member":"\#(owner)","order":"o\#(number)","coupons":["b1_0"],"cart":{"currency":"CNY","lines":[{"id":"1","sku":"tin","unit_price":9000}]}}"#,
                    fixtures)
            }
            #expect(uses == ["200": 1, "RESERVED_ELSEWHERE": 199])
            let kept = try await fixtures.send(.get, "/api/v1/coupons/ids/b1_0")
            let order = try #require(kept["reservation"]?["order"]?.stringValue, "\(kept.text)")
            // The till sends the same redemption 200 times, under keys of their own.
            let redeemed = try await Self.tally(200) { _ in
                try await Self.post("coupons/commit", #"{"order":"\#(order)"}"#, fixtures)
            }
            #expect(redeemed.values.reduce(0, +) == 200)
            let used = try await fixtures.send(.get, "/api/v1/coupons/ids/b1_0")
            #expect(used["redemptions"]?.arrayValue?.count == 1 && used["state"] == "redeemed", "\(redeemed) \(used.text)")
        }
    }

    @Test("Many wrong codes at the same moment gain no more than one after the other")
    func guessing() async throws {
        try await Self.run { fixtures in
            _ = try await Self.batch(1, fixtures)
            let answers = try await Self.tally(100) { _ in
                try await Self.post("coupons/claim", #"{"code":"2222-2222-2222-2","member":"user_id:ann"}"#, fixtures)
            }
            let waiting = answers.filter { $0.key.contains("too_many_attempts") }.values.reduce(0, +)
            let wrong = answers.filter { $0.key.contains("unknown_coupon_code") }.values.reduce(0, +)
            #expect(waiting == 94 && wrong == 6, "\(answers)")
        }
    }

    // MARK: - The clock

    @Test("A clock that goes back stands still; one that leaps ahead ends what is over, and nothing comes back with it")
    func clock() async throws {
        try await Self.run { fixtures in
            fixtures.clock.advance(seconds: -86_400)
            let burn = #"{"member":"user_id:ann","amount":1}"#
            let back = try await Self.post("points/burn", burn, fixtures)
            #expect(back.status == 200 && back["balance"]?["available"] == 99, "\(back.text)")
            let statement = try await fixtures.send(.get, "/api/v1/points/members/user_id:ann/statement")
            let times = (statement["entries"]?.arrayValue ?? []).compactMap { entry in
                entry["effective_at"]?.stringValue.flatMap { Instant(rfc3339: $0) }
            }
            #expect(times.count == 3 && times == times.sorted(by: >), "\(statement.text)")

            let held = try await Self.post("points/hold", #"{"member":"user_id:ann","amount":9,"seconds":60}"#, fixtures)
            let hold = try #require(held["hold"]?.intValue, "\(held.text)")
            // Three years on all of it is over, the hold and the points.
            fixtures.clock.advance(seconds: 3 * 366 * 86_400)
            let late = try await Self.post("points/capture", #"{"member":"user_id:ann","hold":\#(hold)}"#, fixtures)
            #expect(Self.codes(late) == ["HOLD_EXPIRED"], "\(late.text)")
            let earned = try await Self.post("points/earn", #"{"member":"user_id:ann","amount":5,"source":"new"}"#, fixtures)
            #expect(earned["balance"]?["available"] == 5, "\(earned.text)")
            fixtures.clock.advance(seconds: -3 * 366 * 86_400)
            let gone = try await Self.post("points/burn", #"{"member":"user_id:ann","amount":6}"#, fixtures)
            #expect(Self.codes(gone) == ["INSUFFICIENT_POINTS"], "\(gone.text)")
            let left = try await Self.post("points/burn", #"{"member":"user_id:ann","amount":5}"#, fixtures)
            #expect(left["balance"]?["available"] == 0, "\(left.text)")
        }
    }
}

extension String {
    /// For the path of an address.
    fileprivate var addingPercents: String {
        utf8.map { byte in
            let isPlain = (0x30 ... 0x39).contains(byte) || (0x41 ... 0x5a).contains(byte) || (0x61 ... 0x7a).contains(byte)
            return isPlain || byte == 0x2d ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    fileprivate func replacingFirst(with other: Character) -> String { String(other) + dropFirst() }
}
