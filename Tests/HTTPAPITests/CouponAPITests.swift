import HTTPTypes
import Model
import Testing
import Workspaces

@testable import HTTPAPI

@Suite("Coupons over the API") struct CouponAPITests {
    private static let template =
        #"{"name":"spring","currency":"CNY","zone":"Asia/Shanghai","effect":{"kind":"amount","amount":"20"},"#
        + #""conditions":{"spend":{"min":"100"}},"validity":{"days":30},"limits":[{"name":"spring/money","measure":"money","max":"50"}]}"#

    /// Runs `body` with a program, the template and the member Ann.
    private static func run(_ body: @escaping @Sendable (APIFixtures) async throws -> Void) async throws {
        try await APIFixtures.run { fixtures in
            _ = try await fixtures.send(
                .put, "/api/v1/program", #"{"name":"Tea club","currencies":[{"key":"points","name":"Leaves"}]}"#)
            let enrolled = try await fixtures.send(.post, "/api/v1/program/members", #"{"identity":"user_id:ann"}"#)
            #expect(enrolled.status == 200, "\(enrolled.text)")
            let set = try await Self.post("templates", Self.template, fixtures, key: "template")
            #expect(set.status == 200 && set["template"]?["version"] == 1, "\(set.text)")
            try await body(fixtures)
        }
    }

    private static func post(_ word: String, _ body: String, _ fixtures: APIFixtures, key: String? = nil) async throws -> APIReply {
        try await fixtures.send(.post, "/api/v1/coupons/\(word)", body, key: key)
    }

    private static func cart(price: Int) -> String {
        #"{"currency":"CNY","lines":[{"id":"1","sku":"tin","unit_price":\#(price)}]}"#
    }

    private static func cart(_ lines: [String]) -> String { #"{"currency":"CNY","lines":[\#(lines.joined(separator: ","))]}"# }

    private static func line(_ id: Int, _ units: String, _ price: String) -> String {
        #"{"id":"\#(id)","sku":"tin","units":\#(units),"unit_price":\#(price)}"#
    }

    private static func use(_ coupon: String, order: String, price: Int = 12_000) -> String {
        #"{"member":"user_id:ann","order":"\#(order)","coupons":["\#(coupon)"],"cart":\#(cart(price: price))}"#
    }

    private static func codes(_ reply: APIReply) -> [JSONValue?]? { reply["reasons"]?.arrayValue?.map { $0["code"] } }

    @Test("A coupon is granted with the text that was read, checked without effect, reserved, used and rolled back")
    func life() async throws {
        try await Self.run { fixtures in
            let read = try await fixtures.send(.get, "/api/v1/coupons/templates/spring")
            let hash = try #require(read["texts"]?["zh-Hans"]?["hash"]?.stringValue, "\(read.text)")
            #expect(read["texts"]?["en"]?["lines"]?.arrayValue?.isEmpty == false && read["versions"] == 1)
            let stale = try await Self.post(
                "grant", #"{"template":"spring","member":"user_id:ann","seen":{"language":"en","hash":"\#(hash)"}}"#, fixtures)
            #expect(stale.status == 409 && Self.codes(stale) == ["CONDITIONS_CHANGED"], "\(stale.text)")
            let granted = try await Self.post(
                "grant", #"{"template":"spring","member":"user_id:ann","seen":{"language":"zh-Hans","hash":"\#(hash)"}}"#, fixtures)
            #expect(granted["state"] == "granted" && granted["text_hash"]?.stringValue == hash, "\(granted.text)")
            let id = try #require(granted["coupon"]?.stringValue)
            // It begins when it was recorded, some microseconds after the clock that stands.
            fixtures.clock.advance(seconds: 1)
            let poor = try await Self.post("check", Self.use(id, order: "o1", price: 9_000), fixtures)
            #expect(poor.status == 200 && poor["total"] == 0, "\(poor.text)")
            let reason = poor["skipped"]?.arrayValue?.first?["reasons"]?.arrayValue?.first
            #expect(reason?["code"] == "CONDITION_SPEND_MIN" && reason?["params"]?["need"] == 10_000)
            let checked = try await Self.post("check", Self.use(id, order: "o1"), fixtures)
            #expect(checked["total"] == 2_000 && checked["price"]?["goods"] == 10_000, "\(checked.text)")
            #expect(checked["price"]?["tax"] == nil, "no rate is named")
            func taxed(_ prices: String, _ rate: String) -> String {
                let line = #"{"id":"1","sku":"tin","unit_price":12000,"tax_rate":\#(rate)}"#
                return #"{"member":"user_id:ann","order":"o1","coupons":["\#(id)"],"#
                    + #""cart":{"currency":"CNY","prices":"\#(prices)","lines":[\#(line)]}}"#
            }
            let gross = try await Self.post("check", taxed("gross", "1300"), fixtures)
            #expect(gross["price"]?["tax"] == [["rate": 1_300, "net": 8_850, "tax": 1_150, "gross": 10_000]], "\(gross.text)")
            let net = try await Self.post("check", taxed("net", "1300"), fixtures)
            #expect(net["price"]?["tax"] == [["rate": 1_300, "net": 10_000, "tax": 1_300, "gross": 11_300]], "\(net.text)")
            let wrong = try await Self.post("check", taxed("net", "-1"), fixtures)
            #expect(wrong.status == 400 && wrong.pointer == "/cart/lines/0/tax_rate", "\(wrong.text)")
            let untouched = try await fixtures.send(.get, "/api/v1/coupons/limits?template=spring")
            #expect(untouched["limits"]?.arrayValue?.map { $0["left"] } == [5_000], "\(untouched.text)")
            func budget() async throws -> JSONValue? {
                let reply = try await fixtures.send(.get, "/api/v1/coupons/budgets?template=spring")
                return reply["budgets"]?.arrayValue?.first
            }
            let full = try await budget()
            #expect(full?["days"] == [] && full?["left"] == 5_000 && full?["forecast"] == "idle", "\(full?.text ?? "")")

            let reserved = try await Self.post("reserve", Self.use(id, order: "o1"), fixtures, key: "r1")
            #expect(reserved["reservations"]?.arrayValue?.map { $0["amount"] } == [2_000], "\(reserved.text)")
            let again = try await Self.post("reserve", Self.use(id, order: "o1"), fixtures, key: "r1")
            #expect(again.text == reserved.text)
            let elsewhere = try await Self.post("reserve", Self.use(id, order: "o2"), fixtures)
            #expect(elsewhere.status == 409 && Self.codes(elsewhere) == ["RESERVED_ELSEWHERE"], "\(elsewhere.text)")
            let limits = try await fixtures.send(.get, "/api/v1/coupons/limits?template=spring")
            #expect(limits["limits"]?.arrayValue?.map { $0["reserved"] } == [2_000], "\(limits.text)")

            let kept = try await fixtures.send(.get, "/api/v1/coupons/ids/\(id)")
            #expect(kept["usable"] == false && Self.codes(kept) == ["RESERVED_ELSEWHERE"], "\(kept.text)")
            #expect(kept["reservation"]?["order"] == "o1" && kept["redemptions"] == [], "\(kept.text)")
            let used = try await Self.post("commit", #"{"order":"o1"}"#, fixtures)
            #expect(used.status == 200 && used["coupons"]?.arrayValue?.map { $0["amount"] } == [2_000], "\(used.text)")
            let burnt = try await budget()
            #expect(burnt?["name"] == "spring/money" && burnt?["measure"] == "money" && burnt?["max"] == 5_000)
            #expect(burnt?["days"]?.arrayValue?.map { $0["left"] } == [3_000] && burnt?["left"] == 3_000)
            let today = burnt?["days"]?.arrayValue?.first?["date"]?.stringValue.flatMap { LocalDate(text: $0) }
            // 3,000 at 2,000 a day.
            #expect(burnt?["forecast"] == "ends" && burnt?["used_lately"] == 2_000, "\(burnt?.text ?? "")")
            #expect(burnt?["forecast_date"]?.stringValue == today?.advanced(byDays: 2).text)
            let back = try await Self.post("roll-back", #"{"order":"o1","coupons":["\#(id)"]}"#, fixtures)
            let restored = try await budget()
            #expect(restored?["days"]?.arrayValue?.map { $0["left"] } == [5_000] && restored?["forecast_date"] == .null)
            #expect(back["coupons"]?.arrayValue?.map { $0["state"] } == ["granted"], "\(back.text)")
            let one = try await fixtures.send(.get, "/api/v1/coupons/ids/\(id)")
            #expect(one["usable"] == true && one["reservation"] == .null && one["state"] == "granted", "\(one.text)")
            #expect(one["redemptions"]?.arrayValue?.map { $0["undone"] } == [true], "\(one.text)")
            #expect(one["texts"]?["zh-Hans"]?["hash"]?.stringValue == hash)
            #expect(try await fixtures.send(.get, "/api/v1/coupons/ids/none").status == 404)
            let mine = try await fixtures.send(.get, "/api/v1/coupons/members/user_id:ann")
            #expect(mine["coupons"]?.arrayValue?.map { $0["coupon"]?.stringValue } == [id], "\(mine.text)")
            let revoked = try await Self.post("revoke", #"{"coupon":"\#(id)","reason":"misprint"}"#, fixtures)
            #expect(revoked["state"] == "revoked" && revoked["reason"] == "misprint", "\(revoked.text)")
        }
    }

    @Test("What is reserved lapses after 30 minutes, and its budget is free again")
    func lapse() async throws {
        try await Self.run { fixtures in
            let granted = try await Self.post("grant", #"{"template":"spring","member":"user_id:ann"}"#, fixtures)
            let id = try #require(granted["coupon"]?.stringValue)
            _ = try await Self.post("reserve", Self.use(id, order: "o1"), fixtures)
            fixtures.clock.advance(seconds: 1_801)
            let limits = try await fixtures.send(.get, "/api/v1/coupons/limits?template=spring")
            #expect(limits["limits"]?.arrayValue?.map { $0["left"] } == [5_000], "\(limits.text)")
            let late = try await Self.post("commit", #"{"order":"o1"}"#, fixtures)
            #expect(late.status == 409 && Self.codes(late) == ["RESERVATION_EXPIRED"], "\(late.text)")
            func asking(_ seconds: String) -> String { #"{"seconds":\#(seconds),"# + Self.use(id, order: "o2").dropFirst() }
            for wrong in ["0", "2592001", "1.5", #""60""#] {
                let refused = try await Self.post("reserve", asking(wrong), fixtures)
                #expect(refused.status == 400 && refused.pointer == "/seconds", "\(refused.text)")
                #expect(refused.text.contains("2592000"), "\(refused.text)")
            }
            #expect(try await Self.post("reserve", asking("3600"), fixtures).status == 200)
            fixtures.clock.advance(seconds: 3_500)
            let inTime = try await Self.post("commit", #"{"order":"o2"}"#, fixtures)
            #expect(inTime.status == 200, "\(inTime.text)")
        }
    }

    @Test("Codes are made, taken out under the eyes of the audit, claimed once, and end with their batch")
    func batches() async throws {
        try await Self.run { fixtures in
            let made = try await Self.post("batches", #"{"template":"spring","count":3}"#, fixtures, key: "batch")
            #expect(made["batch"] == 1 && made["state"] == "ready", "\(made.text)")
            let file = try await fixtures.send(.get, "/api/v1/coupons/batches/1/codes")
            #expect(file.headers[.contentType] == "text/csv; charset=utf-8")
            let lines = file.text.split(separator: "\r\n")
            #expect(lines.first == "code,number" && lines.count == 4)
            let codes = lines.dropFirst().compactMap { $0.split(separator: ",").first.map(String.init) }
            let batch = try await fixtures.send(.get, "/api/v1/coupons/batches/1")
            #expect(batch["state"] == "exported" && batch["exported_count"] == 1, "\(batch.text)")
            #expect(batch["exported_by"]?.stringValue?.isEmpty == false)
            let audit = try await fixtures.send(.get, "/api/v1/audit")
            #expect(audit.text.contains("coupon_batch.exported") && audit.text.contains("3 codes of spring"), "\(audit.text)")

            let claimed = try await Self.post(
                "claim", #"{"code":"\#(codes[0].lowercased())","member":"user_id:ann"}"#, fixtures)
            #expect(claimed.status == 200 && claimed["coupon"] == "b1_0", "\(claimed.text)")
            let look = try await fixtures.send(.get, "/api/v1/coupons/ids/b1_0")
            let texts = ["en", "zh-Hans"].map { look["texts"]?[$0]?["hash"] }
            #expect(look["text_hash"] != .null && texts.contains(look["text_hash"]), "\(look.text)")
            _ = try await fixtures.send(.post, "/api/v1/program/members", #"{"identity":"user_id:ben"}"#)
            let taken = try await Self.post("claim", #"{"code":"\#(codes[0])","member":"user_id:ben"}"#, fixtures)
            #expect(taken.status == 409 && Self.codes(taken) == ["NOT_YOURS"], "\(taken.text)")
            let looked = try await fixtures.send(.get, "/api/v1/coupons/codes/\(codes[0])")
            #expect(looked["code"]?.stringValue == codes[0] && looked["coupon"]?["state"] == "granted", "\(looked.text)")
            #expect(looked["state"] == "granted" && looked["texts"]?["zh-Hans"]?["lines"] != nil, "\(looked.text)")
            let free = try await fixtures.send(.get, "/api/v1/coupons/codes/\(codes[1])")
            #expect(free["coupon"] == .null && free["batch"]?["template"] == "spring", "\(free.text)")
            #expect(free["state"] == "unclaimed" && free["usable"] == true && free["reasons"] == [], "\(free.text)")

            fixtures.clock.advance(seconds: 1)
            let checked = try await Self.post("check", Self.use(codes[0], order: "o1"), fixtures)
            #expect(checked["total"] == 2_000 && checked["codes"]?[codes[0]] == "b1_0", "\(checked.text)")
            let reserved = try await Self.post("reserve", Self.use(codes[0], order: "o1"), fixtures)
            #expect(reserved.status == 200 && reserved["codes"]?[codes[0]] == "b1_0", "\(reserved.text)")
            let used = try await Self.post("commit", #"{"order":"o1","coupons":["\#(codes[0])"]}"#, fixtures)
            #expect(used.status == 200 && used["coupons"]?.arrayValue?.first?["coupon"] == "b1_0", "\(used.text)")

            let closed = try await Self.post("batches/1/state", #"{"state":"closed"}"#, fixtures)
            #expect(closed["state"] == "closed", "\(closed.text)")
            let late = try await Self.post("claim", #"{"code":"\#(codes[1])","member":"user_id:ben"}"#, fixtures)
            #expect(Self.codes(late) == ["BATCH_CLOSED"], "\(late.text)")
            let over = try await fixtures.send(.get, "/api/v1/coupons/codes/\(codes[1])")
            #expect(over["state"] == "closed" && over["usable"] == false && Self.codes(over) == ["BATCH_CLOSED"], "\(over.text)")
            #expect(try await fixtures.send(.get, "/api/v1/coupons/batches/1/codes").status == 409)
        }
    }

    @Test("Who guesses codes has to wait, and right codes count for nothing")
    func guessing() async throws {
        try await Self.run { fixtures in
            let body = #"{"code":"2222-2222-2222-2","member":"user_id:ann","address":"192.0.2.1"}"#
            var seen: [Int] = []
            for _ in 0 ..< 8 { seen.append(try await Self.post("claim", body, fixtures).status) }
            #expect(seen.prefix(5) == [422, 422, 422, 422, 422] && seen.last == 429, "\(seen)")
            #expect(try await Self.post("claim", body, fixtures)["code"] == "too_many_attempts")
            _ = try await Self.post("batches", #"{"template":"spring","count":1}"#, fixtures)
            let file = try await fixtures.send(.get, "/api/v1/coupons/batches/1/codes")
            let code = try #require(file.text.split(separator: "\r\n").last?.split(separator: ",").first)
            for _ in 0 ..< 40 {
                let looked = try await fixtures.send(.get, "/api/v1/coupons/codes/\(code)?address=192.0.2.9")
                #expect(looked.status == 200, "\(looked.text)")
            }
        }
    }

    @Test("A template is tried on a cart before it is made, and what cannot come true is refused with its place")
    func preview() async throws {
        try await Self.run { fixtures in
            let tried = try await Self.post(
                "preview", #"{"template":\#(Self.template),"cart":\#(Self.cart(price: 9_000))}"#, fixtures)
            #expect(tried["cart"]?["counts"] == false && tried["cart"]?["near_miss"]?["spend"] == 1_000, "\(tried.text)")
            let fine = try await Self.post(
                "preview", #"{"template":\#(Self.template),"cart":\#(Self.cart(price: 10_000))}"#, fixtures)
            #expect(fine["cart"]?["total"] == 2_000 && fine["cart"]?["price"]?["goods"] == 8_000, "\(fine.text)")
            let list = try await fixtures.send(.get, "/api/v1/coupons/templates")
            #expect(list["templates"]?.arrayValue?.map { $0["template"]?["version"] } == [1], "nothing was made")
            let bad = try await Self.post(
                "templates",
                #"{"name":"x","currency":"CNY","zone":"UTC","effect":{"kind":"amount","amount":"5"},"conditions":{"spend":{"min":2,"max":1}}}"#,
                fixtures)
            #expect(bad.status == 400 && bad.pointer == "/conditions/spend", "\(bad.text)")
            let second = try await Self.post("templates", Self.template, fixtures)
            #expect(second["template"]?["version"] == 2)
            let first = try await fixtures.send(.get, "/api/v1/coupons/templates/spring?version=1")
            #expect(first["template"]?["version"] == 1 && first["versions"] == 2, "\(first.text)")
            #expect(try await fixtures.send(.get, "/api/v1/coupons/templates/none").status == 404)
        }
    }

    @Test("A key that only reads checks and looks, and changes nothing")
    func scopes() async throws {
        try await Self.run { fixtures in
            let made = try await fixtures.send(.post, "/api/v1/keys", #"{"name":"reader","scopes":["read"]}"#)
            let reader = try #require(made["key"]?.stringValue)
            let refused = ["grant", "claim", "reserve", "commit", "cancel", "roll-back", "refund", "revoke", "void", "batches"]
            for word in refused {
                let reply = try await fixtures.send(.post, "/api/v1/coupons/\(word)", "{}", bearer: reader)
                #expect(reply.status == 403, "\(word): \(reply.text)")
            }
            let checked = try await fixtures.send(
                .post, "/api/v1/coupons/check", Self.use("none", order: "o"), bearer: reader)
            #expect(checked.status == 409 && Self.codes(checked) == ["NOT_FOUND"], "\(checked.text)")
            #expect(try await fixtures.send(.get, "/api/v1/coupons/templates", bearer: reader).status == 200)
            #expect(try await fixtures.send(.get, "/api/v1/coupons/batches/1/codes", bearer: reader).status == 403)
        }
    }

    @Test("Numbers that cannot be counted with are refused, whole and within Int64 or not")
    func numbers() async throws {
        try await Self.run { fixtures in
            for (units, code) in [("\(Int64.max)", "OVERFLOW"), ("\(Int64.min)", "BAD_AMOUNT")] {
                let lines = Self.cart((0 ..< 3).map { Self.line($0, units, "\(Int64.max)") })
                let tried = try await Self.post("preview", #"{"template":\#(Self.template),"cart":\#(lines)}"#, fixtures)
                #expect(tried.status == 409 && Self.codes(tried)?.first == .string(code), "\(tried.text)")
                for word in ["check", "reserve"] {
                    let granted = try await Self.post("grant", #"{"template":"spring","member":"user_id:ann"}"#, fixtures)
                    let id = try #require(granted["coupon"]?.stringValue)
                    let asked = #"{"member":"user_id:ann","order":"o","coupons":["\#(id)"],"cart":\#(lines)}"#
                    let reply = try await Self.post(word, asked, fixtures)
                    #expect(reply.status == 409 && Self.codes(reply)?.first == .string(code), "\(word): \(reply.text)")
                }
            }
            for (units, price, member) in [
                ("1", "1.5", "unit_price"), ("1", "9223372036854775808", "unit_price"), ("1", "-9223372036854775809", "unit_price"),
                ("1.5", "1", "units"), ("9223372036854775808", "1", "units"), (#""2""#, "1", "units"), ("1", "null", "unit_price"),
            ] {
                let body = #"{"template":\#(Self.template),"cart":\#(Self.cart([Self.line(1, units, price)]))}"#
                let reply = try await Self.post("preview", body, fixtures)
                #expect(reply.status == 400 && reply.pointer == "/cart/lines/0/\(member)", "\(units), \(price): \(reply.text)")
            }
            for final in ["1.5", "-1", "9223372036854775808", #""5""#] {
                let reply = try await Self.post("commit", #"{"order":"o","finals":{"c":\#(final)}}"#, fixtures)
                #expect(reply.status == 400 && reply.pointer == "/finals", "\(final): \(reply.text)")
            }
        }
    }
}
