internal import Columns
internal import Model

// Why a whole body is refused: then nothing of it was taken.
extension Problem {
    static let emptyBody = Problem(.init("malformed_json"), "The body is empty. Send a JSON object.")
    static let emptyBatch = Problem(.init("empty_batch"), "batch holds no calls. Send at least one.", place: "/batch")

    private static func notAnObject(_ kind: String) -> Problem {
        Problem(.init("malformed_json"), "The body must be a JSON object, but this is \(kind).", place: "")
    }

    /// What is wrong with a body that is no object.
    static func notAnObject(_ root: JSONNode) -> Problem {
        if root.depth(atMost: 1_024) == nil {
            return Problem(.tooDeep, "The body is nested deeper than 1,024 levels. Send flatter data.")
        }
        return notAnObject(root.kindName)
    }

    static func noBatch(_ kind: String?) -> Problem {
        let wording: Wording =
            if let kind {
                "The body must have batch, a list of calls, but it is \(kind). One call goes to /v1/track and the like."
            } else {
                "The body must have batch, a list of calls, but there is none. One call goes to /v1/track and the like."
            }
        return Problem(.init("malformed_json"), wording, place: "/batch")
    }

    static func tooManyEvents(_ count: Int, limit: Int) -> Problem {
        Problem(
            .init("too_many_events"), "The batch holds \(count) calls; at most \(limit) are taken. Send several batches.",
            place: "/batch",
            status: 413)
    }

    static func bodyTooLarge(limit: Int, isInflated: Bool) -> Problem {
        Problem(
            .init("body_too_large"),
            isInflated
                ? "The body inflates to more than \(limit) bytes, the most that are taken. Send smaller batches."
                : "The body has more than \(limit) bytes, the most that are taken. Send smaller batches.", status: 413)
    }

    static func corrupt(_ encoding: ContentEncoding) -> Problem {
        Problem(
            .init("bad_encoding"),
            "The body is not valid \(encoding.rawValue) data, as Content-Encoding says it is, or it is cut short.")
    }

    static let suppressed = Problem(
        .forbidden, "This source is suppressed: nothing is taken from it. Its owner can open it in the settings.", status: 403)
    static let historyClosed = Problem(
        .init("history_closed"),
        "This source may not send history. Its owner can allow it in the settings, or leave historical=1 out.",
        status: 403)

    static func rateLimited(seconds: Int) -> Problem {
        Problem(
            .init("rate_limited"), "This source sends more requests than it may. Wait for the seconds that Retry-After says.",
            status: 429,
            retryAfterSeconds: seconds)
    }

    static func strict(_ rejected: RejectedCall, count: Int) -> Problem {
        Problem(
            rejected.code,
            "Nothing was taken, because strict=1 and \(count) of the calls would be refused. The first: \(rejected.reason)",
            place: rejected.pointer)
    }
}
