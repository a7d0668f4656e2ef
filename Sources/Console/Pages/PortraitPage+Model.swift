/// One person: who they are, how we know, what they did.
struct PortraitPage: PageModel {
    static let template = Template.portrait

    struct IdentityItem: Sendable {
        let kind: String
        let value: String
        let why: String
    }

    struct RoleItem: Sendable {
        let kind: String
        let label: String
        let evidence: [String]
    }

    struct Fact: Sendable {
        let key: String
        let value: String
    }

    struct ComputedTrait: Sendable {
        let key: String
        let value: String
        let rule: String
    }

    struct Account: Sendable {
        let url: String
        let name: String
        let why: String
    }

    /// What the person is to somebody, or somebody to them.
    struct RelationshipItem: Sendable {
        let kind: String
        let name: String
        let url: String?
        let why: String
        let evidence: [PageLink]
    }

    /// Where the person stands with a purpose, and how they came there.
    struct ConsentItem: Sendable {
        struct Record: Sendable {
            let text: String
            let evidence: String?
            let rawURL: String
        }

        let purpose: String
        let tag: TagItem
        let why: String?
        let records: [Record]
        let hasRecords: Bool
    }

    struct ConsentForm: Sendable {
        let action: String
        let fields: [FormField]
        let problem: String?
    }

    /// What they have as a member of the program.
    struct Points: Sendable {
        let number: String
        let url: String
        /// By currency.
        let balances: [Fact]
    }

    /// Where the person stands in the life cycle, and how they came there.
    struct Stage: Sendable {
        struct Move: Sendable {
            let to: String
            let date: String
            /// What moved them, and where to see it; nil for time passing.
            let why: String
            let url: String?
        }

        let name: String
        let since: String
        /// Newest first.
        let moves: [Move]
    }

    struct Event: Sendable {
        let timestamp: String
        let time: String
        /// The class of its mark: empty, `did`, `paid` or `known`.
        let pin: String
        let title: String
        let note: String?
        let properties: [Fact]
        let more: String?
        let hasDetail: Bool
        let rawURL: String
    }

    struct Session: Sendable {
        let start: String
        let head: String
        let summary: String
        let events: [Event]
    }

    let name: String
    let initial: String
    let sealKind: String
    let roleTags: [TagItem]
    let stats: [Stat]
    let figures: [Figure]
    let sessions: [Session]
    let newerURL: String?
    let olderURL: String?
    let identities: [IdentityItem]
    let identityURL: String
    let roles: [RoleItem]
    let stage: Stage?
    /// Why no stage is told.
    let stageProblem: String?
    let accounts: [Account]
    let hasAccounts: Bool
    let relationships: [RelationshipItem]
    let hasRelationships: Bool
    let moreRelationships: String?
    let traits: [Fact]
    let hasTraits: Bool
    let exportURL: String
    let eraseURL: String
    var computedTraits: [ComputedTrait] = []
    var hasComputedTraits: Bool = false
    var consents: [ConsentItem] = []
    var hasConsents = false
    /// nil for who is no member.
    var points: Points?
    /// What records a consent; nil for whoever may not, and without purposes.
    var consentForm: ConsentForm?
}

/// One event as it is kept.
struct EventPage: PageModel {
    static let template = Template.event

    let personURL: String
    let personName: String
    let title: String
    let when: String
    let facts: [PortraitPage.Fact]
    let json: String
}
