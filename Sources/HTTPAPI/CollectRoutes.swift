internal import Columns
internal import HTTPTypes
public import Hummingbird
internal import Intake
internal import Model
internal import NIOCore
internal import Records

/// The Segment HTTP tracking API: `POST /v1/{identify,track,page,screen,group,alias,batch}` and its short twins (specs: collect, §1).
///
/// A path with a slash at its end is the same path: a POST is never redirected, because SDKs would follow it as a GET and lose the batch.
public struct CollectRoutes: Sendable {
    /// How long a body may take to come in whole.
    public static let bodySecondsMax = 60
    /// What a body may have before its source, and so its limit, is known.
    public static let bodyBytesMax = 4 << 20

    private let authority: any CollectAuthority

    public init(authority: any CollectAuthority) { self.authority = authority }

    private static let paths: [(String, CollectShape)] = [
        ("identify", .single(.identify)), ("i", .single(.identify)), ("track", .single(.track)), ("t", .single(.track)),
        ("page", .single(.page)), ("p", .single(.page)), ("screen", .single(.screen)), ("s", .single(.screen)),
        ("group", .single(.group)), ("g", .single(.group)), ("alias", .single(.alias)), ("a", .single(.alias)),
        ("batch", .batch), ("b", .batch),
    ]

    /// Adds the routes below `/v1`.
    public func add(to router: some RouterMethods<some RequestContext>) {
        for (path, shape) in CollectRoutes.paths {
            add(path: RouterPath("/v1/\(path)"), shape: shape, to: router)
        }
    }

    private func add<Context: RequestContext>(path: RouterPath, shape: CollectShape, to router: some RouterMethods<Context>) {
        router.on(path, method: .post) { request, context in await respond(to: request, context: context, shape: shape) }
        router.on(path, method: .options) { _, _ in CollectResponse.preflight() }
    }

    private func respond(to request: Request, context: some RequestContext, shape: CollectShape) async -> Response {
        do throws(Problem) {
            let head = try CollectHead(request)
            let answer = try await take(request, head, context: context, shape: shape)
            if shape != .batch, let refused = answer.rejected.first { return CollectResponse.refused(refused) }
            if shape == .batch, head.reportsDuplicates { return CollectResponse.report(answer) }
            return answer.isSuccess ? CollectResponse.success() : CollectResponse.partial(answer)
        } catch {
            return CollectResponse.failure(error)
        }
    }

    private func take(
        _ request: Request, _ head: CollectHead, context: some RequestContext, shape: CollectShape
    ) async throws(Problem) -> IntakeAnswer {
        var target: CollectTarget?
        if let key = head.writeKey { target = try await self.target(of: key) }
        try admit(target, head)
        let limit = target?.source.limits.bodyBytes ?? CollectRoutes.bodyBytesMax
        let sent: CollectBody
        do throws(Problem) {
            sent = try await CollectBody.collect(request, limit: limit)
        } catch {
            await target?.intake.note(error, body: [], source: target?.source)
            throw error
        }
        let body: CollectBody
        do throws(Problem) {
            body = try sent.inflated(head.encoding, limit: limit)
        } catch {
            await target?.intake.note(error, body: sent.beginning, source: target?.source)
            throw error
        }
        if target == nil {
            target = try await self.target(of: body.writeKey())
            try admit(target, head)
        }
        guard let target else { throw .missingWriteKey }
        return try await take(body, head, target, context: context, shape: shape)
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
        case .success(let calls): return try await target.intake.commit(calls, isStrict: options.isStrict)
        case .failure(let problem):
            await target.intake.note(problem, body: body.beginning, source: target.source)
            throw problem
        }
    }

    private func target(of writeKey: String) async throws(Problem) -> CollectTarget {
        guard let target = try await authority.collectTarget(writeKey: writeKey) else { throw .unknownWriteKey }
        return target
    }

    private func admit(_ target: CollectTarget?, _ head: CollectHead) throws(Problem) {
        guard let target else { return }
        try target.intake.admit(target.source, options: head.options)
    }
}

extension Intake {
    /// As `note`, for a source that may not be known yet: then nobody could look.
    fileprivate func note(_ problem: Problem, body: [UInt8], source: IntakeSource?) async {
        if let source { await note(problem, body: body, source: source) }
    }
}
