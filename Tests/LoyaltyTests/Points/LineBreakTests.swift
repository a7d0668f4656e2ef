import Model
import OrderedCollections
import Records
import TestSupport
import Testing

@testable import Loyalty

/// Ids and names with line breaks: those of shops stay what they are, those that are chained and exported by lines are refused.
@Suite("Line breaks in ids and names") struct LineBreakTests {
    @Test("orders and products with them are told apart, found, and taken back", arguments: RecordsEngine.here)
    func shopIDs(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        try await program.earns(by: OrderTests.program)
        let ids = ["o", "o\n", "o\n1", "o\r\n1", "\no"]
        func tell(_ kind: OrderFact.Kind, _ id: String) async throws -> ProgramAnswer {
            program.clock.advance(1_000)
            let fact = try OrderFact(
                event: kind.rawValue, messageID: "\(kind) \(id)", at: program.clock.now,
                properties: [
                    "order_id": .string(id),
                    "products": [["product_id": "te\na", "price": 50], ["product_id": "te", "price": 1]],
                ],
                standard: .cny)
            let command = TakeOrder(try #require(fact), of: TestProgram.member("ann"), in: "club")
            return try await program.perform("\(kind)-\(ids.firstIndex(of: id) ?? 9)", command)
        }
        for id in ids { #expect(try await tell(.completed, id).body["points"] == 51) }
        let reader = ProgramReader(workspace: program.workspace, records: program.records)
        #expect(try await reader.dispute(about: "o\n1", in: ["points"]).commands.map(\.id) == ["completed-2"])
        #expect(try await tell(.cancelled, "o\n1").body["points"] == 0)
        let line = PointSource(id: "o\r\n1", line: "te\na", rule: "spend")
        let left = try await program.perform("back", TakeBackPoints(.returned(units: 1), of: "points", earnedFor: line))
        #expect(left.body["taken"] == 50 && left.available == 4 * 51 - 50, "\(left.body.text)")
        #expect(try await reader.check("points").isWhole)
    }

    @Test("ids of commands, charities and partners are one line each")
    func refused() async throws {
        let program = try await TestProgram()
        _ = try await program.earn("e", 50, "ann")
        for id in ["a\nb", "a\r\nb", "\n", "a\u{7F}"] {
            let problem = await #expect(throws: Problem.self) { try await program.earn(id, 1, "ann") }
            #expect(problem?.code == .badRequest)
            let told = "An Idempotency-Key has no line breaks or other control characters. Send one line of text, such as a UUID."
            #expect(problem?.message == told)
        }
        for (id, charity) in [("d1", "trees\n5"), ("d2", "trees\r\n")] {
            #expect(try await program.spend(id, .donate(5, charity: charity), "ann").codes == ["NAME_WRONG"])
        }
        #expect(try await program.spend("d3", .donate(5, charity: "绿色 Bäume, \"trees\""), "ann").available == 45)
        #expect(try await program.perform("p", BuyBlock(1, of: "points", for: "a\nb", price: 0)).codes == ["PARTNER_WRONG"])
    }

    @Test(
        "a row of the exported books stays one row, whatever an earlier version has taken as an id",
        arguments: ["e\n1", "e\r\n1", "e\"1", "e,1"])
    func exported(id: String) async throws {
        let program = try await TestProgram()
        _ = try await program.earn("e", 50, "ann")
        try await program.records.engine.settle()
        _ = try await program.records.engine.write { connection throws(Problem) in
            try connection.execute("UPDATE point_entries SET command = ?", [.text(id)])
        }
        var export = PointExport(ProgramReader(workspace: program.workspace, records: program.records), currency: "points")
        var text = ""
        while let piece = try await export.piece() { text += piece }
        let quoted = "\"" + id.replacing("\"", with: "\"\"") + "\""
        #expect(text.unicodeScalars.split(separator: "\n").count == (id == "e\n1" || id == "e\r\n1" ? 3 : 2))
        #expect(text.contains("," + quoted + ",earned,"), "\(text)")
    }
}
