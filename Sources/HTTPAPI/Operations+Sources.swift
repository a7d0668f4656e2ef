internal import Hummingbird
internal import Model
internal import OrderedCollections
internal import Records
internal import Workspaces

extension APIOperation {
    static let sourceOperations = [listSources, createSource, readSource, changeSource, suppressSource, listRejections]

    private static let listSources = APIOperation(
        method: .get, path: "/api/v1/sources", id: "listSources", tag: "Sources",
        summary: "The sources of the workspace with their keys.",
        access: .key(.read),
        answer: ["type": "object", "required": ["sources"], "properties": ["sources": APISchema.list("Source")]]
    ) { call throws(Problem) in
        let workspace = try call.workspace
        let sources = call.directory.sources(of: workspace)
        return .json(["sources": .array(sources.map { $0.json(keys: call.directory.keys(of: $0.id, in: workspace)) })])
    }

    private static let createSource = APIOperation(
        method: .post, path: "/api/v1/sources", id: "createSource", tag: "Sources",
        summary: "Make a source with its first write key, which is shown this once.", access: .key(.manage),
        body: APISchema.newSource,
        status: 201, answer: APISchema.reference("CreatedSource"), problems: [409, 422], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["name", "kind", "trusted", "storesIP", "history"])
        let wish = NewSource(
            name: try body.requiredText("name"), kind: try body.word("kind") ?? .server, isTrusted: try body.flag("trusted"),
            storesIP: try body.flag("storesIP"), allowsHistory: try body.flag("history"))
        let workspace = try call.workspace
        return try await call.command(
            status: 201, { planner throws(Problem) in try planner.newSource(in: workspace, wish) },
            { ["source": $0.source.json(keys: [$0.key]), "writeKey": .string($0.writeKey)] })
    }

    private static let readSource = APIOperation(
        method: .get, path: "/api/v1/sources/{id}", id: "readSource", tag: "Sources", summary: "One source with its keys.",
        access: .key(.read), answer: APISchema.reference("Source"), problems: [404]
    ) { call throws(Problem) in
        let (workspace, id) = (try call.workspace, try call.id("id", "source") as SourceID)
        return .json(try call.directory.source(id, of: workspace).json(keys: call.directory.keys(of: id, in: workspace)))
    }

    private static let changeSource = APIOperation(
        method: .patch, path: "/api/v1/sources/{id}", id: "changeSource", tag: "Sources",
        summary: "Change the settings that the body names, limits among them.", access: .key(.manage), body: APISchema.sourceWish,
        answer: APISchema.reference("Source"), problems: [404, 409, 422], isCommand: true
    ) { call throws(Problem) in
        let (workspace, id) = (try call.workspace, try call.id("id", "source") as SourceID)
        let body = try ObjectReader(
            try call.json(), known: ["name", "kind", "trusted", "storesIP", "history", "suppressed", "limits"])
        var wish = SourceWish(
            name: try body.text("name"), kind: try body.word("kind"), isTrusted: try body.flag("trusted"),
            storesIP: try body.flag("storesIP"), allowsHistory: try body.flag("history"), isSuppressed: try body.flag("suppressed"))
        if let limits = body.present("limits") {
            wish.limits = try call.directory.source(id, of: workspace).limits.changed(by: limits)
        }
        return try await change(id, wish, call)
    }

    private static let suppressSource = APIOperation(
        method: .delete, path: "/api/v1/sources/{id}", id: "suppressSource", tag: "Sources",
        summary:
            "Close a source: what it sends is refused with 403, what it sent stays. PATCH with suppressed: false opens it again.",
        access: .key(.manage), answer: APISchema.reference("Source"), problems: [404, 422], isCommand: true
    ) { call throws(Problem) in try await change(try call.id("id", "source"), SourceWish(isSuppressed: true), call) }

    private static let listRejections = APIOperation(
        method: .get, path: "/api/v1/sources/{id}/rejections", id: "listRejections", tag: "Sources",
        summary: "What was refused of this source within 7 days: why, how often, and the payload, without keys.",
        access: .key(.read),
        parameters: [.limit(default: 50, max: 500), .cursor], answer: APISchema.reference("RejectionPage"), problems: [404]
    ) { call throws(Problem) in
        let (workspace, id) = (try call.workspace, try call.id("id", "source") as SourceID)
        _ = try call.directory.source(id, of: workspace)
        let limit = try call.limit(default: 50, max: 500)
        let cursor = try call.query["cursor"].map { text throws(Problem) in try RejectionCursor(text: text) }
        let rows = try await call.directory.rejections(of: id, in: workspace, after: cursor, limit: limit + 1)
        let page = rows.prefix(limit)
        let next = rows.count > limit ? page.last.map { RejectionCursor(lastAt: $0.lastAt, fingerprint: $0.fingerprint).text } : nil
        return .json(["rejections": .array(page.map(\.json)), "next": next.map { .string($0) } ?? .null])
    }

    private static func change(_ id: SourceID, _ wish: SourceWish, _ call: APICall) async throws(Problem) -> APIAnswer {
        let workspace = try call.workspace
        let keys = call.directory.keys(of: id, in: workspace)
        return try await call.command(
            status: 200, { planner throws(Problem) in try planner.changedSource(id, in: workspace, wish) }, { $0.json(keys: keys) })
    }
}
