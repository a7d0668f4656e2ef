package import Model
import OrderedCollections

/// Coupons as commands answer them.
extension Coupon {
    package func json(at now: Instant) -> JSONValue {
        var out = JSONMembers()
        out.put("coupon", id)
        out.put("template", template.name)
        out.put("version", template.version)
        out.put("state", state(at: now).word)
        if case .revoked(let reason) = state(at: now) { out.put("reason", reason) }
        out.put("member", grant?.member)
        out.put("from", grant?.interval.from)
        out.put("until", grant?.interval.until)
        out.put("zone", grant?.interval.zone)
        out.put("text_hash", grant?.seen?.hash)
        out.put("uses_left", usesLeft)
        out.put("value_left", .int(valueLeft))
        return out.json
    }
}

extension CouponState {
    /// The state as a word.
    public var word: String {
        switch self {
        case .minted: "minted"
        case .granted: "granted"
        case .reserved: "reserved"
        case .redeemed: "redeemed"
        case .expired: "expired"
        case .voided: "voided"
        case .revoked: "revoked"
        }
    }
}

extension CouponReservation {
    func json(of coupon: String) -> JSONValue {
        [
            "coupon": .string(coupon), "order": .string(order), "amount": .int(amount), "until": .string(until.rfc3339),
            "trimmed_by": .array(trimmedBy.map { .string($0) }), "discount": discount.json,
        ]
    }
}

extension CouponRedemption {
    func json(of coupon: String) -> JSONValue {
        [
            "coupon": .string(coupon), "order": .string(order), "amount": .int(amount), "at": .string(at.rfc3339),
            "discount": discount.json,
        ]
    }
}

extension CouponStack.Skipped {
    package var json: JSONValue { ["coupon": .string(id), "reasons": .array(reasons.map(\.json))] }
}

extension CouponOrderPrice {
    package var json: JSONValue {
        var members: OrderedDictionary<String, JSONValue> = [
            "goods": .int(goodsPaid), "shipping": .int(shippingPaid),
            "units": .array(
                parts.map {
                    [
                        "line": .string($0.line), "first": .int($0.first), "count": .int($0.count), "price": .int($0.price),
                        "paid": .int($0.paid),
                    ]
                }),
        ]
        if let tax { members["tax"] = .array(tax.parts.map(\.json)) }
        return .object(members)
    }
}

extension CouponTax.Part {
    fileprivate var json: JSONValue { ["rate": .int(rate), "net": .int(net), "tax": .int(tax), "gross": .int(gross)] }
}

extension CouponCart {
    /// Names what is asked for: the same coupons in the same way for the same cart.
    func key(_ coupons: [String], _ mode: CouponStack.Mode) -> String {
        let ids = mode == .requested ? coupons : coupons.sorted()
        return CouponText.hash(of: JSONValue.array([json, .string(mode.rawValue)] + ids.map { .string($0) }).text)
    }

    /// Everything that it says but who and when.
    var json: JSONValue {
        var out = JSONMembers()
        out.put("currency", currency.code)
        out.put(
            "lines",
            .array(lines.map(\.json)))
        out.put("shipping", .int(shipping))
        if let shippingTaxRate { out.put("shipping_tax_rate", .int(shippingTaxRate)) }
        out.put("prices", taxBase.rawValue)
        out.put("instrument", instrument)
        out.put("tier", tier)
        out.put("tags", .names(tags))
        out.put("first_order", isFirstOrder)
        out.put("channel", channel)
        out.put("store", store)
        return out.json
    }
}

extension CouponCart.Line {
    fileprivate var json: JSONValue {
        var out = JSONMembers()
        out.put("id", id)
        out.put("sku", sku)
        out.put("categories", .names(categories))
        out.put("units", .int(units))
        out.put("unit_price", .int(unitPrice))
        if dearerUnits > 0 { out.put("dearer_units", .int(dearerUnits)) }
        out.put("discounted", isDiscounted)
        if let taxRate { out.put("tax_rate", .int(taxRate)) }
        return out.json
    }
}
