import Model
import OrderedCollections
import Testing

@testable import Loyalty

struct BenefitWordingTests {
    private static let cap = BenefitCap(user: nil, by: .init("mother"), max: 3)

    @Test(
        "each reason is a sentence with its numbers",
        arguments: [
            (BenefitReason.quotaUsed(left: 2, asked: 3, resetsAt: nil), "Only 2 are left of it. Ask for less."),
            (
                BenefitReason.quotaUsed(left: 2, asked: 3, resetsAt: Sample.day(31)),
                "Only 2 are left of it until 2026-02-01T00:00:00Z. Ask for less, or try again then."
            ),
            (
                BenefitReason.capReached(cap, left: 1, asked: 2, resetsAt: nil),
                "Only 1 are left of the 3 that mother allows. Ask for less, or ask them to allow more."
            ),
            (BenefitReason.quotaUsed(left: 0, asked: 1, resetsAt: nil), "Nothing is left of it. Grant more first."),
            (
                BenefitReason.quotaUsed(left: 0, asked: 1, resetsAt: Sample.day(31)),
                "Nothing is left of it until 2026-02-01T00:00:00Z. Try again then."
            ),
            (
                BenefitReason.capReached(cap, left: 0, asked: 2, resetsAt: nil),
                "Nothing is left of the 3 that mother allows. Ask them to allow more."
            ),
            (BenefitReason.exceeds(left: 0, asked: nil), "Nothing of it is left."),
            (BenefitReason.outside(["b", "a"]), "It can only be used at a, b. Use it there."),
            (BenefitReason.unknown(.benefit, "spa"), "There is no benefit \"spa\". Define it first."),
            (BenefitReason.unknown(.offer, "gold"), "No plan \"gold\" is for sale."),
            (BenefitReason.badAmount(0), "An amount is at least 1, not 0."),
            (BenefitReason.missingRole("buyer"), "Only whoever is buyer may do that. Ask one of them."),
            (
                BenefitReason.wrongState("consumed", asked: "cancel", possible: ["refund"]),
                "In the state \"consumed\" that cannot be done: cancel. Possible is: refund."
            ),
            (
                BenefitReason.wrongState("cancelled", asked: "refund", possible: []),
                "In the state \"cancelled\" that cannot be done: refund. Begin with a new one instead."
            ),
            // As earlier versions have kept it.
            (
                .init("WRONG_STATE", ["state": "consumed", "asked": "cancel"]),
                "In the state \"consumed\" that cannot be done: cancel."
            ),
            (BenefitReason.exceeds(left: 4, asked: 5), "Only 4 of it are left."),
        ])
    func sentences(reason: Refusal.Reason, sentence: String) {
        #expect(reason.wording.description == sentence)
    }

    @Test("no reason is without words")
    func all() {
        let grant = Sample.grant("g", .init(.gift, id: "g"), 1)
        let reasons: [Refusal.Reason] = [
            BenefitReason.badTime, BenefitReason.contradiction, BenefitReason.notEntitled, BenefitReason.badAmount(.max),
            BenefitReason.notCounted(.onOff), BenefitReason.alreadyGranted(grant), BenefitReason.alreadyDone(.init("x")),
            BenefitReason.notStarted(from: .epoch), BenefitReason.ended(at: .epoch), BenefitReason.revoked("r", at: .epoch),
            BenefitReason.notUsable(.status), BenefitReason.lapsed(at: .epoch),
        ]
        let words = ["GIFT", "USE", "STOCK", "POOL", "PURCHASE", "CODE", "GRANT", "SOURCE"].map { $0 + "_UNKNOWN" }
        for code in reasons.map(\.code) + words { #expect(RefusalWording.all[code] != nil, "\(code)") }
    }

    @Test("what to do is told apart, where there is something to do")
    func remedies() {
        #expect(Refusal.Reason("POOL_IN_THE_WAY", ["name": "a. B"]).remedy?.description == "End one of the two first.")
        #expect(Refusal.Reason("MONTH_NOT_NEXT", ["next": "2026-05"]).remedy?.description == "The next is 2026-05.")
        for code in ["NOT_YOURS", "REVOKED", "BATCH_CLOSED", "MEMBER_CLOSED", "MEMBER_ERASED", "CODE_BLOCKED"] {
            #expect(Refusal.Reason(code).remedy != nil, "\(code)")
        }
        for code in ["NO_EFFECT", "ALREADY_USED", "NOT_TRANSFERABLE", "NOT_A_CODE"] {
            #expect(Refusal.Reason(code).remedy == nil, "\(code)")
        }
        let json = Refusal.Reason("LAST_ADMIN").json
        #expect(
            json["remedy"] == "Name another one first."
                && json["message"]?.stringValue?.hasSuffix("Name another one first.") == true)
        #expect(Refusal.Reason("NO_EFFECT").json["remedy"] == nil)
    }
}
