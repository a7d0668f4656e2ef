import Model

/// What one rule would give for an event, exactly, before lines are claimed and anything is rounded.
struct EarningDraft {
    /// Points for the event as a whole, and the lines that they belong to.
    private struct Fixed {
        var points: Int64
        var lines: [Int]
    }

    let rule: EarningRule
    let applied: [String]
    let declined: [EarningPlan.Declined]
    /// Of each line of the event: points times ``denominator``.
    private var shares: [Int128]
    private let denominator: Int128
    private var fixed: [Fixed] = []
    private let factor: (numerator: Int128, denominator: Int128)
    private let paid: [Int64]

    init(_ rule: EarningRule, _ context: EarningContext) throws(Refusal) {
        self.rule = rule
        var (applied, declined) = ([String](), [EarningPlan.Declined]())
        func counts(_ name: String, _ condition: EarningGuard) -> Bool {
            let reasons = context.reasons(condition)
            if reasons.isEmpty { applied.append(name) } else { declined.append(.init(name: name, reasons: reasons)) }
            return reasons.isEmpty
        }
        let amounts = [rule.base] + rule.bonuses.filter { counts($0.name, $0.condition) }.map(\.amount)
        let candidates = rule.factors + (rule.takesProgramFactors ? context.program.factors : [])
        let factors = candidates.filter { counts($0.name, $0.condition) }.map { Int128($0.thousandths) }
        factor = try EarningDraft.factor(factors, context.program.factorMode)
        (self.applied, self.declined) = (applied, declined)

        let lines = context.lines
        paid = lines.map(\.paidAmount)
        var denominator: Int128 = 1
        for case .money(let minor, _) in amounts.map(\.measure) {
            denominator = try EarningArithmetic.commonMultiple(denominator, Int128(minor))
        }
        self.denominator = denominator
        shares = lines.map { _ in 0 }
        for amount in amounts {
            if amount.measure == .event {
                let counted = lines.indices.filter { lines[$0].isPaid && amount.lines.holds(lines[$0]) }
                if !counted.isEmpty { fixed.append(Fixed(points: amount.points, lines: counted)) }
                continue
            }
            var scale = denominator
            if case .money(let minor, _) = amount.measure { scale /= Int128(minor) }
            for index in lines.indices {
                let measured = amount.measured(lines[index], pricesIncludeTax: context.program.pricesIncludeTax)
                let points = try EarningArithmetic.product(Int128(amount.points) * Int128(measured), scale)
                shares[index] = try EarningArithmetic.sum(shares[index], points)
            }
        }
    }

    private static func factor(
        _ thousandths: [Int128], _ mode: EarningFactor.Mode
    ) throws(Refusal) -> (numerator: Int128, denominator: Int128) {
        if mode == .max { return thousandths.max().map { ($0, 1_000) } ?? (1, 1) }
        var product: (numerator: Int128, denominator: Int128) = (1, 1)
        for factor in thousandths where factor != 1_000 {
            product.numerator = try EarningArithmetic.product(product.numerator, factor)
            product.denominator = try EarningArithmetic.product(product.denominator, 1_000)
            while product.numerator % 10 == 0, product.denominator % 10 == 0 {
                product = (product.numerator / 10, product.denominator / 10)
            }
        }
        return product
    }

    /// Whether it gives more for a line than another does, by what belongs to that line alone.
    func isBetter(than other: EarningDraft, onLine index: Int) throws(Refusal) -> Bool {
        let own = try EarningArithmetic.product(shares[index], factor.numerator)
        let others = try EarningArithmetic.product(other.shares[index], other.factor.numerator)
        let left = try EarningArithmetic.product(
            own, try EarningArithmetic.product(other.denominator, other.factor.denominator))
        let right = try EarningArithmetic.product(others, try EarningArithmetic.product(denominator, factor.denominator))
        return left > right
    }

    func earns(onLine index: Int) -> Bool { shares[index] > 0 }

    /// Leaves a line to another rule.
    mutating func giveUp(line index: Int) {
        shares[index] = 0
        for place in fixed.indices { fixed[place].lines.removeAll { $0 == index } }
        fixed.removeAll { $0.lines.isEmpty }
    }

    /// Whether no line of the event earns anything by it.
    var isEmpty: Bool { fixed.isEmpty && shares.allSatisfy { $0 == 0 } }

    /// Points of the event, rounded down once.
    func points() throws(Refusal) -> Int64 {
        var total = try EarningArithmetic.sum(shares)
        for part in fixed {
            total = try EarningArithmetic.sum(total, EarningArithmetic.product(Int128(part.points), denominator))
        }
        let multiplied = try EarningArithmetic.product(total, factor.numerator)
        let whole = multiplied / (try EarningArithmetic.product(denominator, factor.denominator))
        guard let points = Int64(exactly: whole) else { throw Refusal("OVERFLOW") }
        return points
    }

    /// How points of the event are spread over its lines.
    func weights() throws(Refusal) -> [Int128] {
        // Fine enough that a share of points for the event as a whole does not vanish.
        let grain: Int128 = 1_000_000
        var weights: [Int128] = []
        for share in shares { weights.append(try EarningArithmetic.product(share, grain)) }
        for part in fixed {
            let points = try EarningArithmetic.product(try EarningArithmetic.product(Int128(part.points), denominator), grain)
            let all = part.lines.reduce(Int128(0)) { $0 + Int128(paid[$1]) }
            for index in part.lines {
                let share = all.dividingFullWidth(points.multipliedFullWidth(by: Int128(paid[index]))).quotient
                weights[index] = try EarningArithmetic.sum(weights[index], share)
            }
        }
        return weights
    }
}

/// What an event is judged by.
struct EarningContext {
    let program: EarningProgram
    let event: EarningEvent
    let member: EarningMember
    let frame: EarningFrame
    /// In the order of products, so that the order in the event decides nothing; of what is no order, one line without a name.
    let lines: [EarningLine]

    init(_ program: EarningProgram, _ event: EarningEvent, _ member: EarningMember, _ frame: EarningFrame) {
        self.program = program
        self.event = event
        self.member = member
        self.frame = frame
        lines = event.lines?.sorted { $0.product < $1.product } ?? [EarningLine(product: "", units: 1, listAmount: 1)]
    }

    func reasons(_ condition: EarningGuard) -> [Refusal.Reason] { condition.reasons(event, member, frame.calendar) }
}
