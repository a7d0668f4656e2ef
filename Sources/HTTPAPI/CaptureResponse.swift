internal import HTTPTypes
internal import Hummingbird
internal import Intake
internal import Model
internal import OrderedCollections

/// The answers that the SDKs of other protocols understand (docs/protocols.md).
///
/// What was refused is named in each of them beside what the SDK reads.
enum CaptureResponse {
    /// What became of the messages of a body.
    ///
    /// One message that is refused alone fails the request where its SDK tells the caller; a repeat of a messageId with another payload
    /// does not, for the first stays, and sending it again would change nothing.
    ///
    /// - Parameters:
    ///   - isVerbose: Whether a Mixpanel SDK wants more than `1`.
    ///   - isDebug: Whether any refusal fails the request.
    ///   - listsResults: Whether a PostHog SDK wants each event's result; those without one are taken.
    static func answer(
        _ answer: IntakeAnswer, _ capture: CaptureProtocol, isVerbose: Bool, isDebug: Bool, listsResults: Bool
    ) -> Response {
        let isAlone = answer.accepted == 0 && answer.rejected.count == 1 && !isInList(answer.rejected[0].pointer ?? "")
        if let refused = answer.rejected.first,
            isDebug || (isAlone && capture != .sensors && refused.code.text != "message_id_conflict")
        {
            return failure(CollectResponse.problem(of: refused), capture)
        }
        var members: OrderedDictionary<String, JSONValue> = [:]
        switch capture {
        case .postHog:
            members["status"] = 1
            if listsResults { members["results"] = results(answer) }
        case .sensors: members["success"] = .bool(answer.isSuccess)
        case .mixpanel:
            if !isVerbose { return CollectResponse.response(1) }
            members = ["status": 1, "error": answer.rejected.first.map { .string($0.reason) } ?? .null]
        }
        if !answer.isSuccess, case .object(let told) = answer.json() {
            for key in ["accepted", "rejected"] { members[key] = told[key] }
        }
        return CollectResponse.response(.object(members))
    }

    private static func results(_ answer: IntakeAnswer) -> JSONValue {
        var results: OrderedDictionary<String, JSONValue> = [:]
        for refused in answer.rejected {
            if let id = refused.messageID { results[id] = ["result": "drop", "details": .string(refused.reason)] }
        }
        return .object(results)
    }

    /// Whether a pointer leads into a list of messages, as `/batch/3` and `/3` do.
    private static func isInList(_ pointer: String) -> Bool {
        pointer.hasPrefix("/batch/") || pointer.dropFirst().first?.isNumber == true
    }

    /// Nothing of the body was taken.
    static func failure(_ problem: Problem, _ capture: CaptureProtocol) -> Response {
        guard case .mixpanel = capture else { return CollectResponse.failure(problem) }
        return CollectResponse.failure(problem, besides: ["status": 0, "error": .string(problem.message)])
    }
}
