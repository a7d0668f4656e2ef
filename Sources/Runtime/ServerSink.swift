import Intake
import Model
import Synchronization

/// A running server as the place where an import goes: NDJSON, in bodies that the server takes.
///
/// What a call is the server says, line by line; here lines are only counted.
final class ServerSink: ImportSink {
    private static let bodyBytes = 3 << 20
    /// How often a body that the server had no room for is sent again before the import gives up.
    private static let attemptsMax = 20

    private let client: ServerClient
    /// The most lines of a body: fewer once the server has found a body too large.
    private let bodyLines = Mutex(1_000)

    init(client: ServerClient) { self.client = client }

    /// Whole lines of a chunk, and the number of the first of them.
    struct Body: Sendable {
        var firstLine: Int
        var lines: [ArraySlice<UInt8>]

        var bytes: [UInt8] { Array(lines.joined(separator: [UInt8(ascii: "\n")])) }

        /// The first and the second half; nil for one line alone.
        var halves: (Body, Body)? {
            guard lines.count > 1 else { return nil }
            let middle = lines.count / 2
            return (
                Body(firstLine: firstLine, lines: Array(lines[..<middle])),
                Body(firstLine: firstLine + middle, lines: Array(lines[middle...]))
            )
        }
    }

    func prepare(_ chunk: [UInt8]) throws(Problem) -> [Body] {
        var lines = chunk.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        let most = bodyLines.withLock { $0 }
        var bodies: [Body] = []
        var body = Body(firstLine: 0, lines: [])
        var byteCount = 0
        for line in lines {
            if body.lines.count == most || !body.lines.isEmpty && byteCount + line.count > ServerSink.bodyBytes {
                bodies.append(body)
                body = Body(firstLine: body.firstLine + body.lines.count, lines: [])
                byteCount = 0
            }
            body.lines.append(line)
            byteCount += line.count + 1
        }
        if !body.lines.isEmpty { bodies.append(body) }
        return bodies
    }

    func commit(_ bodies: [Body]) async throws(Problem) -> IntakeAnswer {
        var answer = IntakeAnswer()
        for body in bodies { try await commit(body, into: &answer) }
        return answer
    }

    /// Sends a body; one that is too large for its source goes in halves, down to the line that is too large by itself.
    private func commit(_ body: Body, into answer: inout IntakeAnswer) async throws(Problem) {
        do throws(Problem) {
            read(try await send(body.bytes), of: body, into: &answer)
        } catch {
            guard error.status == 413 else { throw error }
            guard let (first, second) = body.halves else {
                answer.rejected.append(
                    RejectedCall(index: body.firstLine, code: error.code, reason: error.message, pointer: nil))
                return
            }
            // The bodies that are prepared from now on begin as small.
            bodyLines.withLock { $0 = min($0, max(first.lines.count, 1)) }
            try await commit(first, into: &answer)
            try await commit(second, into: &answer)
        }
    }

    private func read(_ reply: JSONValue, of body: Body, into answer: inout IntakeAnswer) {
        let rejected = reply["rejected"]?.arrayValue ?? []
        let duplicates = (reply["duplicates"]?.arrayValue ?? []).compactMap { $0.intValue.map { Int($0) } }
        answer.taken += body.lines.count - rejected.count - duplicates.count
        answer.duplicates += duplicates.count
        answer.duplicateIndexes += duplicates.map { body.firstLine + $0 }
        for refused in rejected {
            answer.rejected.append(
                RejectedCall(
                    index: body.firstLine + Int(refused["index"]?.intValue ?? 0), messageID: refused["messageId"]?.stringValue,
                    code: Problem.Code(refused["code"]?.stringValue ?? "refused"), reason: refused["reason"]?.stringValue ?? "",
                    pointer: refused["pointer"]?.stringValue))
        }
    }

    /// Sends one body; when the server asks to come again later, nothing of it was taken, and it is sent again then.
    private func send(_ body: [UInt8]) async throws(Problem) -> JSONValue {
        var attempt = 1
        while true {
            do {
                return try await client.post(
                    "/v1/batch?historical=1&report=duplicates", bytes: body, type: "application/x-ndjson")
            } catch {
                guard error.status == 429 || error.status == 503, attempt < ServerSink.attemptsMax else { throw error }
                attempt += 1
                // Cancelled while it waits, the import ends with what the server said.
                guard (try? await Task.sleep(for: .seconds(min(max(error.retryAfterSeconds ?? 1, 1), 30)))) != nil else {
                    throw error
                }
            }
        }
    }
}
