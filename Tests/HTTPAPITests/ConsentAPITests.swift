import HTTPTypes
import Model
import Records
import Testing
import Workspaces

@testable import HTTPAPI

@Suite("Consents over the API") struct ConsentAPITests {
    private static func run(_ body: @escaping @Sendable (APIFixtures) async throws -> Void) async throws {
        try await APIFixtures.run { fixtures in
            try await fixtures.collect(
                #"{"type":"track","event":"View","userId":"ada"},{"type":"track","event":"View","userId":"bob"}"#)
            let made = try await fixtures.send(
                .post, "/api/v1/purposes", #"{"name":"marketing.email","text":"May we write to you?"}"#)
            #expect(made.status == 201 && made["version"] == 1 && made["legalBasis"] == "consent", "\(made.text)")
            try await body(fixtures)
        }
    }

    private static func count(_ fixtures: APIFixtures) async throws -> JSONValue? {
        try await fixtures.send(.post, "/api/v1/query", #"{"kind":"count","purpose":"marketing.email"}"#)["count"]
    }

    @Test("Lists, searches and exports of people for a purpose hold only who consents; a purpose that there is not is refused")
    func lists() async throws {
        try await Self.run { fixtures in
            func names(_ query: String) async throws -> [String] {
                let list = try await fixtures.send(.get, "/api/v1/people?purpose=marketing.email" + query)
                #expect(list.status == 200 && list["total"]?.isNull != false, "\(list.text)")
                return list["people"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
            }
            func exported(_ format: String) async throws -> [Substring] {
                try await fixtures.send(.get, "/api/v1/export/people?format=\(format)&purpose=marketing.email").text.split(
                    whereSeparator: \.isNewline)
            }
            #expect(try await names("") == [], "missing means no")
            #expect(try await exported("ndjson") == [])
            let place = "/api/v1/people/user_id:ada/consents"
            _ = try await fixtures.send(.post, place, #"{"purpose":"marketing.email","status":"granted"}"#)
            for (query, found) in [("", ["ada"]), ("&search=ada", ["ada"]), ("&search=bob", []), ("&role=customer", [])] {
                #expect(try await names(query) == found, "\(query)")
            }
            let lines = try await exported("ndjson")
            #expect(lines.count == 1 && lines[0].contains("ada"))
            #expect(try await exported("csv").count == 2)
            for path in ["/api/v1/people?purpose=", "/api/v1/export/people?purpose="] {
                let refused = try await fixtures.send(.get, path + "marketing.mail")
                #expect(refused.status == 400 && refused.text.contains("marketing.email"), "\(refused.text)")
            }
            let events = try await fixtures.send(.get, "/api/v1/export/events?purpose=marketing.email")
            #expect(events.status == 400, "what takes no purpose does not ignore one")
            let audit = try await fixtures.directory.audit(
                of: fixtures.created.workspace.id, AuditQuery(isReading: true), limit: 50)
            #expect(
                audit.contains { $0.entry.action == "people.exported" && $0.entry.detail.contains("purpose = marketing.email") })
        }
    }

    @Test("Another text is the next version; the same text and no change make none")
    func purposes() async throws {
        try await Self.run { fixtures in
            let place = "/api/v1/purposes/marketing.email"
            let changed = try await fixtures.send(.patch, place, #"{"text":"May we?","legalBasis":"legitimate_interests"}"#)
            #expect(changed["version"] == 2 && changed["legalBasis"] == "legitimate_interests", "\(changed.text)")
            #expect(try await fixtures.send(.patch, place, #"{"text":"May we?"}"#)["version"] == 2)
            #expect(try await fixtures.send(.patch, place, "{}")["version"] == 2)
            let read = try await fixtures.send(.get, place)
            #expect(read["texts"]?.arrayValue?.compactMap { $0["text"] } == ["May we write to you?", "May we?"])
            #expect(read["people"] == ["granted": 0, "withdrawn": 0, "neverAsked": 2])
            #expect(try await fixtures.send(.get, "/api/v1/purposes")["purposes"]?.arrayValue?.count == 1)
        }
    }

    @Test(
        "A purpose that cannot be is refused",
        arguments: [
            (#"{"name":"marketing.email","text":"x"}"#, 409), (#"{"name":"a b","text":"x"}"#, 400),
            (#"{"name":"","text":"x"}"#, 400),
            (#"{"name":"a","text":"  "}"#, 400), (#"{"name":"a"}"#, 400), (#"{"name":"a","text":"x","legalBasis":"because"}"#, 400),
            (#"{"name":"a","text":"x","other":1}"#, 400),
        ])
    func refusedPurposes(body: String, status: Int) async throws {
        try await Self.run { fixtures in
            let refused = try await fixtures.send(.post, "/api/v1/purposes", body)
            #expect(refused.status == status)
            #expect(try await fixtures.send(.patch, "/api/v1/purposes/none", #"{"text":"x"}"#).status == 404)
        }
    }

    @Test("What is recorded is in force at once, with its version, source and evidence, and withdrawn again")
    func records() async throws {
        try await Self.run { fixtures in
            #expect(try await Self.count(fixtures) == 0)
            let place = "/api/v1/people/user_id:ada/consents"
            let made = try await fixtures.send(
                .post, place,
                #"{"purpose":"marketing.email","status":"granted","evidence":"form 17","timestamp":"2020-01-01T00:00:00Z"}"#)
            #expect(made.status == 201 && made["version"] == 1 && made["evidence"] == "form 17", "\(made.text)")
            #expect(made["origin"] == "declared" && made["identity"]?["value"] == "ada")
            #expect(try await Self.count(fixtures) == 1)
            let withdrawn = #"{"purpose":"marketing.email","status":"withdrawn"}"#
            #expect(try await fixtures.send(.post, place, withdrawn).status == 201)
            #expect(try await Self.count(fixtures) == 0)
            let read = try await fixtures.send(.get, place)
            #expect(read["consents"] == [["purpose": "marketing.email", "status": "withdrawn"]])
            #expect(read["records"]?.arrayValue?.compactMap { $0["status"] } == ["withdrawn", "granted"])
            let bob = try await fixtures.send(.get, "/api/v1/people/user_id:bob/consents")
            #expect(bob["consents"] == [["purpose": "marketing.email", "status": "missing"]] && bob["records"] == [])
            let audit = try await fixtures.directory.audit(
                of: fixtures.created.workspace.id, AuditQuery(isReading: false), limit: 3)
            #expect(audit.map(\.entry.action) == ["consent.withdrawn", "consent.granted", "purpose.created"])
        }
    }

    @Test(
        "A consent that cannot be is refused and changes nothing",
        arguments: [
            (#"{"purpose":"marketing","status":"granted"}"#, 422, "marketing.email"),
            (#"{"purpose":"marketing.email","status":"granted","version":2}"#, 422, "versions 1 to 1"),
            (#"{"purpose":"marketing.email","status":"granted","version":0}"#, 422, "versions 1 to 1"),
            (#"{"purpose":"marketing.email","status":"granted","timestamp":"2999-01-01T00:00:00Z"}"#, 422, "future"),
            (#"{"purpose":"marketing.email","status":"granted","timestamp":"soon"}"#, 400, "timestamp"),
            (#"{"purpose":"marketing.email","status":"maybe"}"#, 400, "status"), (#"{"purpose":"marketing.email"}"#, 400, "status"),
            (#"{"status":"granted"}"#, 400, "purpose"),
            (#"{"purpose":"marketing.email","status":"granted","person":"p_1"}"#, 400, "person"),
            (#"{"purpose":"marketing.email","status":"granted","version":"1"}"#, 400, "version"),
        ])
    func refused(body: String, status: Int, said: String) async throws {
        try await Self.run { fixtures in
            let answer = try await fixtures.send(.post, "/api/v1/people/user_id:ada/consents", body)
            #expect(answer.status == status && answer.text.contains(said), "\(answer.text)")
            let read = try await fixtures.send(.get, "/api/v1/people/user_id:ada/consents")
            #expect(read["records"] == [])
        }
    }

    @Test(
        "Of nobody nothing is recorded; a write key and a key that may only read record nothing, and a page speaks for itself alone"
    )
    func strangers() async throws {
        try await Self.run { fixtures in
            let granted = #"{"purpose":"marketing.email","status":"granted"}"#
            #expect(try await fixtures.send(.post, "/api/v1/people/user_id:nobody/consents", granted).status == 404)
            #expect(try await fixtures.send(.post, "/api/v1/people/p_zz/consents", granted).status == 404)
            let place = "/api/v1/people/user_id:ada/consents"
            let reader = try await fixtures.directory.createAPIKey(
                in: fixtures.created.workspace.id, name: "reader", scopes: [.read], by: .commandLine)
            for key in [fixtures.created.writeKey, reader.raw] {
                let status = try await fixtures.send(.post, place, granted, bearer: key).status
                #expect(status == 401 || status == 403)
            }
            #expect(try await Self.count(fixtures) == 0)
            try await fixtures.collect(
                #"{"type":"track","event":"View","userId":"bob","context":{"consent":{"categoryPreferences":{"marketing.email":true}}}}"#
            )
            #expect(try await Self.count(fixtures) == 1)
            #expect(try await fixtures.send(.get, place)["records"] == [])
        }
    }

    @Test("A question for a purpose that is not named is refused with the nearest names")
    func unknownPurpose() async throws {
        try await Self.run { fixtures in
            let refused = try await fixtures.send(.post, "/api/v1/query", #"{"kind":"count","purpose":"marketing.mail"}"#)
            #expect(
                refused.status == 400 && refused["pointer"] == "/purpose" && refused.text.contains("marketing.email"),
                "\(refused.text)")
            #expect(try await fixtures.send(.post, "/api/v1/purposes", #"{"name":"marketing.mail","text":"x"}"#).status == 201)
            #expect(try await fixtures.send(.post, "/api/v1/query", #"{"kind":"count","purpose":"marketing.mail"}"#)["count"] == 0)
        }
    }
}
