import HTTPTypes
import Model
import Testing

@testable import HTTPAPI

@Suite("Taking over points over the API") struct PointOpeningAPITests {
    private static func run(_ body: @escaping @Sendable (APIFixtures) async throws -> Void) async throws {
        try await APIFixtures.run { fixtures in
            let set = try await fixtures.send(
                .put, "/api/v1/program", #"{"name":"Tea club","currencies":[{"key":"points"}]}"#, key: "program")
            #expect(set.status == 200, "\(set.text)")
            try await body(fixtures)
        }
    }

    @Test("A CSV comes once, row by row; what cannot come says why, and the rest comes")
    func csv() async throws {
        try await Self.run { fixtures in
            let file =
                "row,member,amount,earned_at,expires_at\n"
                + "1,user_id:ann,100,2025-06-15,2030-12-31\n2,user_id:bob,fifty,2025-06-15,\n3,nobody at all,7,2025-06-15,\n"
                + "4,user_id:ann,20,2025-07-15,2025-08-31\n"
            func send(_ query: String, key: String) async throws -> APIReply {
                try await fixtures.send(.post, "/api/v1/points/import/csv?\(query)", file, key: key, type: "text/csv")
            }
            let none = try await send("total=x", key: "0")
            #expect(none.status == 400 && none["parameter"] == "total", "\(none.text)")
            let wrong = try await send("total=120", key: "1")
            #expect(wrong.status == 409, "\(wrong.text)")
            #expect(
                wrong["reasons"]?.arrayValue?.map { $0["code"] }
                    == ["OPENING_TOTAL_DIFFERS", "OPENING_ROW_UNREADABLE", "OPENING_ROW_UNREADABLE"])
            #expect(wrong["reasons"]?.arrayValue?.map { $0["params"]?["line"] } == [nil, 3, 4], "\(wrong.text)")
            for word in ["True", "1", "yes", ""] {
                let unclear = try await send("total=127&trial=\(word)", key: "trial \(word)")
                #expect(unclear.status == 400 && unclear["parameter"] == "trial", "\(unclear.text)")
            }
            #expect(try await fixtures.send(.get, "/api/v1/points/import")["points"] == 0)
            let state = try await fixtures.send(.get, "/api/v1/points/adjustments?state=zzz")
            #expect(state.status == 400 && state.text.contains("is one of waiting, decided"), "\(state.text)")
            let trial = try await send("total=127&trial=true", key: "2")
            #expect(trial.status == 200 && trial["taken"] == ["rows": 1, "points": 100], "\(trial.text)")
            let done = try await send("total=127", key: "3")
            #expect(done["enrolled"] == 1 && done["taken"]?["rows"] == 1, "\(done.text)")
            #expect(done["refused"]?.arrayValue?.map { $0["row"] } == ["2", "3", "4"])
            #expect(done["by_end"] == [["month": "2030-12", "points": 100]])
            let again = try await send("total=127", key: "4")
            #expect(again["repeated"]?["rows"] == 1 && again["taken"]?["rows"] == 0, "\(again.text)")
            let bad = try await fixtures.send(
                .post, "/api/v1/points/import/csv?total=1", "row,points\n1,1\n", type: "text/csv")
            #expect(bad.status == 400, "\(bad.text)")
        }
    }

    @Test("A file that is none is asked for as CSV")
    func noFile() async throws {
        try await Self.run { fixtures in
            let empty = try await fixtures.send(.post, "/api/v1/points/import/csv?total=1", "", type: "text/csv")
            #expect(empty.status == 400 && empty["detail"] == "The body is empty. Send the file as text/csv.", "\(empty.text)")
            let image = try await fixtures.send(.post, "/api/v1/points/import/csv?total=1", "x", type: "image/png")
            #expect(image.status == 415, "\(image.text)")
            #expect(image["detail"] == #"Content-Type "image/png" is not understood. Send text/csv."#, "\(image.text)")
            let json = try await fixtures.send(.post, "/api/v1/points/earn", "", key: "e")
            #expect(json.status == 400 && json["detail"] == "The body is empty. Send a JSON object.", "\(json.text)")
        }
    }

    @Test("Lots as JSON come, are read, and end with the cut-over")
    func json() async throws {
        try await Self.run { fixtures in
            let body = """
                {"total":150,"rows":[{"row":"a","member":"user_id:ann","amount":100,"earned_at":"2025-06-15T00:00:00Z","funded_by":"bank"},
                {"row":"b","member":"user_id:bob","amount":50,"original":80,"units":2,"earned_at":"2025-06-15T00:00:00Z"}]}
                """
            let done = try await fixtures.send(.post, "/api/v1/points/import", body, key: "1")
            #expect(done.status == 200 && done["taken"]?["points"] == 150, "\(done.text)")
            let taken = try await fixtures.send(
                .post, "/api/v1/points/take-back", #"{"source":"b","rule":"opening","units":1}"#, key: "2")
            #expect(taken["taken"] == 40 && taken["balance"]?["available"] == 10, "\(taken.text)")
            let early = try await fixtures.send(.post, "/api/v1/points/import/close", #"{"total":149}"#, key: "3")
            #expect(early.status == 409, "\(early.text)")
            let closed = try await fixtures.send(.post, "/api/v1/points/import/close", #"{"total":150}"#, key: "4")
            #expect(closed.status == 200 && closed["rows"] == 2, "\(closed.text)")
            let opening = try await fixtures.send(.get, "/api/v1/points/import")
            #expect(opening["points"] == 150 && opening["closed_at"]?.stringValue != nil, "\(opening.text)")
            let late = try await fixtures.send(.post, "/api/v1/points/import", body, key: "5")
            #expect(late["reasons"]?.arrayValue?.map { $0["code"] } == ["OPENING_CLOSED"], "\(late.text)")
        }
    }
}
