import AsyncHTTPClient
import Columns
import HTTPAPI
public import Model
import NIOCore
import NIOHTTP1

/// Talks to a running Teahouse over HTTP, for the command line.
public struct ServerClient: Sendable {
    /// How to authenticate.
    public enum Credential: Sendable {
        case none
        /// An API key or the admin token.
        case bearer(String)
        case writeKey(String)
    }

    /// The server's address without a slash at its end.
    let base: String
    private let credential: Credential
    private let client: HTTPClient

    /// One for all: a server that is not there is told at once instead of being tried again for minutes.
    private static let shared: HTTPClient = {
        var configuration = HTTPClient.Configuration(timeout: .init(connect: .seconds(10)))
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// - Parameter base: the server's address, `http://127.0.0.1:8080`, with or without a slash at the end.
    public init(base: String, credential: Credential) throws(Problem) {
        guard base.hasPrefix("http://") || base.hasPrefix("https://") else {
            throw Problem(.badSettings, "\"\(base)\" is no server address. Give one such as http://127.0.0.1:8080.", place: "--url")
        }
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
        self.credential = credential
        client = ServerClient.shared
    }

    /// Posts JSON and gives the JSON answer.
    ///
    /// - Throws: the server's ``Problem``, or code `unreachable` when there is no server.
    public func post(_ path: String, _ body: JSONValue) async throws(Problem) -> JSONValue {
        try await send(.POST, path, body: body.utf8)
    }

    /// As ``post(_:_:)`` with the body's bytes as they are.
    public func post(_ path: String, bytes: [UInt8], type: String = "application/json") async throws(Problem) -> JSONValue {
        try await send(.POST, path, body: bytes, type: type)
    }

    /// Gets JSON.
    public func get(_ path: String) async throws(Problem) -> JSONValue {
        try await send(.GET, path, body: nil)
    }

    /// Begins a long answer, whose bytes are then read as they come.
    ///
    /// - Throws: the server's ``Problem``, or code `unreachable`.
    func download(_ path: String) async throws(Problem) -> ServerDownload {
        let response: HTTPClientResponse
        do {
            response = try await client.execute(request(.GET, path), timeout: .hours(24))
        } catch {
            throw noAnswer(error)
        }
        let download = ServerDownload(base: base, response: response)
        guard (200 ..< 300).contains(response.status.code) else { throw try await problem(of: response) }
        return download
    }

    private func request(
        _ method: HTTPMethod, _ path: String, body: [UInt8]? = nil, type: String = "application/json"
    ) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        request.headers.add(name: "Accept", value: "application/json")
        switch credential {
        case .none: break
        case .bearer(let token): request.headers.add(name: "Authorization", value: "Bearer \(token)")
        case .writeKey(let key): request.setBasicAuth(username: key, password: "")
        }
        if let body {
            request.headers.add(name: "Content-Type", value: type)
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        return request
    }

    private func send(
        _ method: HTTPMethod, _ path: String, body: [UInt8]?, type: String = "application/json"
    ) async throws(Problem) -> JSONValue {
        let response: HTTPClientResponse
        do {
            response = try await client.execute(request(method, path, body: body, type: type), timeout: .seconds(120))
        } catch {
            throw noAnswer(error)
        }
        guard (200 ..< 300).contains(response.status.code) else { throw try await problem(of: response) }
        return try await json(of: response)
    }

    private func json(of response: HTTPClientResponse) async throws(Problem) -> JSONValue {
        do {
            let bytes = try await response.body.collect(upTo: 64 << 20)
            return bytes.readableBytes == 0 ? .null : try JSONParser.parse(Array(bytes.readableBytesView))
        } catch let problem as Problem {
            throw .noTeahouse(base, "it is not JSON: \(problem.message)")
        } catch {
            throw noAnswer(error)
        }
    }

    /// What the server says is wrong.
    private func problem(of response: HTTPClientResponse) async throws(Problem) -> Problem {
        let answer = try await json(of: response)
        let status = Int(response.status.code)
        return Problem(
            Problem.Code(answer["code"]?.stringValue ?? "http_\(status)"),
            answer["message"]?.stringValue.map { "\($0)" } ?? "The server answered \(status).",
            place: answer["pointer"]?.stringValue ?? answer["place"]?.stringValue, status: status,
            retryAfterSeconds: response.headers.first(name: "Retry-After").flatMap { Int($0) })
    }

    private func noAnswer(_ error: any Error) -> Problem {
        Problem(.unreachable, "There is no answer from \(base): \(NetworkFailure.text(error)). Is the server running?")
    }
}

/// A long answer on its way.
struct ServerDownload {
    let base: String
    let response: HTTPClientResponse

    /// How many rows the server has begun to send.
    var rowCount: Int? { response.headers.first(name: APIRoutes.countHeader).flatMap { Int($0) } }

    /// Hands on the bytes as they come, until all are there.
    ///
    /// - Throws: ``Problem`` with code `unreachable` when the connection breaks off, or what `take` throws.
    func read(_ take: ([UInt8]) throws(Problem) -> Void) async throws(Problem) {
        do {
            for try await bytes in response.body { try take(Array(bytes.readableBytesView)) }
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(
                .unreachable, "\(base) broke off in the middle: \(NetworkFailure.text(error)). Nothing is lost there: export again."
            )
        }
    }
}

extension Problem {
    /// Something answers at `base`, but not as Teahouse does.
    static func noTeahouse(_ base: String, _ reason: String? = nil) -> Problem {
        let reason = reason.map { ": " + $0 } ?? "."
        return Problem(.unreachable, "\(base) answered with something that is not expected\(reason) Is it a Teahouse?")
    }
}

extension Problem.Code {
    /// The server cannot be reached, or what answers is no Teahouse.
    public static let unreachable = Problem.Code("unreachable")
}
