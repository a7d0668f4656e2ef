public import Model

/// What a call says about who it is from: its identities, owner first.
public struct NamedIdentities: Hashable, Sendable {
    /// In order of priority; the first is the owner of the event.
    ///
    /// Empty for nobody's event.
    public var identities: [Identity]
    /// Whether a value was ignored because it identifies nobody.
    public var blocked: Bool

    public init(identities: [Identity] = [], blocked: Bool = false) {
        self.identities = identities
        self.blocked = blocked
    }
}

/// Which identities a call names, in what order, and which values identify nobody (specs: people, section 1).
///
/// Pure: the same call gives the same identities. What is known already does not matter here, not even for `alias`: the previous id
/// stands as an anonymous id right after the user id, and ``PeopleStore`` settles at arrival which of the two it names (N3).
public struct IdentityRules: Sendable {
    let blocked: BlockedValues
    let phones: PhoneNumber
    /// How many identities one person may hold.
    public var limits = IdentityLimits.standard

    /// - Parameters:
    ///   - blocked: The workspace's own values that identify nobody, beside the built-in ones; the case of ASCII letters is ignored.
    ///   - region: ISO 3166 code of the region whose phone numbers are written without a calling code.
    public init(blocked: [String] = [], region: String = "CN") {
        self.blocked = BlockedValues(own: blocked)
        phones = PhoneNumber(region: region)
    }

    /// Whether a value identifies nobody: `null`, `[object Object]`, `0`, blank and so on.
    ///
    /// No allocation, about 5 ns.
    public func isBlocked(_ utf8: UnsafeRawBufferPointer) -> Bool { blocked.contains(utf8) }

    /// Whether a value identifies nobody.
    public func isBlocked(_ value: String) -> Bool {
        var value = value
        return value.withUTF8 { isBlocked(UnsafeRawBufferPointer($0)) }
    }

    /// The form by which a value is compared, or nil when it identifies nobody or is no e-mail address or phone number.
    public func compared(_ value: String, as type: IdentityType) -> String? {
        if isBlocked(value) { return nil }
        switch type {
        case .email:
            let trimmed = value.trimmingWhitespace().lowercased()
            let halves = trimmed.split(separator: "@", omittingEmptySubsequences: false)
            return halves.count >= 2 && halves.allSatisfy({ !$0.isEmpty }) && !isBlocked(trimmed) ? trimmed : nil
        case .phone: return phones.e164(value)
        default: return value
        }
    }

    /// Place in the order of identities: user id, e-mail, phone, WeChat union id, any other, anonymous id last.
    public static func priority(of type: IdentityType) -> Int {
        switch type {
        case .userID: 0
        case .email: 1
        case .phone: 2
        case .wechatUnionID: 3
        case .anonymousID: 5
        default: 4
        }
    }

    /// What a call names, owner first.
    ///
    /// - Parameter trusted: Whether the call comes from a server of ours, so that `traits.email` and `traits.phone` are identities.
    public func identities(of call: Call, trusted: Bool) -> NamedIdentities {
        var collector = IdentityCollector(rules: self)
        collector.begin(call.type)
        if let id = call.userID { collector.add(id, as: .userID) }
        if let id = call.anonymousID { collector.add(id, as: .anonymousID) }
        if let id = call.previousID { collector.addPrevious(id) }
        if let id = IdentityRules.text(call.context["device"]?["id"]) { collector.add(id, as: .deviceID) }
        for external in call.context["externalIds"]?.arrayValue ?? [] {
            guard let type = external["type"]?.stringValue, let id = IdentityRules.text(external["id"]) else { continue }
            collector.add(id, as: IdentityType(type))
        }
        if trusted, call.type == .identify {
            if let email = call.traits["email"]?.stringValue { collector.add(email, as: .email) }
            if let phone = IdentityRules.text(call.traits["phone"]) { collector.add(phone, as: .phone) }
        }
        return collector.finish()
    }

    /// The text of an id: text as it is, a whole number as its digits.
    private static func text(_ value: JSONValue?) -> String? {
        switch value {
        case .string(let text): text
        case .int(let number): String(number)
        case .bigNumber(let digits): digits
        default: nil
        }
    }
}

extension String {
    /// This text without white space at its ends.
    func trimmingWhitespace() -> String {
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first ... last])
    }
}
