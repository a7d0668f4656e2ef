import Model
import OrderedCollections

extension RefusalWording {
    /// What is said of benefits.
    static let benefits: [String: @Sendable (Refusal.Reason) -> Wording] = [
        "NOT_ENTITLED": { _ in "There is no right to it. Grant it first." },
        "BENEFIT_NOT_STARTED": { "The right to it begins at \($0.text("from")). Try again then." },
        "BENEFIT_ENDED": { "It ended at \($0.text("at")). It has to be given anew first." },
        "BENEFIT_REVOKED": {
            "The right to it was taken back at \($0.text("at")): \($0.text("reason")). Ask who took it back."
        },
        "OTHER_PLACE": { "It can only be used at \($0.text("places")). Use it there." },
        "NOT_USABLE": { _ in "There is nothing to use of it: somebody has it or not. Check it instead." },
        "NOT_COUNTED": { _ in "Nothing is counted of it. Leave the amount out." },
        "QUOTA_USED": quotaUsed,
        "CAP_REACHED": {
            $0.isNone("left")
                ? "Nothing is left of the \($0.text("max")) that \($0.text("by")) allows. Ask them to allow more."
                : "Only \($0.text("left")) are left of the \($0.text("max")) that \($0.text("by")) allows. Ask for less, or ask them to allow more."
        },
        "AMOUNT_TOO_LARGE": { "The amount \($0.text("amount")) is too large." },
        "ALREADY_GRANTED": { "The source \($0.text("source")) has given it already. Name another source to give it once more." },
        "ALREADY_DONE": { "That was done already: \($0.text("id"))." },
        "WRONG_STATE": wrongState,
        "PERIOD_NOT_OVER": {
            $0.isNone("last")
                ? "The period \($0.text("period")) is not over, nor is any other. Wait until it is."
                : "The period \($0.text("period")) is not one that is over. Name one of 1 to \($0.text("last"))."
        },
        "BAD_BENEFIT": { _ in "The benefit contradicts itself." },
        "KIND_IN_USE": { "A benefit stays of its kind, \($0.text("kind")). Define another one." },
        "BENEFIT_UNKNOWN": { "There is no benefit \"\($0.text("name"))\". Define it first." },
        "GRANT_UNKNOWN": { "There is no grant \"\($0.text("name"))\". Name one by the id that it was answered with." },
        "SOURCE_UNKNOWN": { "The source \"\($0.text("name"))\" has given nothing." },
        "USE_UNKNOWN": { "There is no use \"\($0.text("name"))\". Name one by the id that it was answered with." },
        "STOCK_UNKNOWN": { "There is no stock \"\($0.text("name"))\" here." },
        "GIFT_UNKNOWN": { "There is no gift \"\($0.text("name"))\"." },
        "POOL_UNKNOWN": { "There is no pool of \"\($0.text("name"))\"." },
        "POOL_IN_THE_WAY": { "Both have a pool of \"\($0.text("name"))\". End one of the two first." },
        "PURCHASE_UNKNOWN": { "There is no purchase \"\($0.text("name"))\"." },
        "CODE_UNKNOWN": { "Nobody has registered the code \($0.text("name"))." },
        "PLAN_OFFER_UNKNOWN": { "No plan \"\($0.text("name"))\" is for sale." },
        "PLAN_UNKNOWN": { "Nobody has bought the plan \"\($0.text("name"))\"." },
        "PLAN_GIFT_UNKNOWN": { "Nobody has given the plan \"\($0.text("name"))\"." },
        "TERMS_CHANGED": { "The terms have changed: version \($0.text("version")) is for sale now. Show it before you buy." },
        "PRODUCT_UNKNOWN": { "There is no batch of codes for \"\($0.text("name"))\"." },
        "CODE_BLOCKED": { "The code \($0.text("code")) is blocked. Ask who blocked it." },
        "TOO_MANY_GRANTS": { "More than \($0.text("max")) grants are meant. Name one member at a time." },
        "TEMPLATE_UNKNOWN": { "There is no coupon template \"\($0.text("name"))\". Make it first." },
        "COUPONS_PER_USE": { "Each use makes a coupon, at most \($0.text("max")) at once. Ask for less." },
        "COUPONS_USED": {
            $0.isNone("left")
                ? "Its coupons were used: nothing can be given back."
                : "Coupons of it were used: only \($0.text("left")) can be given back. Ask for less."
        },
        "OTHER_KIND": {
            "The benefit \"\($0.text("name"))\" is of the kind \($0.text("kind")). Name one of the kind \($0.text("need"))."
        },
        "RIGHT_MISSING": { _ in
            "The coupon does not say of which queue its priority is. Make a version of its template with \"benefit\" and \"days\"."
        },
        "OUT_OF_STOCK": {
            $0.isNone("free")
                ? "None are free of \($0.text("stock")). Put more into the stock first."
                : "Only \($0.text("free")) are free of \($0.text("stock")). Ask for less, or put more into the stock first."
        },
        "CONSENT_MISSING": { _ in "The member has not allowed to use the address for it. Ask them first." },
        "GIFT_UNDER_WAY": { _ in "It is a gift. Take its next step instead." },
        "ROLE_MISSING": { "Only whoever is \($0.text("role")) may do that. Ask one of them." },
        "LAST_ADMIN": { _ in "There is always an admin. Name another one first." },
        "OWN_PURCHASE": { _ in "Somebody other than who asked for it has to approve." },
        "SELF_GIFT": { _ in "Nobody makes a gift to themselves." },
        "GIFT_NOT_YOURS": { _ in "It is meant for somebody else." },
        "WRONG_AMOUNT": { "The fee is \($0.text("fee")), not \($0.text("paid"))." },
        "ALREADY_PAID": { _ in "The next period is paid already. Pay again when it has begun." },
        "NOTICE_MISSING": { _ in "The payer was not told of the renewal in time. Ask them to pay by themselves." },
        "NOTICE_LATE": { "The payer has to be told at least \($0.text("days")) days before. Ask them to pay by themselves." },
        "NOTICE_TOO_SHORT": { "The law asks for at least \($0.text("min")) days of notice." },
    ]

    private static func quotaUsed(_ reason: Refusal.Reason) -> Wording {
        let (left, resetsAt) = (reason.text("left"), reason.text("resets_at"))
        return switch (reason.isNone("left"), resetsAt.isEmpty) {
        case (true, true): "Nothing is left of it. Grant more first."
        case (true, false): "Nothing is left of it until \(resetsAt). Try again then."
        case (false, true): "Only \(left) are left of it. Ask for less."
        case (false, false): "Only \(left) are left of it until \(resetsAt). Ask for less, or try again then."
        }
    }

    /// What can be done instead; those of earlier versions do not say it.
    private static func wrongState(_ reason: Refusal.Reason) -> Wording {
        let (state, asked, possible) = (reason.text("state"), reason.text("asked"), reason.text("possible"))
        return switch (reason.params["possible"], possible.isEmpty) {
        case (nil, _): "In the state \"\(state)\" that cannot be done: \(asked)."
        case (_?, true): "In the state \"\(state)\" that cannot be done: \(asked). Begin with a new one instead."
        case (_?, false): "In the state \"\(state)\" that cannot be done: \(asked). Possible is: \(possible)."
        }
    }
}
