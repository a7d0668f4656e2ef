import Loyalty
import Model

/// A cart typed into a few fields, and what a template does for it.
struct CouponTrial {
    static let names = ["cart_lines", "cart_shipping", "cart_first", "cart_tier", "cart_tags", "cart_channel", "cart_store"]

    let form: [String: String]
    let currency: Currency
    let words: Words
    let formats: Formats
    private(set) var errors: [String: String] = [:]

    init(_ form: [String: String], currency: Currency, words: Words, formats: Formats) {
        (self.form, self.currency, self.words, self.formats) = (form, currency, words, formats)
    }

    var fields: [FormField] {
        let text: [(String, KeyPath<Catalogue, Text>)] = [
            ("cart_shipping", \.coupons.cartShipping), ("cart_tier", \.coupons.cartTier), ("cart_tags", \.coupons.tags),
            ("cart_channel", \.coupons.cartChannel), ("cart_store", \.coupons.cartStore),
        ]
        var fields = [
            FormField(
                "cart_lines", words(\.coupons.cartLines), type: "area", value: form["cart_lines"] ?? "",
                hint: words(\.coupons.cartLinesHint))
        ]
        fields += text.map { FormField($0.0, words($0.1), value: form[$0.0] ?? "", autocomplete: "off") }
        fields.append(
            FormField(
                "cart_first", words(\.coupons.cartFirst),
                options: [
                    .init(value: "no", label: words(\.coupons.no), selected: form["cart_first"] != "yes"),
                    .init(value: "yes", label: words(\.coupons.yes), selected: form["cart_first"] == "yes"),
                ]))
        for index in fields.indices {
            fields[index].required = false
            fields[index].error = errors[fields[index].name]
        }
        return fields
    }

    /// The cart; nil when none is typed, or what is typed cannot be read, and then it is said at its field.
    mutating func cart(at now: Instant) -> CouponCart? {
        let rows = (form["cart_lines"] ?? "").split(whereSeparator: \.isNewline).map { CouponTrial.parts($0) }.filter { $0 != [""] }
        guard !rows.isEmpty else { return nil }
        var lines: [CouponCart.Line] = []
        for (index, row) in rows.enumerated() {
            guard row.count >= 3, !row[0].isEmpty, let units = Int64(row[1]), units > 0,
                let price = Formats.units(row[2], digits: currency.minorDigits)
            else {
                errors["cart_lines"] = words(\.coupons.badLine, ["line": String(index + 1)])
                return nil
            }
            lines.append(
                CouponCart.Line(
                    id: String(index + 1), sku: row[0], categories: Set(row.dropFirst(3).filter { !$0.isEmpty }), units: units,
                    unitPrice: price))
        }
        var cart = CouponCart(currency: currency, lines: lines, at: now)
        let shipping = (form["cart_shipping"] ?? "").trimmed
        if !shipping.isEmpty {
            guard let amount = Formats.units(shipping, digits: currency.minorDigits) else {
                errors["cart_shipping"] = words(\.coupons.badPrice)
                return nil
            }
            cart.shipping = amount
        }
        cart.isFirstOrder = form["cart_first"] == "yes"
        func name(_ key: String) -> String? {
            let text = (form[key] ?? "").trimmed
            return text.isEmpty ? nil : text
        }
        (cart.tier, cart.channel, cart.store) = (name("cart_tier"), name("cart_channel"), name("cart_store"))
        cart.tags = Set(CouponTrial.parts((form["cart_tags"] ?? "")[...]).filter { !$0.isEmpty })
        return cart
    }

    /// What a template does for the cart, in words.
    func result(_ terms: CouponTerms, _ cart: CouponCart) -> CouponFormPage.Trial {
        let preview: CouponPreview
        do throws(Refusal) { preview = try CouponPreview(terms, for: cart) } catch {
            return CouponFormPage.Trial(
                sentence: words(\.coupons.countsNot), isGood: false, reasons: error.reasons.map { words($0.wording) }, near: nil,
                lines: [], hasLines: false)
        }
        let (check, price) = (preview.check, preview.price)
        let sentence =
            switch (check.isApplicable, check.discount.total) {
            case (false, _): words(\.coupons.countsNot)
            case (true, 0): words(\.coupons.counts)
            case (true, let total):
                words(\.coupons.takesOff, ["amount": money(total), "paid": money(price.goodsPaid + price.shippingPaid)])
            }
        var lines = cart.lines.flatMap { line in
            price.parts.filter { $0.line == line.id }.map { part in
                CouponFormPage.Line(
                    sku: line.sku, units: formats.number(Int(part.count)), price: money(part.price),
                    off: money((part.price - part.paid) * part.count), paid: money(part.paid * part.count))
            }
        }
        if cart.shipping > 0 {
            lines.append(
                CouponFormPage.Line(
                    sku: words(\.coupons.delivery), units: "", price: money(cart.shipping),
                    off: money(cart.shipping - price.shippingPaid), paid: money(price.shippingPaid)))
        }
        return CouponFormPage.Trial(
            sentence: sentence, isGood: check.isApplicable, reasons: check.reasons.map { words($0.wording) },
            near: check.nearMiss.map(near), lines: lines, hasLines: !lines.isEmpty)
    }

    private func near(_ miss: CouponCheck.NearMiss) -> String {
        let parts = [
            miss.spend.map { words(\.coupons.nearSpend, ["amount": money($0)]) },
            miss.units.map { words(\.coupons.nearUnits, count: Int($0)) },
        ]
        return parts.compactMap(\.self).joined(separator: words.language == .chinese ? "" : " ")
    }

    private func money(_ minor: Int64) -> String { formats.money(Money(minorUnits: minor, currency: currency)) }

    private static func parts(_ text: Substring) -> [String] {
        text.split(omittingEmptySubsequences: false) { $0 == "," || $0 == "\u{FF0C}" }.map(\.trimmed)
    }
}
