import EventStore
public import Model
public import People
import Questions
public import Records

/// A consent that somebody with the right records for a person.
public struct ConsentWish: Hashable, Sendable {
    public var purpose: String
    public var isGranted: Bool
    /// The version of the text that the person saw; nil means the newest.
    public var textVersion: Int?
    /// What it rests on, such as a form or a call.
    public var evidence: String?
    /// When the person said so; nil means now.
    public var at: Instant?

    public init(purpose: String, isGranted: Bool, textVersion: Int? = nil, evidence: String? = nil, at: Instant? = nil) {
        self.purpose = purpose
        self.isGranted = isGranted
        self.textVersion = textVersion
        self.evidence = evidence
        self.at = at
    }

    /// - Throws: ``Problem`` (422) with the place of what cannot be.
    fileprivate func checked(among purposes: [Purpose], now: Instant) throws(Problem) -> ConsentWish {
        guard let named = purposes.first(where: { $0.name == purpose }) else {
            throw .unknownPurpose(purpose, among: purposes.map(\.name), place: "/purpose", status: 422)
        }
        var wish = self
        wish.textVersion = textVersion ?? named.version
        guard let version = wish.textVersion, (1 ... named.version).contains(version) else {
            throw ConsentWish.invalid("The text of \"\(purpose)\" has versions 1 to \(named.version).", "/version")
        }
        guard evidence?.utf8.count ?? 0 <= ConsentStatement.evidenceBytesMax else {
            throw ConsentWish.invalid("Evidence has at most \(ConsentStatement.evidenceBytesMax) bytes.", "/evidence")
        }
        if let at, at > now {
            throw ConsentWish.invalid("Nobody consents ahead of time: \"timestamp\" lies in the future.", "/timestamp")
        }
        return wish
    }

    private static func invalid(_ message: Wording, _ place: String) -> Problem {
        Problem(.consentInvalid, message, place: place, status: 422)
    }

    /// The call that says it.
    fileprivate func call(of identity: Identity, by actor: Actor, at now: Instant) -> Call {
        let random = String(UInt64.random(in: 0 ... .max), radix: 16)
        var properties: JSONValue = ["purpose": .string(purpose), "status": isGranted ? "granted" : "withdrawn"]
        if let textVersion { properties = properties.setting(["version"], to: .int(Int64(textVersion))) }
        if let evidence, !evidence.isEmpty { properties = properties.setting(["evidence"], to: .string(evidence)) }
        var call = Call(
            type: .declare, messageID: "consent-\(now.microseconds)-\(random)", timestamp: at ?? now, receivedAt: now,
            event: ConsentStatement.kind, properties: properties, source: SourceID(text: actor.text))
        switch identity.type {
        case .userID: call.userID = identity.value
        case .anonymousID: call.anonymousID = identity.value
        default: call.context = ["externalIds": [["type": .string(identity.type.text), "id": .string(identity.value)]]]
        }
        return call
    }
}

extension WorkspaceDirectory {
    /// Records, durably, that a person granted a purpose or withdrew it, and notes who did so and why.
    ///
    /// - Throws: ``Problem`` `not_found` for somebody unknown; 422 for an unknown purpose or version, or a time to come.
    @discardableResult
    public func record(
        _ wish: ConsentWish, of person: PersonID, in workspace: WorkspaceID, by actor: Actor, why: String? = nil
    ) async throws(Problem) -> ConsentRecord {
        let now = clock.now
        let wish = try wish.checked(among: purposes(of: workspace), now: now)
        let open = try await self.workspace(workspace)
        let identity = try await open.look { view throws(Problem) in
            let known = view.population.knownIdentities(of: person.ordinal)
            guard let identity = known.first(where: { $0.type == .userID }) ?? known.first else {
                throw Problem(.notFound, "Nobody is known as \(person.text).", status: 404)
            }
            return identity
        }
        let call = wish.call(of: identity, by: actor, at: now)
        var encoder = CallEncoder()
        encoder.append(call, identities: [identity], payloadHash: 0)
        _ = try await open.store.append(encoder.finish())
        // The evidence stands in the call: entries of the audit stay when somebody is erased.
        let detail = "\(wish.purpose), version = \(wish.textVersion ?? 0)"
        try await change(by: actor) { planner in
            planner.noted(
                workspace, wish.isGranted ? "consent.granted" : "consent.withdrawn", target: person.text, detail,
                people: [person], why: why)
        }
        let record = try await open.look { view throws(Problem) in
            view.consents(of: person).first { $0.messageID == call.messageID }
        }
        guard let record else { throw Problem(.notFound, "Nobody is known as \(person.text).", status: 404) }
        return record
    }
}

extension Problem.Code {
    /// A consent that cannot be.
    public static let consentInvalid = Problem.Code("consent_invalid")
}
