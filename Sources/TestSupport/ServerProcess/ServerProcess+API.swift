import Columns
package import Model
import OrderedCollections

/// A workspace made for a test, with its keys.
package struct TestWorkspace: Sendable, Hashable {
    package var id: String
    package var writeKey: String
    package var apiKey: String
}

extension ServerProcess {
    /// One request over a connection of its own.
    package func request(
        _ method: String, _ path: String, headers: [String: String] = [:], body: [UInt8] = []
    ) async throws -> HTTPReply {
        let port = port
        return try await blocking {
            let connection = try LoopbackConnection(port: port)
            try connection.request(method, path, headers: headers, body: body)
            return try connection.reply()
        }
    }

    /// A request with a JSON body and a bearer token.
    package func post(_ path: String, _ body: JSONValue, bearer: String) async throws -> HTTPReply {
        let headers = ["Content-Type": "application/json", "Authorization": "Bearer \(bearer)"]
        return try await request("POST", path, headers: headers, body: body.utf8)
    }

    package func get(_ path: String, bearer: String) async throws -> HTTPReply {
        try await request("GET", path, headers: ["Authorization": "Bearer \(bearer)"])
    }

    /// A new workspace, made the way operators make one.
    package func createWorkspace(
        name: String = "Test", timezone: String = "UTC", currency: String = "USD"
    ) async throws -> TestWorkspace {
        let body: JSONValue = ["name": .string(name), "timezone": .string(timezone), "currency": .string(currency)]
        let reply = try await post("/api/v1/workspaces", body, bearer: ServerProcess.adminToken)
        let json = reply.json
        guard (200 ... 201).contains(reply.status), let writeKey = json["writeKey"]?.stringValue,
            let apiKey = json["apiKey"]?.stringValue
        else { throw Failure("no workspace: \(reply.status) \(reply.text)") }
        let id = json["workspace"]?.stringValue ?? json["workspace"]?["id"]?.stringValue ?? ""
        return TestWorkspace(id: id, writeKey: writeKey, apiKey: apiKey)
    }

    /// Sends one batch of calls to the collect API.
    package func collect(_ calls: [JSONValue], to workspace: TestWorkspace, query: String = "") async throws -> HTTPReply {
        let body: JSONValue = ["writeKey": .string(workspace.writeKey), "batch": .array(calls)]
        return try await request("POST", "/v1/batch" + query, headers: ["Content-Type": "application/json"], body: body.utf8)
    }

    /// The answer to a question.
    ///
    /// - Throws: ``Failure`` with the server's words when it does not answer 200.
    package func ask(_ question: JSONValue, of workspace: TestWorkspace) async throws -> JSONValue {
        let reply = try await post("/api/v1/query", question, bearer: workspace.apiKey)
        guard reply.status == 200 else { throw Failure("\(question.text): \(reply.status) \(reply.text)") }
        return reply.json
    }

    /// How many events of a name (nil: of any) the server holds, whenever they happened.
    package func eventCount(_ event: String?, of workspace: TestWorkspace) async throws -> Int {
        let selector: JSONValue = event.map { ["event": .string($0)] } ?? ["any": true]
        let answer = try await ask(
            [
                "kind": "trend", "interval": "year", "series": [["selector": selector, "measure": "total"]],
                "range": ["from": "1971-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z"],
            ], of: workspace)
        guard let rows = answer["rows"]?.arrayValue else { throw Failure("no rows: \(answer.text)") }
        return rows.reduce(0) { $0 + Int($1["values"]?.arrayValue?.first?.doubleValue ?? 0) }
    }

    /// The identities of everyone for whom `expression` holds, each person's sorted.
    package func people(_ expression: JSONValue, of workspace: TestWorkspace) async throws -> [[String]] {
        var cursor: String?
        var people: [[String]] = []
        repeat {
            var question: JSONValue = ["kind": "count", "who": expression, "list": true]
            if let cursor, case .object(var members) = question {
                members["cursor"] = .string(cursor)
                question = .object(members)
            }
            let answer = try await ask(question, of: workspace)
            people += (answer["people"]?.arrayValue ?? []).map { ServerProcess.identities(of: $0) }
            cursor = answer["next"]?.stringValue
        } while cursor != nil
        return people
    }

    private static func identities(of person: JSONValue) -> [String] {
        (person["identities"]?.objectValue ?? [:]).values.flatMap { value in
            value.arrayValue?.compactMap(\.stringValue) ?? [value.stringValue].compactMap { $0 }
        }.sorted()
    }
}
