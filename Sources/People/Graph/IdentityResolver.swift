public import Model

/// Decides, call by call in the order of arrival, to which person each identity belongs.
///
/// A plain state machine: the same calls give the same decisions. ``PeopleStore`` feeds it from the event store.
public struct IdentityResolver: Sendable {
    /// Who is who after the calls so far.
    public internal(set) var graph = IdentityGraph()
    /// How many identities one person may hold, for the calls to come.
    var limits: IdentityLimits
    /// Pairs (owner, other) whose refusal has been written; each pair is written once, with its first event.
    var refused: Set<UInt64> = []
    /// Owners of whom it has been written that an ignored value came with their events.
    var ignored: Set<UInt32> = []
    /// What was taken apart by command.
    var separations = Separations()
    /// Identities that commands have named since the last correction; until the next one their people are as they were.
    var unsettled: Set<UInt32> = []
    /// Identities that were erased: nobody has them, whatever was decided about them.
    private(set) var erased: Set<UInt32> = []
    /// Whether history is decided anew: then its commands have had their effect already.
    var isCorrecting = false

    public init(limits: IdentityLimits = .standard) { self.limits = limits }

    /// Takes back a decision of an earlier run; all of them, in their order.
    public mutating func restore(_ decision: Resolution) {
        if decision.outcome == .refused { refused.insert(IdentityResolver.pair(decision.other, decision.subject)) }
        if decision.outcome == .ignored { ignored.insert(decision.subject) }
        if !isCorrecting { restoreCommand(decision) }
        graph.apply(decision, index: graph.decisionCount)
    }

    /// Notes that identities were erased; the next correction takes them out of the graph and decides anew about whoever was tied to them.
    mutating func erase(_ identities: Set<UInt32>) {
        let fresh = identities.subtracting(erased)
        erased.formUnion(fresh)
        unsettled.formUnion(fresh)
    }

    private mutating func restoreCommand(_ decision: Resolution) {
        if decision.outcome == .separated {
            separations.insert(decision.other, decision.subject)
            unsettled.formUnion([decision.other, decision.subject])
        } else if decision.reason == .command, separations.remove(decision.other, decision.subject) {
            unsettled.formUnion([decision.other, decision.subject])
        }
    }

    /// Notes that a value of a call was ignored because it identifies nobody; written once for each owner, with the first event.
    ///
    /// Every such event carries `CallFlags.blockedIdentity` besides.
    public mutating func noteBlocked(owner: UInt32, arrival: UInt64, receivedAt: Instant, decide: (Resolution) -> Void) {
        guard ignored.insert(owner).inserted else { return }
        let decision = Resolution(
            outcome: .ignored, reason: .blockedValue, subject: owner, other: owner, subjectIsUserID: false, otherIsUserID: false,
            arrival: arrival, receivedAt: receivedAt)
        graph.apply(decision, index: graph.decisionCount)
        decide(decision)
    }

    /// What is asked of identities that are new, or whose people may become one.
    struct Look {
        var type: (UInt32) -> IdentityType
        /// When the first call that carried it was received.
        var firstSeen: (UInt32) -> Instant

        func isUserID(_ identity: UInt32) -> Bool { type(identity) == .userID }
    }

