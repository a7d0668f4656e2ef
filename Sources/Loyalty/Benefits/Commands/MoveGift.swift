public import Model
import OrderedCollections

/// Takes a gift a step further, with its stock and its use, or says whether its address may be used.
public struct MoveGift: ProgramCommand {
    public enum Deed: Hashable, Sendable {
        case step(GiftFulfilment.Step)
        case addressConsent(Bool)
    }

    /// The id of the use.
    public let gift: BenefitID
    public let deed: Deed

    public init(_ deed: Deed, of gift: BenefitID) {
        self.deed = deed
        self.gift = gift
    }

    public var content: JSONValue {
        switch deed {
        case .step(let step): ["command": "move_gift", "gift": .string(gift.text), "step": .string(step.rawValue)]
        case .addressConsent(let isGiven):
            ["command": "move_gift", "gift": .string(gift.text), "address_consent": .bool(isGiven)]
        }
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let id = gift
        guard var gift = try draft.reading({ tables throws(Problem) in try tables.gift(id) }) else {
            throw .refused(Refusal([BenefitReason.unknown(.gift, id.text)]))
        }
        switch deed {
        case .addressConsent(let isGiven): gift.consent(isGiven, now: draft.now)
        case .step(let step): try take(step, &gift, in: &draft)
        }
        let moved = gift
        draft.write { tables throws(Problem) in try tables.set(moved) }
        return gift.json
    }

    private func take(
        _ step: GiftFulfilment.Step, _ gift: inout GiftFulfilment, in draft: inout ProgramDraft
    ) throws(ProgramFailure) {
        let key = gift.stock
        var stock = try draft.reading { tables throws(Problem) in try tables.stock(key) } ?? GiftStock(key: key)
        let effect: GiftFulfilment.Effect?
        do throws(Refusal) { effect = try gift.take(step, from: &stock, now: draft.now) } catch { throw .refused(error) }
        switch effect {
        case .confirm?: _ = try draft.settle(gift.id, .confirm(nil))
        case .refund?: _ = try draft.settle(gift.id, .refund(nil))
        case .cancel?: try cancel(gift.id, in: &draft)
        case nil: break
        }
        let left = stock
        draft.write { tables throws(Problem) in try tables.set(left) }
    }

    /// Lets the use go; one that has lapsed by itself is gone already.
    private func cancel(_ id: BenefitID, in draft: inout ProgramDraft) throws(ProgramFailure) {
        do throws(ProgramFailure) { _ = try draft.settle(id, .cancel) } catch {
            guard case .refused(let refusal) = error, refusal.reasons.map(\.code) == ["HOLD_EXPIRED"] else { throw error }
        }
    }
}

extension GiftFulfilment {
    /// As answers show it.
    package var json: JSONValue {
        [
            "gift": .string(id.text), "stock": .string(stock), "amount": .int(amount), "state": .string(state.rawValue),
            "address_consent": .bool(addressConsentAt != nil),
            "history": .array(history.map { ["state": .string($0.state.rawValue), "at": .string($0.at.rfc3339)] }),
        ]
    }
}

/// Puts things into a store room, or with a negative number takes out what nobody was promised.
public struct StockGifts: ProgramCommand {
    public let stock: String
    public let count: Int64

    public init(_ count: Int64, into stock: String) {
        self.count = count
        self.stock = stock
    }

    public var content: JSONValue { ["command": "stock_gifts", "stock": .string(stock), "count": .int(count)] }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        guard draft.settings != nil else { throw .refused(Refusal("PROGRAM_MISSING")) }
        let key = stock
        var room = try draft.reading { tables throws(Problem) in try tables.stock(key) } ?? GiftStock(key: key)
        do throws(Refusal) { try room.add(count) } catch { throw .refused(error) }
        let kept = room
        draft.write { tables throws(Problem) in try tables.set(kept) }
        return room.json
    }
}
