import Model
import OrderedCollections
import TestSupport
import Testing

@testable import Loyalty

/// What people are told of a refusal: which thing it is about, how much there is, and what to do.
struct RefusalWordingTests {
    private static let sentences: [(Refusal.Reason, String)] = [
        (.init("NOT_FOUND", ["coupon": "c_1"]), "There is no coupon \"c_1\"."),
        (.init("NOT_FOUND", ["template": "summer"]), "There is no coupon template \"summer\". Make it first."),
        (
            .init("NOT_FOUND", ["template": "summer", "version": 2, "coupon": "c_1"]),
            "There is no version 2 of the coupon template \"summer\"."
        ),
        (.init("NOT_FOUND", ["order": "o"]), "No coupon is kept or used for the order \"o\"."),
        (
            .init("NOT_FOUND", ["order": "o", "coupon": "c_1"]),
            "The order \"o\" does not have the coupon \"c_1\", or has not used it."
        ),
        (.init("NOT_FOUND", ["batch": 7]), "There is no batch of codes \"7\"."),
        (PointRefusal.unknown(.hold, PointID(77)).refusal.reasons[0], "The member has no hold 77."),
        (PointRefusal.unknown(.spending, PointID(77)).refusal.reasons[0], "The member has no spending 77."),
        (PointRefusal.unknown(.lot, PointID(77)).refusal.reasons[0], "The member has no lot 77 with which that can be done."),
        (
            PointRefusal.unknownSource(PointSource(id: "o")).refusal.reasons[0],
            "Nothing was earned for the source \"o\". Name its line and rule, too, where it has them."
        ),
        (
            PointRefusal.unknownSource(PointSource(id: "o", line: "1", rule: "r")).refusal.reasons[0],
            "Nothing was earned for the source \"o\" with the line \"1\" and the rule \"r\"."
        ),
        // As earlier versions have kept it.
        (
            .init("NOT_FOUND", ["number": 3]),
            "There is no such lot, hold, spending, source, coupon, template, batch or order."
        ),
        (.init("ALREADY_EARNED", ["source": "o"]), "Points were earned for o already."),
        (.init("EXCEEDS_ORIGINAL", ["left": 0]), "Nothing of it is left."),
        (.init("EXCEEDS_ORIGINAL", ["left": 2]), "Only 2 of it are left."),
        (.init("TRANSFER_LIMIT", ["transferable": 0]), "None of the points can be given away."),
        (.init("TRANSFER_MONTH_AMOUNT", ["left": 0]), "Nothing more can be given in this month. Wait for the next."),
        (.init("OUT_OF_STOCK", ["free": 0, "stock": "mug"]), "None are free of mug. Put more into the stock first."),
        (.init("COUPONS_USED", ["left": 0]), "Its coupons were used: nothing can be given back."),
        (.init("LIMIT_TAKEN", ["left": 0, "limit": "day"]), "Nothing is left of the limit day. Send it again."),
        (.init("CODES_TOO_MANY", ["left": 0, "length": 8]), "No more codes of 8 symbols can be made. Choose longer ones."),
        (.init("VERSION_STATUS", ["need": ["reviewed"], "have": "draft"]), "The version is a draft. Review it first."),
        (
            .init("VERSION_STATUS", ["need": ["draft"], "have": "live"]),
            "That goes with a version that is draft; this one is live."
        ),
    ]

    @Test("A reason says which thing it is about, and none is left where there is nothing", arguments: sentences)
    func sentence(reason: Refusal.Reason, sentence: String) {
        #expect(reason.wording.description == sentence)
    }

    @Test("What was sent is quoted by its first 80 symbols, be they many or one of very many marks")
    func cut() {
        let long = String(repeating: "é", count: 80)
        func told(_ name: String) -> JSONValue { Refusal.Reason("NOT_FOUND", ["coupon": .string(name)]).json }
        #expect(told(long)["message"] == .string("There is no coupon \"\(long)\"."))
        #expect(told(long + "é")["message"] == .string("There is no coupon \"\(long)…\"."))
        #expect(told(long + "é")["params"] == ["coupon": .string(long + "é")], "programs have ids whole")
        for name in [String(repeating: "a", count: 70_000), "a" + String(repeating: "\u{301}", count: 70_000)] {
            #expect(told(name).text.utf8.count < 1_200)
            let known = Refusal.Reason("CURRENCY_UNKNOWN", ["currency": .string(name), "known": [.string(name), "points"]])
            #expect(known.json.text.utf8.count < 2_400)
            #expect(known.json["message"]?.stringValue?.hasSuffix("…, points.") == true)
        }
    }

