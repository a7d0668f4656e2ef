/// The type of an identity: a built-in one or any word from `context.externalIds`.
public struct IdentityType: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let text: String
    public init(_ text: String) { self.text = text }
    public var description: String { text }
    public static func < (left: IdentityType, right: IdentityType) -> Bool { left.text < right.text }

    public static let userID = IdentityType("user_id")
    public static let anonymousID = IdentityType("anonymous_id")
    public static let email = IdentityType("email")
    public static let phone = IdentityType("phone")
    public static let wechatUnionID = IdentityType("wechat_unionid")
    public static let wechatOpenID = IdentityType("wechat_openid")
    public static let deviceID = IdentityType("device_id")
    public static let productCode = IdentityType("product_code")
    /// What is left of an identity that was erased; no call carries it.
    public static let erased = IdentityType("erased")
}

/// One identifier of a person: its type and the value by which it is compared.
public struct Identity: Hashable, Sendable, Comparable {
    public var type: IdentityType
    /// The compared form: e-mail trimmed and lower-cased, phone as E.164, others as they came.
    public var value: String

    public init(type: IdentityType, value: String) {
        self.type = type
        self.value = value
    }

    /// Of values, by their bytes: the records tell them apart so.
    public static func == (left: Identity, right: Identity) -> Bool {
        left.value.isExactly(right.value) && left.type.text.isExactly(right.type.text)
    }

    public func hash(into hasher: inout Hasher) {
        type.text.hashExactly(into: &hasher)
        value.hashExactly(into: &hasher)
    }

    /// As commands and questions name it: `user_id:42`.
    public var typed: String { "\(type.text):\(value)" }

    public static func < (left: Identity, right: Identity) -> Bool { (left.type, left.value) < (right.type, right.value) }
}
