import Model
import People
import Records

@testable import Console

/// Purposes, consents and the audit, with hostile texts in each.
extension Fixtures {
    var consentWriter: ConsentWriter { ConsentWriter(words: words, formats: formats, calendar: Fixtures.calendar) }

    private static let workspace = WorkspaceID(text: "ws_one")

    private func ago(days: Int64) -> Instant { Fixtures.now.advanced(byMicroseconds: -days * .microsecondsPerDay) }

    var consents: [PortraitPage.ConsentItem] {
        func record(_ purpose: String, _ isGranted: Bool, days: Int64, _ origin: ConsentRecord.Origin) -> ConsentRecord {
            ConsentRecord(
                purpose: purpose, isGranted: isGranted, at: ago(days: days), receivedAt: ago(days: days),
                textVersion: origin == .declared ? 2 : nil, origin: origin, source: SourceID(text: "src_web"),
                evidence: origin == .declared ? "<b>form 17</b>" : nil, messageID: "m", arrival: UInt64(days),
                identity: Identity(type: .userID, value: "u-10021"))
        }
        return consentWriter.consents(
            [
                record("marketing.email", false, days: 3, .declared), record("marketing.email", true, days: 40, .said),
                record("<i>old</i>", true, days: 90, .said),
            ], purposes: ["analytics", "marketing.email"], person: "p_1a", sources: ["src_web": "Website <b>"])
    }

    private var tabs: [SettingsPage.Tab] {
        [
            .init(url: "/settings/consent", label: words(\.consent.title), current: true),
            .init(url: "/settings/audit", label: words(\.audit.title), current: false),
        ]
    }

    var consent: ConsentPage {
        let texts = [
            PurposeText(
                version: 1, text: chinese ? "可以给您写信吗？" : "May we write to you?", createdAt: ago(days: 200)),
            PurposeText(
                version: 2,
                text: chinese ? "可以每月给您发送一封邮件吗？\n随时可以撤回。" : "May we send you one letter a month?\nYou can withdraw at any time.",
                createdAt: ago(days: 20)),
        ]
        func purpose(_ name: String, _ basis: LegalBasis, _ texts: [PurposeText]) -> Purpose {
            Purpose(workspace: Self.workspace, name: name, legalBasis: basis, texts: texts, createdAt: ago(days: 200))
        }
        let mail = purpose("marketing.email", .consent, texts)
        let other = purpose(
            "analytics", .legitimateInterests,
            [PurposeText(version: 1, text: "</textarea><script>alert(1)</script>", createdAt: ago(days: 3))])
        return ConsentPage(
            tabs: tabs, problem: nil,
            purposes: [
                consentWriter.purpose(
                    other, ConsentCount(granted: 0, withdrawn: 0, neverAsked: 20_000), form: consentWriter.form(other, id: "p0")),
                consentWriter.purpose(
                    mail, ConsentCount(granted: 6_120, withdrawn: 1_044, neverAsked: 12_836),
                    form: consentWriter.form(mail, id: "p1")),
            ], hasPurposes: true, unnamed: ["Advertising", "<img src=x onerror=alert(1)>"], hasUnnamed: true,
            form: consentWriter.newForm())
    }

    var noConsent: ConsentPage {
        ConsentPage(tabs: tabs, problem: nil, purposes: [], hasPurposes: false, unnamed: [], hasUnnamed: false, form: nil)
    }

    private var auditWriter: AuditWriter {
        let member = Actor.member(MemberID(text: "mem_a"))
        return AuditWriter(
            words: words, formats: formats, calendar: Fixtures.calendar,
            names: [member: chinese ? "陆羽" : "Lu Yu", .key(KeyID(text: "key_a")): "<b>nightly</b>"])
    }

    private func entry(
        _ number: Int64, _ actor: Actor, _ action: String, target: String, _ detail: String, people: [UInt32] = [],
        why: String? = nil
    ) -> ChainedEntry {
        ChainedEntry(
            number: number,
            entry: AuditEntry(
                workspace: Self.workspace, at: ago(days: 9 - number), actor: actor, action: action, target: target, detail: detail,
                people: people.map { PersonID(ordinal: $0) }, reason: why),
            hash: String(repeating: "0f1e2d3c", count: 8))
    }

    var audit: AuditPage {
        let (member, key) = (Actor.member(MemberID(text: "mem_a")), Actor.key(KeyID(text: "key_a")))
        let entries = [
            entry(6, .member(MemberID(text: "mem_gone")), "future.action", target: "<b>", "\u{202E}txet"),
            entry(5, key, "people.listed", target: "", "<script>alert(1)</script>", people: [1, 2, 3, 4, 5]),
            entry(4, member, "profile.viewed", target: "p_1a", "", people: [42], why: "<b>a complaint</b>"),
            entry(3, member, "consent.granted", target: "p_1a", "marketing.email, version = 2", people: [42]),
            entry(2, .admin, "source.changed", target: "src_1", "name = Website"),
            entry(1, .commandLine, "workspace.created", target: "ws_one", chinese ? "山水茶行" : "Shanshui Tea"),
        ]
        return AuditPage(
            tabs: tabs, chain: .init(kind: "", text: words(\.audit.whole, count: 6), checkURL: nil),
            filters: [
                .init(url: "/settings/audit", label: words(\.audit.all), styleClass: nil, count: nil, current: true),
                .init(
                    url: "/settings/audit?kind=reading", label: words(\.audit.readings), styleClass: nil, count: nil, current: false
                ),
                .init(
                    url: "/settings/audit?kind=change", label: words(\.audit.changes), styleClass: nil, count: nil, current: false),
            ], kind: nil, actorField: auditWriter.actorField([member, key, .admin, .commandLine], current: key), person: "\"><b>",
            problem: nil, rows: entries.map(auditWriter.row), hasRows: true, csvURL: "/settings/audit?csv=audit",
            nextURL: "/settings/audit?cursor=1", firstURL: nil)
    }

    var brokenAudit: AuditPage {
        AuditPage(
            tabs: tabs, chain: .init(kind: "bad", text: words(\.audit.broken, ["number": "17"]), checkURL: nil), filters: [],
            kind: "reading", actorField: auditWriter.actorField([], current: nil), person: "nobody",
            problem: words(\.audit.nobody, ["name": "<b>nobody</b>"]), rows: [], hasRows: false, csvURL: "", nextURL: nil,
            firstURL: nil)
    }
}
