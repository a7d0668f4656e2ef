import HTTPTypes
public import Hummingbird
import Logging
import Model
public import Workspaces

/// The web console at `/`: pages for people, in two languages, working without scripts.
public struct ConsoleRoutes: Sendable {
    private let directory: WorkspaceDirectory
    private let trustsProxy: Bool

    /// - Parameters:
    ///   - directory: the workspaces, their members and their people.
    ///   - trustsProxy: believe `X-Forwarded-Proto` and `X-Forwarded-For`; only behind a proxy that sets them.
    public init(directory: WorkspaceDirectory, trustsProxy: Bool = false) {
        self.directory = directory
        self.trustsProxy = trustsProxy
    }

    /// Adds every page, form and asset.
    public func add<Context: RequestContext>(to router: Router<Context>) {
        let desk = Desk(directory: directory, trustsProxy: trustsProxy)
        for route in Desk.pages {
            router.on(RouterPath(route.path), method: .get) { request, context in
                await desk.answer(request, context, route)
            }
        }
        for route in Desk.forms {
            router.on(RouterPath(route.path), method: .post) { request, context in
                await desk.answer(request, context, route)
            }
        }
        router.get("/assets/:fingerprint/:name") { request, context in
            await desk.asset(request, context)
        }
        // Whatever no other route answers: a page for people, a problem document for programs. A router that has found the beginning of
        // an address does not go back to the widest pattern.
        for pattern in [
            "**", "/settings/**", "/people/**", "/accounts/**", "/live/**", "/boards/**", "/points/**", "/coupons/**",
            "/benefits/**", "/m/**",
        ] {
            router.on(RouterPath(pattern), method: .get) { request, context in
                if Desk.isForPrograms(request.uri.path) { return Desk.programNotFound }
                return await desk.answer(request, context, Desk.missing)
            }
        }
    }
}
