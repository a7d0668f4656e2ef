import Loyalty
import Model

/// Puts what a rule gives for what into words.
struct EarningAmountWords {
    let words: Words
    let formats: Formats
    /// Of what is paid.
    let money: Currency
    /// Of the currency that is earned.
    let scale: Int

    func points(_ amount: Int64) -> String { formats.points(amount, scale: scale) }

    /// Whether it is a single point, whose name has another form.
    func isOne(_ amount: Int64) -> Bool { scale == 0 && amount == 1 }

    /// `For orders: 1 point for each CN¥10`.
    func sentence(_ trigger: EarningEvent.Trigger, _ base: EarningAmount) -> String {
        let base = amount(base)
        return switch trigger {
        case .event(EarningForm.orders): words(\.earning.forOrders, ["amount": base])
        case .event(let name): words(\.earning.forEvent, ["name": name, "amount": base])
        case .api(let name): words(\.earning.forCall, ["name": name, "amount": base])
        }
    }

    func amount(_ amount: EarningAmount) -> String {
        let (points, count) = (points(amount.points), isOne(amount.points) ? 1 : 2)
        return switch amount.measure {
        case .event: words(\.earning.eachTime, ["points": points], count: count)
        case .unit: words(\.earning.eachUnit, ["points": points], count: count)
        case .money(let minor, _):
            words(
                \.earning.eachMoney,
                ["points": points, "amount": formats.money(Money(minorUnits: minor, currency: money))], count: count)
        }
    }
}
