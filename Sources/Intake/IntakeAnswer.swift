public import Model
internal import OrderedCollections

/// What became of the calls of one request.
public struct IntakeAnswer: Sendable, Hashable {
    /// New calls, durable now.
    public var taken: Int
    /// Repeats of calls taken before, with an equal payload.
    public var duplicates: Int
    /// The places of the repeats in the body, ascending: an import tells by them which rows it had read before.
    package var duplicateIndexes: [Int] = []
    /// In the order of their indexes.
    public var rejected: [RejectedCall]

    public init(taken: Int = 0, duplicates: Int = 0, rejected: [RejectedCall] = []) {
        self.taken = taken
        self.duplicates = duplicates
        self.rejected = rejected
    }

    public var accepted: Int { taken + duplicates }
    /// Whether every call was accepted.
    public var isSuccess: Bool { rejected.isEmpty }

    /// `{"success": true}`, or what was accepted and what was refused and why.
    ///
    /// - Parameter reportsDuplicates: Also says which calls had been taken before, in `duplicates`, by their indexes.
    public func json(reportsDuplicates: Bool = false) -> JSONValue {
        var members: OrderedDictionary<String, JSONValue> = ["success": .bool(isSuccess)]
        if !isSuccess { members["accepted"] = .int(Int64(accepted)) }
        if reportsDuplicates { members["duplicates"] = .array(duplicateIndexes.map { .int(Int64($0)) }) }
        if !isSuccess { members["rejected"] = .array(rejected.map { $0.json() }) }
        return .object(members)
    }
}

/// One refused call.
public struct RejectedCall: Sendable, Hashable {
    /// Its place in the batch, from 0.
    public var index: Int
    public var messageID: String?
    /// A stable word such as `missing_identity`.
    public var code: Problem.Code
    /// A sentence that says what was wrong and what to do.
    public var reason: String
    /// RFC 6901, within the body as sent.
    public var pointer: String?

    public init(index: Int, messageID: String? = nil, code: Problem.Code, reason: String, pointer: String? = nil) {
        self.index = index
        self.messageID = messageID
        self.code = code
        self.reason = reason
        self.pointer = pointer
    }

    func json() -> JSONValue {
        [
            "index": .int(Int64(index)), "messageId": messageID.map { .string($0) } ?? .null, "code": .string(code.text),
            "reason": .string(reason), "pointer": pointer.map { .string($0) } ?? .null,
        ]
    }
}