    /// Resolves one call and reports each decision, which has then been carried out.
    ///
    /// Costs a few reads when nothing is new. A call that carries identities of two people joins them unless both have a user id, a type
    /// that never joins people is among them, or the person would hold more than the limits allow.
    ///
    /// - Parameter given: Ordinals of the call's identities, the owner first. Empty for nobody's event.
    mutating func resolve(
        _ type: CallType, identities given: [UInt32], arrival: UInt64, receivedAt: Instant, look: Look, decide: (Resolution) -> Void
    ) {
        guard let owner = given.first else { return }
        if given.count == 1 {
            if !graph.isKnown(owner) { makeKnown(owner, among: [], type, arrival, receivedAt, look.isUserID, decide) }
            return
        }
        if given.dropFirst().allSatisfy({ graph.isSamePerson(owner, $0) }) { return }
        let (identities, aside) = withinLimits(given, receivedAt, look)
        for (other, reason) in aside.reversed() {
            refuse(other, of: owner, reason, arrival, receivedAt, look.isUserID, decide)
        }
        // Whether the owner's person was there before: a new identity that finds its person joins no two.
        var isOlder = graph.isKnown(owner)
        if !isOlder {
            makeKnown(owner, among: identities.dropFirst(), type, arrival, receivedAt, look.isUserID, decide)
            isOlder = graph.identityCount(of: owner) > 1
        }
        for other in identities.dropFirst() where !graph.isSamePerson(owner, other) {
            let isKnown = graph.isKnown(other)
            let otherIsUser = isKnown ? graph.userID(of: other) != nil : look.isUserID(other)
            if otherIsUser, graph.userID(of: owner) != nil {
                let reason: Resolution.Reason = type == .identify || type == .alias ? .alreadyIdentified : .userSwitch
                refuse(other, of: owner, reason, arrival, receivedAt, look.isUserID, decide)
                continue
            }
            if separations.forbid(owner, other, in: graph) {
                refuse(other, of: owner, .keptApart, arrival, receivedAt, look.isUserID, decide)
                continue
            }
            if isKnown, isOlder, limits.hasUnique(look.type(owner), look.type(other)) {
                refuse(other, of: owner, .uniqueConflict, arrival, receivedAt, look.isUserID, decide)
                continue
            }
            carryOut(
                Resolution(
                    outcome: isKnown ? .merged : .attached, reason: IdentityResolver.reason(type), subject: other, other: owner,
                    subjectIsUserID: look.isUserID(other), otherIsUserID: look.isUserID(owner), arrival: arrival,
                    receivedAt: receivedAt), decide)
            isOlder = isOlder || isKnown
        }
    }

    mutating func carryOut(_ decision: Resolution, _ decide: (Resolution) -> Void) {
        graph.apply(decision, index: graph.decisionCount)
        decide(decision)
    }

    /// Notes that an identity was not joined to the owner's person; once for each pair.
    private mutating func refuse(
        _ other: UInt32, of owner: UInt32, _ reason: Resolution.Reason, _ arrival: UInt64, _ receivedAt: Instant,
        _ isUserID: (UInt32) -> Bool, _ decide: (Resolution) -> Void
    ) {
        guard refused.insert(IdentityResolver.pair(owner, other)).inserted else { return }
        carryOut(
            Resolution(
                outcome: .refused, reason: reason, subject: other, other: owner, subjectIsUserID: isUserID(other),
                otherIsUserID: isUserID(owner), arrival: arrival, receivedAt: receivedAt), decide)
    }

    /// Gives a new owner its person: that of the first known identity of the call with which it may be joined, else a new one.
    private mutating func makeKnown(
        _ owner: UInt32, among others: ArraySlice<UInt32>, _ type: CallType, _ arrival: UInt64, _ receivedAt: Instant,
        _ isUserID: (UInt32) -> Bool, _ decide: (Resolution) -> Void
    ) {
        let ownerIsUser = isUserID(owner)
        var decision = Resolution(
            outcome: .newPerson, reason: .firstSeen, subject: owner, other: owner, subjectIsUserID: ownerIsUser,
            otherIsUserID: ownerIsUser, arrival: arrival, receivedAt: receivedAt)
        // A new user id among the others comes before the people after it in the order of priority.
        let joinable = others.first { other in
            let isUser = graph.isKnown(other) ? graph.userID(of: other) != nil : isUserID(other)
            return (graph.isKnown(other) || isUser) && !(ownerIsUser && isUser) && !separations.forbid(owner, other, in: graph)
        }
        if let host = joinable, graph.isKnown(host) {
            decision.outcome = .attached
            decision.reason = IdentityResolver.reason(type)
            decision.other = host
            decision.otherIsUserID = isUserID(host)
        }
        graph.apply(decision, index: graph.decisionCount)
        decide(decision)
    }

    private static func reason(_ type: CallType) -> Resolution.Reason {
        switch type {
        case .identify: .identify
        case .alias: .alias
        case .track, .page, .screen, .group, .declare: .sameCall
        case .merge, .unmerge: .command
        }
    }

    private static func pair(_ owner: UInt32, _ other: UInt32) -> UInt64 { UInt64(owner) << 32 | UInt64(other) }
}
