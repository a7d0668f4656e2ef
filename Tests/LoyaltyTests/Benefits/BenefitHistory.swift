import Model

@testable import Loyalty

/// Random commands about one benefit of one member; each is tried, and many are allowed.
struct BenefitHistory {
    /// A zone whose clock goes one hour forward in the third night of 2026, and back in the sixth.
    static let zone = TimeZoneTable(
        identifier: "Test/Jumps", transitions: [1_767_405_600, 1_767_664_800], offsets: [3_600, 7_200, 3_600])

    var random: SplitMix64
    private(set) var book: BenefitBook
    private(set) var now = Sample.day(0)
    /// Before the last step.
    private(set) var before: BenefitBook
    private(set) var refusal: Refusal?
    private(set) var number = 0
    var isHardOnly = true
    var mayEnd = true

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        var benefit = Benefit(key: "b", name: Sample.name, kind: .metered)
        let interval = [CalendarInterval.day, .day, .week, nil][random.below(4)]
        benefit.period = interval.flatMap { BenefitPeriod($0, in: BenefitHistory.zone) }
        benefit.quota = random.below(8) == 0 ? nil : 3
        benefit.combination = random.below(2) == 0 ? .max : .sum
        if benefit.period != nil {
            benefit.carryOverMax = benefit.quota == nil ? 0 : Int64([0, 0, 2, 7][random.below(4)])
            benefit.onDowngrade = Benefit.Downgrade.allCases[random.below(3)]
        }
        book = BenefitBook(of: benefit, for: Sample.member)
        before = book
    }

    /// - Returns: What was tried, for messages.
    mutating func step() -> String {
        now = now.advanced(byMicroseconds: Int64(random.below(9)) * .microsecondsPerHour)
        number += 1
        before = book
        refusal = nil
        var words = "nothing"
        do throws(Refusal) { try act(&words) } catch { refusal = error }
        return "\(number): \(words)\(refusal.map { " refused \($0.reasons.map(\.code))" } ?? "")"
    }

    private mutating func act(_ words: inout String) throws(Refusal) {
        let (id, amount) = (BenefitID(String(10_000 + number)), Int64(random.below(6)))
        switch random.below(10) {
        case 0, 1:
            words = "grant"
            try book.grant(wish(id), now: now)
        case 2 where mayEnd:
            words = "end"
            try book.end(source(), now: now)
        case 3 where mayEnd:
            words = "revoke"
            try book.revoke(source(), reason: "r", now: now)
        case 4:
            words = "reserve \(amount)"
            let until = now.advanced(byMicroseconds: Int64(random.below(60)) * .microsecondsPerHour)
            try book.reserve(.init(amount: amount), until: until, id: id, now: now)
        case 5:
            words = "confirm"
            try book.confirm(use(), random.below(2) == 0 ? nil : amount, now: now)
        case 6:
            words = "cancel"
            try book.cancel(use(), now: now)
        case 7:
            words = "refund"
            try book.refund(use(), random.below(2) == 0 ? nil : amount, now: now)
        default:
            let mode: BenefitMode = isHardOnly || random.below(2) == 0 ? .hard : .soft
            words = "consume \(amount) \(mode)"
            try book.consume(.init(amount: amount), mode: mode, id: id, now: now)
        }
    }

    private mutating func wish(_ id: BenefitID) -> BenefitGrant {
        let source =
            random.below(2) == 0
            ? BenefitSource(.tier, id: id.text, series: "main") : BenefitSource(.campaign, id: "c\(random.below(9))")
        let from = now.advanced(byMicroseconds: Int64(random.below(40) - 8) * .microsecondsPerHour)
        let until = random.below(3) == 0 ? nil : from.advanced(byMicroseconds: Int64(1 + random.below(200)) * .microsecondsPerHour)
        return Sample.grant(
            id.text, source, random.below(6) == 0 ? nil : Int64(1 + random.below(6)), from: from, until: until,
            priority: random.below(3))
    }

    mutating func source() -> BenefitSource {
        let sources = book.grants.values.map(\.source).sorted()
        return sources.isEmpty ? BenefitSource(.gift, id: "none") : sources[random.below(sources.count)]
    }

    private mutating func use() -> BenefitID {
        let ids = book.uses.keys.sorted()
        return ids.isEmpty ? BenefitID("none") : ids[random.below(ids.count)]
    }
}
