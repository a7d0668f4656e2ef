import EventStore
import Model

/// Reads from a part which identities its calls carried when they came.
///
/// The owner and the decisions are kept with the calls, the other identities are not: they follow from the call by the rules.
struct CallIdentities {
    private let part: Part
    private let table: IdentityTable
    private let rules: IdentityRules
    private let userIDs: PropertyColumn?
    private let anonymousIDs: PropertyColumn?
    private let previousIDs: PropertyColumn?
    private let deviceIDs: PropertyColumn?
    private let externalIDs: PropertyColumn?
    private let emails: PropertyColumn?
    private let phones: PropertyColumn?

    init(_ part: Part, table: IdentityTable, rules: IdentityRules) {
        func column(_ section: Section, _ keys: [String]) -> PropertyColumn? {
            // A key that holds a dot is another member.
            part.column(section, keys.joined(separator: ".")).flatMap { $0.keys == keys ? $0 : nil }
        }
        self.part = part
        self.table = table
        self.rules = rules
        userIDs = part.field(.userID)
        anonymousIDs = part.field(.anonymousID)
        previousIDs = part.field(.previousID)
        deviceIDs = column(.context, ["device", "id"])
        externalIDs = column(.context, ["externalIds"])
        emails = column(.traits, ["email"])
        phones = column(.traits, ["phone"])
    }

    /// The ordinals of a call's identities, the owner first; empty for nobody's call.
    func ordinals(at row: Int, owner: UInt32, type: CallType, flags: CallFlags) -> [UInt32] {
        guard owner != Part.nobody else { return [] }
        let user = userIDs?.string(at: row)
        let anonymous = anonymousIDs?.string(at: row)
        let device = deviceIDs?.jsonValue(at: row)
        let external = externalIDs?.jsonValue(at: row)
        let isTrusted = flags.contains(.trustedTraits)
        let isPlain = type != .alias && device == nil && external == nil && !isTrusted
        if isPlain, user == nil || anonymous == nil { return [owner] }
        var call = Call(type: type, messageID: "", timestamp: .epoch, receivedAt: .epoch, source: SourceID(text: ""))
        (call.userID, call.anonymousID) = (user, anonymous)
        if type == .alias { call.previousID = previousIDs?.string(at: row) }
        if let device { call.context = call.context.setting(["device", "id"], to: device) }
        if let external { call.context = call.context.setting(["externalIds"], to: external) }
        if isTrusted {
            if let email = emails?.jsonValue(at: row) { call.traits = call.traits.setting(["email"], to: email) }
            if let phone = phones?.jsonValue(at: row) { call.traits = call.traits.setting(["phone"], to: phone) }
        }
        var ordinals = [owner]
        for identity in rules.identities(of: call, trusted: isTrusted).identities {
            // Under other rules than today's the call may have named something else, which is then not in the table yet.
            guard let ordinal = table.ordinal(of: identity), table.firstArrival(of: ordinal) <= part.arrival(at: row) else {
                continue
            }
            if !ordinals.contains(ordinal) { ordinals.append(ordinal) }
        }
        return ordinals
    }
}
