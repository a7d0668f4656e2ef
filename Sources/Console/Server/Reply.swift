import HTTPTypes
import Hummingbird
import Model
import NIOCore
import Workspaces

/// What a page answers, before it is a response.
struct Reply: Sendable {
    enum Body: Sendable {
        case page(any PageModel, Frame)
        case fragment(any PageModel, Frame)
        /// A whole document of its own, which other sites may show in theirs; no script, no cookie, no menu.
        case embedded(any PageModel, Frame)
        case csv(name: String, text: String)
        case download(Download)
        case nothing
    }

    var status: HTTPResponse.Status
    var body: Body
    var location: String?
    var cookies: [Cookie] = []
    var retryAfterSeconds: Int?

    static func page(_ model: any PageModel, _ frame: Frame, status: HTTPResponse.Status = .ok) -> Reply {
        Reply(status: status, body: .page(model, frame))
    }

    static func fragment(_ model: any PageModel, _ frame: Frame) -> Reply { Reply(status: .ok, body: .fragment(model, frame)) }

    static func csv(_ name: String, _ text: String) -> Reply { Reply(status: .ok, body: .csv(name: name, text: text)) }

    /// A file that is made while it is sent.
    ///
    /// - Parameter start: begins at the front; what it gives hands out a piece at a time, and nil at the end.
    static func download(
        _ name: String, type: String, _ start: @escaping @Sendable () -> () async throws -> [UInt8]?
    ) -> Reply {
        Reply(status: .ok, body: .download(Download(name: name, type: type, start: start)))
    }

    static func redirect(_ location: String, cookies: [Cookie] = []) -> Reply {
        Reply(status: .seeOther, body: .nothing, location: location, cookies: cookies)
    }
}

/// A file that is made piece by piece as the browser has room: its length is not known before.
struct Download: AsyncSequence, Sendable {
    struct Iterator: AsyncIteratorProtocol {
        fileprivate let make: () async throws -> [UInt8]?

        func next() async throws -> ByteBuffer? { try await make().map { ByteBuffer(bytes: $0) } }
    }

    let name: String
    let type: String
    let start: @Sendable () -> () async throws -> [UInt8]?

    func makeAsyncIterator() -> Iterator { Iterator(make: start()) }
}

extension Desk {
    /// Scripts, styles, pictures and requests from this site only; nothing inline; no framing.
    static let contentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
        + "base-uri 'none'; frame-ancestors 'none'"

    /// The same for what other sites may show in a frame: its style alone.
    static let embeddedContentSecurityPolicy =
        "default-src 'none'; img-src 'self'; style-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors *"

    func respond(_ reply: Reply, _ visitor: Visitor) -> Response {
        if case .embedded(let model, let frame) = reply.body { return embedded(model, frame, reply) }
        var headers: HTTPFields = [
            .contentSecurityPolicy: Desk.contentSecurityPolicy, .xContentTypeOptions: "nosniff", .cacheControl: "private, no-cache",
            .vary: "Cookie, Accept-Language",
        ]
        Desk.set(&headers, "referrer-policy", "same-origin")
        Desk.set(&headers, "x-frame-options", "DENY")
        Desk.set(&headers, "cross-origin-opener-policy", "same-origin")
        Desk.set(&headers, "cross-origin-resource-policy", "same-origin")
        Desk.set(&headers, "permissions-policy", "camera=(), geolocation=(), microphone=()")
        if let location = reply.location { headers[.location] = location }
        if let seconds = reply.retryAfterSeconds { Desk.set(&headers, "retry-after", String(seconds)) }
        if case .download(let file) = reply.body {
            headers[.contentType] = file.type
            headers[.contentDisposition] = "attachment; filename=\"\(file.name)\""
            return Response(status: reply.status, headers: headers, body: ResponseBody(asyncSequence: file))
        }
        var status = reply.status
        var bytes = body(reply, &headers)
        if status == .ok, !visitor.isPost, reply.location == nil, !bytes.isEmpty {
            let tag = "\"\(Asset.fingerprint(of: bytes))\""
            headers[.eTag] = tag
            if visitor.ifNoneMatch == tag {
                status = .notModified
                bytes = []
            }
        }
        headers[.contentLength] = status == .notModified ? nil : String(bytes.count)
        var response = Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        for cookie in reply.cookies { response.setCookie(cookie) }
        if let seed = visitor.newFormSeed { response.setCookie(visitor.cookie(Visitor.formCookie, seed, seconds: nil)) }
        return response
    }

