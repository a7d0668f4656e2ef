public import Model
public import Records

/// A product that somebody has registered: the code, what was printed on, and who has it.
public struct RegisteredProduct: Hashable, Sendable {
    public let code: ProductCode
    public let batch: ProductBatch
    /// Its `who` is set.
    public let registration: ProductRegistration
}

/// What came of registering a code.
public enum ProductAnswer: Hashable, Sendable {
    /// It is theirs from now on.
    case registered(RegisteredProduct)
    /// It was theirs already.
    case known(RegisteredProduct)
    /// Another person has it: somebody has to decide.
    case contested(ProductCase, code: ProductCode)
}

/// What is known of a code that was made here.
public struct ProductInquiry: Hashable, Sendable {
    public let code: ProductCode
    public let batch: ProductBatch
    /// From 1.
    public let serial: Int
    /// nil while nobody has the code.
    public let registration: ProductRegistration?
    /// Newest first.
    public let cases: [ProductCase]
    /// nil while the code can be registered.
    public var block: ProductBlock?
}

/// A case as it is shown.
public struct ProductDispute: Hashable, Sendable {
    public let code: ProductCode
    public let batch: ProductBatch
    public let dispute: ProductCase
}

/// What came of the attempts to register codes, since the start.
public struct ProductCounts: Hashable, Sendable {
    public var registered = 0
    /// The same person once more.
    public var known = 0
    public var contested = 0
    /// No code of this workspace.
    public var wrong = 0
    /// Refused unseen after too many wrong codes.
    public var throttled = 0
    /// Of a code that nobody may register.
    public var blocked = 0

    public init() {}
}

/// What somebody types to register a code.
public struct ProductWish: Hashable, Sendable {
    /// `type:value`, or a person's id.
    public var who: String
    public var code: String
    /// Where the person is, for throttling.
    public var address: String

    public init(who: String, code: String, address: String) {
        self.who = who
        self.code = code
        self.address = address
    }
}

/// What a new batch shall be, as somebody typed it.
public struct NewProductBatch: Hashable, Sendable {
    public var name: String
    public var product: String
    /// `type:value`.
    public var reseller: String?
    public var orderID: String?
    public var warrantyMonths: Int?
    public var count: Int

    public init(
        name: String, product: String, reseller: String? = nil, orderID: String? = nil, warrantyMonths: Int? = nil, count: Int
    ) {
        self.name = name
        self.product = product
        self.reseller = reseller
        self.orderID = orderID
        self.warrantyMonths = warrantyMonths
        self.count = count
    }
}

extension Problem.Code {
    /// No code of this workspace.
    public static let unknownProduct = Problem.Code("unknown_product_code")
    /// Nobody may register the code.
    public static let codeBlocked = Problem.Code("code_blocked")
    /// The code can be registered as it is.
    public static let codeNotBlocked = Problem.Code("code_not_blocked")
    /// What a batch shall be cannot be.
    public static let badProductBatch = Problem.Code("bad_product_batch")
    /// An identity is written `type:value`.
    public static let badIdentity = Problem.Code("bad_identity")
    /// A case has no such outcome.
    public static let badResolution = Problem.Code("bad_resolution")
}
