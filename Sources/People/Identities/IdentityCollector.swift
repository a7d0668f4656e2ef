public import Model

/// Gathers the ids of one call in any order and gives its identities in theirs; reusable from call to call.
///
/// Intake's common case, a user id or an anonymous id or both, stays on bytes and needs no collector: see ``emit(userID:anonymousID:_:)``.
public struct IdentityCollector: Sendable {
    private let rules: IdentityRules
    private var type = CallType.track
    private var found: [Identity] = []
    private var previous: Identity?
    private var blocked = false

    public init(rules: IdentityRules) { self.rules = rules }

    /// Starts a new call.
    public mutating func begin(_ type: CallType) {
        self.type = type
        found.removeAll(keepingCapacity: true)
        previous = nil
        blocked = false
    }

    /// Adds an id as it arrived; one that identifies nobody is noted and left out, as is a type without a name.
    public mutating func add(_ value: String, as type: IdentityType) {
        guard !type.text.isEmpty, type != .erased else { return }
        if let compared = rules.compared(value, as: type) {
            found.append(Identity(type: type, value: compared))
        } else {
            blocked = true
        }
    }

    /// As ``add(_:as:)``, from UTF-8.
    public mutating func add(utf8: UnsafeRawBufferPointer, as type: IdentityType) {
        add(String(decoding: utf8, as: UTF8.self), as: type)
    }

    /// Adds the `previousId` of an alias; ignored for other calls.
    public mutating func addPrevious(_ value: String) {
        guard type == .alias else { return }
        if rules.isBlocked(value) { blocked = true } else { previous = Identity(type: .anonymousID, value: value) }
    }

    /// The identities of the call: each once, by priority, then as they came; an alias's previous id stands second.
    public mutating func finish() -> NamedIdentities {
        var ordered: [Identity] = []
        ordered.reserveCapacity(found.count + 1)
        for priority in 0 ... 5 {
            for identity in found where IdentityRules.priority(of: identity.type) == priority && !ordered.contains(identity) {
                ordered.append(identity)
            }
        }
        if let previous {
            ordered.removeAll { $0 == previous }
            ordered.insert(previous, at: ordered.first?.type == .userID ? 1 : 0)
        }
        return NamedIdentities(identities: ordered, blocked: blocked)
    }
}

extension IdentityRules {
    /// The common call's identities on bytes: the user id, then the anonymous id.
    ///
    /// No allocation.
    ///
    /// For calls that are no alias and carry no external ids, device id or trusted traits.
    /// - Returns: Whether a value was ignored because it identifies nobody.
    @inline(__always)
    public func emit(
        userID: UnsafeRawBufferPointer?, anonymousID: UnsafeRawBufferPointer?,
        _ identity: (IdentityType, UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        var anyBlocked = false
        if let userID {
            if isBlocked(userID) { anyBlocked = true } else { identity(.userID, userID) }
        }
        if let anonymousID {
            if isBlocked(anonymousID) { anyBlocked = true } else { identity(.anonymousID, anonymousID) }
        }
        return anyBlocked
    }
}