    /// Carries nothing that knows its reader, and tells nobody its address, which is a secret.
    private func embedded(_ model: some PageModel, _ frame: Frame, _ reply: Reply) -> Response {
        var headers: HTTPFields = [
            .contentSecurityPolicy: Desk.embeddedContentSecurityPolicy, .xContentTypeOptions: "nosniff",
            .cacheControl: "private, no-store", .vary: "Accept-Language", .contentType: "text/html; charset=utf-8",
        ]
        Desk.set(&headers, "referrer-policy", "no-referrer")
        Desk.set(&headers, "x-robots-tag", "noindex")
        if let seconds = reply.retryAfterSeconds { Desk.set(&headers, "retry-after", String(seconds)) }
        guard case .success(let templates) = templates else { return Response(status: .internalServerError, headers: headers) }
        let bytes = Array(templates.fragment(model, in: frame).utf8)
        headers[.contentLength] = String(bytes.count)
        return Response(status: reply.status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    private static func set(_ headers: inout HTTPFields, _ name: String, _ value: String) {
        if let name = HTTPField.Name(name) { headers[name] = value }
    }

    private func body(_ reply: Reply, _ headers: inout HTTPFields) -> [UInt8] {
        guard case .success(let templates) = templates else { return Array("The console's templates cannot be read.".utf8) }
        switch reply.body {
        case .page(let model, let frame):
            headers[.contentType] = "text/html; charset=utf-8"
            let page = templates.page(model, in: frame)
            return Array((reply.status == .ok ? page : page.beginningAtMistake).utf8)
        case .fragment(let model, let frame):
            headers[.contentType] = "text/html; charset=utf-8"
            return Array(templates.fragment(model, in: frame).utf8)
        case .csv(let name, let text):
            headers[.contentType] = "text/csv; charset=utf-8"
            headers[.contentDisposition] = "attachment; filename=\"\(name).csv\""
            return Array(text.utf8)
        case .nothing, .download, .embedded: return []
        }
    }

    /// Finished HTML of a piece that a page holds.
    func piece(_ model: some PageModel, _ visitor: Visitor) -> String {
        guard case .success(let templates) = templates else { return "" }
        return templates.piece(model, in: visitor.frame("", alone: true))
    }

    /// The page for a problem: missing, forbidden, stale, broken.
    func errorReply(_ problem: Problem, _ visitor: Visitor) -> Reply {
        let words = visitor.words
        let (title, said): (String, Said) =
            switch (problem.code, problem.status) {
            case (Desk.staleForm.code, _): (words(\.errors.badTitle), Said(text: words(\.common.formStale)))
            case (_, 404): (words(\.errors.notFoundTitle), Said(text: words(\.errors.notFoundText)))
            case (_, 403): (words(\.errors.forbiddenTitle), Said(text: words(\.errors.forbiddenText)))
            case (_, 503), (_, 429): (words(\.errors.busyTitle), Said(text: words(\.errors.busyText)))
            case (_, 500...): (words(\.errors.failedTitle), Said(text: words(\.errors.failedText)))
            default: (words(\.errors.badTitle), words.placed(problem))
            }
        var reply = Reply.page(
            ErrorPage(code: problem.status, title: title, said: said), visitor.frame(title, alone: true),
            status: .init(code: problem.status))
        reply.retryAfterSeconds = problem.retryAfterSeconds
        return reply
    }

    /// A problem of a form in the reader's language.
    func formText(_ problem: Problem, _ words: Words) -> String {
        switch problem.code.text {
        case "weak_password": words(\.errors.weakPassword, ["rule": words(\.setup.passwordRule)])
        case "bad_email": words(\.errors.badEmail)
        case "email_taken": words(\.errors.emailTaken)
        case "bad_name": words(\.errors.badName)
        case "unknown_time_zone": words(\.errors.unknownTimeZone)
        case "unknown_currency": words(\.errors.unknownCurrency)
        case "bad_credentials": words(\.setup.badCredentials)
        case "last_owner": words(\.errors.lastOwner)
        case "bad_title": words(\.boards.badTitle)
        case "board_exists": words(\.boards.nameTaken)
        case "board_full": words(\.boards.full, count: WorkspaceDirectory.cardsMax)
        case "too_many_boards": words(\.boards.tooMany, count: WorkspaceDirectory.boardsMax)
        case "question_too_long": words(\.boards.questionTooLong)
        case "too_many_attempts":
            words(
                \.setup.tooManyAttempts,
                ["duration": Formats(words.language).duration(seconds: Double(problem.retryAfterSeconds ?? 60))])
        default: words(problem.wording).text
        }
    }
}

extension String {
    /// The page with the cursor in the first field that is wrong, so that whoever sent it begins there.
    ///
    /// What people typed cannot look like the mark: its quotation marks are escaped.
    fileprivate var beginningAtMistake: String {
        replacing(#" aria-invalid="true""#, with: #" aria-invalid="true" autofocus"#, maxReplacements: 1)
    }
}
