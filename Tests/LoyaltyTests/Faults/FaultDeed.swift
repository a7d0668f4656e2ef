import Model

@testable import Loyalty

/// One thing that a sender of a ``FaultLoad`` does; what it changes is told by its success alone.
enum FaultDeed {
    /// Points that a sender holds.
    struct Hold {
        let id: PointID
        let amount: Int64
        let member: String
    }

    case earn(Int64, String, PointSource)
    case burn(Int64, String)
    case transfer(Int64, from: String, to: String)
    case hold(Int64, String)
    case capture(Hold)
    case release(Hold)

    init(sender: Int, step: Int, _ holds: inout [Hold], _ random: inout SplitMix64) {
        let members = FaultLoad.members
        let (member, amount) = (members[random.below(3)], Int64(1 + random.below(50)))
        let other = members[random.below(3)]
        switch (random.below(10), holds.last) {
        case (0, _): self = .burn(amount, member)
        case (1, _): self = .transfer(amount, from: member, to: other)
        case (2, _), (3, _): self = .hold(amount, member)
        case (4, let hold?): self = .capture(hold)
        case (5, let hold?): self = .release(hold)
        // Pairs of senders earn for the same sources under ids of their own: one of them does.
        default: self = .earn(amount + 20, member, PointSource(id: "s\(sender / 2)-\(step / 3)"))
        }
        switch self {
        case .capture, .release: holds.removeLast()
        case .earn, .burn, .transfer, .hold: break
        }
    }

    func command(holding seconds: Int64) -> any ProgramCommand {
        switch self {
        case .earn(let amount, let member, let source):
            EarnPoints(amount, of: "points", to: TestProgram.member(member), for: source)
        case .burn(let amount, let member): spend(.burn(amount, place: nil), member)
        case .transfer(let amount, let from, let to):
            TransferPoints(amount, of: "points", from: TestProgram.member(from), to: TestProgram.member(to))
        case .hold(let amount, let member): spend(.hold(amount, place: nil, seconds: seconds), member)
        case .capture(let hold): spend(.capture(hold.id, nil), hold.member)
        case .release(let hold): spend(.release(hold.id), hold.member)
        }
    }

    private func spend(_ deed: SpendPoints.Deed, _ member: String) -> SpendPoints {
        SpendPoints(deed, of: "points", by: TestProgram.member(member))
    }

    /// What is held by it when it succeeds.
    func hold(_ answer: ProgramAnswer) -> Hold? {
        guard case .hold(let amount, let member) = self, !answer.isRefused, let number = answer.body["hold"]?.intValue else {
            return nil
        }
        return Hold(id: PointID(number), amount: amount, member: member)
    }

    var source: PointSource? {
        if case .earn(_, _, let source) = self { source } else { nil }
    }

    /// What it changes when it succeeds.
    var effects: [(member: String, available: Int64, held: Int64)] {
        switch self {
        case .earn(let amount, let member, _): [(member, amount, 0)]
        case .burn(let amount, let member): [(member, -amount, 0)]
        case .transfer(let amount, let from, let to): [(from, -amount, 0), (to, amount, 0)]
        case .hold(let amount, let member): [(member, -amount, amount)]
        case .capture(let hold): [(hold.member, 0, -hold.amount)]
        case .release(let hold): [(hold.member, hold.amount, -hold.amount)]
        }
    }
}
