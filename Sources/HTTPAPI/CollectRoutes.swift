internal import Columns
internal import HTTPTypes
public import Hummingbird
internal import Intake
internal import Model
internal import NIOCore
internal import Records

/// The Segment HTTP tracking API: `POST /v1/{identify,track,page,screen,group,alias,batch}` and its short twins (specs: collect, §1).
///
/// SDKs of PostHog, Sensors Analytics and Mixpanel find their own addresses beside it.
///
/// A path with a slash at its end is the same path: a POST is never redirected, because SDKs would follow it as a GET and lose the batch.
public struct CollectRoutes: Sendable {
    /// How long a body may take to come in whole.
    public static let bodySecondsMax = 60

    private let authority: any CollectAuthority

    public init(authority: any CollectAuthority) { self.authority = authority }

    /// The addresses of other protocols' SDKs (docs/protocols.md); GET, too, where messages may stand in the address.
    static let captures: [(path: String, capture: CaptureProtocol, takesGet: Bool)] = [
        ("/batch", .postHog, false), ("/capture", .postHog, false), ("/e", .postHog, false), ("/i/v0/e", .postHog, false),
        (CollectRoutes.resultsPath, .postHog, false),
        ("/track", .mixpanel(.events), false), ("/import", .mixpanel(.events), false), ("/engage", .mixpanel(.people), false),
        ("/groups", .mixpanel(.groups), false),
        ("/sa", .sensors, true), ("/sa.gif", .sensors, true), (CollectRoutes.debugPath, .sensors, false),
    ]
    /// Where Sensors Analytics' SDKs send what a developer wants judged: there a refused message fails the request.
    private static let debugPath = "/debug"
    /// Where PostHog's SDKs want to hear what became of each event, by its uuid.
    private static let resultsPath = "/i/v1/analytics/events"

    private static let paths: [(String, CollectShape)] = [
        ("identify", .single(.identify)), ("i", .single(.identify)), ("track", .single(.track)), ("t", .single(.track)),
        ("page", .single(.page)), ("p", .single(.page)), ("screen", .single(.screen)), ("s", .single(.screen)),
        ("group", .single(.group)), ("g", .single(.group)), ("alias", .single(.alias)), ("a", .single(.alias)),
        ("batch", .batch), ("b", .batch),
    ]

    /// Adds the routes below `/v1`, and those of other protocols.
    public func add(to router: some RouterMethods<some RequestContext>) {
        for (path, capture, takesGet) in CollectRoutes.captures {
            add(path: RouterPath(path), shape: .capture(capture), takesGet: takesGet, to: router)
        }
        for (path, shape) in CollectRoutes.paths {
            add(path: RouterPath("/v1/\(path)"), shape: shape, to: router)
        }
    }

    private func add<Context: RequestContext>(
        path: RouterPath, shape: CollectShape, takesGet: Bool = false, to router: some RouterMethods<Context>
    ) {
        for method in takesGet ? [HTTPRequest.Method.post, .get] : [.post] {
            router.on(path, method: method) { request, context in
                await respond(to: request, context: context, shape: shape)
            }
        }
        router.on(path, method: .options) { _, _ in CollectResponse.preflight() }
    }

    private func respond(to request: Request, context: some RequestContext, shape: CollectShape) async -> Response {
        if case .capture(let capture) = shape { return await respond(to: request, context: context, capture: capture) }
        do throws(Problem) {
            var head = try CollectHead(request)
            let shape = shape == .batch && head.isLines ? .lines : shape
            let answer = try await take(request, &head, context: context, shape: shape)
            if case .single = shape, let refused = answer.rejected.first { return CollectResponse.refused(refused) }
            if head.reportsDuplicates, shape == .batch || shape == .lines { return CollectResponse.report(answer) }
            return answer.isSuccess ? CollectResponse.success() : CollectResponse.partial(answer)
        } catch {
            return CollectResponse.failure(error)
        }
    }

    private func respond(
        to request: Request, context: some RequestContext, capture: CaptureProtocol
    ) async -> Response {
        do throws(Problem) {
            var head = CollectHead(capture: request)
            let answer = try await take(request, &head, context: context, shape: .capture(capture))
            let path = request.uri.path
            return CaptureResponse.answer(
                answer, capture, isVerbose: head.form.isVerbose, isDebug: path.hasPrefix(CollectRoutes.debugPath),
                listsResults: path.hasPrefix(CollectRoutes.resultsPath))
        } catch {
            return CaptureResponse.failure(error, capture)
        }
    }

