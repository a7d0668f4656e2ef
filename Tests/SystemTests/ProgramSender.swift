import Model
import OrderedCollections

/// One client of a ``ProgramLoad``: what it does next is decided by its seed and by what it was answered.
struct ProgramSender: Sendable {
    struct Effect: Hashable, Sendable {
        var member: String
        var available: Int64 = 0
        var held: Int64 = 0
    }

    struct Deed: Hashable, Sendable {
        /// The Idempotency-Key.
        var id = ""
        var path: String
        var body: JSONValue
        /// What it changes when it succeeds.
        var effects: [Effect]
        /// What it earns for.
        var source: String?
    }

    private struct Hold {
        var number: Int64
        var amount: Int64
        var member: String
    }

    private let number: Int
    private var random: SplitMix64
    private var step = 0
    private var holds: [Hold] = []
    /// What is still to be answered.
    private var pending: Deed?

    init(number: Int, seed: UInt64) {
        self.number = number
        random = SplitMix64(seed: seed &* 31 &+ UInt64(number))
    }

    /// What is to be sent now: the same until it is answered.
    mutating func current() -> Deed {
        if let pending { return pending }
        var deed = next()
        deed.id = "p\(number)-\(step)"
        step += 1
        pending = deed
        return deed
    }

    /// Takes in the answer to ``current()``.
    mutating func answered(_ answer: ProgramLoad.Answer) {
        if let deed = pending, deed.path == "hold", answer.status == 200, let hold = answer.body["hold"]?.intValue,
            let effect = deed.effects.first
        {
            holds.append(Hold(number: hold, amount: effect.held, member: effect.member))
        }
        pending = nil
    }

    private mutating func member() -> String {
        ProgramLoad.members[Int.random(in: 0 ..< ProgramLoad.members.count, using: &random)]
    }

    private mutating func next() -> Deed {
        let (member, amount) = (member(), Int64.random(in: 1 ... 50, using: &random))
        switch Int.random(in: 0 ..< 10, using: &random) {
        case 0: return spend("burn", member, ["amount": .int(amount)], .init(member: member, available: -amount))
        case 1:
            let other = self.member()
            return Deed(
                path: "transfer",
                body: ["from": .string("user_id:\(member)"), "to": .string("user_id:\(other)"), "amount": .int(amount)],
                effects: [.init(member: member, available: -amount), .init(member: other, available: amount)])
        case 2, 3:
            return spend(
                "hold", member, ["amount": .int(amount), "seconds": 500_000],
                .init(member: member, available: -amount, held: amount))
        case 4:
            guard let hold = holds.popLast() else { return earn(member, amount) }
            return spend("capture", hold.member, ["hold": .int(hold.number)], .init(member: hold.member, held: -hold.amount))
        case 5:
            guard let hold = holds.popLast() else { return earn(member, amount) }
            return spend(
                "release", hold.member, ["hold": .int(hold.number)],
                .init(member: hold.member, available: hold.amount, held: -hold.amount))
        default: return earn(member, amount)
        }
    }

    /// Pairs of senders earn for the same sources: one of them does.
    private func earn(_ member: String, _ amount: Int64) -> Deed {
        let source = "s\(number / 2)-\(step / 3)"
        let more = amount + 30
        return Deed(
            path: "earn", body: ["member": .string("user_id:\(member)"), "amount": .int(more), "source": .string(source)],
            effects: [.init(member: member, available: more)], source: source)
    }

    private func spend(
        _ path: String, _ member: String, _ members: OrderedDictionary<String, JSONValue>, _ effect: Effect
    ) -> Deed {
        var body = members
        body["member"] = .string("user_id:\(member)")
        return Deed(path: path, body: .object(body), effects: [effect])
    }
}
