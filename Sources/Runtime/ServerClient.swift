import AsyncHTTPClient
import Columns
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

    private func send(
        _ method: HTTPMethod, _ path: String, body: [UInt8]?, type: String = "application/json"
    ) async throws(Problem) -> JSONValue {
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
        let status: UInt
        let answer: JSONValue
        var retryAfter: Int?
        do {
            let response = try await client.execute(request, timeout: .seconds(120))
            status = response.status.code
            retryAfter = response.headers.first(name: "Retry-After").flatMap { Int($0) }
            let bytes = try await response.body.collect(upTo: 64 << 20)
            answer = bytes.readableBytes == 0 ? .null : try JSONParser.parse(Array(bytes.readableBytesView))
        } catch let problem as Problem {
            throw Problem(.unreachable, "\(base) answered with something that is not JSON: \(problem.message) Is it a Teahouse?")
        } catch {
            throw Problem(.unreachable, "There is no answer from \(base): \(NetworkFailure.text(error)). Is the server running?")
        }
        guard (200 ..< 300).contains(status) else {
            throw Problem(
                Problem.Code(answer["code"]?.stringValue ?? "http_\(status)"),
                answer["message"]?.stringValue ?? "The server answered \(status).",
                place: answer["pointer"]?.stringValue, status: Int(status),
                retryAfterSeconds: retryAfter)
        }
        return answer
    }
}

extension Problem.Code {
    /// The server cannot be reached, or what answers is no Teahouse.
    public static let unreachable = Problem.Code("unreachable")
}
