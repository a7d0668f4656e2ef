public import Model

/// How an account and the person who completes an order for it share what the order earns.
public struct EarningSplit: Hashable, Sendable {
    /// The whole, in ten-thousandths.
    public static let whole: Int64 = 10_000

    public let account: ProgramMember
    /// Of the account, in ten-thousandths: 1 to ``whole``.
    public let share: Int64

    /// The account's part of so many points, rounded down; the rest is the person's.
    func part(of points: Int64) -> Int64 { PointValue(minor: share, points: EarningSplit.whole).of(points) }
}

/// What an account has agreed on with its people.
public struct EarningAgreement: Hashable, Sendable {
    /// Orders that are completed from here on, until another one begins.
    public let from: Instant
    /// Of the account, in ten-thousandths; 0 for nothing.
    public let share: Int64

    package var json: JSONValue { ["share": .int(share), "from": .string(from.rfc3339)] }
}

extension IdentityType {
    /// What the calls of an account's people name as `context.groupId`.
    public static let account = IdentityType("account")
}

extension PointSource {
    /// For what an account has its part of what was earned for this source.
    ///
    /// No order's own source is called so: signs in ids of orders come in pairs, but for one before a number.
    var ofAccount: PointSource { PointSource(id: "\(id)#account", line: line, rule: rule) }
}
