import EventStore
import Model

extension IdentityResolver {
    /// Resolves one call as it arrived or as it is read again, and reports each decision.
    ///
    /// - Parameter identities: Ordinals of the call's identities in `table`, the owner first.
    mutating func take(
        _ type: CallType, identities given: [UInt32], flags: CallFlags, arrival: UInt64, receivedAt: Instant, table: IdentityTable,
        decide: (Resolution) -> Void
    ) {
        var identities = given
        if type == .alias { settlePrevious(&identities, table) }
        let look = Look(type: { table.type(of: $0) }, firstSeen: { table.firstReceivedAt(of: $0) })
        if type.isCommand {
            // A command that names anything but two identities that somebody can have says nothing.
            if identities.count == 2 {
                let (left, right) = (identities[0], identities[1])
                if type == .merge {
                    merge(left, right, arrival: arrival, receivedAt: receivedAt, look: look, decide: decide)
                } else {
                    separate(left, right, arrival: arrival, receivedAt: receivedAt, look: look, decide: decide)
                }
            }
        } else {
            resolve(type, identities: identities, arrival: arrival, receivedAt: receivedAt, look: look, decide: decide)
        }
        guard flags.contains(.blockedIdentity) else { return }
        noteBlocked(owner: identities.first ?? IdentityGraph.none, arrival: arrival, receivedAt: receivedAt, decide: decide)
    }

    /// Puts the user id in place of an alias's previous id when it names a known user and no known anonymous id (N3).
    private func settlePrevious(_ identities: inout [UInt32], _ table: IdentityTable) {
        for place in identities.indices.prefix(2) where table.type(of: identities[place]) == .anonymousID {
            if graph.isKnown(identities[place]) { return }
            let value = table.identity(identities[place]).value
            if let user = table.ordinal(of: Identity(type: .userID, value: value)), graph.isKnown(user) {
                identities[place] = user
            }
            return
        }
    }
}
