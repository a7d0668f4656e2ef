internal import HTTPTypes
public import Hummingbird
internal import Model
internal import NIOCore
internal import Records
public import Workspaces

/// The query and management API below `/api/v1`, with `/healthz`, `/readyz` and `/metrics`.
public struct APIRoutes: Sendable {
    /// The most bytes of a body.
    public static let bodyBytesMax = 1 << 20

    private let directory: WorkspaceDirectory
    private let adminToken: String?
    private let meter: RequestMeter

    /// - Parameters:
    ///   - adminToken: With it set, its bearer may make workspaces.
    ///   - meter: What `/metrics` tells; give the one that the middleware counts with.
    public init(directory: WorkspaceDirectory, adminToken: String?, meter: RequestMeter = RequestMeter()) {
        self.directory = directory
        self.adminToken = adminToken
        self.meter = meter
    }

    /// Adds every operation.
    public func add(to router: some RouterMethods<some RequestContext>) {
        for operation in APIOperation.all { add(operation, to: router) }
    }

    private func add<Context: RequestContext>(_ operation: APIOperation, to router: some RouterMethods<Context>) {
        let names = operation.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
        let path = operation.path.split(separator: "/").map { $0.hasPrefix("{") ? ":" + $0.dropFirst().dropLast() : String($0) }
        router.on(RouterPath("/" + path.joined(separator: "/")), method: operation.method) { request, context in
            let wait = ClientWait(channel: (context as? ServerRequestContext)?.channel)
            let address = (context as? any RemoteAddressRequestContext)?.remoteAddress?.ipAddress
            return await respond(to: request, operation, wait, from: address) {
                names.map { ($0, context.parameters.get($0) ?? "") }
            }
        }
    }

    private func respond(
        to request: Request, _ operation: APIOperation, _ wait: ClientWait, from address: String?,
        parameters: () -> [(String, String)]
    ) async -> Response {
        do throws(Problem) {
            var call = try authenticated(request, operation)
            call.whileClientWaits = wait
            call.address = address
            for (name, value) in parameters() { call.path[name] = QueryText.decoded(value) }
            call.query = try APIRoutes.query(request, operation)
            call.why = try APIRoutes.why(request, call.query)
            call.place = "\(operation.method.rawValue) \(request.uri.path)"
            call.isCommand = operation.isCommand
            call.idempotencyKey = operation.isCommand ? try APIRoutes.idempotencyKey(request) : nil
            if operation.body != nil { call.bytes = try await APIRoutes.body(request, operation) }
            return APIRoutes.response(try await operation.handler(call), operation)
        } catch {
            return ProblemResponse(error).response
        }
    }

    // MARK: - Reading

    private func authenticated(_ request: Request, _ operation: APIOperation) throws(Problem) -> APICall {
        var call = APICall(directory: directory, meter: meter)
        switch operation.access {
        case .anyone: return call
        case .admin:
            guard let adminToken else {
                throw Problem(
                    .notFound,
                    "Workspaces are not made over the network here. Start the server with TEAHOUSE_ADMIN_TOKEN, or use teahouse workspace create.",
                    status: 404)
            }
            call.secret = try APIRoutes.bearer(request)
            guard Secret.isEqual(call.secret, adminToken) else {
                throw Problem(.unauthorized, "This is not the server's admin token.", status: 401)
            }
        case .key(let scope):
            call.secret = try APIRoutes.bearer(request)
            guard let grant = directory.apiGrant(call.secret) else { throw APIRoutes.unknownKey(call.secret) }
            guard grant.scopes.contains(scope) else {
                throw Problem(.forbidden, "This api key has not the scope \(scope.rawValue). Use one that has.", status: 403)
            }
            call.grant = grant
        }
        return call
    }

    private static func bearer(_ request: Request) throws(Problem) -> String {
        let header = request.headers[.authorization] ?? ""
        let secret = header.dropFirst(7).drop { $0 == " " }
        guard header.prefix(7).lowercased() == "bearer ", !secret.isEmpty else {
            throw Problem(.unauthorized, "This needs the header Authorization: Bearer KEY.", status: 401)
        }
        return String(secret)
    }

    private static func unknownKey(_ secret: String) -> Problem {
        let message: Wording =
            secret.hasPrefix("wk_")
            ? "This is a write key, which can only collect. Use an api key." : "This api key is unknown or was revoked."
        return Problem(.unauthorized, message, status: 401)
    }

