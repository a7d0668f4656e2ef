internal import HTTPTypes
public import Hummingbird

/// Headers that keep browsers from guessing, framing and telling; a route that has set one keeps its own.
public struct SecurityHeaders<Context: RequestContext>: RouterMiddleware {
    private static var policy: String { "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'" }

    public init() {}

    @concurrent public func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        set(.xContentTypeOptions, "nosniff", &response)
        if let name = HTTPField.Name("Referrer-Policy") { set(name, "no-referrer", &response) }
        // What says itself who may frame it is not to be contradicted.
        let policy = response.headers[.contentSecurityPolicy]
        if policy?.contains("frame-ancestors *") != true, let name = HTTPField.Name("X-Frame-Options") {
            set(name, "DENY", &response)
        }
        // Only answers that a browser might show as a page need a policy; assets and scripts carry none.
        if response.headers[.contentType]?.contains("json") == true { set(.contentSecurityPolicy, Self.policy, &response) }
        return response
    }

    private func set(_ name: HTTPField.Name, _ value: String, _ response: inout Response) {
        if response.headers[name] == nil { response.headers[name] = value }
    }
}
