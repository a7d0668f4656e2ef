import Model
import OrderedCollections

/// What is wrong with a command, collected before anything is done: its sender hears all of it at once.
struct CommandReasons {
    /// In the order in which they were found, none twice.
    private(set) var all: [Refusal.Reason] = []

    mutating func add(_ reasons: [Refusal.Reason]) {
        for reason in reasons where !all.contains(reason) { all.append(reason) }
    }

    /// What `body` finds; nil when the rules say no, whose reasons are kept.
    @discardableResult
    mutating func collect<Value>(_ body: () throws(ProgramFailure) -> Value) throws(ProgramFailure) -> Value? {
        do throws(ProgramFailure) { return try body() } catch {
            guard case .refused(let refusal) = error else { throw error }
            add(refusal.reasons)
            return nil
        }
    }

    /// Amounts are at least 1.
    mutating func require(_ amounts: [Int64]) {
        for amount in amounts where amount < 1 { add(PointRefusal.badAmount(amount).refusal.reasons) }
    }

    /// Names stand in rows of files and in the lines that hashes are made of.
    mutating func require(name: String, _ field: String) {
        if !name.isName { add([.init("NAME_WRONG", ["field": .string(field), "max": .int(Int64(String.nameBytesMax))])]) }
    }

    /// Ids say what something is for: they are kept with it, and told with it in answers, events and files.
    mutating func require(ids: [(field: String, id: String)]) {
        for (field, id) in ids where !id.isID {
            add([.init("NAME_WRONG", ["field": .string(field), "max": .int(Int64(String.idBytesMax))])])
        }
    }

    /// Points that count towards something are never spent or given away.
    mutating func require(spendable currency: PointCurrency) {
        if !currency.isSpendable { add([.init("NOT_SPENDABLE", ["currency": .string(currency.key)])]) }
    }

    /// The refusal with all of them.
    var failure: ProgramFailure { .refused(Refusal(all)) }

    /// Throws when there are any.
    func refuse() throws(ProgramFailure) { if !all.isEmpty { throw failure } }
}

extension ProgramDraft {
    /// The currency and the member of a command about points.
    ///
    /// - Parameters:
    ///   - earns: Whether an unknown member becomes one, where the program takes in who earns.
    ///   - spends: Whether the points are spent, or given away.
    ///   - amounts: Whatever must be at least 1.
    ///   - names: Whatever must be a name, by the field that holds it.
    ///   - ids: Whatever must be an id, by the field that holds it.
    /// - Throws: Everything that is wrong with them.
    mutating func named(
        _ currency: String, _ wish: MemberWish, earns: Bool = false, spends: Bool = false, amounts: [Int64] = [],
        names: [(field: String, name: String)] = [], ids: [(field: String, id: String)] = []
    ) throws(ProgramFailure) -> (PointCurrency, ProgramMember) {
        try requireProgram()
        var reasons = CommandReasons()
        let known = try reasons.collect { () throws(ProgramFailure) in try self.currency(currency) }
        let member = try reasons.collect { () throws(ProgramFailure) in
            try earns ? memberByEarning(wish) : self.member(wish)
        }
        reasons.require(amounts)
        for (field, name) in names { reasons.require(name: name, field) }
        reasons.require(ids: ids)
        if spends, let known { reasons.require(spendable: known) }
        guard let known, let member, reasons.all.isEmpty else { throw reasons.failure }
        return (known, member)
    }

    /// The currency, the giver and the receiver of a command about points; nil for a receiver who is to become a member.
    ///
    /// - Parameter receiver: Finds the receiver.
    /// - Throws: Everything that is wrong with them.
    func named(
        _ currency: String, giver: MemberWish, amounts: [Int64],
        receiver: (ProgramDraft) throws(ProgramFailure) -> ProgramMember?
    ) throws(ProgramFailure) -> (PointCurrency, giver: ProgramMember, receiver: ProgramMember?) {
        try requireProgram()
        var reasons = CommandReasons()
        let known = try reasons.collect { () throws(ProgramFailure) in try self.currency(currency) }
        let first = try reasons.collect { () throws(ProgramFailure) in try member(giver) }
        let second = try reasons.collect { () throws(ProgramFailure) in try receiver(self) }
        if let first, let other = second ?? nil, first.id == other.id { reasons.add(PointRefusal.toOneself.refusal.reasons) }
        reasons.require(amounts)
        if let known { reasons.require(spendable: known) }
        guard let known, let first, let second, reasons.all.isEmpty else { throw reasons.failure }
        return (known, first, second)
    }

    /// Without a program there are neither currencies nor members: that alone is said.
    func requireProgram() throws(ProgramFailure) {
        if settings == nil { throw .refused(Refusal("PROGRAM_MISSING")) }
    }
}

extension String {
    /// The most bytes of a name that a command gives.
    static let nameBytesMax = 1_000
    /// The most bytes of an id that a command gives.
    static let idBytesMax = 200

    /// Whether it is one line of text that is not too long.
    var isName: Bool { (1 ... String.nameBytesMax).contains(utf8.count) && isOneLine }

    /// Whether it is one line of text, not of blanks alone, that is not too long for an id.
    var isID: Bool { (1 ... String.idBytesMax).contains(utf8.count) && isOneLine && !allSatisfy(\.isWhitespace) }
}
