import Columns
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Model
import NIOCore
import Records
import RecordsSQLite
import Synchronization
import Testing
import Workspaces

@testable import HTTPAPI

/// A clock that stands still until a test turns it.
final class StoppedClock: WallClock {
    private let instant = Mutex(Instant(microseconds: 1_773_133_200_000_000))

    var now: Instant { instant.withLock { $0 } }

    func advance(seconds: Int64) {
        instant.withLock { $0 = $0.advanced(byMicroseconds: seconds * .microsecondsPerSecond) }
    }
}

/// The whole API in process over a data folder of its own.
struct APIFixtures {
    static let adminToken = "an admin token for tests"

    let client: any TestClientProtocol
    let directory: WorkspaceDirectory
    let records: RecordStore
    let created: CreatedWorkspace
    let clock: StoppedClock

    /// Runs `body` against a server with one workspace.
    static func run(
        adminToken: String? = adminToken, options: WorkspaceDirectory.Options = .init(),
        _ body: @escaping @Sendable (APIFixtures) async throws -> Void
    ) async throws {
        let files = FileManager.default.temporaryDirectory.appending(path: "teahouse-api-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: files) }
        let clock = StoppedClock()
        let folder = try DataFolder.open(files.path)
        let records = try await RecordStore.open(try SQLiteEngine.open(path: folder.recordsPath), now: clock.now)
        let directory = try await WorkspaceDirectory.open(
            folder: folder, records: records, clock: clock, options: options, logger: Logger(label: "test"))
        let created = try await directory.create(name: "茶馆", timezone: "Asia/Shanghai", currency: "CNY", by: .commandLine)
        let meter = RequestMeter()
        let router = Router(context: ServerRequestContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: MeterMiddleware(meter))
        router.add(middleware: ProblemMiddleware())
        router.add(middleware: SecurityHeaders())
        CollectRoutes(authority: directory).add(to: router)
        APIRoutes(directory: directory, adminToken: adminToken, meter: meter).add(to: router)
        let application = Application(router: router, logger: Logger(label: "test"))
        try await application.test(.router) { client in
            try await body(APIFixtures(client: client, directory: directory, records: records, created: created, clock: clock))
        }
        await directory.close()
    }

    /// Sends one request; the workspace's api key is the bearer unless another is given.
    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, bearer: String? = nil, key: String? = nil,
        secondKey: String? = nil, type: String = "application/json"
    ) async throws -> APIReply {
        var headers: HTTPFields = [:]
        headers[.authorization] = "Bearer \(bearer ?? created.apiKey)"
        if body != nil { headers[.contentType] = type }
        if let name = HTTPField.Name("Idempotency-Key") { headers[values: name] = [key, secondKey].compactMap(\.self) }
        return try await client.execute(uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) }) {
            APIReply(status: $0.status.code, headers: $0.headers, text: String(decoding: $0.body.readableBytesView, as: UTF8.self))
        }
    }

    /// Sends calls through collect.
    func collect(_ calls: String) async throws {
        let reply = try await send(.post, "/v1/batch?historical=1", "{\"batch\":[\(calls)]}", bearer: created.writeKey)
        #expect(reply.status == 200)
        #expect(reply["success"]?.boolValue == true, "\(reply.text)")
    }
}

/// What came back.
struct APIReply {
    var status: Int
    var headers: HTTPFields
    var text: String

    var json: JSONValue { (try? JSONParser.parse(Array(text.utf8))) ?? .null }
    subscript(member: String) -> JSONValue? { json[member] }
    var code: String? { self["code"]?.stringValue }
    var pointer: String? { self["pointer"]?.stringValue }
}
