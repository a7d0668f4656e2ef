internal import Columns
internal import Model
internal import OrderedCollections
internal import Records
internal import Workspaces

/// One authenticated request, read: what an operation's handler works on.
struct APICall: Sendable {
    let directory: WorkspaceDirectory
    let meter: RequestMeter
    /// Set for operations that ask for an api key.
    var grant: APIGrant?
    /// The bearer token, for sealing stored answers.
    var secret = ""
    /// Values of the braces of the path, decoded.
    var path: [String: String] = [:]
    /// Checked against the operation's parameters.
    var query: [String: String] = [:]
    var bytes: [UInt8] = []
    var idempotencyKey: String?
    /// Why, for the audit: the parameter `why` or the header `Audit-Reason`.
    var why: String?
    /// Ends work that nobody waits for any more.
    var whileClientWaits = ClientWait()
    /// Where the connection comes from.
    var address: String?
    /// Whether something is to be done, and not only asked.
    var isCommand = false
    /// Method and path, for telling commands apart.
    var place = ""

    /// The workspace of the key.
    var workspace: WorkspaceID {
        get throws(Problem) {
            guard let grant else { throw Problem(.unauthorized, "This needs an api key.", status: 401) }
            return grant.workspace
        }
    }

    /// The open workspace of the key.
    func open() async throws(Problem) -> OpenWorkspace { try await directory.workspace(try workspace) }

    /// The body as JSON; an empty one is an empty object when nothing is required.
    ///
    /// - Throws: `repeated_member` where a command has a key twice in an object.
    func json() throws(Problem) -> JSONValue {
        bytes.isEmpty ? .object([:]) : try JSONParser.parse(bytes, refusesRepeats: isCommand)
    }

    /// Notes in the audit what of people this call has read.
    func note(_ reading: Reading) async throws(Problem) {
        guard let grant else { return }
        await directory.note(reading, in: grant.workspace, by: .key(grant.key), why: why)
    }

    // MARK: - Parameters

    func id<ID: TextID>(_ name: String = "id", _ noun: String) throws(Problem) -> ID {
        let text = path[name] ?? ""
        guard let id = ID(validating: text) else {
            throw Problem(.notFound, "There is no \(noun) \"\(text.prefix(60))\".", status: 404)
        }
        return id
    }

    func limit(default standard: Int, max: Int) throws(Problem) -> Int {
        guard let text = query["limit"] else { return standard }
        guard let limit = Int(text), (1 ... max).contains(limit) else {
            throw APICall.badParameter("limit", "is a number from 1 to \(max)")
        }
        return limit
    }

    func word<Word: RawRepresentable & CaseIterable>(_ name: String, _ type: Word.Type = Word.self) throws(Problem) -> Word?
    where Word.RawValue == String {
        guard let text = query[name] else { return nil }
        guard let word = Word(rawValue: text) else {
            throw APICall.badParameter(name, "is one of " + Word.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return word
    }

    /// An instant, or a date that means its first instant in the workspace's zone.
    func instant(_ name: String, _ calendar: ZoneCalendar) throws(Problem) -> Instant? {
        guard let text = query[name] else { return nil }
        if let date = LocalDate(text: text) { return calendar.start(of: date) }
        guard let instant = Instant(rfc3339: text) else {
            throw APICall.badParameter(name, "is an instant such as 2026-03-01T12:00:00Z or a date such as 2026-03-01")
        }
        return instant
    }

    static func badParameter(_ name: String, _ rule: String) -> Problem {
        Problem(Problem.Code("bad_parameter"), "The parameter \(name) \(rule).", place: "?\(name)")
    }

    // MARK: - Commands

    /// Carries out a change once for each `Idempotency-Key`.
    func command<Value: Sendable>(
        scope: String, by actor: Actor, status: Int, _ plan: (Planner) throws(Problem) -> Plan<Value>,
        _ answer: (Value) -> JSONValue
    ) async throws(Problem) -> APIAnswer {
        let request = CommandRequest(
            scope: scope, idempotencyKey: idempotencyKey, secret: secret, content: Array(place.utf8) + [0x0A] + bytes)
        let done = try await directory.command(request, by: actor) { planner throws(Problem) in
            try plan(planner).map { CommandAnswer(status: status, body: answer($0).utf8) }
        }
        return APIAnswer(body: .bytes(done.body), status: done.status, isRepeat: done.isRepeat)
    }

    /// As above, by the api key of this call.
    func command<Value: Sendable>(
        status: Int, _ plan: (Planner) throws(Problem) -> Plan<Value>, _ answer: (Value) -> JSONValue
    ) async throws(Problem) -> APIAnswer {
        guard let grant else { throw Problem(.unauthorized, "This needs an api key.", status: 401) }
        return try await command(scope: grant.workspace.text, by: .key(grant.key), status: status, plan, answer)
    }
}
