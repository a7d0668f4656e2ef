import HTTPTypes
import Hummingbird
import Logging
import Model
import NIOCore
import Records
import Workspaces

/// Answers the console's requests: finds out who asks, lets them in or not, runs the page, and makes the response.
struct Desk: Sendable {
    /// Who may come to a route.
    enum Access: Sendable {
        case anyone
        /// Signed in, with or without a workspace.
        case member
        /// Signed in, with a workspace.
        case workspace
        /// Owner of the workspace.
        case owner
    }

    typealias Page = @Sendable (Desk, Visitor) async throws(Problem) -> Reply

    struct Route: Sendable {
        static let formBytesStandard = 64 * 1024

        let path: String
        let access: Access
        /// The most bytes that a form of it has, for whoever is signed in.
        let formBytesMax: Int
        let page: Page

        init(
            _ path: String, access: Access, formBytesMax: Int = Route.formBytesStandard, _ page: @escaping Page
        ) {
            self.path = path
            self.access = access
            self.formBytesMax = formBytesMax
            self.page = page
        }
    }

    let directory: WorkspaceDirectory
    let trustsProxy: Bool
    let templates: Result<Templates, Problem>
    let notes = OneTimeNotes()
    let homeCache = HomeCache()
    let counts = CountMemory()
    let answers = AnswerMemory()
    /// For what goes wrong in a piece of a page while the page itself is shown.
    let logger = Logger(label: "teahouse.console")

    init(directory: WorkspaceDirectory, trustsProxy: Bool) {
        self.directory = directory
        self.trustsProxy = trustsProxy
        templates = Result { () throws(Problem) in try Templates() }
    }

    var now: Instant { directory.clock.now }

    static let missing = Route("**", access: .anyone) { _, _ throws(Problem) in throw Desk.notFound }

    /// Whether an address belongs to the interface for programs, where a page would only be in the way.
    static func isForPrograms(_ path: String) -> Bool { path.hasPrefix("/api/") || path.hasPrefix("/v1/") }

