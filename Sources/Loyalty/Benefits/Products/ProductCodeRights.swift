public import Model
import OrderedCollections

/// Who has registered which product codes, and what each registration grants: one code, one registrant.
///
/// Codes are checked before they come here; what is decided here is only who has one, and what they have from it.
public struct ProductCodeRights: Hashable, Sendable {
    /// What a registered code of a product grants.
    public struct Rule: Hashable, Sendable {
        /// The key of the benefit.
        public let benefit: String
        /// nil for the amount of the benefit.
        public let amount: Int64?
        /// How long, from the day of the registration; the last day counts.
        ///
        /// nil for always.
        public let months: Int?
        /// Whoever made or sold the goods.
        public let payer: BenefitParty

        public init(benefit: String, amount: Int64? = nil, months: Int? = nil, payer: BenefitParty) {
            self.benefit = benefit
            self.amount = amount
            self.months = months
            self.payer = payer
        }
    }

    public struct Registration: Hashable, Sendable {
        /// nil when nobody has the code now.
        public let who: BenefitParty?
        /// How often somebody was given it.
        public let times: Int
        public let at: Instant
    }

    public enum Outcome: Hashable, Sendable {
        case granted([BenefitGrant])
        /// They have it already.
        case known
        /// Somebody else has it: a sign of resale, a grey market or a copy, for a person to look at.
        case contested(holder: BenefitParty)
    }

    /// Rights to take from one party and to give to another.
    public struct Move: Hashable, Sendable {
        public let from: BenefitParty
        public let ended: BenefitSource
        public let granted: [BenefitGrant]
    }

    public private(set) var registrations: [String: Registration] = [:]
    /// Nobody can register them.
    public private(set) var blocked: Set<String> = []

    public init() {}

    /// What is known of some codes.
    init(_ registrations: [String: Registration]) { self.registrations = registrations }

    /// Registers a code for somebody.
    public mutating func register(
        _ code: String, for party: BenefitParty, rules: [Rule], in calendar: ZoneCalendar, now: Instant
    ) throws(Refusal) -> Outcome {
        guard now.isCountable else { throw Refusal([BenefitReason.badTime]) }
        if let holder = registrations[code]?.who { return holder == party ? .known : .contested(holder: holder) }
        guard !blocked.contains(code) else { throw Refusal("CODE_BLOCKED", ["code": .string(code)]) }
        return .granted(give(code, to: party, rules, calendar, now))
    }

    /// Gives a code that somebody has to somebody else.
    public mutating func transfer(
        _ code: String, to party: BenefitParty, rules: [Rule], in calendar: ZoneCalendar, now: Instant
    ) throws(Refusal) -> Move {
        guard now.isCountable else { throw Refusal([BenefitReason.badTime]) }
        let (holder, ended) = try held(code)
        guard holder != party else { throw Refusal([BenefitReason.alreadyDone(.init(ended.id))]) }
        return Move(from: holder, ended: ended, granted: give(code, to: party, rules, calendar, now))
    }

    /// Takes a code back: the goods were returned, or nobody should have it.
    ///
    /// Blocked, nobody can register it any more.
    public mutating func takeBack(_ code: String, isBlocked: Bool = false, now: Instant) throws(Refusal) -> Move {
        let (holder, ended) = try held(code)
        registrations[code] = Registration(who: nil, times: registrations[code]?.times ?? 0, at: now)
        if isBlocked { blocked.insert(code) }
        return Move(from: holder, ended: ended, granted: [])
    }

    private func held(_ code: String) throws(Refusal) -> (BenefitParty, BenefitSource) {
        guard let registration = registrations[code], let holder = registration.who else {
            throw Refusal([BenefitReason.unknown(.code, code)])
        }
        return (holder, source(code, registration.times))
    }

    private func source(_ code: String, _ times: Int) -> BenefitSource {
        BenefitSource(.productCode, id: "\(code)/\(times)", series: code)
    }

    private mutating func give(
        _ code: String, to party: BenefitParty, _ rules: [Rule], _ calendar: ZoneCalendar, _ now: Instant
    ) -> [BenefitGrant] {
        let times = (registrations[code]?.times ?? 0) + 1
        registrations[code] = Registration(who: party, times: times, at: now)
        let source = source(code, times)
        let today = calendar.date(at: now)
        return rules.map { rule in
            BenefitGrant(
                id: .init("\(source.id)/\(rule.benefit)"), of: rule.benefit, to: party, payer: rule.payer, source: source,
                from: now,
                until: rule.months.map { calendar.start(of: today.advanced(byMonths: $0).advanced(byDays: 1)) }, amount: rule.amount
            )
        }
    }
}
