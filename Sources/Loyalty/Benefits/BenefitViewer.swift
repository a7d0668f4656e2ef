public import Model

/// A member's consent that somebody else sees what they use of benefits.
public struct BenefitViewer: Hashable, Sendable {
    /// Whose use it is.
    public let member: ProgramMemberID
    public let viewer: ProgramMemberID
    public let givenAt: Instant
}

/// Who sees what a member uses by consent, and whose use they see themselves; guardians need none.
public struct BenefitViewers: Hashable, Sendable {
    /// In the order in which they were given.
    public let given: [BenefitViewer]
    public let received: [BenefitViewer]

    /// As the API and the export of a person give it.
    package var json: JSONValue {
        [
            "viewers": .array(
                given.map { ["viewer": .string($0.viewer.text), "given_at": .string($0.givenAt.rfc3339)] }),
            "sees": .array(
                received.map { ["member": .string($0.member.text), "given_at": .string($0.givenAt.rfc3339)] }),
        ]
    }
}