    private static func query(_ request: Request, _ operation: APIOperation) throws(Problem) -> [String: String] {
        var values: [String: String] = [:]
        for (name, value) in QueryText.pairs(request.uri.query) {
            guard let parameter = operation.parameters.first(where: { $0.name == name }) else {
                let known = operation.parameters.map(\.name)
                throw Problem(
                    Problem.Code("unknown_parameter"),
                    known.isEmpty
                        ? "There is no parameter \"\(name.prefix(60))\" here. None is taken."
                        : "There is no parameter \"\(name.prefix(60))\" here. Known are \(known.joined(separator: ", ")).",
                    place: "?\(name.prefix(60))")
            }
            guard values.updateValue(value, forKey: name) == nil else { throw APICall.badParameter(name, "stands there twice") }
            if let words = parameter.schema["enum"]?.arrayValue?.compactMap(\.stringValue), !words.contains(value) {
                throw APICall.badParameter(name, "is one of \(words.joined(separator: ", "))")
            }
        }
        return values
    }

    private static func idempotencyKey(_ request: Request) throws(Problem) -> String? {
        guard let name = HTTPField.Name("Idempotency-Key") else { return nil }
        let keys = request.headers[values: name]
        guard keys.count <= 1 else { throw Problem(.badRequest, "There are \(keys.count) Idempotency-Keys. Send one.") }
        // Bytes that are no UTF-8 arrive as this mark: two keys would be taken for one.
        guard keys.first?.unicodeScalars.contains("\u{FFFD}") != true else {
            throw Problem(.badRequest, "The Idempotency-Key is not UTF-8. Send a short text such as a UUID.")
        }
        return keys.first
    }

    private static func why(_ request: Request, _ query: [String: String]) throws(Problem) -> String? {
        let header = HTTPField.Name("Audit-Reason").flatMap { request.headers[$0] }
        guard let why = query["why"] ?? header, !why.isEmpty else { return nil }
        guard why.utf8.count <= AuditEntry.reasonBytesMax else {
            throw APICall.badParameter("why", "has at most \(AuditEntry.reasonBytesMax) bytes")
        }
        return why
    }

    private static func body(_ request: Request, _ operation: APIOperation) async throws(Problem) -> [UInt8] {
        let tooLarge = Problem(
            Problem.Code("body_too_large"), "The body has more than \(bodyBytesMax) bytes. Ask less at once.", status: 413)
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > bodyBytesMax { throw tooLarge }
        let type = request.headers[.contentType]?.lowercased() ?? "application/json"
        guard
            type.hasPrefix(operation.bodyType) || type.hasPrefix("application/json") || type.hasPrefix("text/plain")
                || type.contains("+json")
                || type.hasPrefix("application/x-www-form-urlencoded")
        else {
            throw Problem(
                Problem.Code("unsupported_media_type"),
                "Content-Type \"\(type.prefix(60))\" is not understood. Send \(operation.bodyType).",
                status: 415)
        }
        do {
            let buffer = try await request.body.collect(upTo: bodyBytesMax)
            if operation.isBodyRequired, buffer.readableBytes == 0 {
                guard operation.bodyType == "application/json" else {
                    throw Problem(.badRequest, "The body is empty. Send the file as \(operation.bodyType).")
                }
                throw Problem(.malformedJSON, "The body is empty. Send a JSON object.")
            }
            return Array(buffer.readableBytesView)
        } catch let problem as Problem {
            throw problem
        } catch is NIOTooManyBytesError {
            throw tooLarge
        } catch {
            throw Problem(Problem.Code("incomplete_body"), "The connection broke off before the body was whole. Send it again.")
        }
    }

    // MARK: - Answering

    private static func response(_ answer: APIAnswer, _ operation: APIOperation) -> Response {
        var headers: HTTPFields = [.cacheControl: "no-store"]
        if answer.isRepeat, let name = HTTPField.Name("Idempotency-Replayed") { headers[name] = "true" }
        let bytes: [UInt8]
        switch answer.body {
        case .none: return Response(status: HTTPResponse.Status(code: answer.status ?? 204), headers: headers)
        case .json(let value): bytes = value.utf8
        case .bytes(let given): bytes = given
        case .text(let text): bytes = Array(text.utf8)
        case .pieces(let pieces): return response(pieces, headers)
        case .stream(let stream):
            headers[.contentType] = stream.type
            return Response(status: .ok, headers: headers, body: ResponseBody(asyncSequence: stream))
        }
        headers[.contentType] = operation.answerType + (operation.answerType.contains("charset") ? "" : "; charset=utf-8")
        headers[.contentLength] = String(bytes.count)
        return Response(
            status: HTTPResponse.Status(code: answer.status ?? operation.status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// How many rows a streamed answer has.
    public static let countHeader = "Teahouse-Count"

    private static func response(_ pieces: APIPieces, _ headers: HTTPFields) -> Response {
        var headers = headers
        headers[.contentType] = pieces.type
        if let name = HTTPField.Name(countHeader) { headers[name] = String(pieces.count) }
        return Response(status: .ok, headers: headers, body: ResponseBody(asyncSequence: pieces))
    }
}
