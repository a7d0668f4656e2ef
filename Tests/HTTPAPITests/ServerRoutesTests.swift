import Foundation
import HTTPTypes
import Hummingbird
import Model
import NIOCore
import OrderedCollections
import Records
import TestSupport
import Testing
import Workspaces

@testable import HTTPAPI

@Suite("Document, health and manners")
struct ServerRoutesTests {
    @Test("Unknown addresses are 404 and other methods 405, as problems with Allow")
    func unknown() async throws {
        try await APIFixtures.run { fixtures in
            let missing = try await fixtures.send(.get, "/api/v1/nothing")
            #expect(missing.status == 404)
            #expect(missing.code == "not_found")
            let method = try await fixtures.send(.put, "/api/v1/people", "{}")
            #expect(method.status == 405)
            #expect(method.headers[.allow] == "GET, HEAD")
            let collect = try await fixtures.send(.get, "/v1/batch")
            #expect(collect.status == 405)
            #expect(collect.headers[.allow] == "POST")
            #expect(try await fixtures.send(.post, "/api/v1/sources/src_1/rejections", "{}").status == 405)
        }
    }

    @Test("HEAD answers as GET without a body; a slash at the end is no redirect; headers keep browsers calm")
    func manners() async throws {
        try await APIFixtures.run { fixtures in
            let head = try await fixtures.send(.head, "/healthz")
            #expect(head.status == 200)
            #expect(head.text.isEmpty)
            let get = try await fixtures.send(.get, "/healthz")
            #expect(get.text == #"{"status":"ok"}"#)
            #expect(get.headers[.xContentTypeOptions] == "nosniff")
            #expect(get.headers[.contentSecurityPolicy]?.contains("frame-ancestors 'none'") == true)
            #expect(get.headers[.cacheControl] == "no-store")
            let slash = try await fixtures.send(.post, "/api/v1/query/", #"{"kind":"count","who":{"everyone":true}}"#)
            #expect(slash.status == 200)
        }
    }

    @Test("Ready while the folder can be written to, 503 once it closes")
    func ready() async throws {
        try await APIFixtures.run { fixtures in
            #expect(try await fixtures.send(.get, "/readyz").status == 200)
            await fixtures.directory.close()
            let closing = try await fixtures.send(.get, "/readyz")
            #expect(closing.status == 503)
            #expect(closing.headers[.retryAfter] != nil)
            #expect(try await fixtures.send(.get, "/healthz").status == 200)
        }
    }

    @Test("Metrics count requests and events, and are well formed")
    func metrics() async throws {
        try await APIFixtures.run { fixtures in
            try await fixtures.collect(#"{"type":"track","event":"Visit","userId":"u1"}"#)
            _ = try await fixtures.send(.get, "/api/v1/nothing")
            let text = try await fixtures.send(.get, "/metrics").text
            #expect(text.contains("teahouse_events_total{outcome=\"taken\"} 1\n"))
            #expect(text.contains("teahouse_http_requests_total{method=\"POST\",route=\"/v1/batch\",status=\"200\"} 1\n"))
            #expect(text.contains("status=\"404\"} 1\n"))
            #expect(text.contains("teahouse_store_calls 1\n"))
            for line in text.split(separator: "\n") where !line.hasPrefix("#") {
                let value = line.split(separator: " ").last.flatMap { Double($0) }
                #expect(value != nil, "\(line)")
            }
        }
    }

    @Test("The document names every route that there is, and every reference in it leads somewhere")
    func document() async throws {
        try await APIFixtures.run { fixtures in
            let reply = try await fixtures.send(.get, "/api/v1/openapi.json")
            #expect(reply["openapi"] == "3.1.0")
            let paths = try #require(reply["paths"]?.objectValue)
            for operation in APIOperation.all {
                #expect(paths[operation.path]?[operation.method.rawValue.lowercased()]?["operationId"]?.stringValue == operation.id)
            }
            for call in ["identify", "track", "page", "screen", "group", "alias", "batch"] {
                #expect(paths["/v1/\(call)"]?["post"] != nil)
            }
            let ids = paths.values.flatMap { $0.objectValue.map { Array($0.values) } ?? [] }.compactMap {
                $0["operationId"]?.stringValue
            }
            #expect(Set(ids).count == ids.count)
            for reference in reply.text.split(separator: "\"").filter({ $0.hasPrefix("#/components/") }) {
                let found = reference.dropFirst(2).split(separator: "/").reduce(Optional(reply.json)) { $0?[String($1)] }
                #expect(found != nil, "\(reference)")
            }
        }
    }

    @Test("Every route that is served outside the console is described, with the methods that it does not take as 405")
    func described() async throws {
        try await APIFixtures.run { fixtures in
            let router = Router(context: ServerRequestContext.self)
            CollectRoutes(authority: fixtures.directory).add(to: router)
            BrowserScript().add(to: router)
            APIRoutes(directory: fixtures.directory, adminToken: "t").add(to: router)
            let document = try await fixtures.send(.get, "/api/v1/openapi.json")
            let paths = try #require(document["paths"]?.objectValue)
            #expect(router.routes.count > 40)
            // HEAD is GET without the body.
            for route in router.routes where route.method != .head {
                let item = paths[route.path.description]
                #expect(item?[route.method.rawValue.lowercased()] != nil, "\(route)")
                let methods = item?.objectValue.map { Array($0.values) } ?? []
                #expect(methods.allSatisfy { $0["responses"]?["405"] != nil }, "\(route)")
            }
            let scanned = document["components"]?["schemas"]?["Answer"]?["properties"]?["events_scanned"]
            #expect(scanned?["description"]?.stringValue?.contains("once for each pass") == true)
        }
    }

    @Test("Whatever changes the program takes an Idempotency-Key and may be refused with reasons, and what only reads takes none")
    func commands() {
        let areas: Set<String> = ["Program", "Points", "Coupons", "Benefits", "Plans", "Earning"]
        for operation in APIOperation.all where areas.contains(operation.tag) {
            let isReading = operation.method == .get || operation.access == .key(.read)
            #expect(operation.isCommand == !isReading, "\(operation.id)")
            #expect(isReading || operation.problems.contains(409), "\(operation.id)")
        }
    }

    @Test("Each documented operation is routed")
    func routed() async throws {
        try await APIFixtures.run { fixtures in
            for operation in APIOperation.all where operation.id != "revokeAPIKey" {
                let path = operation.path.replacingOccurrences(of: "{id}", with: "src_x").replacingOccurrences(
                    of: "{key}", with: "key_x")
                let reply = try await fixtures.send(operation.method, path, operation.body == nil ? nil : "{}", bearer: "none")
                let expected = operation.access == .anyone ? 200 : 401
                #expect(reply.status == expected, "\(operation.id): \(reply.status)")
            }
        }
    }

    @Test("The document is valid by openapi-spec-validator", .enabled(if: OpenAPIValidator.isHere, "needs .venv: make test"))
    func valid() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "teahouse-openapi-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(OpenAPIDocument.bytes).write(to: file)
        let (status, output) = try OpenAPIValidator.run([file.path])
        #expect(status == 0, "\(output)")
    }
}

/// The public validator from PyPI, in the virtual environment that `make test` makes.
enum OpenAPIValidator {
    private static let python = SharedFiles.packageDirectory + "/.venv/bin/python"
    /// With `CI` set it has to be here: its absence fails there.
    static let isHere = ProcessInfo.processInfo.environment["CI"] != nil || FileManager.default.isExecutableFile(atPath: python)

    static func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = ["-m", "openapi_spec_validator"] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
