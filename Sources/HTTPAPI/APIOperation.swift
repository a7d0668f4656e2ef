internal import HTTPTypes
internal import Hummingbird
internal import Loyalty
internal import Model
internal import NIOCore
internal import Records

/// One method of one path: who may call it, what it takes and answers, and what it does.
///
/// The routes are registered from these values and the OpenAPI document is written from them, so that neither can stray.
struct APIOperation: Sendable {
    /// Who may call.
    enum Access: Hashable, Sendable {
        case anyone
        /// The bearer of the server's admin token.
        case admin
        /// The bearer of an api key with this scope.
        case key(KeyScope)
    }

    var method: HTTPRequest.Method
    /// With names of parameters in braces: `/api/v1/people/{id}`.
    var path: String
    /// A name for generated clients: `listPeople`.
    var id: String
    var tag: String
    var summary: String
    var access: Access
    var parameters: [APIParameter] = []
    /// The schema of the body; nil when none is read.
    var body: JSONValue?
    var isBodyRequired = true
    /// The media type of the body.
    var bodyType = "application/json"
    /// The status of success.
    var status = 200
    /// What a successful answer holds; nil for none or for text.
    var answer: JSONValue?
    var answerType = "application/json"
    /// What else the answer may be, as a parameter asks.
    var otherAnswerTypes: [String] = []
    /// What else may be answered, beside what every operation may.
    var problems: [Int] = []
    /// Whether an `Idempotency-Key` is taken.
    var isCommand = false
    var handler: @Sendable (APICall) async throws(Problem) -> APIAnswer
}

extension APIOperation {
    /// Every operation, in the order of the document.
    static let all: [APIOperation] =
        workspaceOperations + queryOperations + peopleOperations + identityOperations + relationshipOperations + stageOperations
        + accountOperations + traitOperations + formOperations + rightsOperations + retentionOperations + consentOperations
        + auditOperations
        + productCodeOperations + programOperations + pointOperations + pointOpeningOperations + pointDormancyOperations
        + pointOfferOperations + bookOperations + partnerOperations + earningOperations + couponOperations + benefitOperations
        + benefitUseOperations + benefitPoolOperations + exportOperations + sourceOperations + planOperations
        + planGiftOperations
        + keyOperations
        + serverOperations
}

/// A parameter of the query.
struct APIParameter: Sendable {
    var name: String
    var about: String
    var schema: JSONValue
    var isRequired = false

    static func text(_ name: String, _ about: String, isRequired: Bool = false) -> APIParameter {
        APIParameter(name: name, about: about, schema: ["type": "string"], isRequired: isRequired)
    }

    static func word(_ name: String, _ about: String, _ words: [String]) -> APIParameter {
        APIParameter(name: name, about: about, schema: ["type": "string", "enum": .array(words.map { .string($0) })])
    }

    static func limit(default standard: Int, max: Int) -> APIParameter {
        APIParameter(
            name: "limit", about: "How many at most.",
            schema: ["type": "integer", "minimum": 1, "maximum": .int(Int64(max)), "default": .int(Int64(standard))])
    }

    /// Of what shows single people.
    static let why = text("why", "Why, for the audit; or the header Audit-Reason. At most 500 bytes.")

    /// Of lists of people.
    static let purpose = text(
        "purpose", "What for: only people who have granted this purpose, and not withdrawn it. One that there is not is refused.")

    static let cursor = text("cursor", "The `next` of the page before; pages follow each other without gaps.")
}

/// What an operation answers when all is well.
struct APIAnswer: Sendable {
    enum Body: Sendable {
        case none
        case json(JSONValue)
        case bytes([UInt8])
        case text(String)
        case pieces(APIPieces)
        case stream(APIStream)
    }

    var body: Body
    /// nil: the operation's own.
    var status: Int?
    /// The answer was given before, to the same Idempotency-Key.
    var isRepeat = false

    static let none = APIAnswer(body: .none)
    static func json(_ value: JSONValue) -> APIAnswer { APIAnswer(body: .json(value)) }
    static func text(_ text: String) -> APIAnswer { APIAnswer(body: .text(text)) }
}

/// An answer whose pieces are read from the records while it is sent.
struct APIStream: AsyncSequence, Sendable {
    struct Iterator: AsyncIteratorProtocol {
        fileprivate var export: PointExport

        mutating func next() async throws -> ByteBuffer? { try await export.piece().map { ByteBuffer(string: $0) } }
    }

    var type: String
    /// Begins at the front.
    var start: @Sendable () -> PointExport

    init(type: String, start: @escaping @Sendable () -> PointExport) {
        self.type = type
        self.start = start
    }

    func makeAsyncIterator() -> Iterator { Iterator(export: start()) }
}

/// An answer that is made while it is sent, piece by piece as the client has room: its length is not known before.
struct APIPieces: AsyncSequence, Sendable {
    struct Iterator: AsyncIteratorProtocol {
        fileprivate let make: () throws -> [UInt8]?

        func next() async throws -> ByteBuffer? { try make().map { ByteBuffer(bytes: $0) } }
    }

    var type: String
    /// How many rows there are.
    var count: Int
    /// Begins at the front; what it gives hands out a piece at a time, and nil at the end.
    var start: @Sendable () -> () throws -> [UInt8]?

    func makeAsyncIterator() -> Iterator { Iterator(make: start()) }
}
