public import Model
import OrderedCollections
import Records

/// Adds a block of points that a partner has bought, from which those are issued that it pays for.
public struct BuyBlock: ProgramCommand {
    public let partner: String
    public let currency: String
    public let amount: Int64
    /// In minor units of money.
    public let price: Int64
    public let reference: String

    public init(_ amount: Int64, of currency: String, for partner: String, price: Int64, reference: String = "") {
        self.partner = partner
        self.currency = currency
        self.amount = amount
        self.price = price
        self.reference = reference
    }

    public var content: JSONValue {
        [
            "command": "buy_block", "partner": .string(partner), "currency": .string(currency), "amount": .int(amount),
            "price_minor": .int(price), "reference": .string(reference),
        ]
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        try draft.requireProgram()
        var reasons = CommandReasons()
        let known = try reasons.collect { () throws(ProgramFailure) in try draft.currency(self.currency) }
        let partner = partner
        let isNamed = (1 ... 100).contains(partner.utf8.count) && partner.isOneLine && partner != PartnerBlock.house
        if !isNamed || price < 0 || reference.utf8.count > 500 {
            reasons.add([.init("PARTNER_WRONG", ["partner": .string(partner)])])
        }
        reasons.require([amount])
        guard let currency = known, reasons.all.isEmpty else { throw reasons.failure }
        try draft.requireOpenMonth(currency)
        var block = try draft.reading { tables throws(Problem) in try tables.block(partner, of: currency.key) }
        do throws(Refusal) { try block.buy(amount) } catch { throw .refused(error) }
        let purchase = PartnerPurchase(
            id: draft.id, amount: amount, price: price, reference: reference, actor: draft.actor.text, boughtAt: draft.now)
        let (kept, actor, now) = (block, draft.actor, draft.now)
        draft.write { tables throws(Problem) in
            try tables.write(kept)
            try tables.insert(purchase, kept)
            try AuditChain.append(
                AuditEntry(
                    workspace: tables.workspace, at: now, actor: actor, action: "block.bought",
                    target: "\(kept.currency) \(kept.partner)",
                    detail: "\(purchase.amount) points for \(purchase.price): \(purchase.reference)"), on: tables.connection)
        }
        return block.json
    }
}

extension PartnerBlock {
    /// `{"partner", "currency", "bought", "drawn", "left"}`.
    package var json: JSONValue {
        [
            "partner": .string(partner), "currency": .string(currency), "bought": .int(bought), "drawn": .int(drawn),
            "left": .int(left),
        ]
    }
}
