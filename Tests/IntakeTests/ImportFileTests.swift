import Foundation
import Model
import Testing

@testable import Intake

@Suite("Importing files")
struct ImportFileTests {
    static let orders = #"""
        订单编号,买家昵称,付款时间,商品名称,数量,单价,城市
        T1,小明,2026-01-02 10:00:00,"龙井, ""明前""",2,16.80,杭州
        T1,小明,2026-01-02 10:00:00,盖碗,1,7.50,杭州
        T2,小红,2026-01-03 11:00:00,普洱,1,12.80,昆明
        T2,小红,2026-01-03 11:00:00,普洱,1,12.80,昆明
        T3,,2026-01-04 09:00:00,红茶,1,8.80,上海
        T4,小明,2026-01-09 10:00:00,盖碗,-1,7.50,杭州
        T5,小红,昨天,普洱,1,12.80,昆明
        T6,小红,2026-01-10 10:00:00,普洱,1
        """#

    @Test(
        "A Chinese orders file is understood as it is: lines of an order together, returns as refunds, bad rows refused by number")
    func chineseOrders() async throws {
        let folder = try ImportFolder()
        let path = try folder.write("订单.csv", encoded(Self.orders + "\n", "GB18030"))
        let importer = try FileImporter.open(path, options: utcOptions)
        #expect(importer.mapping.kind == .orders && importer.mapping.order == "订单编号" && importer.mapping.person == "买家昵称")
        #expect(importer.description.contains("GB18030"))
        let sink = ListingSink()
        let summary = try await importer.run(into: sink)
        #expect(summary.rowCount == 8 && summary.taken == 5 && summary.duplicates == 0 && summary.refused == 3)
        #expect(summary.refusedByCode == ["missing_identity": 1, "invalid_timestamp": 1, "ragged_row": 1])
        let calls = sink.objects
        #expect(calls.map { $0["event"] as? String } == ["Order Completed", "Order Completed", "Order Refunded"])
        let first = try #require(calls[0]["properties"] as? [String: Any])
        #expect(first["order_id"] as? String == "T1" && first["total"] as? Double == 41.1 && first["城市"] as? String == "杭州")
        let products = try #require(first["products"] as? [[String: Any]])
        #expect(products.count == 2 && products[0]["name"] as? String == "龙井, \"明前\"" && products[0]["quantity"] as? Int == 2)
        #expect((calls[2]["properties"] as? [String: Any])?["total"] as? Double == 7.5)
        let rejected = try #require(folder.text("订单.csv.rejected.csv"))
        #expect(rejected.hasPrefix("line,code,reason\n6,missing_identity,"))
        #expect(rejected.contains("\n8,invalid_timestamp,") && rejected.contains("\n9,ragged_row,"))
    }

    @Test("Amounts with a decimal comma are read as they are meant, and the mapping says so")
    func decimalCommas() async throws {
        let folder = try ImportFolder()
        let rows = (1 ... 30).map { "R\($0);2026-02-01 10:00;ann@example.com;2;1.2\($0 + 10),50;EUR" }
        let text =
            "Order ID;Date;Customer Email;Qty;Total;Currency\n" + rows.joined(separator: "\n")
            + "\nR31;2026-02-02 10:00;bo@example.com;1;7,20;EUR\nR32;2026-02-03 10:00;bo@example.com;1;7.20;EUR\n"
        let path = try folder.write("orders.csv", text.utf8)
        let importer = try FileImporter.open(path, options: utcOptions)
        #expect(importer.mapping.kind == .orders && importer.mapping.decimal == .comma)
        #expect(importer.mapping.email == "Customer Email" && importer.description.contains("decimal comma"))
        #expect(try ImportMapping(json: importer.mapping.json) == importer.mapping)
        let sink = ListingSink()
        let summary = try await importer.run(into: sink)
        #expect(summary.taken == 31 && summary.refusedByCode == ["invalid_number": 1])
        let totals = sink.objects.compactMap { ($0["properties"] as? [String: Any])?["total"] as? Double }
        #expect(totals.first == 1211.5 && totals.last == 7.2)
    }

    @Test("A table of orders whose amounts cannot be read keeps every column")
    func unreadableAmounts() async throws {
        let folder = try ImportFolder()
        let path = try folder.write(
            "notes.csv", "order_id,date,customer_id,quantity,total\nR1,2026-02-01,k1,2,twelve\nR2,2026-02-02,k1,1,six\n".utf8)
        let importer = try FileImporter.open(path, options: utcOptions)
        #expect(importer.mapping.kind == .events)
        let sink = ListingSink()
        _ = try await importer.run(into: sink)
        let first = try #require(sink.objects.first?["properties"] as? [String: Any])
        #expect(first["order_id"] as? String == "R1" && first["quantity"] as? Int == 2 && first["total"] as? String == "twelve")
    }

    @Test("Equal rows stay two events, and a second reading takes nothing")
    func contentAddresses() async throws {
        let folder = try ImportFolder()
        let text =
            "user_id,event,timestamp,plan\nu1,open,2026-01-01 10:00:00,a\nu1,open,2026-01-01 10:00:00,a\nu2,open,2026-01-01 10:00:00,b\nu1,open,2026-01-01 10:00:00,a\n"
        let path = try folder.write("events.csv", text.utf8)
        let sink = ListingSink()
        let first = try await FileImporter.open(path, options: utcOptions).run(into: sink)
        #expect(first.taken == 4 && first.duplicates == 0 && first.rejectedPath == nil)
        // The same rows, in another order of lines and other line ends, are the same events.
        let other = try folder.write(
            "again.csv",
            text.split(separator: "\n").enumerated().sorted {
                ($0.offset == 0 ? 0 : 9 - $0.offset) < ($1.offset == 0 ? 0 : 9 - $1.offset)
            }.map { $0.element + "\r\n" }.joined().utf8)
        let second = try await FileImporter.open(other, options: utcOptions).run(into: sink)
        #expect(second.taken == 0 && second.duplicates == 4)
    }

    @Test("An import that was killed goes on when it is started again, without doubles", arguments: [1, 2, 5])
    func resumes(commits: Int) async throws {
        let folder = try ImportFolder()
        var text = "customer_id;order_id;date;amount\n"
        for row in 0 ..< 60_000 { text += "c\(row % 900);o\(row / 3);2026-01-0\(row % 9 + 1) 10:00:00;\(row % 100).50\n" }
        let path = try folder.write("orders.csv", text.utf8)
        let sink = ListingSink(commits: commits)
        await #expect(throws: Problem.self) { try await FileImporter.open(path, options: utcOptions).run(into: sink) }
        let before = sink.calls.count
        sink.revive()
        let summary = try await FileImporter.open(path, options: utcOptions).run(into: sink)
        #expect(before > 0 && before < 20_000 && sink.calls.count == 20_000)
        #expect(summary.rowCount == 60_000 && summary.taken + summary.duplicates == 60_000 && summary.duplicates == before * 3)
    }

    @Test("Segment calls are taken as they are; a line that is none is refused alone")
    func segmentLines() async throws {
        let folder = try ImportFolder()
        let lines = [
            #"{"type":"track","event":"A","userId":"u1","messageId":"m1","timestamp":"2026-01-01T00:00:00Z","properties":{"x":[1,{"y":null}]}}"#,
            #"{"type":"track","event":"A","userId":"u1","timestamp":"2026-01-01T00:00:00Z"}"#,
            #"{"type":"track","event":"A","userId":"u1","timestamp":"2026-01-01T00:00:00Z"}"#, "", "  ",
            #"{"type":"track","event":"#,
            #"{"type":"page","anonymousId":"a1","messageId":"m2","timestamp":"2026-01-01T00:00:00Z"}"#,
        ]
        let path = try folder.write("calls.ndjson", lines.joined(separator: "\n").utf8)
        let world = try IntakeWorld()
        let importer = try FileImporter.open(path, options: utcOptions)
        #expect(importer.mapping.kind == .calls)
        let summary = try await importer.run(into: IntakeSink(intake: world.intake, source: world.source))
        #expect(summary.rowCount == 5 && summary.taken == 4 && summary.refused == 1 && summary.duplicates == 0)
        #expect(summary.refusedByCode == ["malformed_json": 1])
        #expect(folder.text("calls.ndjson.rejected.csv")?.contains("\n6,malformed_json,") == true)
        #expect(world.calls.count == 4 && world.calls[0].messageID == "m1" && world.calls[0].flags.contains(.historical))
        let again = try await importer.run(into: IntakeSink(intake: world.intake, source: world.source))
        #expect(again.taken == 0 && again.duplicates == 4 && again.refused == 1)
        await world.close()
    }

    @Test("Only an id of the call itself counts as its id: what has none is not doubled by a second reading, even without a time")
    func innerIDs() async throws {
        let folder = try ImportFolder()
        let lines = [
            #"{"type":"track","event":"A","userId":"u1","properties":{"messageId":"inner"}}"#,
            #"{"type":"track","event":"A","userId":"u1","messageId":null}"#,
            #"{"type":"track","event":"A","userId":"u1","messageId" : ""}"#,
            #"{"type":"track","event":"messageId","userId":"u1"}"#,
            #"{"type":"track","event":"\"messageId\":\"x\"","userId":"u1"}"#,
            #"{"type":"track","event":"A","userId":"u1","messageId" : "own"}"#,
            #"{"type":"track","event":"A","userId":"u1","messageId":"own-2","properties":{"messageId":null}}  "#, "{}", "{ }",
        ]
        let path = try folder.write("calls.ndjson", lines.joined(separator: "\n").utf8)
        let world = try IntakeWorld()
        let importer = try FileImporter.open(path, options: utcOptions)
        let first = try await importer.run(into: IntakeSink(intake: world.intake, source: world.source))
        #expect(first.taken == 7 && first.refused == 2 && first.refusedByCode["malformed_json"] == nil, "\(first.refusedByCode)")
        let ids = world.calls.map(\.messageID)
        #expect(ids.suffix(2) == ["own", "own-2"] && ids.count { $0.hasPrefix("row-") } == 5, "\(ids)")
        let again = try await importer.run(into: IntakeSink(intake: world.intake, source: world.source))
        #expect(again.taken == 0 && again.duplicates == 7)
        await world.close()
    }

    @Test("Packed files are unpacked as they are read, and a cut one says so")
    func packed() async throws {
        let folder = try ImportFolder()
        var text = "user_id,event,timestamp\n"
        for row in 0 ..< 30_000 { text += "u\(row % 50),e\(row % 7),2026-01-01 10:00:00\n" }
        let plain = try folder.write("plain.csv", text.utf8)
        for (tool, ending) in [("gzip", "gz"), ("zstd", "zst")] {
            guard let packed = try pack(plain, with: tool) else { continue }
            let path = try folder.write("events.\(ending)", packed)
            let sink = ListingSink()
            let summary = try await FileImporter.open(path, options: utcOptions).run(into: sink)
            #expect(summary.taken == 30_000, "\(tool)")
            let cut = try folder.write("cut.\(ending)", packed.dropLast(packed.count / 3))
            let problem = await #expect(throws: Problem.self) {
                try await FileImporter.open(cut, options: utcOptions).run(into: ListingSink())
            }
            #expect(problem?.code.text == "corrupt_file")
        }
    }

    private func pack(_ path: String, with tool: String) throws -> Data? {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [tool, "-c", path]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? data : nil
    }

    @Test("A missing file, a folder, an empty file, a list and a text each have a clear message")
    func refusals() throws {
        let folder = try ImportFolder()
        let cases: [(String, String)] = [
            (folder.path("nothing.csv"), "file_missing"), (folder.url.path, "is_a_folder"),
            (try folder.write("empty", []), "empty_file"),
            (try folder.write("list.json", "[{\"a\":1}]\n".utf8), "unknown_format"),
            (try folder.write("text", "word\nanother\n".utf8), "unknown_format"),
            (try folder.write("nobody.csv", "date,amount\n2026-01-01,5.00\n".utf8), "bad_mapping"),
        ]
        for (path, code) in cases {
            let problem = #expect(throws: Problem.self) { try FileImporter.open(path, options: utcOptions) }
            #expect(problem?.code.text == code, "\(path)")
            #expect(problem?.message.isEmpty == false)
        }
    }

    @Test("A mapping file says all, round trips through JSON, and its mistakes are named by place")
    func mappingFiles() async throws {
        let folder = try ImportFolder()
        let path = try folder.write("odd.txt", "x1|2026-05-01|9|skip me\nx2|2026-05-01|7|fine\n".utf8)
        let json: JSONValue = [
            "format": "table", "delimiter": "|", "header": false, "kind": "orders", "person": "column_1", "timestamp": "column_2",
            "total": "column_3", "zone": "Asia/Shanghai", "currencyCode": "CNY", "properties": ["column_4"],
            "skip": [["column": "column_4", "values": ["skip me"]]],
        ]
        var options = utcOptions
        options.mapping = json
        let importer = try FileImporter.open(path, options: options)
        #expect(try ImportMapping(json: importer.mapping.json) == importer.mapping)
        let sink = ListingSink()
        let summary = try await importer.run(into: sink)
        #expect(summary.taken == 1 && summary.refusedByCode == ["left_out": 1])
        #expect(sink.objects[0]["timestamp"] as? String == "2026-04-30T16:00:00Z")
        for (bad, place): (JSONValue, String) in [
            (["persn": "a"], "/persn"), (["person": 5], "/person"), (["kind": "wishes", "person": "a"], "/kind"),
            (["kind": "events", "person": "a", "timestamp": "t"], "/event"), (["delimiter": ",,", "person": "a"], "/delimiter"),
        ] {
            let problem = #expect(throws: Problem.self) { try ImportMapping(json: bad) }
            #expect(problem?.place == place)
        }
        options.mapping = ["kind": "events", "person": "who", "event": "what", "timestamp": "when"]
        let problem = #expect(throws: Problem.self) { try FileImporter.open(path, options: options) }
        #expect(problem?.message.contains("\"when\"") == true)
    }
}
