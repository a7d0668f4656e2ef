import EventStore
public import Model

/// One decision about identities, for lists.
public struct DecisionEntry: Hashable, Sendable {
    public var outcome: Resolution.Outcome
    public var reason: Resolution.Reason
    public var subject: Identity
    /// The identity that it was, or was not, joined to; nil for a new person.
    public var other: Identity?
    /// The people of both, as they are now; nil for an identity that is nobody's.
    public var person: PersonID?
    public var otherPerson: PersonID?
    public var receivedAt: Instant
    /// The call that caused it.
    public var arrival: UInt64
}

/// A page of decisions, newest first.
public struct DecisionPage: Hashable, Sendable {
    public var decisions: [DecisionEntry]
    /// The cursor of the next page; nil on the last.
    public var next: String?
}

/// Which decisions are wanted.
public enum DecisionKind: String, Sendable, CaseIterable {
    /// All but first sight.
    case all
    /// People who became one.
    case merged
    /// New identities that found their person.
    case attached
    /// What stayed apart, and why.
    case refused
    /// What was said by command.
    case command

    func holds(_ decision: Resolution) -> Bool {
        switch self {
        case .all: decision.outcome != .newPerson
        case .merged: decision.outcome == .merged
        case .attached: decision.outcome == .attached
        case .refused: decision.outcome == .refused || decision.outcome == .ignored
        case .command: decision.reason == .command
        }
    }
}

extension PeopleView {
    /// A page of the decisions about who is who, newest first; those that others have replaced are left out.
    ///
    /// O(decisions looked through), at most all of them for a rare kind.
    ///
    /// - Parameters:
    ///   - person: Only decisions about identities of this person.
    ///   - cursor: `next` of the page before.
    ///   - limit: 1…500.
    /// - Throws: ``Problem`` with code `bad_cursor`.
    public func decisions(
        _ kind: DecisionKind = .all, of person: PersonID? = nil, cursor: String? = nil, limit: Int = 50
    ) throws(Problem) -> DecisionPage {
        let history = facts.decisions
        let order = facts.decisionOrder
        var rank = order.count
        if let cursor {
            guard let wanted = DecisionCursor(cursor) else {
                throw Problem(
                    Problem.Code("bad_cursor"),
                    "The cursor is not one that this list gave. Leave it out to begin with the first page.", place: "cursor")
            }
            rank = order.rank(of: wanted)
        }
        let root = person.flatMap { graph.person(of: $0.ordinal) }
        var entries: [DecisionEntry] = []
        var reader = DecisionReader(history.log)
        while rank > 0 {
            rank -= 1
            guard let decision = history.resolution(at: order[rank], &reader), kind.holds(decision),
                decision.subject != IdentityGraph.none
            else {
                continue
            }
            if let root, graph.person(of: decision.subject) != root, graph.person(of: decision.other) != root { continue }
            if entries.count == min(max(limit, 1), 500) {
                return DecisionPage(decisions: entries, next: order.cursor(before: rank + 1).text)
            }
            entries.append(entry(decision))
        }
        return DecisionPage(decisions: entries, next: nil)
    }

    private func entry(_ decision: Resolution) -> DecisionEntry {
        let table = snapshot.identities
        func person(_ ordinal: UInt32) -> PersonID? { graph.person(of: ordinal).map { PersonID(ordinal: $0) } }
        let isAlone = decision.other == decision.subject
        return DecisionEntry(
            outcome: decision.outcome, reason: decision.reason, subject: table.identity(decision.subject),
            other: isAlone ? nil : table.identity(decision.other), person: person(decision.subject),
            otherPerson: isAlone ? nil : person(decision.other), receivedAt: decision.receivedAt, arrival: decision.arrival)
    }

    /// The identity that a text names: a person's id such as `p_1a` for the one they were first seen by, `type:value` such as
    /// `user_id:abc`, or a bare value, looked for as user id, e-mail, phone, WeChat id and anonymous id in this order.
    ///
    /// - Throws: ``Problem`` with code `not_found`.
    public func identity(named text: String) throws(Problem) -> Identity {
        let rules = facts.settings.identities
        // As it stands first: a user id may begin or end with a blank, and a type or a value may hold a colon.
        for text in [text, text.trimmingWhitespace()] {
            if let person = person(text) { return snapshot.identities.identity(person.ordinal) }
            var typed: [Identity] = []
            for colon in text.indices where text[colon] == ":" {
                let type = IdentityType(String(text[..<colon]))
                let value = String(text[text.index(after: colon)...])
                typed += [value, rules.compared(value, as: type)].compactMap(\.self).map { Identity(type: type, value: $0) }
                if typed.count > 40 { break }
            }
            let guesses = PartyResolver.identities(of: NamedParty(type: nil, value: text), rules)
            if let known = (typed + guesses).first(where: { person(of: $0) != nil }) { return known }
        }
        throw Problem(
            .notFound,
            "Nobody is known as \"\(text.prefix(80))\". Give a person's id such as p_1a, or an identity such as user_id:abc.",
            status: 404)
    }
}
