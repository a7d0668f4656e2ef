import Intake
import Model

/// A running server as the place where an import goes, in batches that a body may hold.
struct ServerSink: ImportSink {
    private static let batchCalls = 1_000
    private static let batchBytes = 3 << 20
    /// How often a batch that the server had no room for is sent again before the import gives up.
    private static let attemptsMax = 20

    let client: ServerClient

    /// Bodies of `POST /v1/batch`, each with the number of its first line.
    struct Prepared: Sendable {
        var bodies: [(firstLine: Int, lineCount: Int, bytes: [UInt8])] = []
    }

    func prepare(_ lines: [UInt8]) throws(Problem) -> Prepared {
        var prepared = Prepared()
        var body: [UInt8] = []
        var firstLine = 0
        var line = 0
        for call in lines.split(separator: UInt8(ascii: "\n")) {
            if line - firstLine == ServerSink.batchCalls || !body.isEmpty && body.count + call.count > ServerSink.batchBytes {
                prepared.bodies.append((firstLine, line - firstLine, ServerSink.batch(body)))
                body = []
                firstLine = line
            }
            if !body.isEmpty { body.append(UInt8(ascii: ",")) }
            body.append(contentsOf: call)
            line += 1
        }
        if !body.isEmpty { prepared.bodies.append((firstLine, line - firstLine, ServerSink.batch(body))) }
        return prepared
    }

    private static func batch(_ calls: [UInt8]) -> [UInt8] { Array("{\"batch\":[".utf8) + calls + Array("]}".utf8) }

    func commit(_ prepared: Prepared) async throws(Problem) -> IntakeAnswer {
        var answer = IntakeAnswer()
        for body in prepared.bodies {
            let reply = try await send(body.bytes)
            let rejected = reply["rejected"]?.arrayValue ?? []
            let duplicates = (reply["duplicates"]?.arrayValue ?? []).compactMap { $0.intValue.map { Int($0) } }
            answer.taken += body.lineCount - rejected.count - duplicates.count
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
        return answer
    }

    /// Sends one body; when the server asks to come again later, nothing of it was taken, and it is sent again then.
    private func send(_ body: [UInt8]) async throws(Problem) -> JSONValue {
        var attempt = 1
        while true {
            do {
                return try await client.post("/v1/batch?historical=1&report=duplicates", bytes: body)
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