    private func take(
        _ request: Request, _ head: inout CollectHead, context: some RequestContext, shape: CollectShape
    ) async throws(Problem) -> IntakeAnswer {
        var target: CollectTarget?
        if let key = head.writeKey { target = try await self.target(of: key) }
        do throws(Problem) {
            try admit(target, head)
        } catch {
            if let target { await note(error, CollectBody.beginning(of: request), head.encoding, target) }
            throw error
        }
        let limit = target?.source.limits.bodyBytes ?? limitOfUnknown(request, head)
        let body = try await self.body(of: request, &head, limit: limit, shape: shape, target)
        guard let target else {
            if shape == .lines { throw .missingWriteKey }
            let found = try await self.target(of: body.writeKey(shape, fallback: head.headerKey))
            do throws(Problem) {
                try admit(found, head)
            } catch {
                await note(error, body.beginning, nil, found)
                throw error
            }
            return try await take(body, head, found, context: context, shape: shape)
        }
        return try await take(body, head, target, context: context, shape: shape)
    }

    /// The body as it came in, without its encoding; what is wrong with it is noted for its source, where that is known.
    private func body(
        of request: Request, _ head: inout CollectHead, limit: Int, shape: CollectShape, _ target: CollectTarget?
    ) async throws(Problem) -> CollectBody {
        let sent: CollectBody
        do throws(CollectBody.GivenUp) {
            sent = try await CollectBody.collect(request, limit: limit, isKept: target != nil)
        } catch {
            await note(error.problem, error.beginning, head.encoding, target)
            throw error.problem
        }
        do throws(Problem) {
            let body = try sent.inflated(head.encoding, limit: limit)
            if case .capture = shape { return try head.form.messages(in: body, limit: limit) }
            return body
        } catch {
            await note(error, sent.beginning, head.encoding, target)
            throw error
        }
    }

    /// What a body may have whose source stands in it; only what may be larger than the standard needs the sources looked through.
    private func limitOfUnknown(_ request: Request, _ head: CollectHead) -> Int {
        let standard = SourceLimits.standard.bodyBytes
        let isSmall = head.encoding == nil && (CollectBody.announcedBytes(request) ?? .max) <= standard
        return isSmall ? standard : authority.collectBodyBytesMax
    }

    private func take(
        _ body: CollectBody, _ head: CollectHead, _ target: CollectTarget, context: some RequestContext, shape: CollectShape
    ) async throws(Problem) -> IntakeAnswer {
        var options = head.options
        if target.source.storesIP {
            options.clientAddress = (context as? any RemoteAddressRequestContext)?.remoteAddress?.ipAddress
        }
        let prepared = body.withBytes { bytes in
            Result { () throws(Problem) in
                try target.intake.prepare(bytes, shape: shape, source: target.source, options: options)
            }
        }
        switch prepared {
        case .success(let calls):
            if head.isDryRun { return IntakeAnswer(taken: calls.count, rejected: calls.refusals) }
            return try await target.intake.commit(calls, isStrict: options.isStrict)
        case .failure(let problem):
            await note(problem, body.beginning, nil, target)
            throw problem
        }
    }

    private func target(of writeKey: String) async throws(Problem) -> CollectTarget {
        guard let target = try await authority.collectTarget(writeKey: writeKey) else { throw .unknownWriteKey }
        return target
    }

    private func admit(_ target: CollectTarget?, _ head: CollectHead) throws(Problem) {
        if let problem = head.problem { throw problem }
        if let target { try target.intake.admit(target.source, options: head.options) }
    }

    /// Keeps what was refused whole, inflated as far as it goes; of a source that is not known nobody could look.
    private func note(
        _ problem: Problem, _ beginning: [UInt8], _ encoding: ContentEncoding?, _ target: CollectTarget?
    ) async {
        guard let target else { return }
        var inflated: [UInt8] = []
        if let encoding {
            inflated = beginning.withUnsafeBytes {
                BodyInflater.beginning($0, encoding: encoding, count: Intake.beginningBytes)
            }
        }
        await target.intake.note(problem, body: inflated.isEmpty ? beginning : inflated, source: target.source)
    }
}
