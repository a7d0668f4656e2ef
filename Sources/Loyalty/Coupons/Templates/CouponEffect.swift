/// What a coupon does for an order.
public enum CouponEffect: Hashable, Sendable {
    /// Takes a fixed amount, in minor units, off each eligible unit or once off them all.
    case amount(Int64, on: Target)
    /// Takes a share of the sum of the eligible units off, at most `cap`.
    case percent(CouponPercent, on: Target, cap: Int64?)
    /// Each eligible unit costs this, at most, in minor units.
    case fixedPrice(Int64, unitsMax: Int64?)
    /// Goods for nothing, beside those that are in the cart.
    case gift(sku: String, units: Int64)
    /// Takes the shipping off, at most `cap`.
    case freeShipping(cap: Int64?)
    /// Moves its holder forward in the queue that a benefit of kind priority stands for, for some days after the one of its use.
    ///
    /// Templates of earlier versions name neither: their coupons give nothing.
    case priority(weight: Int64, of: String? = nil, days: Int64? = nil)
    /// Its holder has a status, a benefit of that kind, for some days after the one of its use.
    case status(String, days: Int64)

    /// What an amount or a share is taken off.
    public enum Target: Hashable, Sendable {
        /// Eligible units before anything is taken off the order; the dearest ones when there is a maximum.
        case units(max: Int64?)
        /// All eligible units together, after what units have of their own.
        case order
    }

    /// At which step of the arithmetic an effect comes, and what its class maxima count.
    public var kind: CouponClass {
        switch self {
        case .amount(_, .units), .percent(_, .units, _), .fixedPrice: .line
        case .amount(_, .order), .percent(_, .order, _): .order
        case .freeShipping: .shipping
        case .gift: .gift
        case .priority, .status: .right
        }
    }

    /// Whether it takes money off.
    public var isMoney: Bool { kind != .gift && kind != .right }
}

/// A share in hundredths of a per cent, so that 12.5 % is exact.
public struct CouponPercent: Hashable, Comparable, Sendable {
    public let hundredths: Int64

    /// - Precondition: from 1 to 10,000 hundredths.
    public init(hundredths: Int64) {
        precondition((1 ... 10_000).contains(hundredths), "a share is above 0 and at most 100 %")
        self.hundredths = hundredths
    }

    /// The share of an amount that is not negative, half up, rounded once.
    func of(_ amount: Int64) -> Int64 {
        // At most the amount itself, for the share is at most 1.
        Int64((Int128(amount) * Int128(hundredths) + 5_000) / 10_000)
    }

    /// `12.5`, without zeros at the end.
    public var text: String {
        let whole = String(hundredths / 100)
        let rest = hundredths % 100
        if rest == 0 { return whole }
        return rest % 10 == 0 ? "\(whole).\(rest / 10)" : "\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }

    public static func < (left: CouponPercent, right: CouponPercent) -> Bool { left.hundredths < right.hundredths }
}

/// The kinds of effects, in the order of the arithmetic.
public enum CouponClass: String, Hashable, Sendable, CaseIterable, Comparable {
    case line, order, shipping, gift, right

    var step: Int { CouponClass.allCases.firstIndex(of: self) ?? 0 }

    public static func < (left: CouponClass, right: CouponClass) -> Bool { left.step < right.step }
}