    /// RFC 9457.
    static var programNotFound: Response {
        let body =
            #"{"type":"about:blank","title":"Not Found","status":404,"code":"not_found","detail":"There is no such address."}"#
        return Response(
            status: .notFound, headers: [.contentType: "application/problem+json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
    }

    static let notFound = Problem(.notFound, "There is no such page.", status: 404)
    /// For what no form of a page sends.
    static let unknownForm = Problem(.badRequest, "The form does not say what is to be done. Open the page again.", status: 400)

    /// The whole way of one request.
    func answer(_ request: Request, _ context: some RequestContext, _ route: Route) async -> Response {
        var visitor = Visitor(request, parameters: context.parameters, address: address(request, context), trustsProxy: trustsProxy)
        do {
            try await recognise(&visitor)
            if request.method == .post { try await readForm(request, &visitor, route) }
            if let elsewhere = try await gate(visitor, route.access) { return respond(elsewhere, visitor) }
            return respond(try await route.page(self, visitor), visitor)
        } catch {
            if error.status >= 500 {
                context.logger.error(
                    "a page failed", metadata: ["path": "\(visitor.path)", "code": "\(error.code)", "reason": "\(error)"])
            }
            return respond(errorReply(error, visitor), visitor)
        }
    }

    /// A file of the program under its content's address.
    func asset(_ request: Request, _ context: some RequestContext) async -> Response {
        let fingerprint = context.parameters.get("fingerprint") ?? ""
        let name = context.parameters.get("name") ?? ""
        guard let asset = Asset.all.first(where: { $0.name == name && $0.fingerprint == fingerprint }) else {
            return Response(status: .notFound, headers: [.xContentTypeOptions: "nosniff"])
        }
        var headers: HTTPFields = [
            .contentType: asset.contentType, .cacheControl: "public, max-age=31536000, immutable",
            .eTag: "\"\(asset.fingerprint)\"",
            .xContentTypeOptions: "nosniff",
        ]
        if request.headers[.ifNoneMatch] == headers[.eTag] { return Response(status: .notModified, headers: headers) }
        headers[.contentLength] = String(asset.bytes.count)
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: asset.bytes)))
    }

    private func address(_ request: Request, _ context: some RequestContext) -> String {
        if trustsProxy, let name = HTTPField.Name("x-forwarded-for"),
            let forwarded = request.headers[name]?.split(separator: ",").last
        {
            return String(forwarded.filter { $0 != " " }.prefix(64))
        }
        if let known = context as? any RemoteAddressRequestContext, let address = known.remoteAddress?.ipAddress { return address }
        return "unknown"
    }

    /// Who asks: session, membership, language.
    private func recognise(_ visitor: inout Visitor) async throws(Problem) {
        if let token = visitor.sessionToken { visitor.session = try await directory.team.session(token: token) }
        if let member = visitor.session?.member {
            let memberships = try await directory.team.memberships(of: member.id)
            visitor.memberships = memberships
            visitor.membership = memberships.first { $0.workspace.text == visitor.wantedWorkspace } ?? memberships.first
            if let membership = visitor.membership { visitor.workspace = try directory.settings(of: membership.workspace) }
        }
        visitor.settleLanguage()
        visitor.formToken = directory.team.csrfToken(for: visitor.formSeed)
    }

    /// Reads the posted form and refuses one that did not come from a page of ours.
    private func readForm(_ request: Request, _ visitor: inout Visitor, _ route: Route) async throws(Problem) {
        let bytes: [UInt8]
        do {
            let bytesMax = visitor.membership == nil ? Route.formBytesStandard : route.formBytesMax
            bytes = Array(buffer: try await request.body.collect(upTo: bytesMax))
        } catch {
            throw Problem(.badRequest, "The form is too large or broke off.", status: 413)
        }
        if let boundary = request.headers[.contentType].flatMap({ MultipartBody.boundary(of: $0) }) {
            let body = MultipartBody(bytes, boundary: boundary)
            (visitor.form, visitor.files) = (body.fields, body.files)
        } else {
            visitor.form = FormBody.fields(bytes)
        }
        guard visitor.isSameSite, directory.team.isCSRFTokenValid(visitor.form["token"] ?? "", for: visitor.formSeed) else {
            throw Desk.staleForm
        }
    }

    static let staleForm = Problem(.init("stale_form"), "The form was open for too long or came from somewhere else.", status: 403)

    /// Where to send someone who may not come in; nil when they may.
    private func gate(_ visitor: Visitor, _ access: Access) async throws(Problem) -> Reply? {
        if access == .anyone { return nil }
        guard visitor.session != nil else {
            if try await directory.team.isEmpty() { return .redirect("/setup") }
            let back = visitor.isPost ? "/" : visitor.here
            return .redirect(back == "/" ? "/sign-in" : "/sign-in?back=" + SiteURL.encoded(back))
        }
        if access == .member { return nil }
        guard let membership = visitor.membership else {
            return directory.workspaces().isEmpty ? .redirect("/setup/workspace") : noWorkspace(visitor)
        }
        if access == .owner, membership.role != .owner {
            throw Problem(.forbidden, "Only owners may do this.", status: 403)
        }
        return nil
    }

    private func noWorkspace(_ visitor: Visitor) -> Reply {
        let words = visitor.words
        return .page(
            ErrorPage(code: 403, title: words(\.errors.forbiddenTitle), said: Said(text: words(\.setup.noWorkspace))),
            visitor.frame(words(\.errors.forbiddenTitle), alone: true), status: .forbidden)
    }

    /// The open workspace of the visitor.
    func workspace(_ visitor: Visitor) async throws(Problem) -> OpenWorkspace {
        guard let membership = visitor.membership else { throw Desk.notFound }
        return try await directory.workspace(membership.workspace)
    }
}
