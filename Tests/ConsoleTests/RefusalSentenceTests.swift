import Model
import OrderedCollections
import Testing

@testable import Console
@testable import Loyalty

@Suite("Refusals in Chinese") struct RefusalSentenceTests {
    private static let reasons: [Refusal.Reason] = [
        .init("NOT_FOUND"), .init("NOT_FOUND", ["coupon": "c"]), .init("NOT_FOUND", ["template": "t"]),
        .init("NOT_FOUND", ["template": "t", "version": 2]), .init("NOT_FOUND", ["order": "o"]),
        .init("NOT_FOUND", ["order": "o", "coupon": "c"]), .init("NOT_FOUND", ["batch": 1]),
        .init("NOT_FOUND", ["source": "s", "line": "", "rule": ""]), .init("NOT_FOUND", ["source": "s", "line": "1", "rule": ""]),
        .init("NOT_FOUND", ["number": 1, "kind": "hold"]), .init("NOT_FOUND", ["number": 1, "kind": "lot"]),
        .init("NOT_FOUND", ["number": 1, "kind": "spending"]), .init("NOT_YOURS", ["claimed": true]),
        .init("USED_FOR_ORDER", ["order": "o"]),
        .init("USED_FOR_ORDER", ["order": "o", "amount": 2000, "final": 1]),
        .init("ALREADY_EARNED", ["source": "s", "member": "m_1"]),
        .init("EXCEEDS_ORIGINAL", ["left": 0]), .init("TRANSFER_LIMIT", ["transferable": 0]),
        .init("TRANSFER_MONTH_AMOUNT", ["left": 0]), .init("CODES_TOO_MANY", ["left": 0, "length": 8]),
        .init("INSUFFICIENT_POINTS", ["available": 0, "held": 0]), .init("INSUFFICIENT_POINTS", ["available": 0, "held": 5]),
        .init("MONTH_CLOSED", ["month": "2026-03", "closed_at": "2026-04-02T00:00:00Z", "next": "2026-04"]),
        .init("MONTH_NOT_CLOSED", ["month": "2026-03"]),
        .init("MONTH_NOT_CLOSED", ["month": "2026-03", "first": "2026-01", "last": "2026-02"]),
        .init("VERSION_STATUS", ["need": ["reviewed"], "have": "draft"]), .init("LIMIT_TAKEN", ["left": 0, "limit": "day"]),
        .init("CAP_REACHED", ["left": 0]), .init("OUT_OF_STOCK", ["free": 0]), .init("COUPONS_USED", ["left": 0]),
        .init("QUOTA_USED", ["left": 0]), .init("QUOTA_USED", ["left": 0, "resets_at": "2026-04-02T00:00:00Z"]),
        BenefitReason.wrongState("reserved", asked: "refund", possible: ["confirm", "cancel"]),
        BenefitReason.wrongState("cancelled", asked: "refund", possible: []), .init("PERIOD_NOT_OVER", ["period": 1, "last": 0]),
    ]

    @Test("What is not there, and that nothing is left, is said in Chinese", arguments: reasons)
    func refusals(reason: Refusal.Reason) {
        let said = Words(.chinese)(reason.wording)
        #expect(said.lang == nil && said.text != reason.wording.description, "\(reason.code): \(said.text)")
    }

    private static let bodies: [JSONValue] = [
        ["what": 1], ["count": "5"], ["count": 1.5], ["count": 0], ["least": -1], ["sum": [1]], ["fee": "60.00"], ["reason": .null],
    ]

    @Test("What is wrong with a field is said in Chinese, values and all", arguments: bodies)
    func fields(body: JSONValue) {
        #expect {
            let reader = try ObjectReader(body, known: ["count", "least", "sum", "fee", "reason"])
            _ = try reader.number("count", in: 1 ... 9)
            _ = try reader.number("least", in: 0 ... .max)
            _ = try reader.number("sum", in: .min ... .max)
            _ = try reader.money("fee")
            _ = try reader.requiredWord("reason", AdjustPoints.Reason.self)
        } throws: { error in
            guard let problem = error as? Problem else { return false }
            return Words(.chinese)(problem.wording).lang == nil
        }
    }
}
