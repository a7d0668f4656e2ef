import Model
import OrderedCollections

extension OrderState {
    /// The order as coupons are judged by it; nil until it is completed.
    ///
    /// Lines are named by their products, and cost in all what the order says. Beyond the Segment specification the order may name its `store` (else its `affiliation`) and
    /// its `payment_instrument`. Which units were cheaper already is not told by events: none counts as discounted.
    func cart(at now: Instant) -> CouponCart? {
        guard let event, let currency = event.currency else { return nil }
        let lines = (event.lines ?? []).map { line in
            let units = max(1, line.units)
            let (price, rest) = line.listAmount.quotientAndRemainder(dividingBy: units)
            var made = CouponCart.Line(
                id: line.product, sku: line.sku ?? line.product, categories: line.categories, units: units, unitPrice: price)
            made.dearerUnits = rest
            return made
        }
        // An order of tomorrow, by a clock that is wrong, is one of now.
        var cart = CouponCart(currency: currency, lines: lines, at: min(event.at, now))
        cart.shipping = shipping
        cart.channel = event.channel
        cart.store = OrderReading.text(event.properties["store"]) ?? OrderReading.text(event.properties["affiliation"])
        cart.instrument = OrderReading.text(event.properties["payment_instrument"])
        return cart
    }
}
