import Hummingbird
import HummingbirdTesting
import Intake
import Logging
import Model
import NIOCore
import Records
import RecordsSQLite
import Synchronization
import Testing
import Workspaces

@testable import Console

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A clock that a test turns.
final class TestClock: WallClock {
    private let instant = Mutex(Instant(microseconds: 1_795_318_200_000_000))

    var now: Instant { instant.withLock { $0 } }

    func advance(seconds: Int64) { instant.withLock { $0 = $0.advanced(byMicroseconds: seconds * .microsecondsPerSecond) } }
}

/// A console over a data folder of its own.
struct ConsoleFixtures: Sendable {
    let directory: WorkspaceDirectory
    let clock: TestClock
    private let path: String
    private let records: RecordStore

    static func run(_ body: @Sendable @escaping (ConsoleFixtures, Browser) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "teahouse-console-\(UInt64.random(in: .min ... .max))")
            .path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let clock = TestClock()
        let folder = try DataFolder.open(path)
        let records = try await RecordStore.open(try SQLiteEngine.open(path: folder.recordsPath), now: clock.now)
        var options = WorkspaceDirectory.Options()
        options.hashesWeakly = true
        let directory = try await WorkspaceDirectory.open(
            folder: folder, records: records, clock: clock, options: options, logger: Logger(label: "test"))
        let router = Router(context: BasicRequestContext.self)
        ConsoleRoutes(directory: directory).add(to: router)
        let fixtures = ConsoleFixtures(directory: directory, clock: clock, path: path, records: records)
        do {
            try await Application(router: router).test(.router) { client in
                try await body(fixtures, Browser(client: client))
            }
        } catch {
            await directory.close()
            throw error
        }
        await directory.close()
    }

    /// A workspace with an owner, whom `browser` is then signed in as.
    @discardableResult
    func settle(_ browser: Browser) async throws -> CreatedWorkspace {
        let owner = try await directory.team.createFirstOwner(
            email: "lu@example.com", name: "Lu Yu", password: "a good long password", language: .en)
        let created = try await directory.create(
            NewWorkspace(name: "Shanshui", timezone: "Asia/Shanghai", currency: "CNY", owner: owner.id), by: .member(owner.id))
        browser.set("teahouse_session", try await directory.team.openSession(for: owner.id))
        return created
    }

    /// Puts cards into the records as they are, unread.
    func insert(_ cards: [Card]) async throws { try await records.commit(cards.map { .insertCard($0) }) }

    /// Changes the records as somebody would who has the file.
    func tamper(_ sql: String) async throws {
        try await records.engine.write { connection throws(Problem) in _ = try connection.execute(sql, []) }
    }

    /// Sends calls through the intake of the workspace's first source.
    func send(_ calls: String, to created: CreatedWorkspace) async throws {
        let workspace = try await directory.workspace(created.workspace.id)
        let answer = try await workspace.intake.take(
            Array("{\"batch\": [\(calls)]}".utf8), shape: .batch, source: IntakeSource(created.source),
            options: CollectOptions(isHistorical: true))
        #expect(answer.rejected.isEmpty)
    }
}

/// A browser without scripts: keeps cookies, sends what a browser would.
final class Browser: Sendable {
    private let client: any TestClientProtocol
    private let cookies = Mutex<[String: String]>([:])

    init(client: any TestClientProtocol) { self.client = client }

    /// One that knows nothing.
    var fresh: Browser { Browser(client: client) }

    func set(_ name: String, _ value: String) { cookies.withLock { $0[name] = value } }

    func cookie(_ name: String) -> String? { cookies.withLock { $0[name] } }

    @discardableResult
    func get(_ path: String, _ headers: HTTPFields = [:]) async throws -> Page { try await send(path, .get, headers, nil) }

    /// Posts a form with the token of the page last shown at `from`.
    @discardableResult
    func post(_ path: String, _ fields: [String: String], from: String) async throws -> Page {
        let page = try await get(from)
        return try await postRaw(path, fields.merging(["token": page.token ?? ""]) { old, _ in old })
    }

    @discardableResult
    func postRaw(_ path: String, _ fields: [String: String], _ headers: HTTPFields = [:]) async throws -> Page {
        let body = fields.map { "\(SiteURL.encoded($0))=\(SiteURL.encoded($1))" }.joined(separator: "&")
        var headers = headers
        headers[.contentType] = "application/x-www-form-urlencoded"
        return try await send(path, .post, headers, ByteBuffer(string: body))
    }

    /// Posts a form in which a file was chosen for the field `file`.
    @discardableResult
    func postFile(_ path: String, _ fields: [String: String], _ file: [UInt8]) async throws -> Page {
        var body = ByteBuffer()
        for (name, value) in fields {
            body.writeString("--edge\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n")
        }
        body.writeString("--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a;b.csv\"\r\n")
        body.writeString("Content-Type: text/csv\r\n\r\n")
        body.writeBytes(file)
        body.writeString("\r\n--edge--\r\n")
        return try await send(path, .post, [.contentType: "multipart/form-data; boundary=edge"], body)
    }

    private func send(_ path: String, _ method: HTTPRequest.Method, _ headers: HTTPFields, _ body: ByteBuffer?) async throws -> Page
    {
        var headers = headers
        let jar = cookies.withLock { $0.map { "\($0)=\($1)" }.joined(separator: "; ") }
        if !jar.isEmpty { headers[.cookie] = jar }
        let response = try await client.execute(uri: path, method: method, headers: headers, body: body)
        for line in response.headers[values: .setCookie] {
            let pair = line.split(separator: ";")[0].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            cookies.withLock { $0[String(pair[0])] = pair.count == 2 ? String(pair[1]) : "" }
        }
        return Page(response: response)
    }
}

/// What came back.
struct Page {
    let response: TestResponse
    var status: HTTPResponse.Status { response.status }
    var html: String { String(buffer: response.body) }
    var location: String? { response.headers[.location] }
    var setCookies: [String] { response.headers[values: .setCookie] }
    var token: String? { html.firstMatch(of: /name="token" value="([^"]+)"/).map { String($0.1) } }
}

extension String {
    /// Attribute text as it was before it was escaped for HTML.
    var unescaped: String {
        replacing("&quot;", with: "\"").replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&#39;", with: "'")
            .replacing("&amp;", with: "&")
    }
}

extension Substring {
    var unescaped: String { String(self).unescaped }
}
