public import Model
public import Records

extension Planner {
    /// The most purposes of one workspace.
    static let purposesMax = 100
    /// The longest text that people are asked, in bytes.
    static let purposeTextBytesMax = 10_000

    package func newPurpose(in workspace: WorkspaceID, _ wish: NewPurpose) throws(Problem) -> Plan<Purpose> {
        _ = try catalog.workspace(workspace)
        let known = catalog.purposes(of: workspace)
        guard known.count < Planner.purposesMax else {
            throw Problem(.badRequest, "A workspace has at most \(Planner.purposesMax) purposes. Use one of them.", status: 409)
        }
        let name = try SettingsRules.purpose(wish.name)
        guard !known.contains(where: { $0.name == name }) else {
            throw Problem(
                .purposeExists, "There is a purpose \"\(name)\" already. Change its text: that makes a new version.",
                place: "/name",
                status: 409)
        }
        let text = PurposeText(version: 1, text: try SettingsRules.purposeText(wish.text), createdAt: now)
        let purpose = Purpose(workspace: workspace, name: name, legalBasis: wish.legalBasis, texts: [text], createdAt: now)
        return Plan(
            changes: [
                .insertPurpose(purpose),
                noted(workspace, "purpose.created", target: name, "legal basis = \(wish.legalBasis.rawValue), version = 1"),
            ], value: purpose)
    }

    /// A changed text becomes a new version; the one that is in force already changes nothing.
    package func changedPurpose(_ name: String, in workspace: WorkspaceID, _ wish: PurposeWish) throws(Problem) -> Plan<Purpose> {
        var purpose = try catalog.purpose(name, of: workspace)
        var changes: [Change] = []
        var summary: [String] = []
        if let basis = wish.legalBasis, basis != purpose.legalBasis {
            purpose.legalBasis = basis
            changes.append(.setLegalBasis(workspace, purpose: name, basis))
            summary.append("legal basis = \(basis.rawValue)")
        }
        if let wanted = try wish.text.map({ text throws(Problem) in try SettingsRules.purposeText(text) }),
            wanted != purpose.texts.last?.text
        {
            let text = PurposeText(version: purpose.version + 1, text: wanted, createdAt: now)
            purpose.texts.append(text)
            changes.append(.insertPurposeText(workspace, purpose: name, text))
            summary.append("version = \(text.version)")
        }
        guard !changes.isEmpty else { return Plan(changes: [], value: purpose) }
        let note: Change = noted(workspace, "purpose.changed", target: name, summary.joined(separator: ", "))
        return Plan(changes: changes + [note], value: purpose)
    }

    private func noted(_ workspace: WorkspaceID, _ action: String, target: String, _ detail: String) -> Change {
        .audit(AuditEntry(workspace: workspace, at: now, actor: actor, action: action, target: target, detail: detail))
    }
}

/// What a new purpose shall be, as someone typed it.
public struct NewPurpose: Hashable, Sendable {
    public var name: String
    public var legalBasis: LegalBasis
    /// What people are asked.
    public var text: String

    public init(name: String, legalBasis: LegalBasis = .consent, text: String) {
        self.name = name
        self.legalBasis = legalBasis
        self.text = text
    }
}

/// What of a purpose shall change; nil leaves it as it is.
public struct PurposeWish: Hashable, Sendable {
    public var legalBasis: LegalBasis?
    public var text: String?

    public init(legalBasis: LegalBasis? = nil, text: String? = nil) {
        self.legalBasis = legalBasis
        self.text = text
    }
}

extension SettingsRules {
    /// A name that consents carry: letters, digits, dots, hyphens and underscores, at most 100 bytes.
    static func purpose(_ text: String) throws(Problem) -> String {
        let isPlain = text.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || $0.properties.numericType != nil || "._-".unicodeScalars.contains($0)
        }
        guard !text.isEmpty, text.utf8.count <= 100, isPlain else {
            throw Problem(
                .badName,
                "The name of a purpose has 1 to 100 letters, digits, dots, hyphens and underscores, such as marketing.email.",
                place: "/name")
        }
        return text
    }

    static func purposeText(_ text: String) throws(Problem) -> String {
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false).joined(separator: "\n")
        let isBlank = lines.unicodeScalars.allSatisfy(\.properties.isWhitespace)
        guard !isBlank, lines.utf8.count <= Planner.purposeTextBytesMax, !lines.utf8.contains(0) else {
            throw Problem(
                Problem.Code("bad_text"), "What people are asked is a text of 1 to \(Planner.purposeTextBytesMax) bytes.",
                place: "/text")
        }
        return lines
    }
}

extension Problem.Code {
    /// The workspace has a purpose of that name.
    public static let purposeExists = Problem.Code("purpose_exists")
}
