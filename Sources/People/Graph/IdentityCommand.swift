public import Model

/// What somebody with the right says about who is who.
public struct IdentityCommand: Hashable, Sendable {
    public enum Action: String, Sendable, CaseIterable {
        /// The people of the two identities are one.
        case merge
        /// The two identities belong to different people, and always have.
        case unmerge
    }

    public var action: Action
    public var left: Identity
    public var right: Identity

    public init(_ action: Action, _ left: Identity, _ right: Identity) {
        self.action = action
        self.left = left
        self.right = right
    }

    /// The two identities, in the order in which a call names them.
    public var identities: [Identity] {
        [left, right].sorted { IdentityRules.priority(of: $0.type) < IdentityRules.priority(of: $1.type) }
    }

    /// The call as which it is kept with all others.
    ///
    /// - Parameter source: Who said so.
    public func call(messageID: String, at now: Instant, source: SourceID) -> Call {
        let external = identities.map { identity -> JSONValue in
            ["type": .string(identity.type.text), "id": .string(identity.value)]
        }
        return Call(
            type: action == .merge ? .merge : .unmerge, messageID: messageID, timestamp: now, receivedAt: now,
            context: ["externalIds": .array(external)], source: source)
    }
}

/// The people whom a command concerns, as they are and as they would be.
public struct IdentityPreview: Hashable, Sendable {
    public var command: IdentityCommand
    public var before: [Profile]
    public var after: [Profile]
}
