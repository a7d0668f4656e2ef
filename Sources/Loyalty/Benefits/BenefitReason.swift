import Model
import OrderedCollections

/// The reasons for which nothing is granted or used, each made in one place.
enum BenefitReason {
    static let badTime = Refusal.Reason("BAD_TIME")
    static let contradiction = Refusal.Reason("BAD_BENEFIT")
    static let notEntitled = Refusal.Reason("NOT_ENTITLED")

    /// What does not exist.
    enum Thing: String {
        case benefit = "BENEFIT_UNKNOWN"
        case grant = "GRANT_UNKNOWN"
        case source = "SOURCE_UNKNOWN"
        case use = "USE_UNKNOWN"
        case stock = "STOCK_UNKNOWN"
        case gift = "GIFT_UNKNOWN"
        case pool = "POOL_UNKNOWN"
        case purchase = "PURCHASE_UNKNOWN"
        case code = "CODE_UNKNOWN"
        case template = "TEMPLATE_UNKNOWN"
        case product = "PRODUCT_UNKNOWN"
        case offer = "PLAN_OFFER_UNKNOWN"
        case plan = "PLAN_UNKNOWN"
        case planGift = "PLAN_GIFT_UNKNOWN"
    }

    static func unknown(_ thing: Thing, _ name: String) -> Refusal.Reason {
        .init(thing.rawValue, ["name": .string(String(name.prefix(200)))])
    }

    /// Less than one, or more than can be counted.
    static func badAmount(_ amount: Int64) -> Refusal.Reason {
        .init(amount < 1 ? "ZERO_VALUE" : "AMOUNT_TOO_LARGE", ["amount": .int(amount)])
    }

    /// Nothing is counted of that kind, or one.
    static func notCounted(_ kind: Benefit.Kind) -> Refusal.Reason { .init("NOT_COUNTED", ["kind": .string(kind.word)]) }

    static func alreadyGranted(_ grant: BenefitGrant) -> Refusal.Reason {
        .init("ALREADY_GRANTED", ["grant": .string(grant.id.text), "source": .string(grant.source.id)])
    }

    static func alreadyDone(_ id: BenefitID) -> Refusal.Reason { .init("ALREADY_DONE", ["id": .string(id.text)]) }

    static func notStarted(from: Instant) -> Refusal.Reason {
        .init("BENEFIT_NOT_STARTED", ["from": .string(from.rfc3339)], isRetryable: true)
    }

    static func ended(at instant: Instant) -> Refusal.Reason {
        .init("BENEFIT_ENDED", ["at": .string(instant.rfc3339)])
    }

    static func revoked(_ reason: String, at instant: Instant) -> Refusal.Reason {
        .init("BENEFIT_REVOKED", ["reason": .string(reason), "at": .string(instant.rfc3339)])
    }

    static func outside(_ places: Set<String>) -> Refusal.Reason {
        .init("OTHER_PLACE", ["places": .array(places.sorted().map { .string($0) })])
    }

    static func notUsable(_ kind: Benefit.Kind) -> Refusal.Reason { .init("NOT_USABLE", ["kind": .string(kind.word)]) }

    static func quotaUsed(left: Int64, asked: Int64, resetsAt: Instant?) -> Refusal.Reason {
        .init(
            "QUOTA_USED",
            [
                "left": .int(left), "asked": .int(asked),
                "resets_at": resetsAt.map { .string($0.rfc3339) } ?? .null,
            ],
            isRetryable: resetsAt != nil)
    }

    static func capReached(_ cap: BenefitCap, left: Int64, asked: Int64, resetsAt: Instant?) -> Refusal.Reason {
        .init(
            "CAP_REACHED", ["by": .string(cap.by.text), "max": .int(cap.max), "left": .int(left), "asked": .int(asked)],
            isRetryable: resetsAt != nil)
    }

    static func lapsed(at instant: Instant) -> Refusal.Reason {
        .init("HOLD_EXPIRED", ["at": .string(instant.rfc3339)])
    }

    /// - Parameter asked: nil for all that is left.
    static func exceeds(left: Int64, asked: Int64?) -> Refusal.Reason {
        .init("EXCEEDS_ORIGINAL", ["left": .int(left), "asked": .optional(asked)])
    }

    /// Another step would have to come first, or came already.
    ///
    /// - Parameter possible: What can be done in that state; none when it is over, nil when nothing is left to do.
    static func wrongState(_ state: String, asked: String, possible: [String]?) -> Refusal.Reason {
        var params: OrderedDictionary<String, JSONValue> = ["state": .string(state), "asked": .string(asked)]
        if let possible { params["possible"] = .array(possible.map { .string($0) }) }
        return .init("WRONG_STATE", params)
    }

    /// Each use makes a coupon, and one command makes only so many.
    static func tooManyCoupons(_ amount: Int64) -> Refusal.Reason {
        .init("COUPONS_PER_USE", ["amount": .int(amount), "max": .int(BenefitUse.couponsMax)])
    }

    /// Coupons of a use that were used cannot be given back with it.
    static func couponsUsed(left: Int64, asked: Int64) -> Refusal.Reason {
        .init("COUPONS_USED", ["left": .int(left), "asked": .int(asked)])
    }

    /// A coupon names a benefit of another kind than its right is of.
    static func otherKind(_ benefit: Benefit, need: String) -> Refusal.Reason {
        .init("OTHER_KIND", ["name": .string(benefit.key), "kind": .string(benefit.kind.word), "need": .string(need)])
    }

    static func missingRole(_ role: String) -> Refusal.Reason { .init("ROLE_MISSING", ["role": .string(role)]) }
}