    @Test("Who has nothing to spend is told to earn or to release, not to ask for less")
    func nothingToSpend() {
        func remedy(_ available: Int64, _ held: Int64, _ until: Instant? = nil) -> String? {
            PointRefusal.insufficient(available: available, held: held, pendingUntil: until).refusal.reasons[0].remedy?.description
        }
        #expect(remedy(0, 0) == "Try again when some were earned.")
        #expect(remedy(0, 5) == "Release what is held, or try again when more were earned.")
        #expect(remedy(3, 0) == "Ask for less.")
        #expect(remedy(0, 0, .epoch) == nil, "it comes by itself")
    }

    private static let cap = BenefitCap(user: nil, by: .init("mother"), max: 3)
    /// Why a benefit cannot be used now, or a thing of it not be moved on.
    private static let standings: [Refusal.Reason] = [
        BenefitReason.notEntitled, BenefitReason.notStarted(from: .epoch), BenefitReason.ended(at: .epoch),
        BenefitReason.revoked("left. Gone", at: .epoch), BenefitReason.outside(["lounge"]), BenefitReason.notUsable(.status),
        BenefitReason.quotaUsed(left: 0, asked: 1, resetsAt: nil), BenefitReason.quotaUsed(left: 0, asked: 1, resetsAt: .epoch),
        BenefitReason.quotaUsed(left: 1, asked: 2, resetsAt: nil), BenefitReason.quotaUsed(left: 1, asked: 2, resetsAt: .epoch),
        BenefitReason.capReached(cap, left: 0, asked: 1, resetsAt: nil),
        BenefitReason.capReached(cap, left: 1, asked: 2, resetsAt: nil), BenefitReason.lapsed(at: .epoch),
        BenefitReason.wrongState("reserved", asked: "refund", possible: ["confirm", "cancel"]),
        BenefitReason.wrongState("cancelled", asked: "refund", possible: []), BenefitReason.missingRole("admin"),
        BenefitReason.couponsUsed(left: 1, asked: 2), .init("OUT_OF_STOCK", ["free": 0, "stock": "mug"]),
        .init("OUT_OF_STOCK", ["free": 1, "stock": "mug"]), .init("CONSENT_MISSING", ["purpose": "address"]),
        .init("GIFT_UNDER_WAY"), .init("ALREADY_PAID"), .init("NOTICE_MISSING"), .init("NOTICE_LATE", ["days": 5]),
        .init("PERIOD_NOT_OVER", ["period": 1, "last": 0]), .init("PERIOD_NOT_OVER", ["period": 3, "last": 2]),
    ]

    @Test("Whatever the state of a benefit does not allow comes with what to do", arguments: standings)
    func benefits(reason: Refusal.Reason) throws {
        let remedy = try #require(reason.remedy, "\(reason.wording)").description
        #expect(reason.json["remedy"] == .string(remedy) && reason.wording.description.hasSuffix(". " + remedy))
        #expect(!remedy.contains("Gone"), "it is no part of what somebody gave as the reason")
    }

    @Test("What was given back whole is not given back again, with no amount or with one", arguments: RecordsEngine.here)
    func givenBack(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        _ = try await program.earn("a", 100, "ann")
        let spending = PointID(try #require(try await program.spend("b", .burn(60, place: nil), "ann").body["spending"]?.intValue))
        #expect(try await program.spend("c", .giveBack(spending, nil), "ann").available == 100)
        for (id, amount) in [("d", nil), ("e", 1)] as [(String, Int64?)] {
            let again = try await program.spend(id, .giveBack(spending, amount), "ann")
            #expect(again.codes == ["EXCEEDS_ORIGINAL"], "\(again.body)")
            #expect(again.body["reasons"]?.arrayValue?.first?["message"] == "Nothing of it is left.", "\(again.body)")
        }
        let unknown = try await program.spend("f", .giveBack(PointID(77), nil), "ann")
        #expect(unknown.body["reasons"]?.arrayValue?.first?["params"] == ["number": 77, "kind": "spending"], "\(unknown.body)")
    }

    @Test("Who earns for a source that has earned is told for whom", arguments: RecordsEngine.here)
    func earned(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        let first = try await program.earn("a", 100, "ann")
        let ann = try #require(first.body["member"]?.stringValue)
        var other = EarnPoints(5, of: "points", to: TestProgram.member("bob"), for: PointSource(id: "a"))
        other.units = 2
        let twice = try await program.perform("b", other)
        #expect(twice.codes == ["ALREADY_EARNED"], "\(twice.body)")
        let reason = twice.body["reasons"]?.arrayValue?.first
        #expect(reason?["message"] == .string("Points were earned for a already, by \(ann)."), "\(twice.body)")
        #expect(reason?["params"]?["member"] == .string(ann))
    }
}
