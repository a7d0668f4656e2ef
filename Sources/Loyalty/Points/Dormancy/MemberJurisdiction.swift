public import Model
import OrderedCollections
import Records

/// Says under whose law a member's points stand, such as `CA-ON`: in some of them no points end by time alone.
public struct SetJurisdiction: ProgramCommand {
    public let member: MemberWish
    /// A country, or a country and its part, as in ISO 3166; nil for none.
    public let jurisdiction: String?

    public init(_ jurisdiction: String?, of member: MemberWish) {
        self.member = member
        self.jurisdiction = jurisdiction
    }

    public var content: JSONValue {
        ["command": "set_jurisdiction", "member": member.content, "jurisdiction": .optional(jurisdiction)]
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        var reasons = CommandReasons()
        let found = try reasons.collect { () throws(ProgramFailure) in try draft.member(self.member) }
        if let jurisdiction, !PointCurrency.isJurisdiction(jurisdiction) {
            reasons.add([.init("JURISDICTION_UNKNOWN", ["jurisdiction": .string(String(jurisdiction.prefix(40)))])])
        }
        guard let member = found, reasons.all.isEmpty else { throw reasons.failure }
        let jurisdiction = jurisdiction
        draft.write { tables throws(Problem) in try tables.set(jurisdiction: jurisdiction, of: member.id) }
        return ["member": .string(member.id.text), "jurisdiction": .optional(jurisdiction)]
    }
}

extension PointCurrency {
    /// Whether a text looks like a country, or a country and its part: `CA`, `CA-ON`.
    static func isJurisdiction(_ text: String) -> Bool {
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let isUpper = { (byte: UInt8) in (0x41 ... 0x5A).contains(byte) }
        guard let country = parts.first, country.utf8.count == 2, country.utf8.allSatisfy(isUpper) else { return false }
        guard parts.count == 2 else { return true }
        return (1 ... 3).contains(parts[1].utf8.count)
            && parts[1].utf8.allSatisfy { isUpper($0) || (0x30 ... 0x39).contains($0) }
    }

    /// Whether points may not end by time alone there, or in the country that it is a part of.
    func forbidsExpiry(in jurisdiction: String?) -> Bool {
        guard let jurisdiction else { return false }
        return noExpiryIn.contains(jurisdiction) || noExpiryIn.contains(String(jurisdiction.prefix(2)))
    }
}

extension ProgramDraft {
    /// Where a member's points may not end by time alone; nil where they may.
    func barsExpiry(of member: ProgramMember, _ currency: PointCurrency) throws(ProgramFailure) -> String? {
        guard !currency.noExpiryIn.isEmpty else { return nil }
        let place = try consulting { tables throws(Problem) in try tables.jurisdiction(of: member.id) }
        return currency.forbidsExpiry(in: place) ? place : nil
    }

    /// Throws when points with an end are to come to somebody whose points may not end by time alone.
    func requireExpiry(
        _ end: Instant?, of member: ProgramMember, _ currency: PointCurrency
    ) throws(ProgramFailure) {
        guard end != nil, let place = try barsExpiry(of: member, currency) else { return }
        throw .refused(Refusal("EXPIRY_FORBIDDEN", ["jurisdiction": .string(place)]))
    }
}

extension ProgramTables {
    func jurisdiction(of member: ProgramMemberID) throws(Problem) -> String? {
        try first(
            "SELECT jurisdiction FROM loyalty_jurisdictions WHERE workspace = ? AND member = ?", values(.integer(member.number))
        ) { reader throws(Problem) in try reader.optionalText() } ?? nil
    }

    fileprivate func set(jurisdiction: String?, of member: ProgramMemberID) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO loyalty_jurisdictions (workspace, member, jurisdiction) VALUES (?, ?, ?)
            ON CONFLICT (workspace, member) DO UPDATE SET jurisdiction = excluded.jurisdiction
            """, values(.integer(member.number), .optional(jurisdiction)))
    }
}
