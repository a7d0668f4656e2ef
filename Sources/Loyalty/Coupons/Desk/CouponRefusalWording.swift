import Model
import OrderedCollections

extension RefusalWording {
    /// Why a coupon cannot be used, and what to do about it.
    static let coupons: [String: @Sendable (Refusal.Reason) -> Wording] = [
        "NOT_YOURS": {
            $0.params["claimed"] == true
                ? "Somebody else has claimed this code already. Claim another one."
                : "The coupon belongs to somebody else, or nobody has claimed it yet. Use one of the member's own, or claim it first."
        },
        "NOT_STARTED": { "The coupon can be used from \($0.text("from")) on." },
        "EXPIRED": { "The coupon could be used until \($0.text("until"))." },
        "ENDS_BEFORE_START": {
            "Given now, the coupon would end at \($0.text("until")), before it can be used from \($0.text("from")) on. Give it later."
        },
        "OUTSIDE_HOURS": { "The coupon cannot be used on this day or at this hour (\($0.text("zone"))). Look at its conditions." },
        "LIMIT_TOTAL": { "All \($0.text("max")) uses of this offer are taken. Try again when a reservation lapses." },
        "LIMIT_DAY": { "Today's \($0.text("max")) uses of this offer are taken. Come back tomorrow." },
        "LIMIT_MEMBER": { "A member can use this offer \($0.text("max")) times." },
        "LIMIT_INSTRUMENT": { "A card or account can pay with this offer \($0.text("max")) times." },
        "BUDGET_EMPTY": { _ in "The money for this offer is spent." },
        "CONDITION_SPEND_MIN": { "Goods that count have to cost at least \($0.text("need")), not \($0.text("have")) minor units." },
        "CONDITION_SPEND_MAX": { "Goods that count may cost at most \($0.text("need")), not \($0.text("have")) minor units." },
        "CONDITION_UNITS_MIN": { "At least \($0.text("need")) units that count are needed, not \($0.text("have"))." },
        "CONDITION_UNITS_MAX": { "At most \($0.text("need")) units that count are allowed, not \($0.text("have"))." },
        "CONDITION_PRODUCTS": { _ in "Nothing in the cart counts for this coupon." },
        "CONDITION_TIER": { "The coupon is for the tiers \($0.text("need"))." },
        "CONDITION_TAGS": { "The coupon is for people with the tags \($0.text("need"))." },
        "CONDITION_CHANNEL": { "The coupon can be used in the channels \($0.text("need"))." },
        "CONDITION_STORE": { "The coupon can be used in the stores \($0.text("need"))." },
        "CONDITION_FIRST_ORDER": { _ in "The coupon is for a first order." },
        "CONDITION_INSTRUMENT": { _ in "The coupon counts by card or account: say which one pays." },
        "CURRENCY_MISMATCH": { "The coupon is for orders in \($0.text("need")), not \($0.text("have"))." },
        "STACK_CONFLICT": { reason in
            reason.text("with").isEmpty
                ? "The order has as many coupons of the class \(reason.text("class")) as it may."
                : "The coupon does not go together with \(reason.text("with"))."
        },
        "ORDER_TAKEN": { "Coupons of another member are kept or used for the order \($0.text("order")). Let them go first." },
        "RESERVED_ELSEWHERE": { "The coupon is kept for another order until \($0.text("until"))." },
        "RESERVATION_EXPIRED": { _ in "The coupon is not reserved for this order any more. Reserve it again." },
        "EXCEEDS_RESERVED": { "Only \($0.text("reserved")) are reserved, not \($0.text("final")) minor units." },
        "NO_EFFECT": { _ in "The coupon would take nothing off. It stays unused." },
        "REVOKED": { "The coupon was taken away: \($0.text("reason")). Use another one." },
        "ALREADY_USED": { _ in "The coupon is used up." },
        "USED_FOR_ORDER": { reason in
            reason.text("amount").isEmpty
                ? "The coupon is used for the order \(reason.text("order")), and no longer reserved. Roll its use back instead."
                : "The coupon is used for the order \(reason.text("order")) already, with \(reason.text("amount")) minor units. Roll its use back first."
        },
        "ALREADY_ROLLED_BACK": { "The use for the order \($0.text("order")) was undone already." },
        "SELF_REFERRAL": { _ in "Who brought somebody in cannot use the coupon meant for them." },
        "CONDITIONS_CHANGED": { _ in "The conditions read are not those of this coupon. Show them again." },
        "NOT_TRANSFERABLE": { _ in "The coupon cannot be passed on." },
        "BATCH_CLOSED": { "The batch is \($0.text("state")). Use a code of another one." },
        "COUPONS_TOO_MANY": { "Only \($0.text("max")) codes of an order are looked at." },
        "CODES_TOO_MANY": {
            $0.isNone("left")
                ? "No more codes of \($0.text("length")) symbols can be made. Choose longer ones."
                : "Only \($0.text("left")) more codes of \($0.text("length")) symbols can be made. Choose longer ones."
        },
        "CODE_LENGTH": { "A code has from \($0.text("min")) to \($0.text("max")) symbols and a check." },
        "LIMIT_MISMATCH": {
            "The limit \"\($0.text("limit"))\" of the template \"\($0.text("template"))\" counts \($0.text("counts")). Choose another name for this one."
        },
        "ZONE_UNKNOWN": { "There is no time zone \"\($0.text("zone"))\". Use an IANA name such as Asia/Shanghai." },
        "BAD_CART": { "The line or coupon \"\($0.text("twice"))\" stands there twice." },
        "BAD_AMOUNT": { "The numbers of \"\($0.text("of"))\" cannot be: units are at least 1, and no price is negative." },
    ]
}
