internal import HTTPTypes
public import Hummingbird
internal import Logging
internal import Model

/// Turns whatever a route throws into a problem answer, for every route of the server; faults of ours are logged here, once.
///
/// An unknown path is 404; a path of the API with another method is 405 with `Allow`.
public struct ProblemMiddleware<Context: RequestContext>: RouterMiddleware {
    private let methods: APIPathMethods

    public init() { methods = APIPathMethods(APIOperation.all) }

    @concurrent public func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            var answer = ProblemResponse(Problem(http: error))
            if answer.problem.status == 404, error is HTTPError {
                let allowed = methods.methods(of: request.uri.path)
                if !allowed.isEmpty, !allowed.contains(request.method) { answer = .methodNotAllowed(allowed) }
            }
            if answer.problem.status >= 500, !(error is Problem) {
                context.logger.error("a route failed", metadata: ["error": "\(error)", "path": "\(context.endpointPath ?? "?")"])
            }
            return answer.response
        }
    }
}

extension ProblemResponse {
    static func methodNotAllowed(_ allowed: [HTTPRequest.Method]) -> ProblemResponse {
        let names = allowed.map(\.rawValue).joined(separator: ", ")
        var answer = ProblemResponse(
            Problem(Problem.Code("method_not_allowed"), "This address takes \(names) only.", status: 405))
        answer.allowedMethods = allowed
        return answer
    }
}

/// Which methods each path of the API takes.
struct APIPathMethods: Sendable {
    private let paths: [(segments: [Substring], method: HTTPRequest.Method)]

    init(_ operations: [APIOperation]) {
        paths =
            operations.map { (APIPathMethods.segments($0.path), $0.method) }
            + CollectDocument.methods.map { (APIPathMethods.segments($0.path), $0.method) }
            + [(APIPathMethods.segments(BrowserScript.path), HTTPRequest.Method.get)]
    }

    func methods(of path: String) -> [HTTPRequest.Method] {
        let wanted = APIPathMethods.segments(path)
        let found = paths.filter { known in
            known.segments.count == wanted.count && zip(known.segments, wanted).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }
        let methods = found.map(\.method)
        return methods.contains(.get) ? methods + [.head] : methods
    }

    private static func segments(_ path: String) -> [Substring] { path.split(separator: "/") }
}
